/** Joining, keys over time, compromise and its cascade, suspension, groups. */
import { CompactSign } from "jose";
import { beforeEach, expect, test } from "vitest";
import { sha256 } from "../../src/core/envelope.ts";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { addKey, approveKey, cancelKey, retireKey } from "../../src/exchange/manage-keys.ts";
import { all, sql } from "../../src/store/database.ts";
import { http, url } from "./http.ts";
import { Member, newKey, type Signer } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let steward: Member;
let chirper: Member;
let facepage: Member;
const day = 86_400_000;

beforeEach(async () => {
  await freshWorld();
  steward = await enrol("steward", "steward");
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});

const proofFor = async (signer: Signer, typ: string, claims: Record<string, string>) =>
  new CompactSign(new TextEncoder().encode(JSON.stringify({ exchange: url, thumbprint: signer.kid, ...claims })))
    .setProtectedHeader({ alg: signer.alg, typ })
    .sign(signer.key);

const callerOf = (member: Member, signer = member.signer) =>
  ({ partner: member.slug, kid: signer.kid, scopes: [] }) as never;

/** A further key of the partner, added at a time by one of its keys. */
async function add(member: Member, now: number, by = member.signer): Promise<Signer> {
  const signer = await newKey();
  const added = await addKey(await exchangeNow(now), callerOf(member, by), {
    jwk: signer.jwk,
    proof: await proofFor(signer, "key+jws", { partner: member.slug }),
  });
  if (!added.ok) throw new Error(JSON.stringify(added.error));
  return signer;
}

async function invitation(): Promise<string> {
  await steward.call("POST", "/v1/partners", {
    slug: "newcomer",
    name: "Newcomer",
    kind: "platform",
    country: "XB",
    scopes: ["tips:read"],
  });
  const made = await steward.call("POST", "/v1/partners/newcomer/invitations", {});
  expect(made.status).toBe(201);
  return made.body.code;
}

test("an invitation makes a partner's first key, once", async () => {
  const code = await invitation();
  const signer = await newKey();
  const proof = await proofFor(signer, "join+jws", { code_sha256: await sha256(code) });
  const joined = await http("POST", "/join", { body: { code, jwk: signer.jwk, proof } });
  expect(joined.status).toBe(201);
  expect((await new Member("newcomer", "platform", signer).call("GET", "/v1/me")).body).toMatchObject({
    partner: "newcomer",
    holds: ["partner:newcomer", "everyone", "platforms"],
  });
  const repeated = await http("POST", "/join", { body: { code, jwk: signer.jwk, proof } });
  expect([repeated.status, repeated.body]).toEqual([200, joined.body]);
  const other = await newKey();
  const again = await http("POST", "/join", {
    body: { code, jwk: other.jwk, proof: await proofFor(other, "join+jws", { code_sha256: await sha256(code) }) },
  });
  expect(again.status).toBe(404);
});

test("joining needs proof of possession, a public key, and a code that is still good", async () => {
  const code = await invitation();
  const signer = await newKey();
  const claims = { code_sha256: await sha256(code) };
  const join = async (jwk: unknown, proof: string, with_ = code) =>
    (await http("POST", "/join", { body: { code: with_, jwk, proof } })).status;
  expect(await join(signer.jwk, await proofFor(await newKey(), "join+jws", claims))).toBe(422);
  expect(await join({ ...signer.jwk, d: "secret" }, await proofFor(signer, "join+jws", claims))).toBe(422);
  expect(await join(signer.jwk, await proofFor(signer, "key+jws", claims))).toBe(422);
  expect(await join(chirper.signer.jwk, await proofFor(chirper.signer, "join+jws", claims))).toBe(409);
  expect(await join(signer.jwk, await proofFor(signer, "join+jws", claims), "no-such-code")).toBe(404);
  const rows = await all(ground(), sql`SELECT * FROM invitation`);
  expect(JSON.stringify(rows)).not.toContain(code);
});

test("an added key waits 24 hours, or for the steward's approval, and can be cancelled meanwhile", async () => {
  const now = Date.now();
  const [waiting, approved, cancelled] = [await add(chirper, now), await add(chirper, now), await add(chirper, now)];
  const token = async (signer: Signer) => (await new Member("chirper", "platform", signer).requestToken()).status;
  expect(await token(waiting)).toBe(401);
  expect((await approveKey(await exchangeNow(now + 1), "chirper", approved.kid)).ok).toBe(true);
  expect(await token(approved)).toBe(200);
  expect((await cancelKey(await exchangeNow(now + 2), callerOf(chirper), cancelled.kid)).ok).toBe(true);
  const later = await exchangeNow(now + day + 1_000);
  expect((await cancelKey(later, callerOf(chirper), waiting.kid)).ok).toBe(false);
  expect((await retireKey(later, callerOf(chirper), cancelled.kid)).ok).toBe(false);
  expect((await retireKey(later, callerOf(chirper), waiting.kid)).ok).toBe(true);
});

test("another partner's key is not there", async () => {
  for (const deed of ["cancel", "retire"])
    expect((await facepage.call("POST", `/v1/keys/${chirper.signer.kid}/${deed}`)).status).toBe(404);
  expect(
    (await facepage.call("POST", `/v1/keys/${chirper.signer.kid}/compromise`, { since: "2020-01-01T00:00:00Z" }))
      .status,
  ).toBe(404);
});

test("the last active key cannot be retired", async () => {
  expect((await chirper.call("POST", `/v1/keys/${chirper.signer.kid}/retire`)).status).toBe(409);
});

test("a compromise takes the keys introduced since, and suspends what was signed since", async () => {
  const start = Date.now() - 10 * day;
  const stolen = await add(chirper, start);
  const introduced = await add(chirper, start + 3 * day, stolen);
  const further = await add(chirper, start + 5 * day, introduced);
  const before = await chirper.submit(["platforms"]);
  const thief = new Member("chirper", "platform", stolen);
  const forged = await thief.submit(["platforms"]);
  expect(forged.answer.status).toBe(201);
  await thief.withdraw(before.id);
  const done = await chirper.call("POST", `/v1/keys/${stolen.kid}/compromise`, {
    since: new Date(start + 2 * day).toISOString(),
  });
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  expect(done.body.keys.sort()).toEqual([stolen.kid, introduced.kid, further.kid].sort());
  expect(done.body.tips_suspended).toBe(2);
  expect((await facepage.call("GET", `/v1/tips/${forged.id}`)).status).toBe(404);
  expect((await chirper.call("GET", `/v1/tips/${forged.id}`)).body.state).toBe("suspended");
  expect((await facepage.feed()).map((event) => [event.type, event.tip])).toEqual(
    expect.arrayContaining([
      ["suspended", forged.id],
      ["suspended", before.id],
    ]),
  );
  expect((await thief.requestToken()).status).toBe(401);
  expect((await chirper.call("GET", `/v1/tips/${before.id}`)).body.state).toBe("suspended");
  expect((await chirper.revise(before.id, ["platforms"])).answer.status).toBe(201);
  expect((await facepage.call("GET", `/v1/tips/${before.id}`)).body.version).toBe(2);
});

test("a younger key cannot declare an older one compromised", async () => {
  const younger = await add(chirper, Date.now() - 3 * day);
  const done = await compromiseKey(
    await exchangeNow(),
    "chirper",
    chirper.signer.kid,
    "2020-01-01T00:00:00.000Z",
    callerOf(chirper, younger),
  );
  expect(done.ok).toBe(false);
});

test("the steward's suspension acts on the next request, and is lifted again", async () => {
  await chirper.call("GET", "/v1/me");
  expect((await steward.call("PATCH", "/v1/partners/chirper", { suspended: true })).status).toBe(200);
  expect((await chirper.call("GET", "/v1/me")).status).toBe(401);
  await steward.call("PATCH", "/v1/partners/chirper", { suspended: false });
  expect((await chirper.call("GET", "/v1/me")).status).toBe(200);
});

test("law enforcement joins only a mixed group, and the steward none", async () => {
  await enrol("cyber-unit", "law_enforcement");
  await steward.call("POST", "/v1/groups", { slug: "closed", name: "Closed" });
  await steward.call("POST", "/v1/groups", { slug: "mixed", name: "Mixed", mixed: true });
  expect((await steward.call("PUT", "/v1/groups/closed/members/cyber-unit")).status).toBe(409);
  expect((await steward.call("PUT", "/v1/groups/mixed/members/cyber-unit")).status).toBe(200);
  expect((await steward.call("PUT", "/v1/groups/mixed/members/steward")).status).toBe(409);
  expect((await chirper.call("GET", "/v1/groups/mixed")).status).toBe(404);
});

test("slug, kind and country never change, and a partner is never deleted", async () => {
  const db = ground();
  for (const change of [
    sql`UPDATE partner SET kind = 'law_enforcement' WHERE slug = 'chirper'`,
    sql`UPDATE partner SET country = 'XC'`,
    sql`DELETE FROM partner`,
  ]) {
    await expect(all(db, change)).rejects.toThrow(/partner_is/);
  }
  expect((await steward.call("PATCH", "/v1/partners/chirper", { kind: "research" })).status).toBe(422);
});

test("only a steward is granted admin", async () => {
  expect((await steward.call("PATCH", "/v1/partners/chirper", { scopes: ["admin"] })).status).toBe(422);
});

test("a newer key does not retire an older one", async () => {
  const newer = await add(chirper, Date.now() - 3 * day);
  const thief = new Member("chirper", "platform", newer);
  expect((await thief.call("POST", `/v1/keys/${chirper.signer.kid}/retire`)).status).toBe(409);
  expect((await chirper.call("POST", `/v1/keys/${newer.kid}/retire`)).status).toBe(200);
});

test("a compromise declared again leaves alone what was mended since", async () => {
  const stolen = await add(chirper, Date.now() - 3 * day);
  const thief = new Member("chirper", "platform", stolen);
  const { id } = await thief.submit(["platforms"]);
  const since = { since: new Date(Date.now() - day).toISOString() };
  expect((await chirper.call("POST", `/v1/keys/${stolen.kid}/compromise`, since)).body.tips_suspended).toBe(1);
  expect((await chirper.revise(id, ["platforms"])).answer.status).toBe(201);
  expect((await chirper.call("POST", `/v1/keys/${stolen.kid}/compromise`, since)).body.tips_suspended).toBe(0);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.version).toBe(2);
  expect((await facepage.feed()).map((event) => event.type)).toEqual(["published", "suspended", "revised"]);
});

test("a withdrawal under a stolen key is void also for a tip suspended before", async () => {
  const [first, second] = [await add(chirper, Date.now() - 5 * day), await add(chirper, Date.now() - 4 * day)];
  const { id } = await new Member("chirper", "platform", first).submit(["platforms"]);
  const since = { since: new Date(Date.now() - day).toISOString() };
  await chirper.call("POST", `/v1/keys/${first.kid}/compromise`, since);
  expect((await new Member("chirper", "platform", second).withdraw(id)).status).toBe(200);
  await chirper.call("POST", `/v1/keys/${second.kid}/compromise`, since);
  expect((await chirper.call("GET", `/v1/tips/${id}`)).body.state).toBe("suspended");
  expect((await chirper.revise(id, ["platforms"])).answer.status).toBe(201);
});
