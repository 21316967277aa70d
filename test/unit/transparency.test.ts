/**
 * What may be published of a month. Tested as properties of random histories: of everything that is published enough is counted,
 * by enough, and nobody makes up more than half; and one reading, tip, case, agency or partner more or less, all else being
 * known, moves what is published by no more than its bounds, which lie where the secret says.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import {
  apart,
  type Counted,
  type Figure,
  figureOf,
  figureOfStock,
  monthAfter,
  type Readings,
  reportOf,
  type Secret,
  stands,
} from "../../src/core/transparency.ts";

const { step, distinct } = limits.transparency;

/** One secret of many, by number. */
const secretOf =
  (seed: number): Secret =>
  async (label, width) => {
    let hash = seed;
    for (const unit of label) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39) >>> 0;
    return ((hash ^ (hash >>> 15)) >>> 0) % width;
  };
/** Every secret there can be for one label, the others fixed. */
const everySecret = (label: string, width: number): Secret[] =>
  Array.from({ length: width }, (_, at) => async (asked, bound) => (asked === label ? at : bound - 1));

interface Reading {
  cell: string;
  agency: string;
  case: string;
  tip: string;
}

function count(readings: readonly Reading[]): Counted {
  const by = (of: (reading: Reading) => string) => {
    const numbers = new Map<string, number>();
    for (const reading of readings) numbers.set(of(reading), (numbers.get(of(reading)) ?? 0) + 1);
    return { distinct: numbers.size, most: Math.max(0, ...numbers.values()) };
  };
  return {
    total: readings.length,
    by: { agencies: by((one) => one.agency), cases: by((one) => one.case), tips: by((one) => one.tip) },
  };
}

const place = { country: "", legal_basis: "" };
const placeOf = (cell: string) => ({ ...place, country: cell, legal_basis: "consent" });

async function published(readings: readonly Reading[], secret: Secret) {
  const cells = [...new Set(readings.map(({ cell }) => cell))].sort();
  const counted = cells.map(
    (cell): Readings => ({ ...placeOf(cell), ...count(readings.filter((one) => one.cell === cell)) }),
  );
  const alone = await apart("2026-10 reads of", counted, secret);
  const rest = readings.filter((one) => !alone.some(({ country }) => country === one.cell));
  const none: Counted = { total: 0, by: {} };
  const report = await reportOf(
    {
      month: "2026-10",
      tips: none,
      indicators: none,
      partners: { platform: 0, research: 0, law_enforcement: 0 },
      apart: alone,
      other: count(rest),
      refusals: 0,
      withdrawn: none,
      recalled: none,
    },
    secret,
  );
  return { report: report.law_enforcement_reads, rest };
}

const reading: fc.Arbitrary<Reading> = fc.record({
  cell: fc.constantFrom("XA", "XB", "XC"),
  agency: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
  case: fc.nat(8).map(String),
  tip: fc.nat(12).map(String),
});
const history = fc.uniqueArray(reading, { maxLength: 150, size: "max", selector: (one) => JSON.stringify(one) });
const seed = fc.nat(1e6);

function expectEnough(readings: readonly Reading[], what: string): void {
  const { total, by } = count(readings);
  expect(total, what).toBeGreaterThanOrEqual(step);
  for (const [sort, { distinct: there, most }] of Object.entries(by)) {
    expect(there, `${what}: ${sort}`).toBeGreaterThanOrEqual(distinct);
    expect(2 * most, `${what}: most by ${sort}`).toBeLessThanOrEqual(total);
  }
}

describe("readings", () => {
  test("stand by themselves, and together, only where enough are counted, by enough, and none makes up more than half", async () => {
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(history, seed, async (readings, number) => {
        const { report, rest } = await published(readings, secretOf(number));
        for (const { country, reads } of report.apart) {
          expect(reads! % step).toBe(0);
          expectEnough(
            readings.filter((one) => one.cell === country),
            country,
          );
          shown++;
        }
        if (report.other !== null) {
          expectEnough(rest, "other");
          shown++;
        }
      }),
      { numRuns: 300, seed: 20261124 },
    );
    expect(shown).toBeGreaterThan(100);
  });

  test.each([
    ["agency", (one: Reading) => one.agency],
    ["case", (one: Reading) => one.case],
    ["tip", (one: Reading) => one.tip],
  ])("of one %s taken away leave at least half of every figure there was", async (_name, of) => {
    await fc.assert(
      fc.asyncProperty(history, seed, fc.nat(), async (readings, number, which) => {
        const gone = readings.length > 0 ? of(readings[which % readings.length]!) : "";
        const { report } = await published(readings, secretOf(number));
        for (const { country } of report.apart) {
          const all = readings.filter((one) => one.cell === country);
          expect(2 * all.filter((one) => of(one) !== gone).length).toBeGreaterThanOrEqual(all.length);
        }
      }),
      { numRuns: 200, seed: 20261125 },
    );
  });
});

describe("one unit more or less", () => {
  test("moves a figure under one secret in a step, by one step", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(500), async (total) => {
        let moved = 0;
        for (const secret of everySecret("stock", step)) {
          const [before, after] = [
            await figureOfStock("stock", total, secret),
            await figureOfStock("stock", total + 1, secret),
          ];
          if (before === after) continue;
          moved++;
          expect((after ?? 0) - (before ?? 0)).toBe(step);
        }
        expect(moved).toBe(1);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  const counted = (total: number, there: number, most: number): Counted => ({
    total,
    by: { agencies: { distinct: there, most } },
  });
  const verdicts = async (label: string, width: number, ...given: Counted[]) => {
    let differ = 0;
    for (const secret of everySecret(label, width)) {
      const [one, other] = await Promise.all(given.map((each) => stands("x", each, secret)));
      if (one !== other) differ++;
    }
    return differ;
  };

  test("decides whether a figure stands under one secret in a step; one agency more, under one in `distinct`", async () => {
    for (let total = 0; total < 60; total++) {
      expect(await verdicts("x: least", step, counted(total, 99, 0), counted(total + 1, 99, 0))).toBeLessThanOrEqual(1);
      for (const most of [4, 9, 14, 20]) {
        const pair = [counted(total + 40, 99, most), counted(total + 41, 99, most + 1)] as const;
        expect(await verdicts("x: most by agencies", step, ...pair)).toBeLessThanOrEqual(1);
      }
    }
    for (let there = 0; there < 9; there++) {
      const pair = [counted(900, there, 1), counted(900, there + 1, 1)] as const;
      expect(await verdicts("x: agencies", distinct, ...pair)).toBeLessThanOrEqual(1);
    }
  });

  test("of a stock shows in no later month what it did not show at once: the bounds stay", async () => {
    const secret = secretOf(7);
    const partners = (platform: number) => ({ platform, research: 3, law_enforcement: 14 });
    const none: Counted = { total: 0, by: {} };
    const monthly = async (month: string, platform: number) =>
      (
        await reportOf(
          {
            month,
            tips: none,
            indicators: none,
            partners: partners(platform),
            apart: [],
            other: none,
            refusals: 0,
            withdrawn: none,
            recalled: none,
          },
          secret,
        )
      ).partners;
    const seen = new Set<Figure>();
    for (let month = "2026-01"; month < "2028-01"; month = monthAfter(month))
      seen.add((await monthly(month, 14)).platform);
    expect(seen.size).toBe(1);
    // And it is crossed once as they join one by one.
    const steps = new Set<Figure>();
    for (let n = 11; n <= 20; n++) steps.add((await monthly("2026-05", n)).platform);
    expect(steps.size).toBe(2);
  });
});

test("rounding is true in the mean, so that large figures mislead nobody", async () => {
  let sum = 0;
  for (let number = 0; number < 2_000; number++) {
    const secret = secretOf(number);
    sum += (await figureOf(`month ${number}`, { total: 157, by: {} }, secret)) ?? 0;
  }
  expect(Math.abs(sum / 2_000 - 157)).toBeLessThan(1);
});

test("a year has twelve months", () => {
  const months = ["2026-09"];
  while (months.length < 6) months.push(monthAfter(months.at(-1)!));
  expect(months).toEqual(["2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02"]);
});
