/** What a hostile partner sends instead of an honest envelope. Nothing of it is stored. */
import { CompactSign, type CryptoKey, FlattenedSign } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { encode } from "../../src/core/base64url.ts";
import { type Envelope, sha256, sign } from "../../src/core/envelope.ts";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { retireKey } from "../../src/exchange/manage-keys.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { insertKey } from "../../src/store/keys.ts";
import { url } from "./http.ts";
import { type Draft, type Member, newKey, payloadBytes } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});

const text = (value: unknown): string => encode(JSON.stringify(value));
const send = (draft: Draft, tip: unknown, audience: unknown = draft.audience) =>
  chirper.call("POST", "/v1/tips", { tip, audience });

/** The draft's payload under another header, signed all the same. */
async function resigned(
  draft: Draft,
  header: Record<string, unknown>,
  payload = payloadBytes(draft.tip),
  key: CryptoKey = chirper.signer.key,
): Promise<Envelope> {
  const protectedText = text(header);
  const payloadText = encode(payload);
  const signature = new Uint8Array(
    await crypto.subtle.sign("Ed25519", key as never, new TextEncoder().encode(`${protectedText}.${payloadText}`)),
  );
  return { protected: protectedText, payload: payloadText, signature: encode(signature) };
}

const honest = () => ({ alg: "EdDSA", kid: chirper.signer.kid, typ: "tip+jws" });

const forgeries: Record<string, (draft: Draft) => Promise<unknown>> = {
  "alg none": async (d) => ({ ...d.tip, protected: text({ ...honest(), alg: "none" }), signature: "" }),
  "HS256 with the public key": async (d) => {
    const raw = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode(chirper.signer.jwk.x as string),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const head = text({ ...honest(), alg: "HS256" });
    return {
      protected: head,
      payload: d.tip.payload,
      signature: encode(
        new Uint8Array(await crypto.subtle.sign("HMAC", raw, new TextEncoder().encode(`${head}.${d.tip.payload}`))),
      ),
    };
  },
  "an embedded jwk": (d) => resigned(d, { ...honest(), jwk: chirper.signer.jwk }),
  "a jku": (d) => resigned(d, { ...honest(), jku: "https://evil.example/keys" }),
  "an x5c": (d) => resigned(d, { ...honest(), x5c: ["AA=="] }),
  crit: (d) => resigned(d, { ...honest(), crit: ["b64"], b64: false }),
  "an unprotected header": async (d) => ({ ...d.tip, header: { kid: chirper.signer.kid } }),
  "extra members": async (d) => ({ ...d.tip, note: "x" }),
  "a general serialization": async (d) => ({
    payload: d.tip.payload,
    signatures: [{ protected: d.tip.protected, signature: d.tip.signature }],
  }),
  "a compact serialization": async (d) =>
    new CompactSign(payloadBytes(d.tip)).setProtectedHeader(honest()).sign(chirper.signer.key),
  padding: async (d) => ({ ...d.tip, signature: `${d.tip.signature}==` }),
  "plain base64": async (d) => ({ ...d.tip, payload: `${d.tip.payload.slice(0, -1)}+` }),
  "spare bits": async (d) => ({
    ...d.tip,
    signature: d.tip.signature.slice(0, -1) + String.fromCharCode(d.tip.signature.charCodeAt(85) + 1),
  }),
  "another typ": (d) => resigned(d, { ...honest(), typ: "audience+jws" }),
  "no typ": (d) => resigned(d, { alg: "EdDSA", kid: chirper.signer.kid }),
  "another partner's kid": (d) => resigned(d, { ...honest(), kid: facepage.signer.kid }),
  "another partner's key": (d) =>
    resigned(d, { ...honest(), kid: facepage.signer.kid }, undefined, facepage.signer.key),
  "an algorithm that is not the key's": (d) => resigned(d, { ...honest(), alg: "ES256" }),
  "a tampered payload": async (d) => ({ ...d.tip, payload: text({ ...d.document, tlp: "clear" }) }),
  "a duplicate key": (d) =>
    resigned(
      d,
      honest(),
      new TextEncoder().encode(
        JSON.stringify(d.document).replace('"tlp":"amber"', '"tlp":"amber","t\\u006cp":"amber"'),
      ),
    ),
  "an integer past 2^53": (d) =>
    resigned(
      d,
      honest(),
      new TextEncoder().encode(
        JSON.stringify({ ...d.document, "x-n": 1 }).replace('"x-n":1', '"x-n":9007199254740993'),
      ),
    ),
  "a lone surrogate": (d) =>
    resigned(
      d,
      honest(),
      new TextEncoder().encode(JSON.stringify({ ...d.document, "x-n": 1 }).replace('"x-n":1', '"x-n":"\\ud800"')),
    ),
  "invalid UTF-8": (d) => resigned(d, honest(), Uint8Array.of(0x7b, 0xff, 0x7d)),
  "a byte order mark": (d) => resigned(d, honest(), Uint8Array.of(0xef, 0xbb, 0xbf, ...payloadBytes(d.tip))),
  "another author": async (d) => sign({ ...d.document, from: "facepage" }, "tip+jws", chirper.signer),
  "another exchange": async (d) =>
    sign({ ...d.document, exchange: "https://other.example" }, "tip+jws", chirper.signer),
  "an unknown member": async (d) => sign({ ...d.document, colour: "red" }, "tip+jws", chirper.signer),
  "an audience digest that is not its audience's": async (d) =>
    sign({ ...d.document, audience: await sha256("other") }, "tip+jws", chirper.signer),
  "an expired document": async (d) =>
    sign({ ...d.document, expires_at: "2020-01-01T00:00:00Z" }, "tip+jws", chirper.signer),
  "a document of the future": async (d) =>
    sign({ ...d.document, issued_at: "2199-01-01T00:00:00Z" }, "tip+jws", chirper.signer),
};

describe.each(Object.entries(forgeries))("%s", (_name, forge) => {
  test("is refused with a pointer, and nothing is stored", async () => {
    const draft = await chirper.draft(["platforms"]);
    const answer = await send(draft, await forge(draft));
    expect(answer.status).toBe(422);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    const db = ground();
    expect(
      await all(
        db,
        sql`SELECT (SELECT count(*) FROM tip) + (SELECT count(*) FROM event) + (SELECT count(*) FROM index_key) AS n`,
      ),
    ).toEqual([{ n: 0 }]);
  });
});

test("the honest draft is accepted, with EdDSA, Ed25519 and ES256", async () => {
  expect((await chirper.submit(["platforms"])).answer.status).toBe(201);
  const draft = await chirper.draft(["platforms"]);
  expect((await send(draft, await resigned(draft, { ...honest(), alg: "Ed25519" }))).status).toBe(201);
  const es = await newKey("ES256");
  const now = new Date(Date.now() - 1_000).toISOString();
  await batch(ground(), [
    insertKey({ kid: es.kid, partner: "chirper", jwk: es.jwk, active_from: now, introduced_by: null }, now),
  ]);
  const other = await chirper.draft(["platforms"], {}, {}, es);
  expect((await send(other, other.tip)).status).toBe(201);
});

test("a retired, a waiting and a compromised key sign nothing new", async () => {
  const exchange = await exchangeNow();
  const past = new Date(Date.now() - 60_000).toISOString();
  const future = new Date(Date.now() + 60_000).toISOString();
  const add = async (from: string) => {
    const key = await newKey();
    await batch(exchange.db, [
      insertKey({ kid: key.kid, partner: "chirper", jwk: key.jwk, active_from: from, introduced_by: null }, past),
    ]);
    return key;
  };
  const caller = { partner: "chirper", kid: chirper.signer.kid } as never;
  const retired = await add(past);
  expect((await retireKey(exchange, caller, retired.kid)).ok).toBe(true);
  const compromised = await add(past);
  await compromiseKey(exchange, "chirper", compromised.kid, past, undefined);
  for (const key of [retired, compromised, await add(future)]) {
    const draft = await chirper.draft(["platforms"], {}, {}, key);
    const answer = await send(draft, draft.tip);
    expect([answer.status, answer.body.type]).toEqual([422, `${url}/problems/key-not-active`]);
  }
});

test("an audience of another tip, and one of before, are refused", async () => {
  const one = await chirper.submit(["platforms"]);
  const other = await chirper.draft(["platforms"]);
  expect((await send(other, other.tip, one.audience)).status).toBe(422);
  await chirper.rescope(one.id, ["partner:facepage"]);
  expect((await chirper.call("PUT", `/v1/tips/${one.id}/audience`, one.audience)).status).toBe(409);
  expect((await chirper.call("PUT", `/v1/tips/${one.id}/audience`, other.audience)).status).toBe(422);
  expect((await facepage.call("GET", `/v1/tips/${one.id}`)).body.through).toBe("partner:facepage");
});

test("what only the author may do is 404 for everyone else, before the body is judged", async () => {
  const { id } = await chirper.submit(["platforms"]);
  const nowhere = crypto.randomUUID();
  const answers = await Promise.all(
    [id, nowhere].flatMap((tip) => [
      facepage.call("PUT", `/v1/tips/${tip}/audience`, { nonsense: 1 }),
      facepage.call("POST", `/v1/tips/${tip}/withdrawal`, "nonsense"),
    ]),
  );
  expect(new Set(answers.map((answer) => `${answer.status} ${JSON.stringify(answer.body)}`)).size).toBe(1);
  expect(answers[0]!.status).toBe(404);
});

test("a taken tip id answers alike whoever owns it", async () => {
  const { id } = await chirper.submit(["partner:facepage"]);
  const own = await chirper.submit(["platforms"], { tip: id });
  const foreign = await facepage.submit(["platforms"], { tip: id });
  expect(foreign.answer.status).toBe(409);
  expect(foreign.answer.body).toEqual(own.answer.body);
});

test.each([
  ["an unknown partner", { to: ["partner:nobody"] }],
  ["a group that does not exist", { to: ["group:nowhere"] }],
  ["an unknown exception", { to: ["platforms"], except: ["nobody"] }],
])("%s is an unknown recipient", async (_name, scope) => {
  const { answer } = await chirper.submit(scope.to, {}, scope);
  expect(answer.body.type).toBe(`${url}/problems/unknown-recipient`);
});

test.each([
  ["red to platforms", { tlp: "red" }, ["platforms"], {}],
  ["amber+strict to a kind", { tlp: "amber+strict" }, ["research"], {}],
  ["amber to everyone", { tlp: "amber" }, ["everyone"], {}],
  [
    "embargoed to everyone",
    { tlp: "green", embargo: { until: "2199-01-01T00:00:00Z", no: ["publication"] } },
    ["everyone"],
    {},
  ],
  ["no-law-enforcement to law enforcement", { handling: ["no-law-enforcement"] }, ["law-enforcement:XA"], {}],
  ["readers without an account", { tlp: "clear" }, ["public"], {}],
  ["a recipient that is also excepted", {}, ["partner:facepage"], { except: ["facepage"] }],
])("%s is refused", async (_name, change, to, scope) => {
  const { answer } = await chirper.submit(to, change, scope);
  expect(answer.status).toBe(422);
  expect(answer.body.faults[0].pointer).toMatch(/^\/audience\/to\/0/);
});

test("every fault is told, a hundred at most", async () => {
  const indicators = Array.from({ length: 150 }, () => ({ type: "ip", value: "10.0.0.1" }));
  const { answer } = await chirper.submit(["platforms"], { tlp: "purple", indicators });
  expect(answer.status).toBe(422);
  const { answer: content } = await chirper.submit(["platforms"], { indicators });
  expect(content.body.faults).toHaveLength(100);
  expect(content.body.faults[7].pointer).toBe("/tip/indicators/7/value");
});

test("an envelope signed by a library that is not ours verifies", async () => {
  const draft = await chirper.draft(["platforms"]);
  const signed = await new FlattenedSign(payloadBytes(draft.tip)).setProtectedHeader(honest()).sign(chirper.signer.key);
  expect((await send(draft, signed)).status).toBe(201);
});
