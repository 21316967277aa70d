/** A hostile partner that floods: it hides nobody's indicator, stops no sweep, and crowds out nobody's keys. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let hostile: Member;
const day = 86_400_000;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  hostile = await enrol("hostile", "platform");
});

test("many copies of an indicator do not hide another partner's", async () => {
  const copies = Array.from({ length: 300 }, (_, n) => ({ type: "domain", value: "aaa.example", note: `${n}` }));
  const { id } = await chirper.submit(["platforms"], { indicators: [{ type: "domain", value: "aaa.example" }] });
  for (let n = 0; n < 3; n++) {
    const { answer } = await hostile.submit(["platforms"], { indicators: copies });
    expect(answer.body.warnings).toHaveLength(1);
  }
  const [answer] = (await facepage.call("POST", "/v1/match", { questions: ["aaa.example"] })).body.answers;
  expect(answer.hits).toHaveLength(limits.hits);
  expect(answer.more_hits).toBe(true);
  expect(answer.hits.map((hit: { tip: string }) => hit.tip)).toContain(id);
});

test("extensions, headings and indicators are bounded together", async () => {
  const big = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`x-${n}`, "x".repeat(1_000)]));
  for (const change of [
    big,
    { constructor: "x" },
    { indicators: [{ type: "domain", value: "aaa.example", ...big }] },
    { indicators: [{ type: "phrase", value: "\ufdfa".repeat(500) }] },
    { tip: { toString: "x" } },
  ]) {
    const draft = await hostile.draft(["platforms"], change as Record<string, unknown>);
    const sent = await hostile.call("POST", "/v1/tips", { tip: draft.tip, audience: draft.audience });
    expect(sent.status, JSON.stringify(change).slice(0, 80)).toBe(422);
  }
});

test("tips with very many keys do not stop the sweep", async () => {
  const former_handles = Array.from({ length: 20 }, (_, n) => `a-rather-long-former-handle-of-somebody-${n}`);
  for (let tip = 0; tip < 3; tip++) {
    const indicators = Array.from({ length: 300 }, (_, n) => ({
      type: "account",
      platform: "x",
      id: `${tip}-${n}`,
      former_handles: former_handles.map((handle) => `${handle}-${tip}-${n}`),
    }));
    const { answer } = await hostile.submit(["platforms"], {
      indicators,
      expires_at: new Date(Date.now() + day).toISOString(),
    });
    expect(answer.status).toBe(201);
  }
  for (let run = 0; run < 2; run++) await runSchedule(await exchangeNow(Date.now() + 60 * day));
  expect(await all(ground(), sql`SELECT count(*) AS n FROM index_key`)).toEqual([{ n: 0 }]);
  expect(await all(ground(), sql`SELECT count(*) AS n FROM indicator`)).toEqual([{ n: 0 }]);
}, 60_000);

test("who was suspended while a tip was taken back is told once it is reinstated", async () => {
  const { id } = await chirper.submit(["partner:hostile", "partner:facepage"]);
  await hostile.call("GET", `/v1/tips/${id}`);
  const suspend = (at: string | null) =>
    batch(ground(), [sql`UPDATE partner SET suspended_at = ${at} WHERE slug = 'hostile'`]);
  await suspend("2026-01-01T00:00:00.000Z");
  await chirper.rescope(id, ["partner:facepage"]);
  await suspend(null);
  expect((await hostile.feed()).map((event) => [event.type, event.tip])).toEqual([["recalled", id]]);
});

test("cancelled keys by the thousand leave everybody's keys in the directory", async () => {
  await batch(ground(), [
    sql`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
      INSERT INTO partner_key (kid, partner, jwk, state, added_at, active_from)
      SELECT 'fake-' || i, 'hostile', '{}', 'cancelled', '2020', '2020' FROM n`,
  ]);
  const { partners } = (await facepage.call("GET", "/v1/partners")).body;
  expect(partners.map((partner: { keys: unknown[] }) => partner.keys.length)).toEqual([1, 1, 1]);
});

test("one partner's cursor is nobody else's", async () => {
  const { next } = (await facepage.call("GET", "/v1/feed")).body;
  expect((await facepage.call("GET", `/v1/feed?after=${next}`)).status).toBe(200);
  expect((await hostile.call("GET", `/v1/feed?after=${next}`)).status).toBe(410);
});

test("what another version replaced is erased after a few days, the current one is not", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: [{ type: "name", value: "Wrongly Accused" }] });
  await chirper.revise(id, ["platforms"]);
  await runSchedule(await exchangeNow(Date.now() + (limits.withdrawn_days + 1) * day));
  expect(await all(ground(), sql`SELECT version FROM document_piece`)).toEqual([{ version: 2 }]);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.version).toBe(2);
});
