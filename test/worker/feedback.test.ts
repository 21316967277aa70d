/** What partners say of a tip: who may, what counts, who reads it. */
import { beforeEach, expect, test } from "vitest";
import type { Member } from "./member.ts";
import { enrol, freshWorld, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
let videotube: Member;
let police: Member;

const indicators = [0, 1, 2, 3].map((at) => ({ type: "domain", value: `harbour-${at}.example`, control: "operated" }));

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  videotube = await enrol("videotube", "platform");
  police = await enrol("cyber-unit", "law_enforcement");
});

/** A tip of chirper's; by default to facepage, videotube and the police. */
async function tipTo(to = ["partner:facepage", "partner:videotube", "partner:cyber-unit"]) {
  const { id, answer } = await chirper.submit(to, { indicators });
  expect(answer.status).toBe(201);
  return { id, digest: answer.body.digest as string };
}

const kinds = (events: { type: string }[]) => events.map(({ type }) => type);
const bySay = ({ body }: { body: any }) => body.feedback.map((item: any) => [item.by, item.document?.note]);

test("feedback is kept once, told to the author, and the same document again is the same feedback", async () => {
  const tip = await tipTo();
  const said = {
    status: "found",
    already_known: true,
    seen: { count: 12, first: "2026-11-01" },
    note: "Ours since May.",
  };
  const word = await facepage.word(tip, { ...said, indicators: [{ ordinals: [0, 2], status: "actioned" }] });
  const first = await facepage.call("POST", `/v1/tips/${tip.id}/feedback`, word);
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({ tip: tip.id, version: 1, feedback: expect.stringMatching(/^[\w-]{43}$/) });
  const again = await facepage.call("POST", `/v1/tips/${tip.id}/feedback`, word);
  expect([again.status, again.body]).toEqual([200, first.body]);

  const told = (await chirper.feed()).filter(({ type }) => type === "feedback");
  expect(told).toMatchObject([
    { tip: tip.id, feedback: first.body.feedback, by: "facepage", status: "found", statuses: { actioned: 2 } },
  ]);
  for (const other of [facepage, videotube, police]) expect(kinds(await other.feed())).toEqual(["published"]);

  const { body } = await chirper.heard(tip.id);
  expect(body.feedback).toMatchObject([
    { by: "facepage", share: "author", stands: true, envelope: word, document: said },
  ]);
  expect(body.summary).toEqual({
    tip: { reporters: 1, by_status: { found: 1, actioned: 1 } },
    indicators: [
      { ordinal: 0, reporters: 1, by_status: { actioned: 1 } },
      { ordinal: 2, reporters: 1, by_status: { actioned: 1 } },
    ],
  });
  expect((await chirper.call("GET", `/v1/tips/${tip.id}`)).body.feedback).toEqual(body.summary.tip);
  expect((await videotube.call("GET", `/v1/tips/${tip.id}`)).body.feedback).toBeUndefined();
});

test("without sight there is nothing to speak of or to read, whatever is sent", async () => {
  const tip = await tipTo(["partner:videotube"]);
  const none = { id: crypto.randomUUID(), digest: tip.digest };
  const answers = [
    await facepage.say(tip, { status: "found" }),
    await facepage.say(none, { status: "found" }),
    await facepage.call("POST", `/v1/tips/${tip.id}/feedback`, { no: "envelope" }),
    await facepage.heard(tip.id),
    await facepage.heard(none.id),
  ];
  for (const answer of answers) expect([answer.status, answer.body]).toEqual([404, answers[0]!.body]);
});

test("of a tip that is withdrawn nobody but its author reads or says anything", async () => {
  const tip = await tipTo();
  await facepage.say(tip, { status: "false_positive" });
  await chirper.withdraw(tip.id);
  expect((await facepage.say(tip, { status: "found" })).status).toBe(404);
  expect((await facepage.heard(tip.id)).status).toBe(404);
  const { body } = await chirper.heard(tip.id);
  expect(body.summary.tip).toEqual({ reporters: 1, by_status: { false_positive: 1 } });
  const reply = { reply_to: body.feedback[0].feedback, note: "You are right." };
  expect((await chirper.say(tip, reply)).body.type).toMatch(/withdrawn$/);
});

test("an author does not speak on its own tip, but answers", async () => {
  const tip = await tipTo();
  const asked = (await facepage.say(tip, { status: "needs_context", note: "Which of them post?" })).body.feedback;
  for (const said of [
    { status: "found" },
    { indicators: [{ ordinals: [0], status: "found" }] },
    { reply_to: asked, note: "x", status: "actioned" },
    { reply_to: asked, note: "x", share: "sight" },
  ]) {
    const refused = await chirper.say(tip, said);
    expect([refused.status, refused.body.type]).toEqual([409, expect.stringMatching(/own-tip$/)]);
  }
  const reply = await chirper.say(tip, { reply_to: asked, note: "The first two." });
  expect(reply.status).toBe(201);
  expect((await facepage.feed()).at(-1)).toMatchObject({ type: "feedback", by: "chirper", reply_to: asked });
  expect(bySay(await facepage.heard(tip.id))).toEqual([
    ["chirper", "The first two."],
    ["facepage", "Which of them post?"],
  ]);
  expect(bySay(await videotube.heard(tip.id))).toEqual([]);
  expect(kinds(await videotube.feed())).toEqual(["published"]);
  // The thread goes on; what is not the other's to read is not there to be answered.
  expect((await facepage.say(tip, { reply_to: reply.body.feedback, note: "Thanks." })).status).toBe(201);
  const pried = await videotube.say(tip, { reply_to: asked, note: "What is it?" });
  expect(pried.body.faults).toMatchObject([{ pointer: "/reply_to" }]);
});

test("the newest word of a partner on an indicator counts, and what it said before stays readable", async () => {
  const tip = await tipTo();
  await facepage.say(tip, { indicators: [{ ordinals: [0, 1], status: "reviewing" }], note: "old" });
  await facepage.say(tip, { indicators: [{ ordinals: [1], status: "actioned" }], note: "new" });
  await videotube.say(tip, { indicators: [{ ordinals: [1], status: "not_found" }] });
  const { body } = await chirper.heard(tip.id);
  expect(body.summary).toEqual({
    tip: { reporters: 2, by_status: { reviewing: 1, actioned: 1, not_found: 1 } },
    indicators: [
      { ordinal: 0, reporters: 1, by_status: { reviewing: 1 } },
      { ordinal: 1, reporters: 2, by_status: { actioned: 1, not_found: 1 } },
    ],
  });
  await facepage.say(tip, { indicators: [{ ordinals: [0], status: "not_found" }], note: "newest" });
  const own = (await facepage.heard(tip.id)).body.feedback;
  expect(own.map(({ document, stands }: any) => [document.note, stands])).toEqual([
    ["newest", true],
    ["new", true],
    ["old", false],
  ]);
});

test("what is shared reaches those with sight then, and nobody who gains it later", async () => {
  await group("cell", [chirper, facepage]);
  const late = await enrol("latecomer", "platform");
  const tip = await tipTo(["group:cell", "partner:videotube", "partner:cyber-unit"]);
  const shared = await facepage.say(tip, { status: "found", note: "shared", share: "sight" });
  await facepage.say(tip, { status: "found", note: "private" });
  await chirper.rescope(tip.id, ["group:cell", "partner:videotube", "partner:latecomer", "partner:cyber-unit"]);
  expect(bySay(await videotube.heard(tip.id))).toEqual([["facepage", "shared"]]);
  expect((await videotube.feed()).at(-1)).toMatchObject({ type: "feedback", feedback: shared.body.feedback });
  // That facepage said something else since, to the author alone, is not told.
  expect((await videotube.heard(tip.id)).body.feedback[0]).not.toHaveProperty("stands");
  expect(bySay(await late.heard(tip.id))).toEqual([]);
  expect(kinds(await late.feed())).toEqual(["published"]);
  expect(bySay(await police.heard(tip.id))).toEqual([]);
  expect(bySay(await chirper.heard(tip.id))).toEqual([
    ["facepage", "private"],
    ["facepage", "shared"],
  ]);
});

test("law enforcement is told of what was shared only where the giver says so", async () => {
  const tip = await tipTo();
  await facepage.say(tip, { status: "found", note: "not them", share: "sight" });
  await facepage.say(tip, { status: "actioned", note: "them too", share: "sight", law_enforcement: true });
  expect(bySay(await police.heard(tip.id))).toEqual([["facepage", "them too"]]);
  expect(kinds(await police.feed())).toEqual(["published", "feedback"]);
  expect((await police.say(tip, { status: "received" })).status).toBe(201);
  expect(bySay(await chirper.heard(tip.id))[0]).toEqual(["cyber-unit", undefined]);
});

test("others see how many said what from the fifth reporter on, law enforcement only what was shared with it", async () => {
  const others = await Promise.all([0, 1, 2].map((at) => enrol(`platform-${at}`, "platform")));
  const reader = await enrol("reader", "platform");
  const tip = await tipTo(["platforms", "partner:cyber-unit"]);
  const reporters = [facepage, videotube, ...others];
  const said = { status: "found", indicators: [{ ordinals: [3], status: "actioned" }] };
  for (const reporter of reporters.slice(0, 4)) await reporter.say(tip, said);
  expect((await reader.heard(tip.id)).body.summary).toEqual({});
  expect((await reader.call("GET", `/v1/tips/${tip.id}`)).body.feedback).toBeUndefined();
  await reporters[4]!.say(tip, { status: "not_found" });
  const counted = { reporters: 5, by_status: { found: 4, not_found: 1, actioned: 4 } };
  // Of the indicator four have spoken.
  expect((await reader.heard(tip.id)).body).toMatchObject({ summary: { tip: counted }, feedback: [] });
  expect((await reader.heard(tip.id)).body.summary.indicators).toBeUndefined();
  expect((await reader.call("GET", `/v1/tips/${tip.id}`)).body.feedback).toEqual(counted);
  await reporters[4]!.say(tip, said);
  expect((await reader.heard(tip.id)).body.summary.indicators).toEqual([
    { ordinal: 3, reporters: 5, by_status: { actioned: 5 } },
  ]);
  expect((await police.heard(tip.id)).body.summary).toEqual({});
  for (const reporter of reporters) await reporter.say(tip, { status: "found", share: "sight", law_enforcement: true });
  expect((await police.heard(tip.id)).body.summary).toEqual({ tip: { reporters: 5, by_status: { found: 5 } } });
});

test("feedback speaks of the current version, by its digest", async () => {
  const tip = await tipTo();
  const revised = await chirper.revise(tip.id, ["partner:facepage"], { indicators });
  const refused = await facepage.say(tip, { status: "found" });
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("current version 2")]);
  const wrong = await facepage.say({ ...tip, version: 2 }, { status: "found" });
  expect(wrong.status).toBe(409);
  expect(
    (await facepage.say({ ...tip, version: 2, digest: revised.answer.body.digest }, { status: "found" })).status,
  ).toBe(201);
});

test("what is wrong is refused whole, with every reason", async () => {
  const tip = await tipTo();
  const refused = await facepage.say(tip, {
    issued_at: "2099-01-01T00:00:00Z",
    status: "not_found",
    already_known: true,
    law_enforcement: true,
    zap: 1,
    seen: { first: "2026-02-01", last: "2026-01-01" },
    indicators: [
      { ordinals: [0, 4], status: "found" },
      { ordinals: [0], status: "found" },
    ],
  });
  expect(refused.status).toBe(422);
  expect(refused.body.faults.map(({ pointer }: any) => pointer).sort()).toEqual(
    [
      "/already_known",
      "/indicators/0/ordinals/1",
      "/indicators/1/ordinals/0",
      "/issued_at",
      "/law_enforcement",
      "/seen",
      "/zap",
    ].sort(),
  );
  expect((await facepage.say(tip, { note: "Nothing said." })).status).toBe(422);
  expect((await chirper.heard(tip.id)).body.feedback).toEqual([]);
});

test("pages go on where they ended, for each reader over its own", async () => {
  const tip = await tipTo();
  for (const note of ["1", "2", "3", "4", "5"]) {
    await facepage.say(tip, { status: "reviewing", note });
    await videotube.say(tip, { status: "reviewing", note });
  }
  const notes: string[] = [];
  let after = "";
  for (;;) {
    const { body } = await facepage.heard(tip.id, `?limit=2${after}`);
    notes.push(...body.feedback.map(({ document }: any) => document.note));
    after = `&after=${body.next}`;
    if (!body.more) break;
  }
  expect(notes).toEqual(["5", "4", "3", "2", "1"]);
});
