/** What partners said of a tip as sightings and opinions: the newest word of each, of this version, valid; and their ids. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Feedback,
  type FeedbackStatus,
  feedbackStatuses,
  readSpoken,
  spokenOf,
} from "../../../../src/core/feedback.ts";
import { markOf } from "../../../../src/core/tip-mark.ts";
import { feedbackObjects, madeOf, revokedWord, type SaidOf } from "../../../../src/formats/stix/feedback.ts";
import { idOf, readObjectId } from "../../../../src/formats/stix/ids.ts";
import { readWordId, wordId, wordTypes } from "../../../../src/formats/stix/word-ids.ts";
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
  expect(objects.map(({ type }) => type)).toEqual(["identity", "sighting", "opinion", "opinion", "opinion"]);
  expect(objects[1]).toMatchObject({
    sighting_of_ref: indicator(0),
    where_sighted_refs: [objects[0]!.id],
    count: 12,
    first_seen: "2026-11-01T00:00:00.000Z",
    last_seen: "2026-11-02T00:00:00.000Z",
    created: word.accepted_at,
  });
  expect(objects[2]).toMatchObject({ opinion: "agree", object_refs: [indicator(0)], explanation: "Ours." });
  for (const ordinal of [1, 2])
    expect(objects[ordinal + 2]).toMatchObject({ opinion: "strongly-disagree", object_refs: [indicator(ordinal)] });
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

test("nothing is made of another version's words on indicators, of void and erased ones, and of indicators that are not there", () => {
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

test("what was said of the tip as a whole counts in a later version too, until something else is said", () => {
  const before = said("facepage", { version: tip.version - 1, status: "found", indicators: [of("found", 0)] });
  const campaign = idOf("campaign", tip.tip, 0);
  expect(opinions([before])).toEqual([[["facepage"], "agree", [campaign]]]);
  expect(opinions([said("facepage", { status: "outdated" }), before])).toEqual([]);
});

test("a newer word is a later version of the same objects", () => {
  const old = said("facepage", { indicators: [of("found", 0)] }, { accepted_at: "2026-11-23T15:00:00.000Z" });
  const later = said("facepage", { indicators: [of("actioned", 0)] }, { accepted_at: "2026-11-24T15:00:00.000Z" });
  const [before, after] = [[old], [later, old]].map((words) => feedbackObjects(tip, ordinals, words).slice(1));
  expect(after!.map(({ id, created }) => [id, created])).toEqual(before!.map(({ id, created }) => [id, created]));
  for (const { modified } of after!) expect(modified).toBe(later.accepted_at);
});

test("what a document says is kept apart from its notes, each of its words by the ordinal", () => {
  const document = { status: "found", indicators: [of("actioned", 9_999, 0), of("needs_context", 7)] } as Feedback;
  expect(spokenOf(document).map(readSpoken)).toEqual([
    { ordinal: -1, status: "found", isPast: false },
    { ordinal: 9_999, status: "actioned", isPast: false },
    { ordinal: 0, status: "actioned", isPast: false },
    { ordinal: 7, status: "needs_context", isPast: false },
  ]);
  expect(spokenOf(document).map((spoken) => readSpoken(-spoken).isPast)).toEqual([true, true, true, true]);
  expect(feedbackStatuses.length).toBeLessThanOrEqual(16);
});

test("an id leads back to its tip, its giver and its ordinal, and to no other", () => {
  const slug = fc.constantFrom("facepage", "videotube", "cyber-unit", "a");
  const ordinal = fc.integer({ min: -1, max: 9_999 });
  fc.assert(
    fc.property(
      fc.uuid(),
      slug,
      ordinal,
      slug,
      ordinal,
      fc.constantFrom(...wordTypes),
      (uuid, by, at, other, place, type) => {
        const id = wordId(type, uuid, by, at);
        const read = readWordId(id)!;
        expect(id).toMatch(/^(sighting|opinion)--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect([read.ordinal, read.matches(uuid), read.isBy(uuid, by)]).toEqual([at, true, true]);
        expect(read.marks).toContain(markOf(uuid));
        expect(read.isBy(uuid, other)).toBe(by === other);
        expect(wordId(type, uuid, other, place) === id).toBe(by === other && at === place);
        expect(read.matches(tip.tip)).toBe(false);
        expect(readObjectId(id)).toBeUndefined();
      },
    ),
  );
  for (const id of [
    "",
    "sighting--",
    wordId("sighting", tip.tip, "a", 0).replace("sighting", "report"),
    idOf("indicator", tip.tip, 0),
  ])
    expect(readWordId(id)).toBeUndefined();
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
  const taken = {
    by: "facepage",
    ordinal: 0,
    created: "2026-11-23T15:10:00.204Z",
    modified: "2026-11-24T15:10:00.204Z",
  };
  const gone = madeOf("found").map((type) => revokedWord(tip, type, taken));
  expect([objects.length, gone.length]).toEqual([8, 2]);
  expect([...objects, ...gone].flatMap(faults)).toEqual([]);
});
