/** What partners said of a tip as sightings and opinions: the newest word of each, of this version, valid. */
import { expect, test } from "vitest";
import type { Feedback, FeedbackStatus } from "../../../../src/core/feedback.ts";
import { feedbackObjects, type SaidOf } from "../../../../src/formats/stix/feedback.ts";
import { idOf } from "../../../../src/formats/stix/ids.ts";
import { shared } from "./given.ts";
import { absent, validator, withSchemas } from "./schemas.ts";

const tip = shared();
let made = 0;
const said = (by: string, content: Partial<Feedback>, more: Partial<SaidOf> = {}): SaidOf => ({
  feedback: String(made++).padStart(43, "A"),
  by,
  accepted_at: "2026-11-23T15:10:00.204Z",
  document: { version: tip.version, ...content } as Feedback,
  ...more,
});
const of = (status: FeedbackStatus, ...ordinals: number[]) => ({ status, ordinals });
const ordinals = new Set([0, 1, 2]);
const indicator = (ordinal: number) => idOf("indicator", tip.tip, ordinal);
/** What is said of what, by whom. */
const opinions = (words: SaidOf[]) =>
  feedbackObjects(tip, ordinals, words)
    .filter(({ type }) => type === "opinion")
    .map(({ opinion, object_refs, authors }) => [authors, opinion, object_refs]);

test("what was found is sighted, and what was judged is an opinion of it", () => {
  const seen = { count: 12, first: "2026-11-01", last: "2026-11-02" };
  const word = said("facepage", {
    note: "Ours.",
    indicators: [{ ...of("found", 0), seen }, of("false_positive", 1, 2)],
  });
  const objects = feedbackObjects(tip, ordinals, [word]);
  expect(objects.map(({ type }) => type)).toEqual(["identity", "sighting", "opinion", "opinion"]);
  expect(objects[1]).toMatchObject({
    sighting_of_ref: indicator(0),
    where_sighted_refs: [objects[0]!.id],
    count: 12,
    first_seen: "2026-11-01T00:00:00.000Z",
    last_seen: "2026-11-02T00:00:00.000Z",
    created: word.accepted_at,
  });
  expect(objects[2]).toMatchObject({ opinion: "agree", object_refs: [indicator(0)], explanation: "Ours." });
  expect(objects[3]).toMatchObject({ opinion: "strongly-disagree", object_refs: [indicator(1), indicator(2)] });
});

test("of the tip as a whole it is about the campaign", () => {
  const campaign = idOf("campaign", tip.tip, 0);
  expect(opinions([said("facepage", { status: "no_violation" })])).toEqual([[["facepage"], "disagree", [campaign]]]);
});

test("the newest word of each partner counts, whatever it says", () => {
  const words = [
    said("facepage", { indicators: [of("not_found", 0)] }),
    said("videotube", { indicators: [of("actioned", 0)] }),
    said("facepage", { indicators: [of("found", 0, 1)] }),
  ];
  expect(opinions(words)).toEqual([
    [["videotube"], "agree", [indicator(0)]],
    [["facepage"], "agree", [indicator(1)]],
  ]);
});

test("nothing is made of another version's words, of void and erased ones, and of indicators that are not there", () => {
  const found = { indicators: [of("found", 0)] };
  const words = [
    said("a", { ...found, version: tip.version - 1 }),
    said("b", found, { void: true }),
    said("c", found, { document: undefined }),
    said("d", { indicators: [of("found", 3)] }),
    said("e", { status: "needs_context" }),
  ];
  expect(feedbackObjects(tip, ordinals, words)).toEqual([]);
});

test("the same words make the same objects", () => {
  const words = [said("facepage", { status: "found", indicators: [of("found", 0, 1)] })];
  const objects = feedbackObjects(tip, ordinals, words);
  expect(feedbackObjects(tip, ordinals, words)).toEqual(objects);
  expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length);
});

test.skipIf(absent)(withSchemas("they are valid by the JSON schemas"), () => {
  const faults = validator();
  const seen = { count: 2_000_000_000, first: "2026-11-01T00:00:00+05:00", last: "2026-11-02" };
  const words = [
    said("facepage", { status: "found", seen, note: "x", indicators: [{ ...of("actioned", 0), seen }] }),
    said("videotube", { indicators: [of("false_positive", 0), of("no_violation", 1)] }),
  ];
  const objects = feedbackObjects(tip, ordinals, words);
  expect(objects).toHaveLength(8);
  expect(objects.flatMap(faults)).toEqual([]);
});
