import * as fc from "fast-check";
import { expect, test } from "vitest";
import { uuid } from "../../../../src/core/names.ts";
import { idOf, type ObjectKind, readObjectId } from "../../../../src/formats/stix/ids.ts";

const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${count}}$`));
const tipId = fc
  .tuple(
    digits(8),
    digits(4),
    fc.constantFrom(..."12345678"),
    digits(3),
    fc.constantFrom(..."89ab"),
    digits(3),
    digits(12),
  )
  .map(([a, b, version, c, variant, d, e]) => `${a}-${b}-${version}${c}-${variant}${d}-${e}`);
const kind = fc.constantFrom<ObjectKind>("campaign", "indicator", "indicates", "based-on", "statement");
const ordinal = fc.nat(10_000);
/** The identifier of the JSON schemas. */
const valid = /^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("an id is valid and leads back to its kind, its ordinal and its tip, whichever version of UUID that has", () => {
  fc.assert(
    fc.property(tipId, kind, ordinal, (tip, kind, ordinal) => {
      expect(uuid.safeParse(tip).success).toBe(true);
      const id = idOf(kind, tip, ordinal);
      expect(id).toMatch(valid);
      const read = readObjectId(id)!;
      expect(read).toMatchObject({ kind, ordinal });
      expect(read.from <= tip && tip <= read.to).toBe(true);
      expect(read.matches(tip)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("two objects have two ids, of one tip and of neighbours that differ in any single digit", () => {
  fc.assert(
    fc.property(
      tipId,
      kind,
      ordinal,
      kind,
      ordinal,
      fc.nat(31),
      digits(1),
      (tip, kind, ordinal, other, place, at, digit) => {
        const same = kind === other && ordinal === place;
        expect(idOf(kind, tip, ordinal) === idOf(other, tip, place)).toBe(same);
        const flat = tip.replaceAll("-", "");
        const changed = flat.slice(0, at) + digit + flat.slice(at + 1);
        const neighbour = changed.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
        if (neighbour === tip) return;
        expect(idOf(kind, tip, ordinal)).not.toBe(idOf(other, neighbour, place));
        expect(readObjectId(idOf(kind, tip, ordinal))!.matches(neighbour)).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
});

test("30,000 tips made in one step of the clock have ids of their own", () => {
  const ids = new Set<string>();
  for (let at = 0; at < 30_000; at++)
    ids.add(idOf("indicator", `0199f3a0-7c11-7d2e-9b1a-${at.toString(16).padStart(12, "0")}`, at % 10_000));
  expect(ids.size).toBe(30_000);
});

test("what is no id of ours is not read as one", () => {
  const id = idOf("indicator", "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11", 3);
  for (const other of [
    id.toUpperCase(),
    id.replace("indicator", "campaign"),
    id.replace("indicator", "identity"),
    `${id}0`,
    id.replace(/--(.{14})./, "--$15"),
    "indicator--",
    "",
  ])
    expect(readObjectId(other), other).toBeUndefined();
});
