/** A copy of a tip is found by what the exchange finds it by. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { deriveAccepted, type Standing } from "../../src/core/derive-accepted.ts";
import { deriveTip, type IndicatorRow, type KeyRow } from "../../src/core/derive-tip.ts";
import type { Indicator } from "../../src/core/indicators/family.ts";
import { canonicalise, indicatorSchema } from "../../src/core/indicators/registry.ts";
import { instant } from "../../src/core/time.ts";
import { anything, nearlyPlain, sites } from "./indicators/given.ts";

const now = Date.parse("2026-11-25T12:00:00Z");
const expires = now + 300 * 86_400_000;

/** Rows, keys and prefixes as the exchange writes them, by both ways. */
async function both(indicators: Indicator[]) {
  const derived = await deriveTip({ indicators }, sites, now, expires);
  if (!derived.ok) throw new Error(JSON.stringify(derived.error));
  const standing: Standing[] = [];
  const prefixes = deriveAccepted(indicators, sites, now, expires, (one) => standing.push(one));
  const keys = standing.flatMap(({ ordinal, keys }) => keys.map((key): KeyRow => [key, ordinal]));
  const rows = standing.map(({ ordinal, until, body }) => [ordinal, instant(until), body]);
  const exchange = derived.value.rows.map(([ordinal, , , until, body]: IndicatorRow) => [ordinal, until, body]);
  return [
    { rows, keys, prefixes: prefixes.ok && prefixes.value },
    { rows: exchange, keys: derived.value.keys, prefixes: derived.value.prefixes },
  ];
}

const taken = fc
  .tuple(fc.oneof(anything, nearlyPlain), fc.constantFrom(undefined, "2026-11-01", "2026-12-24", "2028-01-01"))
  .map(([members, valid_until]) => JSON.parse(JSON.stringify({ ...members, valid_until })) as Indicator)
  .filter((written) => indicatorSchema.safeParse(written).success && canonicalise(written, sites).ok);

test("bodies, ends, keys and prefix lengths of a copy are those of the exchange, whatever stands in the tip", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(taken, { maxLength: 30 }), async (indicators) => {
      const [copy, exchange] = await both(indicators);
      expect(copy).toEqual(exchange);
    }),
    { numRuns: 300, seed: 2026 },
  );
});

test("of a value that stands in a tip more than a hundred times the same indicators are found", async () => {
  const [copy, exchange] = await both(
    Array.from({ length: 250 }, (_, at): Indicator => ({ type: "account", platform: "x", id: `${at}`, handle: "all" })),
  );
  expect(copy).toEqual(exchange);
  expect(copy?.keys.filter(([key]) => key === "h:all")).toHaveLength(100);
});

test("a type that is not known here is passed over, and its neighbours keep their places", () => {
  const found: number[] = [];
  const indicators = [{ type: "later" }, { type: "domain", value: "a.example" }];
  expect(deriveAccepted(indicators, sites, now, expires, ({ ordinal }) => found.push(ordinal)).ok).toBe(true);
  expect(found).toEqual([1]);
});
