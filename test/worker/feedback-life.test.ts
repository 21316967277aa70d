/** What becomes of feedback: new versions, erasure, stolen keys, races, lost answers, floods. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { batch, sql } from "../../src/store/database.ts";
import { insertKey } from "../../src/store/keys.ts";
import { type Member, newKey } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let tip: { id: string; digest: string };

const domain = (name: string, more: object = {}) => ({
  type: "domain",
  value: `${name}.example`,
  control: "operated",
  ...more,
});

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  const indicators = ["a", "b", "c"].map((name) => domain(name));
  const { id, answer } = await chirper.submit(["platforms"], { indicators });
  tip = { id, digest: answer.body.digest };
});

const database = () => env as unknown as { DB: D1Database };
const summary = async () => (await chirper.heard(tip.id)).body.summary;
const each = async () =>
  ((await summary()).indicators ?? []).map(({ ordinal, by_status }: any) => [ordinal, by_status]);

/** Stands in for the batch that keeps feedback, once. */
function instead(run: (whole: () => Promise<never>) => Promise<never>): void {
  const held = database();
  const real = held.DB;
  const watched = Object.create(real) as D1Database;
  let keeps = false;
  watched.prepare = (query) => {
    keeps ||= query.includes("still_visible");
    return real.prepare(query);
  };
  watched.batch = async (statements) => {
    const whole = async () => (await real.batch(statements)) as never;
    if (!keeps) return whole();
    held.DB = real;
    return run(whole);
  };
  held.DB = watched;
}

/** Does something right before that batch, as another request might. */
const meanwhile = (deed: () => Promise<unknown>): void => instead(async (whole) => deed().then(whole));

test("what stands of an unchanged indicator moves along with a new version, what was said of the tip stays", async () => {
  await facepage.say(tip, {
    status: "reviewing",
    indicators: [
      { ordinals: [0], status: "found" },
      { ordinals: [1], status: "not_found" },
      { ordinals: [2], status: "false_positive" },
    ],
  });
  const indicators = [domain("new"), domain("c"), domain("b", { confidence: 5 }), domain("a")];
  const { answer } = await chirper.revise(tip.id, ["platforms"], { indicators });
  expect(answer.status).toBe(201);
  expect(await each()).toEqual([
    [1, { false_positive: 1 }],
    [3, { found: 1 }],
  ]);
  expect((await summary()).tip.by_status).toEqual({ reviewing: 1, found: 1, false_positive: 1 });
  const again = await chirper.revise(tip.id, ["platforms"], { indicators: [domain("newer"), ...indicators.slice(1)] });
  const next = { id: tip.id, version: 3, digest: again.answer.body.digest };
  await facepage.say(next, { indicators: [{ ordinals: [1], status: "actioned" }] });
  expect(await each()).toEqual([
    [1, { actioned: 1 }],
    [3, { found: 1 }],
  ]);
});

test("notes are erased with the tip's content; who said what, and of how many, stays for the author", async () => {
  const said = { status: "found", seen: { first: "2026-01-02" }, note: "Secret note" };
  await facepage.say(tip, { ...said, indicators: [{ ordinals: [0, 1], status: "actioned", note: "Secret note" }] });
  await chirper.withdraw(tip.id);
  const later = Date.now() + (limits.withdrawn_days + 2) * 86_400_000;
  for (let run = 0; run < 2; run++) await runSchedule(await exchangeNow(later));
  const { results } = await ground().prepare("SELECT * FROM feedback").all<{ payload: string }>();
  expect(results.map(({ payload }) => payload)).toEqual([""]);
  const { body } = await chirper.heard(tip.id);
  expect(body.feedback).toMatchObject([{ by: "facepage", status: "found", statuses: { actioned: 2 } }]);
  expect(body.feedback[0]).not.toHaveProperty("document");
  expect(body.summary.tip).toEqual({ reporters: 1, by_status: { found: 1, actioned: 1 } });
  expect(JSON.stringify(await ground().prepare("SELECT * FROM feedback_standing").all())).not.toContain("2026-01-02");
});

test("feedback signed with a stolen key counts no more, and says so", async () => {
  const stolen = await newKey();
  const past = new Date(Date.now() - 3_600_000).toISOString();
  const row = { kid: stolen.kid, partner: "facepage", jwk: stolen.jwk, active_from: past, introduced_by: null };
  await batch(ground(), [insertKey(row, past)]);
  await facepage.say(tip, { indicators: [{ ordinals: [0], status: "reviewing" }] });
  const forged = { indicators: [{ ordinals: [0, 1], status: "false_positive" }], share: "sight" };
  const videotube = await enrol("videotube", "platform");
  await facepage.say(tip, forged, stolen);
  expect((await videotube.heard(tip.id)).body.feedback).toHaveLength(1);
  const declared = await facepage.call("POST", `/v1/keys/${stolen.kid}/compromise`, { since: past });
  expect(declared.status).toBe(200);
  expect(await each()).toEqual([]);
  expect((await chirper.heard(tip.id)).body.feedback.map((item: any) => item.void ?? false)).toEqual([true, false]);
  expect((await videotube.heard(tip.id)).body.feedback).toEqual([]);
});

test("a tip withdrawn while feedback is judged is not there, and nothing is kept", async () => {
  const word = await facepage.word(tip, { status: "found" });
  await facepage.call("GET", "/v1/tips");
  meanwhile(() => chirper.withdraw(tip.id));
  const answer = await facepage.call("POST", `/v1/tips/${tip.id}/feedback`, word);
  expect(answer.status).toBe(404);
  expect((await chirper.heard(tip.id)).body.feedback).toEqual([]);
});

test("a version published while feedback is judged is what it must speak of", async () => {
  const word = await facepage.word(tip, { indicators: [{ ordinals: [2], status: "found" }] });
  await facepage.call("GET", "/v1/tips");
  meanwhile(() => chirper.revise(tip.id, ["platforms"], { indicators: [domain("a")] }));
  const answer = await facepage.call("POST", `/v1/tips/${tip.id}/feedback`, word);
  expect([answer.status, answer.body.type]).toEqual([409, expect.stringMatching(/version-conflict$/)]);
  expect(await each()).toEqual([]);
});

test("after a lost answer the same document is answered as it was kept", async () => {
  const word = await facepage.word(tip, { status: "found" });
  await facepage.call("GET", "/v1/tips");
  instead(async (whole) => {
    await whole();
    throw new Error("Network connection lost.");
  });
  const answer = await facepage.call("POST", `/v1/tips/${tip.id}/feedback`, word);
  const again = await facepage.call("POST", `/v1/tips/${tip.id}/feedback`, word);
  expect([answer.status, again.status]).toEqual([201, 200]);
  expect(again.body).toEqual(answer.body);
  expect((await chirper.heard(tip.id)).body.feedback).toHaveLength(1);
  expect((await chirper.feed()).filter(({ type }) => type === "feedback")).toHaveLength(1);
});

test("one partner says so much of a tip in a day and no more, whatever others say", async () => {
  const videotube = await enrol("videotube", "platform");
  const feedback = limits.feedback as { of_day: number };
  const usual = feedback.of_day;
  feedback.of_day = 2;
  try {
    const says = [];
    for (let n = 0; n < 3; n++) says.push((await facepage.say(tip, { status: "reviewing", note: `${n}` })).status);
    expect(says).toEqual([201, 201, 429]);
    expect((await videotube.say(tip, { status: "found" })).status).toBe(201);
    vi.useFakeTimers({ now: Date.now() + 86_400_000, toFake: ["Date"] });
    facepage.token = undefined;
    expect((await facepage.say(tip, { status: "found" })).status).toBe(201);
  } finally {
    vi.useRealTimers();
    feedback.of_day = usual;
  }
});

test("what stands counts against the day's bytes", async () => {
  await facepage.say(tip, { indicators: [{ ordinals: [0, 1, 2], status: "found" }] });
  const used = () => ground().prepare("SELECT bytes FROM quota WHERE partner = 'facepage'").first<number>("bytes");
  expect(await used()).toBeGreaterThan(600);
  await batch(ground(), [sql`UPDATE quota SET bytes = ${limits.quota.bytes} WHERE partner = 'facepage'`]);
  expect((await facepage.say(tip, { status: "found" })).status).toBe(429);
});
