/** What became of all of one's own tips: which of them, in which order, what is open, and that nobody else is told. */
import { beforeEach, expect, test, vi } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, batch, prepare, sql } from "../../src/store/database.ts";
import { selectHeard } from "../../src/store/heard.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let videotube: Member;
/** Three of chirper's, oldest first. */
let tips: { id: string; digest: string }[];

const submit = async (by = chirper, to = ["platforms"]) => {
  const indicators = [0, 1].map((at) => ({ type: "domain", value: `harbour-${at}.example`, control: "operated" }));
  const { id, answer } = await by.submit(to, { indicators });
  return { id, digest: answer.body.digest as string };
};
const heard = async (member: Member, query = "") => (await member.call("GET", `/v1/feedback${query}`)).body;
const ids = async (query = "", member = chirper) => (await heard(member, query)).tips.map(({ tip }: any) => tip);
const row = async (tip: { id: string }, query = "") =>
  (await heard(chirper, query)).tips.find((each: any) => each.tip === tip.id);

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  videotube = await enrol("videotube", "platform");
  tips = [await submit(), await submit(), await submit()];
});

test("tips that others have spoken of are there, the newest word first, with what was said", async () => {
  expect(await heard(chirper)).toEqual({ tips: [], next: null, more: false });
  await facepage.say(tips[2]!, { status: "received" });
  await facepage.say(tips[0]!, { status: "found", indicators: [{ ordinals: [0, 1], status: "actioned" }] });
  const { body } = await videotube.say(tips[0]!, { indicators: [{ ordinals: [1], status: "false_positive" }] });
  expect(await ids()).toEqual([tips[0]!.id, tips[2]!.id]);
  expect(await row(tips[0]!)).toMatchObject({
    version: 1,
    state: "live",
    operation: { name: "Harbour Lantern" },
    words: 2,
    unanswered: 0,
    summary: { reporters: 2, by_status: { found: 1, actioned: 1, false_positive: 1 } },
    newest: { feedback: body.feedback, by: "videotube", statuses: { false_positive: 1 } },
  });
  await facepage.say(tips[2]!, { status: "not_found" });
  expect(await ids()).toEqual([tips[2]!.id, tips[0]!.id]);
});

test("a filter leaves what a partner's newest word says, what is new, and what is not answered", async () => {
  await facepage.say(tips[0]!, { indicators: [{ ordinals: [0], status: "false_positive" }] });
  await facepage.say(tips[1]!, { status: "needs_context", note: "Which?" });
  expect(await ids("?status=false_positive")).toEqual([tips[0]!.id]);
  expect(await ids("?status=false_positive&unanswered=true")).toEqual([]);
  expect(await ids("?unanswered=true")).toEqual([tips[1]!.id]);
  expect(await ids("?unanswered=false")).toEqual([tips[0]!.id]);
  await facepage.say(tips[0]!, { indicators: [{ ordinals: [0], status: "found" }] });
  expect(await ids("?status=false_positive")).toEqual([]);
  await scheduler.wait(5);
  const since = (await videotube.say(tips[1]!, { status: "received" })).body.accepted_at;
  expect(await ids(`?since=${since}`)).toEqual([tips[1]!.id]);
  expect([(await row(tips[1]!, `?since=${since}`)).words, (await row(tips[1]!)).words]).toEqual([1, 2]);
  for (const wrong of ["status=open", "since=yesterday", "unanswered=maybe", "from=chirper"])
    expect((await chirper.call("GET", `/v1/feedback?${wrong}`)).status, wrong).toBe(400);
});

test("a question is open until its author answers it, or its giver says something else", async () => {
  const tip = tips[0]!;
  const open = async () => (await row(tip)).unanswered;
  const asked = (await facepage.say(tip, { status: "needs_context", note: "Which?" })).body.feedback;
  const ofOne = { indicators: [{ ordinals: [0, 1], status: "needs_context", note: "Since when?" }] };
  await videotube.say(tip, ofOne);
  expect(await open()).toBe(2);
  await chirper.say(tip, { reply_to: asked, note: "The first." });
  expect(await open()).toBe(1);
  // An answer is not a word of others: it does not move the tip up.
  expect((await row(tip)).newest).toMatchObject({ by: "videotube", statuses: { needs_context: 2 } });
  await videotube.say(tip, { indicators: [{ ordinals: [0], status: "found" }] });
  expect(await open()).toBe(1);
  await videotube.say(tip, { indicators: [{ ordinals: [1], status: "found" }] });
  expect(await open()).toBe(0);
  await facepage.say(tip, { status: "needs_context", note: "Still?" });
  expect(await open()).toBe(1);
  // Answered on what it said since.
  const more = (await facepage.say(tip, { reply_to: asked, note: "And the second?" })).body.feedback;
  await chirper.say(tip, { reply_to: more, note: "That one too." });
  expect(await open()).toBe(0);
});

test("pages go on where they ended, also where a filter leaves nothing of what was looked at", async () => {
  for (const tip of tips) await facepage.say(tip, { status: tip === tips[0] ? "outdated" : "found" });
  const follow = async (query: string) => {
    const found: string[] = [];
    for (let after = ""; ; ) {
      const page = await heard(chirper, `?limit=1${query}${after}`);
      found.push(...page.tips.map(({ tip }: any) => tip));
      if (!page.more) return found;
      after = `&after=${page.next}`;
    }
  };
  const newestFirst = [...tips].reverse().map(({ id }) => id);
  expect(await follow("")).toEqual(newestFirst);
  const { feedback } = limits as unknown as { feedback: { heard: number } };
  const usual = feedback.heard;
  try {
    feedback.heard = 1;
    expect(await follow("&status=outdated")).toEqual([tips[0]!.id]);
  } finally {
    feedback.heard = usual;
  }
});

test("nobody is told of what is said of another's tips: not who said it, who sees them, or the steward", async () => {
  const steward = await enrol("steward", "steward", { scopes: ["admin", "keys", "tips:read", "feedback"] });
  await facepage.say(tips[0]!, { status: "found", share: "sight", law_enforcement: true });
  for (const member of [facepage, videotube, steward])
    for (const query of ["", "?status=found", "?unanswered=false"]) expect(await ids(query, member)).toEqual([]);
  const { next } = await heard(chirper, "?limit=1&status=outdated");
  expect(next).toBeNull();
});

test("tips that ended stay, and of one whose content was erased the counts", async () => {
  await facepage.say(tips[0]!, { status: "found", note: "SECRET-NOTE" });
  await chirper.withdraw(tips[0]!.id);
  expect(await row(tips[0]!)).toMatchObject({ state: "withdrawn" });
  for (let run = 0; run < 2; run++)
    await runSchedule(await exchangeNow(Date.now() + (limits.withdrawn_days + 1) * 86_400_000));
  const left = await row(tips[0]!);
  expect(left).toMatchObject({ state: "erased", words: 1, summary: { reporters: 1, by_status: { found: 1 } } });
  expect(left.operation).not.toHaveProperty("name");
  expect(JSON.stringify(left)).not.toContain("SECRET-NOTE");
});

test("it is recorded as a reading, and without a record nothing is told", async () => {
  await facepage.say(tips[0]!, { status: "found" });
  const records = () => all(ground(), sql`SELECT door FROM access WHERE partner = 'chirper' AND door = 'feedback'`);
  await heard(chirper);
  expect(await records()).toHaveLength(1);
  await batch(ground(), [
    sql`CREATE TRIGGER no_records BEFORE INSERT ON access BEGIN SELECT RAISE(ABORT, 'D1_ERROR no records'); END`,
  ]);
  const quiet = vi.spyOn(console, "error").mockImplementation(() => {});
  const { status, body } = await chirper.call("GET", "/v1/feedback");
  quiet.mockRestore();
  expect(status).toBeGreaterThanOrEqual(500);
  expect(JSON.stringify(body)).not.toContain(tips[0]!.id);
});

test("a flood of questions and answers costs a page no more than it is long: each was compared with all behind it", async () => {
  const { body } = await facepage.say(tips[0]!, { status: "needs_context", note: "Which?" });
  const [{ tip_no, seq }] = (await all(ground(), sql`SELECT tip_no, seq FROM feedback`)) as [Record<string, number>];
  const copies = 1_500;
  const copy = (partner: string, from: number, answers: string | null) => sql`
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${copies})
    INSERT INTO feedback (digest, tip_no, partner, version, kid, protected, payload, signature, seq, accepted_at, status, answers)
    SELECT ${partner} || n, tip_no, ${partner}, version, kid, protected, payload, signature, ${from} + n, accepted_at,
      iif(${answers} IS NULL, status, NULL), ${answers} FROM feedback, n WHERE digest = ${body.feedback}`;
  const standing = sql`INSERT INTO feedback_standing (tip_no, ordinal, partner, status, already_known, shared, digest, at)
    SELECT tip_no, seq, partner, status, 0, 0, digest, accepted_at FROM feedback WHERE tip_no = ${tip_no} AND seq > ${seq} AND status IS NOT NULL`;
  await batch(ground(), [copy("facepage", seq!, null), standing, copy("chirper", seq! + copies, body.feedback)]);
  const statement = selectHeard(
    { partner: "chirper", kid: "", purpose: "", places: [], kind: "platform" },
    {},
    { after: 0, before: Number.MAX_SAFE_INTEGER },
    10,
    Date.now(),
  );
  const { results, meta } = await prepare(ground(), statement).all();
  expect(results).toMatchObject([{ unanswered: copies, words: copies + 1 }]);
  expect(meta.rows_read).toBeLessThan(30 * copies);
});
