/** Purposes of law enforcement: registered, approved, ended; what a token of one that does not count may do. */
import { beforeEach, describe, expect, test } from "vitest";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { operations } from "../../src/operations.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { selectStanding } from "../../src/store/subscriptions.ts";
import { type Answer, http, url } from "./http.ts";
import { idle } from "./listen.ts";
import type { Member } from "./member.ts";
import { mint } from "./mint.ts";
import { pathOf } from "./readers.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

const day = 86_400_000;
const until = new Date(Date.now() + 30 * day).toISOString();
const stated = { type: "tipoff_purpose", legal_basis: "court-order", case: "XA-2026-18", unit: "Unit 3", until };

let steward: Member;
let chirper: Member;
let agency: Member;
let other: Member;

beforeEach(async () => {
  await freshWorld();
  steward = await enrol("steward", "steward");
  chirper = await enrol("chirper", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
  other = await enrol("harbour-police", "law_enforcement");
});

const needApproval = async (purpose_approval = true) =>
  changePartner(await exchangeNow(), "cyber-unit", { purpose_approval });
const register = (purpose: object = stated, member = agency) => member.call("POST", "/v1/purposes", purpose);
const tokenFor = (purpose: object, extra: Record<string, string> = {}): Promise<Answer> =>
  agency.requestToken({ authorization_details: JSON.stringify([purpose]), ...extra });
const ofPartner = (purpose: string, deed: string) =>
  steward.call("POST", `/v1/partners/cyber-unit/purposes/${purpose}/${deed}`);

describe("registering", () => {
  test("makes it once, however its times are spelled, and a token that states it finds the same one", async () => {
    const first = await register();
    expect([first.status, first.body]).toEqual([201, expect.objectContaining({ ...stated, state: "active" })]);
    const respelled = new Date(Date.parse(until) + 2 * 3_600_000).toISOString().replace("Z", "+02:00");
    const again = await register({ ...stated, until: respelled });
    expect([again.status, again.body]).toEqual([200, first.body]);
    // The answer is what was stated, as it was spelled.
    const { status, body } = await tokenFor({ ...stated, until: respelled });
    expect([status, body.authorization_details[0].until]).toEqual([200, respelled]);
    expect(await all(ground(), sql`SELECT purpose, until FROM purpose`)).toEqual([
      { purpose: first.body.purpose, until },
    ]);
    expect((await agency.call("GET", `/v1/purposes/${first.body.purpose}`)).body).toEqual(first.body);
  });

  test("keeps a non-disclosure's end in the tables' spelling", async () => {
    const end = new Date(Math.floor(Date.now() / 1_000) * 1_000 + day).toISOString();
    const { body } = await register({
      ...stated,
      non_disclosure: { basis: "order 7", until: end.replace(".000Z", "Z") },
    });
    expect(body.non_disclosure).toEqual({ basis: "order 7", until: end });
  });

  test("refuses one that is over, runs too long, or is silent too long, with every fault", async () => {
    const far = new Date(Date.now() + 400 * day).toISOString();
    const { status, body } = await register({ ...stated, until: far, non_disclosure: { basis: "x", until: far } });
    expect([status, body.faults.map((fault: any) => fault.pointer)]).toEqual([
      422,
      ["/until", "/non_disclosure/until"],
    ]);
    expect((await register({ ...stated, until: "2020-01-01T00:00:00Z" })).status).toBe(422);
    expect(await all(ground(), sql`SELECT * FROM purpose`)).toEqual([]);
  });

  test("is one's own affair: others' are not there, by id, in the list or to be ended", async () => {
    const { purpose } = (await register()).body;
    expect((await other.call("GET", `/v1/purposes/${purpose}`)).status).toBe(404);
    expect((await other.call("POST", `/v1/purposes/${purpose}/end`)).status).toBe(404);
    expect((await other.call("GET", `/v1/purposes?after=${purpose}`)).body.purposes).toEqual([]);
    expect((await register(stated, other)).body.purpose).not.toBe(purpose);
    expect((await steward.call("GET", `/v1/partners/harbour-police/purposes`)).body.purposes).toHaveLength(1);
    expect((await steward.call("POST", `/v1/partners/harbour-police/purposes/${purpose}/approve`)).status).toBe(404);
    expect((await steward.call("GET", "/v1/partners/nobody/purposes")).status).toBe(404);
  });

  test("lists them page by page, the newest first", async () => {
    for (let at = 0; at < 5; at++) await register({ ...stated, case: `XA-${at}` });
    const cases: string[] = [];
    for (let after = ""; ; ) {
      const { purposes, next, more } = (await agency.call("GET", `/v1/purposes?limit=2${after && `&after=${after}`}`))
        .body;
      cases.push(...purposes.map((row: any) => row.case));
      if (!more) break;
      after = next;
    }
    expect(cases.toSorted()).toEqual(["XA-0", "XA-1", "XA-2", "XA-3", "XA-4"]);
  });
});

describe("where the steward approves", () => {
  beforeEach(() => needApproval());

  test("a purpose waits, reads nothing, and does from its approval on", async () => {
    const { body } = await register();
    expect(body.state).toBe("waiting");
    const refused = await tokenFor(stated);
    expect([refused.status, refused.body.error]).toEqual([400, "invalid_authorization_details"]);
    expect(refused.body.error_description).toMatch(/Register it .*wait for the steward/);
    const shown = (await steward.call("GET", "/v1/partners/cyber-unit/purposes")).body.purposes;
    expect(shown).toEqual([
      expect.objectContaining({ legal_basis: "court-order", case: "XA-2026-18", unit: "Unit 3" }),
    ]);
    expect((await ofPartner(body.purpose, "approve")).body).toMatchObject({
      state: "active",
      approved_at: expect.any(String),
    });
    expect((await tokenFor(stated)).status).toBe(200);
    expect((await ofPartner(body.purpose, "approve")).status).toBe(200);
  });

  test("one that was not registered is refused and not stored", async () => {
    expect((await tokenFor(stated)).body.error).toBe("invalid_authorization_details");
    expect(await all(ground(), sql`SELECT * FROM purpose`)).toEqual([]);
  });

  test("one that is declined, or whose approval is taken back, stays ended", async () => {
    const { purpose } = (await register()).body;
    expect((await ofPartner(purpose, "end")).body).toMatchObject({ state: "ended", ended_by: "steward" });
    expect((await ofPartner(purpose, "approve")).body.type).toBe(`${url}/problems/purpose-state`);
    expect((await register()).body.state).toBe("ended");
    expect((await tokenFor(stated)).body.error_description).toMatch(/was ended/);
    await needApproval(false);
    expect((await tokenFor(stated)).status).toBe(400);
  });

  test("what counted before waits from then on, and what is over cannot be approved", async () => {
    await needApproval(false);
    const { purpose } = (await register()).body;
    await needApproval();
    expect((await agency.call("GET", `/v1/purposes/${purpose}`)).body.state).toBe("waiting");
    await batch(ground(), [sql`UPDATE purpose SET until = '2020-01-01T00:00:00.000Z'`]);
    expect((await agency.call("GET", `/v1/purposes/${purpose}`)).body.state).toBe("over");
    expect((await ofPartner(purpose, "approve")).status).toBe(409);
  });

  test("is said of an agency alone, and shown to the steward alone", async () => {
    expect((await steward.call("PATCH", "/v1/partners/chirper", { purpose_approval: true })).body.faults).toEqual([
      expect.objectContaining({ pointer: "/purpose_approval" }),
    ]);
    expect((await steward.call("GET", "/v1/partners/cyber-unit")).body.purpose_approval).toBe(true);
    expect((await chirper.call("GET", "/v1/partners/cyber-unit")).body.purpose_approval).toBeUndefined();
  });
});

describe("a token for purposes", () => {
  test("opens the doors for purposes and no other, with a purpose or without", async () => {
    await agency.call("GET", "/v1/purposes");
    for (const { method, path, access } of operations) {
      if (access === "open" || access === "purposes") continue;
      const at = pathOf(path, crypto.randomUUID());
      const headers = {
        authorization: `DPoP ${agency.purposesToken}`,
        dpop: await agency.proof(method, at, agency.purposesToken),
      };
      const answer = await http(method, at, { headers, ...(method !== "GET" && { body: {} }) });
      const type = answer.body.type ?? answer.body.external_details;
      expect([answer.status, type], `${method} ${path}`).toEqual([403, `${url}/problems/missing-scope`]);
    }
  });

  test("is asked for alone, by law enforcement, with a proof; one that reads is not given it", async () => {
    const ask = (scope: string, member = agency) => member.requestToken({ scope, authorization_details: "" });
    for (const scope of ["purposes tips:read", "tips:read purposes keys"])
      expect((await tokenFor(stated, { scope })).body.error).toBe("invalid_scope");
    expect((await tokenFor(stated, { scope: "purposes" })).body.error).toBe("invalid_authorization_details");
    expect((await ask("tips:read")).body.error).toBe("invalid_authorization_details");
    expect((await ask("purposes", chirper)).body.error).toBe("invalid_scope");
    expect((await ask("purposes", steward)).body.error).toBe("invalid_scope");
    const form = { scope: "purposes", authorization_details: "" };
    expect((await agency.requestToken(form, undefined, false)).body.error).toBe("invalid_dpop_proof");
    expect((await ask("purposes")).body.scope).toBe("purposes");
    const usual = (await tokenFor(stated)).body;
    expect(usual.scope).not.toContain("purposes");
    const headers = {
      authorization: `DPoP ${usual.access_token}`,
      dpop: await agency.proof("GET", "/v1/purposes", usual.access_token),
    };
    expect((await http("GET", "/v1/purposes", { headers })).status).toBe(403);
  });

  test("reads nothing, whatever else it may claim", async () => {
    const token = await mint(await exchangeNow(), agency, { scope: "purposes tips:read match", bound: true });
    const ask = async (path: string) =>
      http("GET", path, { headers: { authorization: `DPoP ${token}`, dpop: await agency.proof("GET", path, token) } });
    expect([(await ask("/v1/purposes")).status, (await ask("/v1/tips")).status]).toEqual([200, 403]);
  });

  test("is no scope that the steward grants", async () => {
    const enrolment = { slug: "x", name: "X", kind: "law_enforcement", country: "XA", scopes: ["purposes"] };
    expect((await steward.call("POST", "/v1/partners", enrolment)).status).toBe(422);
  });
});

test("with its end end its tokens, its subscriptions and its streams, and no other purpose's", async () => {
  const subscription = (await agency.call("POST", "/v1/subscriptions", { url: "https://hooks.example/x" })).body
    .subscription;
  await batch(ground(), [sql`UPDATE subscription SET proved_at = made_at`]);
  const callable = async () =>
    (await all(ground(), selectStanding(subscription, new Date().toISOString())))[0]!.callable;
  expect(await callable()).toBe(1);
  const heard = await idle(agency);
  const mine = agency.token!;
  const [{ purpose }] = (await agency.call("GET", "/v1/purposes")).body.purposes;
  agency.token = (await tokenFor(stated)).body.access_token;
  const ended = await agency.call("POST", `/v1/purposes/${purpose}/end`);
  expect(ended.body).toMatchObject({ state: "ended", ended_by: "partner" });
  expect((await agency.call("POST", `/v1/purposes/${purpose}/end`)).body).toEqual(ended.body);
  const { id } = await chirper.submit(["law-enforcement"]);
  expect(await heard.until((listener) => listener.ended !== undefined)).toBe(true);
  expect(heard.told).toEqual([]);
  expect(await callable()).toBe(0);
  expect((await agency.call("GET", `/v1/tips/${id}`)).status).toBe(200);
  agency.token = mine;
  expect((await agency.call("GET", `/v1/tips/${id}`)).status).toBe(401);
});

test("a purpose stays as it was stated, and is kept; it may be over sooner, never later", async () => {
  await register();
  const run = (statement: ReturnType<typeof sql>) => batch(ground(), [statement]);
  for (const change of [
    sql`UPDATE purpose SET case_reference = 'another'`,
    sql`UPDATE purpose SET until = '2099-01-01T00:00:00.000Z'`,
    sql`DELETE FROM purpose`,
  ])
    await expect(run(change)).rejects.toThrow(/purpose_is_/);
  await run(sql`UPDATE purpose SET ended_at = made_at, ended_by = 'partner'`);
  await expect(run(sql`UPDATE purpose SET ended_at = NULL`)).rejects.toThrow(/purpose_stays_ended/);
  await expect(run(sql`UPDATE purpose SET approved_at = made_at`)).rejects.toThrow(/purpose_stays_ended/);
});
