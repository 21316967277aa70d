/** Marks by name, by place and counted, and what of a tip they change in an export. */
import { expect, test } from "vitest";
import type { Indicator } from "../../src/core/indicators/family.ts";
import { byOrdinal, countsOf, markBits, markMembers, marksOf, namesOf } from "../../src/core/marks.ts";
import { isForReview } from "../../src/core/tip.ts";
import { columns, type ExportedTip, objectOf, rowOf } from "../../src/formats/columns.ts";

const { disputed, undecided, appealed } = markBits;

test("every set of bits comes back from its names, by place", () => {
  const marked = [0, 1, 2, 3, 4, 5, 6, 7].map((mark) => [mark * 10, mark] as const).filter(([, mark]) => mark > 0);
  const marks = marksOf(marked)!;
  expect([...byOrdinal(marks)].sort(([a], [b]) => a - b)).toEqual(marked);
  expect(marks.disputed).toEqual([10, 30, 50, 70]);
  expect(countsOf(marks)).toEqual({ disputed: 4, undecided: 4, appealed: 4 });
});

test("of nothing marked nothing is said", () => {
  expect(marksOf([])).toBeUndefined();
  expect([...byOrdinal(undefined)]).toEqual([]);
  expect([namesOf(), markMembers(0)]).toEqual([[], {}]);
});

test("each mark alone is for a person to look at", () => {
  expect(isForReview([], "operated")).toBe(false);
  for (const mark of [disputed, undecided, appealed]) expect(isForReview([], "operated", mark)).toBe(true);
});

test("the column of states is behind all others, and empty where nothing is marked", () => {
  const indicator: Indicator = { type: "domain", value: "harbour.example", control: "operated" };
  const tip = {
    tip: "x",
    version: 1,
    from: "chirper",
    tlp: "amber",
    operation: { id: "x", name: "x" },
    seq: 1,
    accepted_at: "x",
    through: "x",
    digest: "x",
    marks: new Map([[3, disputed | appealed]]),
  } as unknown as ExportedTip;
  expect(columns.at(-1)!.name).toBe("state");
  expect([rowOf(tip, 3, indicator).at(-1), rowOf(tip, 0, indicator).at(-1)]).toEqual(["disputed appealed", ""]);
  expect(objectOf(tip, 3, indicator)).toMatchObject({ state: ["disputed", "appealed"], human_review: "yes" });
  expect(objectOf(tip, 0, indicator)).not.toHaveProperty("state");
});
