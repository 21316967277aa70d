/** The feedback document by itself and against its tip, and how answers become words. */
import { expect, test } from "vitest";
import { feedbackOfMatches } from "../../src/client/feedback.ts";
import type { Match, MatchAnswer } from "../../src/client/match.ts";
import { type Feedback, feedbackFaults, feedbackSchema, standingsOf, statusesOf } from "../../src/core/feedback.ts";
import { limits } from "../../src/core/limits.ts";

const tip = "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11";
const said = (content: object) => ({
  exchange: "https://tipoff.example",
  from: "facepage",
  tip,
  version: 1,
  digest: "A".repeat(43),
  issued_at: "2026-11-23T14:10:00Z",
  ...content,
});
const faults = (content: object): string[] => {
  const parsed = feedbackSchema.safeParse(said(content));
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => `/${path.join("/")}`).sort();
};
const reply = "B".repeat(43);
const of = (ordinals: number[], more: object = {}) => ({ ordinals, status: "found", ...more });

test.each([
  ["a status", { status: "received" }],
  ["a status of indicators", { indicators: [of([0, 5])] }],
  ["a reply", { reply_to: reply, note: "x" }],
  [
    "what was seen",
    { status: "actioned", already_known: false, seen: { count: 0, first: "2026-01-01", last: "2026-01-01" } },
  ],
  ["as many indicators as a tip has", { indicators: [of([...Array(limits.indicators).keys()])] }],
])("%s is something said", (_what, content) => {
  expect(faults(content)).toEqual([]);
});

test.each([
  ["nothing", { note: "x" }, ["/"]],
  ["a reply that says nothing", { reply_to: reply }, ["/note"]],
  ["already known of what was not found", { status: "not_found", already_known: true }, ["/already_known"]],
  ["what was seen, without a status", { reply_to: reply, note: "x", seen: { count: 1 } }, ["/seen"]],
  ["an end before the beginning", { status: "found", seen: { first: "2026-02-01", last: "2026-01-01" } }, ["/seen"]],
  ["law enforcement, unshared", { status: "found", law_enforcement: true }, ["/law_enforcement"]],
  ["one indicator twice", { indicators: [of([0]), of([1, 0])] }, ["/indicators/1/ordinals/1"]],
  ["no indicator", { indicators: [of([])] }, ["/indicators/0/ordinals"]],
  ["a long note", { status: "found", note: "x".repeat(2_001) }, ["/note"]],
  [
    "more indicators than a tip has",
    { indicators: [of([...Array(9_000).keys()]), of([9_000, ...Array(1_500).keys()].map((n) => n + 9_000))] },
    ["/indicators"],
  ],
  ["members nobody knows", { status: "found", zap: 1 }, ["/"]],
])("%s is refused", (_what, content, pointers) => {
  expect(faults(content)).toEqual(pointers);
});

test("an ordinal beyond the version's indicators is at fault, another version's are not judged", () => {
  const word = said({ indicators: [of([2, 3, 9])] }) as Feedback;
  const pointers = (version: number) =>
    feedbackFaults(word, { version, indicators: 3 }, Date.parse("2026-11-24")).map(({ pointer }) => pointer);
  expect(pointers(1)).toEqual(["/indicators/0/ordinals/1", "/indicators/0/ordinals/2"]);
  expect(pointers(2)).toEqual([]);
});

test("what stands is one word for each ordinal, the tip as a whole before the first; counted alone what was counted alone", () => {
  const seen = { count: 3, first: "2026-11-01", last: "2026-11-02T01:00:00+01:00" };
  const indicators = [of([4, 2], { already_known: true, seen }), of([7], { seen: { count: 1 } })];
  const word = said({ status: "reviewing", indicators }) as Feedback;
  const times = { first_seen: "2026-11-01T00:00:00.000Z", last_seen: "2026-11-02T00:00:00.000Z" };
  expect(standingsOf(word)).toEqual([
    { ordinal: -1, status: "reviewing", already_known: false },
    { ordinal: 4, status: "found", already_known: true, ...times },
    { ordinal: 2, status: "found", already_known: true, ...times },
    { ordinal: 7, status: "found", already_known: false, count: 1 },
  ]);
  expect(statusesOf(word)).toEqual({ found: 3 });
});

test("matches become one word for each tip, each indicator once, and ranges of everyone's none", () => {
  const hit = (id: string, ordinal: number) => ({ tip: id, version: 1, ordinal }) as Match;
  const answers: MatchAnswer[] = [
    { hits: [hit("a", 3), hit("b", 0)], context: [hit("a", 9)] },
    { hits: [hit("a", 3), hit("a", 1)], context: [] },
    { hits: [], context: [], unreadable: "?" },
  ];
  expect(feedbackOfMatches(answers, { status: "found" }, { note: "x" })).toEqual([
    { tip: "a", version: 1, said: { note: "x", indicators: [{ ordinals: [1, 3], status: "found" }] } },
    { tip: "b", version: 1, said: { note: "x", indicators: [{ ordinals: [0], status: "found" }] } },
  ]);
});
