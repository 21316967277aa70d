/** Held tips: what holds one, that nobody else can tell that there is one, and what becomes of it. */
import { compactVerify } from "jose";
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { dayOf } from "../../src/core/time.ts";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { operations } from "../../src/operations.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { holdingReason } from "../../src/store/held-tips.ts";
import { ofTip, queryOf } from "./doors.ts";
import type { Draft, Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

const day = 86_400_000;
let author: Member;
let facepage: Member;
let steward: Member;

beforeEach(async () => {
  await freshWorld();
  author = await enrol("chirper", "platform", { hold: "auto" });
  facepage = await enrol("facepage", "platform", { hold: "auto" });
  steward = await enrol("steward", "steward");
});

/** What a partner published, so many days ago. */
const published = (days: number, tips: number, indicators: number, disputed = 0, who = author) =>
  batch(ground(), [
    sql`INSERT INTO partner_day (partner, day, tips, indicators, disputed)
      VALUES (${who.slug}, ${dayOf(Date.now() - days * day)}, ${tips}, ${indicators}, ${disputed})`,
  ]);

/** Everything this partner sends is held from here on. */
const flood = () => published(0, limits.flood.tips, 0);
const heldBy = async (who = author) => (await who.call("GET", "/v1/held-tips")).body.held_tips;
const counts = async (who = author) => (await steward.call("GET", `/v1/partners/${who.slug}/held-tips`)).body.held_tips;
const send = (draft: Draft, who = author) => who.call("POST", "/v1/tips", { tip: draft.tip, audience: draft.audience });
const decide = (digest: string, deed: "release" | "refusal", who = author) =>
  steward.call("POST", `/v1/partners/${who.slug}/held-tips/${digest}/${deed}`, {});

const { flood: bounds } = limits;
type Days = [days: number, tips: number, indicators: number, disputed?: number][];
const rules: [string, Days, string | null][] = [
  ["tips of a new partner above the floor", [[0, bounds.tips, 0]], "flood"],
  ["tips at the floor", [[0, bounds.tips - 1, 0]], null],
  ["indicators of a new partner above the floor", [[0, 1, bounds.indicators]], "flood"],
  [
    "as many as it always published",
    [
      [2, 30 * bounds.tips, 0],
      [0, 5 * bounds.tips, 0],
    ],
    null,
  ],
  [
    "more than ten times as many as it used to",
    [
      [2, 30 * bounds.tips, 0],
      [0, 10 * bounds.tips, 0],
    ],
    "flood",
  ],
  [
    "beside what was published long ago",
    [
      [40, 300 * bounds.tips, 0],
      [0, bounds.tips, 0],
    ],
    "flood",
  ],
  ["a twentieth disputed", [[50, 1, 1_000, 50]], null],
  ["more than a twentieth disputed", [[50, 1, 1_000, 51]], "disputed"],
  ["few disputed of few", [[50, 1, 20, 19]], null],
  ["what was disputed before ninety days", [[91, 1, 1_000, 900]], null],
];

test("the guard's rules", async () => {
  for (const [what, days, reason] of rules) {
    await batch(ground(), [sql`DELETE FROM partner_day`]);
    for (const each of days) await published(...each);
    const asked = sql<{ reason: string | null }>`SELECT ${holdingReason("chirper", 1, Date.now())} AS reason`;
    expect(await all(ground(), asked), what).toEqual([{ reason }]);
  }
});

test("a burst across midnight is one burst, and over a day later", async () => {
  await published(1, bounds.tips + 20, 0);
  const midnight = Date.now() - (Date.now() % day);
  const reasons = [1, 12].map((hours) => sql`${holdingReason("chirper", 1, midnight + hours * 3_600_000)}`);
  expect(await all(ground(), sql`SELECT ${reasons[0]} AS soon, ${reasons[1]} AS later`)).toEqual([
    { soon: "flood", later: null },
  ]);
});

test("of many submissions at once no more are published than the bound", async () => {
  await published(0, limits.flood.tips - 2, 0);
  const drafts = await Promise.all(Array.from({ length: 6 }, () => author.draft(["platforms"])));
  const statuses = (await Promise.all(drafts.map((draft) => send(draft)))).map(({ status }) => status);
  expect(statuses.sort()).toEqual([201, 201, 202, 202, 202, 202]);
});

test("another partner's flood holds nobody else, and the steward's word goes before the rules", async () => {
  await flood();
  const statusOf = async (who: Member) => (await who.submit(["platforms"])).answer.status;
  expect(await statusOf(facepage)).toBe(201);
  const set = (who: Member, hold: string) => steward.call("PATCH", `/v1/partners/${who.slug}`, { hold });
  expect((await set(author, "never")).body.hold).toBe("never");
  await set(facepage, "always");
  expect([await statusOf(author), await statusOf(facepage)]).toEqual([201, 202]);
});

test("it is answered with a signed receipt that says so and has no seq, and the same document again with the same", async () => {
  await flood();
  const draft = await author.draft(["platforms"]);
  const [{ status, body }, again] = await Promise.all([send(draft), send(draft)]);
  expect(status).toBe(202);
  expect(again.body).toEqual(body);
  expect((await send(draft)).body).toEqual(body);
  const { payload, protectedHeader } = await compactVerify(body.receipt, (await exchangeNow()).key.public);
  expect(protectedHeader.typ).toBe("held+jws");
  const { tip, version, digest, held_at } = body;
  expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
    iss: (await exchangeNow()).url,
    tip,
    version,
    digest,
    held_at,
    held: true,
  });
  expect(await heldBy()).toEqual([body]);
});

test("no door tells anybody of it, and the steward is told counts and no content", async () => {
  await published(0, limits.flood.tips, 0);
  const value = "secret-lantern.example";
  const { id, answer } = await author.submit(["platforms", "partner:facepage"], {
    indicators: [
      { type: "domain", value },
      { type: "ip", value: "203.0.113.9" },
    ],
  });
  expect(answer.status).toBe(202);
  expect(await counts()).toEqual([
    {
      digest: answer.body.digest,
      state: "held",
      reason: "flood",
      held_at: expect.any(String),
      indicators: { domain: 1, ip: 1 },
      bytes: expect.any(Number),
      recipients: 2,
    },
  ]);
  const doors = operations.filter(
    ({ access, isRefused }) => (access === "tips:read" || access === "match") && !isRefused,
  );
  for (const { method, path, id: door } of doors.filter(({ path }) => !/stream|subscription/.test(path))) {
    const asked = ofTip(path, id).replace(/\{\w+\}/g, "x") + queryOf(path);
    for (const who of [facepage, author]) {
      const body = method === "GET" ? undefined : { questions: [value] };
      const { body: told } = await who.call(method, asked, body);
      const text = JSON.stringify(told).replaceAll(`"read_as":{"type":"domain","value":"${value}"}`, "");
      expect(text.includes(value) || text.includes(id), door).toBe(false);
    }
  }
  for (const table of ["tip", "event", "indicator", "index_key", "tip_token", "document_piece"])
    expect(await all(ground(), sql`SELECT 1 FROM ${sql.identifier(table)}`), table).toEqual([]);
  expect((await facepage.call("DELETE", `/v1/held-tips/${answer.body.digest}`)).status).toBe(404);
  expect(await heldBy(facepage)).toEqual([]);
});

test("a version or a withdrawal of it is as if it were not there, and its author is told why", async () => {
  await flood();
  const { id } = await author.submit(["platforms"]);
  const second = await author.submit(["platforms"], { tip: id, version: 2 });
  expect(second.answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining("is held") } });
  expect((await author.call("POST", `/v1/tips/${id}/withdrawal`, {})).status).toBe(404);
});

test("released, it is submitted as of then, counted once, and nothing of its holding stays", async () => {
  await flood();
  const draft = await author.draft(["platforms"]);
  const { digest } = (await send(draft)).body;
  const quota = () => all(ground(), sql`SELECT bytes, index_keys FROM quota WHERE partner = 'chirper'`);
  const used = await quota();
  const both = await Promise.all([decide(digest, "release"), decide(digest, "release")]);
  expect(both.filter(({ status, body }) => status === 200 && body.state === "released").length).toBeGreaterThan(0);
  expect(await quota()).toEqual(used);
  expect(await heldBy()).toEqual([]);
  expect(await all(ground(), sql`SELECT 1 FROM held_piece`)).toEqual([]);
  expect((await facepage.feed()).map(({ type, tip }) => [type, tip])).toEqual([["published", draft.id]]);
  expect((await send(draft)).status).toBe(200);
});

test("what its author may not do any more does not happen by a release, and it is told why", async () => {
  await flood();
  const other = await enrol("photogram", "platform");
  const draft = await author.draft(["partner:photogram"]);
  const { digest } = (await send(draft)).body;
  await other.submit(["platforms"], { tip: draft.id });
  expect((await decide(digest, "release")).body).toEqual({ digest, state: "failed", problem: "tip-taken" });
  expect(await heldBy()).toMatchObject([{ state: "failed", problem: { slug: "tip-taken" } }]);
  await changePartner(await exchangeNow(), "chirper", { suspended: true });
  expect((await decide(digest, "release")).body).toMatchObject({ state: "failed", problem: "key-not-active" });
});

test("refused, taken back, or not released in time, its documents are erased", async () => {
  await flood();
  const digests: string[] = [];
  for (let at = 0; at < 3; at++) digests.push((await author.submit(["platforms"])).answer.body.digest);
  expect((await decide(digests[0]!, "refusal")).body).toEqual({ digest: digests[0], state: "refused" });
  expect((await decide(digests[0]!, "release")).status).toBe(404);
  expect((await author.call("DELETE", `/v1/held-tips/${digests[1]}`)).status).toBe(204);
  expect((await heldBy()).map(({ state }: any) => state).sort()).toEqual(["held", "refused"]);
  expect(await counts()).toHaveLength(1);
  expect(await all(ground(), sql`SELECT count(*) AS n FROM held_piece`)).toEqual([{ n: 1 }]);
  await runSchedule(await exchangeNow(Date.now() + (limits.held.days + 0.1) * day));
  expect(await all(ground(), sql`SELECT 1 FROM held_piece UNION ALL SELECT 1 FROM held_tip`)).toEqual([]);
});

test("it is not held beyond its own end", async () => {
  await flood();
  await author.submit(["platforms"], { expires_at: new Date(Date.now() + day).toISOString() });
  await runSchedule(await exchangeNow(Date.now() + 1.1 * day));
  expect(await all(ground(), sql`SELECT 1 FROM held_piece UNION ALL SELECT 1 FROM held_tip`)).toEqual([]);
});

test("there is room for so many and no more", async () => {
  await flood();
  await batch(ground(), [
    sql`INSERT INTO held_tip (partner, digest, tip, version, held_at, reason, types, bytes, recipients, until)
      VALUES ('chirper', 'x', 'x', 1, ${new Date().toISOString()}, 'flood', '{}', ${limits.held.bytes - 100}, 1, '9')`,
  ]);
  const { answer } = await author.submit(["platforms"]);
  expect(answer).toMatchObject({ status: 409, body: { type: expect.stringContaining("held-full") } });
});
