/** Nothing lives forever: what is left of a tip once it has expired, or a week after it was withdrawn, and how it begins anew. */
import { beforeEach, expect, test } from "vitest";
import { keyFor } from "../../src/core/indicators/digest.ts";
import { limits } from "../../src/core/limits.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import { keepOnSchedule } from "../../src/taxii/keep-observables.ts";
import { pass, type Subscribed, subscribe, workEndpointsByHand } from "./endpoints.ts";
import { everythingKept, formsOf } from "./everything-kept.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import * as taxii from "./taxii-client.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let endpoint: Subscribed;
const day = 86_400_000;
const secret = "secret-harbour-value.example";

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
  endpoint = await subscribe(facepage, { payload: "full" });
});

const indicators = [
  { type: "domain", value: secret, note: "Secret note of a value" },
  { type: "email", value: "secret.person@harbour.example" },
  { type: "account", platform: "facepage", id: "9988776655", handle: "secret_handle", display_name: "Secret display" },
  { type: "post", platform: "x", url: `https://x.com/secret_handle/status/1234567890123456789` },
  { type: "url", value: `https://${secret}/a-path-that-is-secret-and-longer-than-a-key-may-be-${"x".repeat(40)}` },
  { type: "phrase", value: "secret phrase of theirs" },
];
const content = {
  operation: {
    id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11",
    name: "Secret name of it",
    summary: "Secret summary",
    observations: [{ text: "Secret observation" }],
  },
  contact: { team: "Secret team", email: "secret-team@chirper.example" },
  ask: { for: ["preserve"], urgency: "urgent" },
  "x-own": "Secret extension",
  indicators,
};
const words = [
  "Secret ",
  "Secret word",
  "secret phrase",
  secret,
  "secret.person",
  "secret-team",
  "9988776655",
  "secret_handle",
  "1234567890123456789",
  // Whom it was to, as the audience says it.
  '"to":["platforms"',
];

/** Two versions, handed out through every door and sent to an endpoint. */
async function published(change: Record<string, unknown> = {}): Promise<string> {
  const first = { ...content, indicators: [...indicators, { type: "name", kind: "persona", value: "Secret person" }] };
  const { id, answer } = await chirper.submit(["platforms"], { ...first, ...change });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  await endpoint.pump();
  await facepage.call("GET", `/v1/tips/${id}`);
  await chirper.revise(id, ["platforms"], { ...content, ...change });
  await endpoint.pump();
  const { digest } = (await facepage.call("GET", `/v1/tips/${id}`)).body;
  const said = {
    status: "found",
    note: "Secret word on it",
    indicators: [{ ordinals: [0], status: "found", note: "Secret word on one" }],
  };
  const word = await facepage.word({ id, digest }, { ...said, version: 2 });
  const given = await facepage.call("POST", `/v1/tips/${id}/feedback`, word);
  expect(given.status, JSON.stringify(given.body)).toBe(201);
  const working = { state: "working", assignee: "Secret colleague" };
  expect((await facepage.call("PUT", `/v1/tips/${id}/triage`, working)).status).toBe(200);
  await keepOnSchedule(await exchangeNow());
  for (const path of [
    "/v1/tips",
    "/v1/feed?documents=true",
    "/v1/indicators",
    "/v1/export?format=csv",
    "/misp/manifest.json",
  ])
    expect((await facepage.call("GET", path)).status, path).toBe(200);
  await facepage.call("POST", "/v1/match", { questions: [secret] });
  await taxii.follow(facepage);
  return id;
}

/** Words, in whatever form, of what is kept. */
async function leftOf(these: readonly string[] = words): Promise<string[]> {
  const kept = await everythingKept([endpoint]);
  return these.filter((word) => formsOf(word).some((form) => kept.includes(form)));
}

const runNow = async () => runSchedule(await exchangeNow());

test("of an expired tip nothing is left of what it said, in no table and no Durable Object", async () => {
  const id = await published({ expires_at: new Date(Date.now() + day).toISOString() });
  const { digest, seq, receipt } = (await chirper.call("GET", `/v1/tips/${id}`)).body;
  expect(await leftOf()).toEqual(words);
  pass(day + 1_000, chirper, facepage);
  await runNow();
  await endpoint.pump();
  expect(await leftOf()).toEqual([]);
  for (const table of ["indicator", "index_key", "observable", "document_piece", "event_detail"])
    expect(await all(ground(), sql`SELECT 1 FROM ${sql.identifier(table)}`), table).toEqual([]);
  expect(endpoint.hook.messages.at(-1)).toMatchObject({ type: "expired", data: { tip: id } });

  const own = await chirper.call("GET", `/v1/tips/${id}`);
  expect(own.body).toMatchObject({
    tip: id,
    state: "erased",
    digest,
    seq,
    receipt,
    operation: { id: content.operation.id },
  });
  expect(own.body).not.toHaveProperty("document");
  expect((await facepage.call("GET", `/v1/tips/${id}`)).status).toBe(404);
  const bare = await chirper.call("GET", `/v1/tips/${id}`, undefined, { accept: "application/jose+json" });
  expect(bare.status).toBe(404);
  expect((await chirper.call("GET", "/v1/tips")).body.tips).toEqual([]);
  expect((await facepage.feed()).map(({ type }) => type)).toEqual(["expired"]);
  expect(await all(ground(), sql`SELECT indicators FROM tip_version WHERE protected <> '' ORDER BY version`)).toEqual([
    { indicators: 7 },
    { indicators: 6 },
  ]);
  expect(await all(ground(), sql`SELECT DISTINCT partner FROM access_tip`)).toEqual([{ partner: "facepage" }]);
});

test("of a withdrawn tip nothing is left after seven days, and before its author still has it", async () => {
  const id = await published();
  await chirper.withdraw(id, { reason: "mistake", note: "Secret reason" });
  await endpoint.pump();
  expect((await facepage.feed()).map((event) => event.reason)).toEqual(["mistake"]);
  pass(limits.withdrawn_days * day - 60_000, chirper, facepage);
  await runNow();
  expect((await chirper.call("GET", `/v1/tips/${id}`)).body.document.operation.name).toBe("Secret name of it");
  expect(await leftOf()).toEqual(words);
  pass(120_000, chirper, facepage);
  await runNow();
  expect(await leftOf()).toEqual([]);
  expect((await facepage.feed()).find(({ type }) => type === "withdrawn").reason).toBeUndefined();
});

test("a withdrawn tip is not kept beyond its own end", async () => {
  const id = await published({ expires_at: new Date(Date.now() + day).toISOString() });
  await chirper.withdraw(id);
  pass(day + 1_000, chirper);
  await runNow();
  expect(await leftOf()).toEqual([]);
  expect((await chirper.call("GET", `/v1/tips/${id}`)).body.state).toBe("erased");
});

test("of a version that another replaced nothing is left after seven days, of the current one all", async () => {
  const id = await published();
  expect(await leftOf(["Secret person"])).toEqual(["Secret person"]);
  pass(limits.withdrawn_days * day + 1_000, chirper, facepage);
  await runNow();
  expect(await leftOf(["Secret person"])).toEqual([]);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.document.indicators).toHaveLength(indicators.length);
});

test("an erased tip begins anew with its author's next version, and cannot be rescoped before", async () => {
  const id = await published({ expires_at: new Date(Date.now() + day).toISOString() });
  pass(day + 1_000, chirper, facepage);
  await runNow();
  const refused = await chirper.rescope(id, ["everyone"]);
  expect([refused.status, refused.body.type]).toEqual([409, `${url}/problems/version-conflict`]);
  expect((await chirper.revise(id, ["platforms"])).answer.status).toBe(201);
  const again = (await facepage.call("GET", `/v1/tips/${id}`)).body;
  expect([again.version, again.difference]).toEqual([3, undefined]);
});

test("an indicator past its validity is deleted, the tip it stands in is not", async () => {
  const { id } = await chirper.submit(["platforms"], {
    indicators: [
      { type: "ip", value: "203.0.113.0/24" },
      { type: "domain", value: secret },
    ],
  });
  pass(31 * day, facepage);
  await runNow();
  expect(await all(ground(), sql`SELECT type FROM indicator`)).toEqual([{ type: "domain" }]);
  expect(await all(ground(), sql`SELECT key FROM index_key`)).toEqual([{ key: keyFor("d", secret) }]);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.document.indicators).toHaveLength(2);
});

test("versions and audiences without number are erased step by step, by as many runs as it takes", async () => {
  const { id } = await chirper.submit(["platforms"], {
    ...content,
    expires_at: new Date(Date.now() + day).toISOString(),
  });
  await all(
    ground(),
    sql`INSERT INTO tip_version (tip_no, version, digest, kid, protected, signature, bytes, seq, accepted_at, heading, warnings, replaced_at)
      SELECT tip_no, 1000 + value, 'digest ' || value, kid, protected, signature, bytes, seq, v.accepted_at, heading, v.warnings, v.accepted_at
      FROM tip t JOIN tip_version v USING (tip_no), json_each(${JSON.stringify(Array.from({ length: 25 }, (_, n) => n))}) WHERE t.tip = ${id}`,
  );
  await all(
    ground(),
    sql`INSERT INTO audience (tip_no, revision, version, digest, kid, protected, payload, signature, seq, accepted_at)
      SELECT tip_no, 1000 + value, version, digest, kid, protected, payload, signature, seq, accepted_at
      FROM audience, json_each(${JSON.stringify(Array.from({ length: 700 }, (_, n) => n))}) WHERE revision = 1`,
  );
  pass(day + 1_000, chirper);
  const states: string[] = [];
  for (let runs = 0; runs < 4; runs++) {
    await runNow();
    states.push((await chirper.call("GET", `/v1/tips/${id}`)).body.state);
  }
  expect(states).toEqual(["expired", "expired", "erased", "erased"]);
  expect(await leftOf()).toEqual([]);
});
