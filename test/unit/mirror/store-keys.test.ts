/** The index of a mirror: under each key what has it, whatever is added, taken out, put aside and left half done. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import { columnsOf } from "../../../src/mirror/columns.ts";
import { openDatabase } from "../../../src/mirror/files.ts";
import { divided, joined, merged, placesOf, sortable, sorted, words } from "../../../src/mirror/key-entries.ts";
import { hashOf } from "../../../src/mirror/key-hash.ts";
import { type Change, Store, type StoredTip } from "../../../src/mirror/store.ts";
import { sites } from "../indicators/given.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = Date.parse("2026-11-25T12:00:00Z");
const day = 86_400_000;

function tipOf(store: Store, tip: string, version: number, indicators: Indicator[]): StoredTip {
  const columns = columnsOf(indicators, sites, now, now + 300 * day, store.seed());
  if (!columns.ok) throw new Error(columns.error);
  return {
    ...{ tip, version, columns: columns.value, rank: Number(tip), heading: "{}", expires_at: now + 300 * day },
    ...{ author: "chirper", tlp: "amber", through: "platforms", digest: `${tip}/${version}`, marks: new Map() },
  };
}

/** Few enough names that tips share them, and enough keys that rows are divided. */
const numbers = fc.array(fc.nat(400), { minLength: 1, maxLength: 150 });
const deed = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant("put"), tip: fc.nat(5), numbers }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("gone"), tip: fc.nat(5), numbers: fc.constant([]) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom("end", "begin", "finish"), tip: fc.nat(5), numbers: fc.constant([]) }),
  },
);

test("after any changes each key finds what has it, in either copy, and nothing else", async () => {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(deed, { maxLength: 4 }), { maxLength: 12 }), async (pages) => {
      const store = new Store(await openDatabase(path.join(folder, String(made++))));
      let place = store.place() as ReturnType<Store["place"]>;
      /** By generation and tip. */
      const held = new Map<number, Map<number, Set<number>>>([[place.generation, new Map()]]);
      let version = 0;
      let time = now;
      const half = (number: number) => number % 2 === 0;
      const indicatorOf = (number: number): Indicator => ({
        ...{ type: "account", platform: "x", id: `${number}`, handle: "all" },
        ...(half(number) && { valid_until: "2026-12-01" }),
      });
      for (const page of pages) {
        const changes: Change[] = [];
        for (const { what, tip, numbers } of page) {
          const here = held.get(place.generation)!;
          if (what === "put") {
            const some = [...new Set(numbers)].slice(0, 90);
            changes.push({ what: "put", tip: tipOf(store, `${tip}`, ++version, some.map(indicatorOf)) });
            here.set(tip, new Set(some));
          } else if (what === "gone") {
            changes.push({ what: "gone", tip: `${tip}`, event: "e", acknowledge: true });
            here.delete(tip);
          }
        }
        store.apply({ ...place, cursor: "c" }, changes);
        for (const { what } of page) {
          if (what === "end") {
            time = now + 10 * day;
            store.deleteEnded(time);
            for (const tips of held.values())
              for (const set of tips.values()) for (const number of set) if (half(number)) set.delete(number);
          } else if (what === "begin") {
            if (!place.whole) held.delete(place.generation);
            place = store.begin();
            held.set(place.generation, new Map());
          } else if (what === "finish" && !place.whole) {
            store.finish(place);
            for (const generation of held.keys()) if (generation !== place.generation) held.delete(generation);
            place = store.place();
          }
        }
      }
      if (!place.whole) store.finish(place);
      const tips = held.get(place.generation)!;
      const candidates = (key: string) =>
        store.candidates(key, store.placesUnder([key]).get(key) ?? [], place.generation, now, 10_000);
      for (const number of new Set([...tips.values()].flatMap((set) => [...set]).concat(1, 2, 3))) {
        const having = [...tips].filter(([, set]) => set.has(number)).map(([tip]) => tip);
        const found = candidates(`ai:x:${number}`);
        expect(found.map(({ tip_no, body }) => [tip_no, JSON.parse(body).id]).sort()).toEqual(
          having.map((tip) => [tip, `${number}`]).sort(),
        );
      }
      const all = [...tips.values()].reduce((sum, set) => sum + set.size, 0);
      expect(candidates("h:all")).toHaveLength(all);
      store.close();
    }),
    { numRuns: 60 },
  );
});

const entries = fc
  .array(fc.tuple(fc.oneof(fc.nat(20), fc.nat(2 ** 32 - 2)), fc.nat(1_000), fc.nat(9_999)), { maxLength: 400 })
  .map((some) => Uint32Array.from(some.flatMap(([hash, tip, ordinal]) => [hash + 1, tip, ordinal])));
const listed = (some: Uint32Array) =>
  Array.from({ length: some.length / words }, (_, at) => [...some.subarray(at * words, (at + 1) * words)]);

test("entries are sorted, merged, divided and found as lists of them would be", () => {
  fc.assert(
    fc.property(entries, entries, fc.integer({ min: 1, max: 50 }), (a, b, most) => {
      const [x, y] = [sorted(a), sorted(b)];
      expect(listed(x)).toEqual(listed(a).sort((one, other) => one[0]! - other[0]!));
      const both = merged(x, y);
      expect(listed(both)).toEqual([...listed(x), ...listed(y)].sort((one, other) => one[0]! - other[0]!));
      const parts = divided(both, most);
      expect(parts.flatMap(listed)).toEqual(listed(both));
      for (const [at, part] of parts.entries()) if (at > 0) expect(part[0]).not.toBe(parts[at - 1]!.at(-words));
      for (const hash of [1, 2, both[0] ?? 3, both.at(-words) ?? 4])
        expect(placesOf(both, hash)).toEqual(
          listed(both)
            .filter(([one]) => one === hash)
            .map(([, ...place]) => place),
        );
    }),
  );
});

test("more than can be sorted at once are as many parts", () => {
  const piece = new Uint32Array((sortable / 2) * words);
  expect(joined([piece, piece, piece]).map((part) => part.length)).toEqual([2 * piece.length, piece.length]);
});

test("a hash is never that of an empty slot, and another mirror's is another", () => {
  const keys = Array.from({ length: 1_000 }, (_, at) => `d:${at}.example`);
  expect(keys.every((key) => hashOf(key, 1) > 0 && hashOf(key, 1) < 2 ** 32)).toBe(true);
  expect(keys.filter((key) => hashOf(key, 1) === hashOf(key, 2))).toEqual([]);
});
