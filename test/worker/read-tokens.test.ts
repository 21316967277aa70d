/** Read tokens: which doors take them, when they are refused, and that their texts are nowhere. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { dayOf } from "../../src/core/time.ts";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { use } from "../../src/store/quotas.ts";
import { type Answer, http, url } from "./http.ts";
import { idle } from "./listen.ts";
import type { Member } from "./member.ts";
import { problemIn } from "./promised.ts";
import { home, otherDoors, pathOf, readBy, reader, readingDoors } from "./readers.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let agency: Member;
let tip: string;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
  tip = (await chirper.submit(["platforms", "law-enforcement"])).id;
});

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
const run = async (statement: Parameters<typeof batch>[1][number]) => void (await batch(ground(), [statement]));
/** TAXII says it in its own form. */
const said = ({ body }: Answer) => (body.http_status ? problemIn(body) : body);
const unknown = () => readBy(`tipoff_rt_${"A".repeat(43)}`, "/v1/tips");

describe("every door that is for reading alone", () => {
  test("takes one as Bearer, as Token and as Basic's password of any user, and records what it handed out", async () => {
    const { token, id } = await reader(facepage);
    expect(readingDoors.length).toBeGreaterThan(4);
    for (const { path } of readingDoors) {
      for (const authorization of [
        `Bearer ${token}`,
        `token ${token}`,
        `Basic ${btoa(`any:${token}`)}`,
        `Basic ${btoa(`:${token}`)}`,
      ])
        expect((await readBy(token, pathOf(path, tip), { authorization })).status, path).toBe(200);
    }
    const rows = await all(ground(), sql`SELECT DISTINCT partner, kid FROM access`);
    expect(rows).toEqual([{ partner: "facepage", kid: `read_token:${id}` }]);
  });

  test("takes law enforcement's from its addresses, without DPoP, for the purpose it was made with", async () => {
    const { read } = await reader(agency, { addresses: [home] });
    for (const { path } of readingDoors) expect((await read(pathOf(path, tip))).status, path).toBe(200);
    const [stated] = await all(ground(), sql`SELECT purpose FROM purpose`);
    expect(await all(ground(), sql`SELECT DISTINCT purpose FROM access_tip`)).toEqual([stated]);
  });

  test("says by WWW-Authenticate that Basic is taken, unless an access token was tried", async () => {
    for (const { path } of readingDoors) {
      const asked = (headers: Record<string, string>) => http("GET", pathOf(path, tip), { headers });
      const { status, headers } = await asked({});
      expect([status, headers.get("www-authenticate")], path).toEqual([
        401,
        expect.stringMatching(/^Bearer .*, DPoP .*, Basic realm="tipoff"$/),
      ]);
      expect((await asked({ authorization: "DPoP x" })).headers.get("www-authenticate")).not.toContain("Basic");
    }
    expect((await http("GET", "/v1/me")).headers.get("www-authenticate")).not.toContain("Basic");
  });
});

/** What happens to a reader's token, and from when on nobody reads by it. */
const ends: Record<string, (id: string) => Promise<unknown>> = {
  "is revoked": (id) => agency.call("DELETE", `/v1/read-tokens/${id}`),
  "has expired": () => run(sql`UPDATE read_token SET expires_at = ${ago(1)}`),
  "is of a suspended partner": async () => changePartner(await exchangeNow(), "cyber-unit", { suspended: true }),
  "is of a partner that may not read any more": async () =>
    changePartner(await exchangeNow(), "cyber-unit", { scopes: ["match", "keys"] }),
  "was made under a key that was compromised by then": async () =>
    compromiseKey(await exchangeNow(), "cyber-unit", agency.signer.kid, ago(60), undefined),
  "has a purpose that is over": () => run(sql`UPDATE purpose SET until = ${ago(1)}`),
  "has a purpose that was ended": async () => {
    const { purposes } = (await agency.call("GET", "/v1/purposes")).body;
    await agency.call("POST", `/v1/purposes/${purposes[0].purpose}/end`);
  },
  "has a purpose that waits for approval": async () =>
    changePartner(await exchangeNow(), "cyber-unit", { purpose_approval: true }),
  "lost its addresses": () =>
    run(sql`DROP TRIGGER read_token_is_fixed`).then(() => run(sql`UPDATE read_token SET addresses = NULL`)),
  "lost its purpose": () =>
    run(sql`DROP TRIGGER read_token_is_fixed`).then(() => run(sql`UPDATE read_token SET purpose = ''`)),
};

describe.each(Object.entries(ends))("one that %s", (_name, end) => {
  test("is refused at every door, as one that nobody made is, and nothing is recorded", async () => {
    const { id, read } = await reader(agency, { addresses: [home] });
    for (const { path } of readingDoors) expect((await read(pathOf(path, tip))).status, path).toBe(200);
    await end(id);
    const before = await all(ground(), sql`SELECT access_no FROM access`);
    const { body } = await unknown();
    for (const { path } of readingDoors) {
      const answer = await read(pathOf(path, tip));
      expect([answer.status, said(answer)], path).toEqual([401, body]);
    }
    expect(await all(ground(), sql`SELECT access_no FROM access`)).toEqual(before);
  });
});

test("from another address, or none, one that is bound to addresses is refused at every door", async () => {
  const { token } = await reader(agency, { addresses: [home, "2001:db8:7::/48"] });
  const { body } = await unknown();
  for (const { path } of readingDoors) {
    for (const from of ["203.0.113.8", "2001:db8:8::1", "", "not an address", `${home}, 198.51.100.1`]) {
      const answer = await readBy(token, pathOf(path, tip), { "cf-connecting-ip": from });
      expect([answer.status, said(answer)], `${path} from ${from}`).toEqual([401, body]);
    }
    const absent = await http("GET", pathOf(path, tip), { headers: { authorization: `Bearer ${token}` } });
    expect([absent.status, said(absent)], path).toEqual([401, body]);
  }
  for (const from of [`::ffff:${home}`, "2001:db8:7:1::9"])
    expect((await readBy(token, "/v1/tips", { "cf-connecting-ip": from })).status, from).toBe(200);
});

test("a key compromised only after it was made leaves it, as a retired one does", async () => {
  await run(
    sql`INSERT INTO partner_key SELECT 'other', partner, jwk, state, added_at, active_from, NULL, NULL, NULL FROM partner_key WHERE partner = 'facepage'`,
  );
  const { read } = await reader(facepage);
  await run(
    sql`UPDATE partner_key SET state = 'compromised', compromised_since = ${new Date(Date.now() + 60_000).toISOString()} WHERE kid = ${facepage.signer.kid}`,
  );
  expect((await read("/v1/tips")).status).toBe(200);
});

test("no other door takes one, in any form, and none from its URL", async () => {
  const { token } = await reader(facepage);
  const forms = [`Bearer ${token}`, `DPoP ${token}`, `Token ${token}`, `Basic ${btoa(`me:${token}`)}`];
  for (const { method, path } of otherDoors) {
    for (const authorization of forms) {
      const answer = await http(method, pathOf(path, tip), {
        headers: { authorization, "cf-connecting-ip": home },
        ...(method !== "GET" && { body: {} }),
      });
      expect([answer.status, answer.body.type], `${method} ${path}`).toEqual([401, `${url}/problems/unauthenticated`]);
    }
  }
  for (const { path } of readingDoors) {
    for (const name of ["access_token", "token", "read_token"])
      expect((await http("GET", `${pathOf(path, tip)}?${name}=${token}`)).status, path).toBe(401);
    expect((await readBy(token, pathOf(path, tip), { authorization: `DPoP ${token}` })).status, path).toBe(401);
  }
});

test("an idle stream ends with it", async () => {
  const { token, id } = await reader(facepage);
  const heard = await idle(facepage, "", { authorization: `Bearer ${token}`, dpop: "" });
  await facepage.call("DELETE", `/v1/read-tokens/${id}`);
  await chirper.submit(["platforms"]);
  expect(await heard.until(({ ended }) => ended !== undefined)).toBe(true);
  expect(heard.told.map(([, told]) => told)).toEqual([tip]);
});

describe("making one", () => {
  const make = (member: Member, body: object = {}) => member.call("POST", "/v1/read-tokens", body);

  test("needs a bound token with keys and tips:read, as revoking does; others' are not there", async () => {
    const { id } = await reader(facepage);
    for (const [scope, status] of [
      ["keys", 403],
      ["tips:read", 403],
      ["keys tips:read", 201],
    ] as const) {
      facepage.boundToken = (await facepage.requestToken({ scope }, undefined, true)).body.access_token;
      expect((await make(facepage)).status, scope).toBe(status);
      if (status === 403) expect((await facepage.call("DELETE", `/v1/read-tokens/${id}`)).status, scope).toBe(403);
    }
    expect((await facepage.requestToken({ scope: "keys tips:read" })).status).toBe(400);
    expect((await chirper.call("DELETE", `/v1/read-tokens/${id}`)).status).toBe(404);
    expect((await chirper.call("GET", "/v1/read-tokens")).body.read_tokens).toEqual([]);
  });

  test("binds law enforcement, and whoever must use DPoP, to addresses, and refuses what is too wide", async () => {
    await changePartner(await exchangeNow(), "facepage", { dpop: true });
    for (const member of [agency, facepage]) {
      expect((await make(member)).body.faults).toEqual([expect.objectContaining({ pointer: "/addresses" })]);
    }
    const { body } = await make(agency, {
      addresses: [home, "0.0.0.0/0", "10.1.0.0/15", "203.0.113.7/24", "::/0", "x"],
    });
    expect(body.faults.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      [1, 2, 3, 4, 5].map((at) => `/addresses/${at}`),
    );
    expect((await make(agency, { addresses: [home, `${home}/32`, "2001:DB8::/32"] })).body.addresses).toEqual([
      `${home}/32`,
      "2001:db8::/32",
    ]);
  });

  test("where DPoP is required later, one that is bound to nothing ends", async () => {
    const { read } = await reader(facepage);
    await changePartner(await exchangeNow(), "facepage", { dpop: true });
    expect((await read("/v1/tips")).status).toBe(401);
  });

  test("shows it once; the list says what it is for, and the day it was last used", async () => {
    const { token, id, read } = await reader(facepage, { description: "OpenCTI", days: 7 });
    await read("/v1/tips");
    await facepage.call("DELETE", `/v1/read-tokens/${id}`);
    const again = await facepage.call("DELETE", `/v1/read-tokens/${id}`);
    expect(again.status).toBe(204);
    const { read_tokens } = (await facepage.call("GET", "/v1/read-tokens")).body;
    expect(read_tokens).toEqual([
      expect.objectContaining({
        read_token: id,
        description: "OpenCTI",
        key: facepage.signer.kid,
        used_on: dayOf(Date.now()),
        revoked_at: expect.any(String),
      }),
    ]);
    const [{ made_at, expires_at }] = read_tokens;
    expect(Date.parse(expires_at) - Date.parse(made_at)).toBe(7 * 86_400_000);
    expect(JSON.stringify(read_tokens)).not.toContain(token);
    expect((await make(facepage, { days: 91 })).status).toBe(422);
  });

  test("is bounded, counting those that still open something; the list goes on page by page", async () => {
    const { live } = limits.read_token;
    for (let made = 0; made < live; made++) expect((await make(facepage)).status).toBe(201);
    expect((await make(facepage)).body.type).toBe(`${url}/problems/read-tokens-full`);
    const first = (await facepage.call("GET", "/v1/read-tokens?limit=15")).body;
    await facepage.call("DELETE", `/v1/read-tokens/${first.read_tokens[0].read_token}`);
    expect((await make(facepage)).status).toBe(201);
    const second = (await facepage.call("GET", `/v1/read-tokens?limit=15&after=${first.next}`)).body;
    expect([first.more, second.read_tokens.length, second.next, second.more]).toEqual([true, live - 15, null, false]);
    const ids = [...first.read_tokens, ...second.read_tokens].map((row) => row.read_token);
    expect(new Set(ids).size).toBe(live);
    expect((await chirper.call("GET", `/v1/read-tokens?after=${first.next}`)).body.read_tokens).toEqual([]);
  });
});

test("the text is in no table and no log, also where the database fails", async () => {
  const logged = [vi.spyOn(console, "error"), vi.spyOn(console, "log"), vi.spyOn(console, "warn")];
  for (const spy of logged) spy.mockImplementation(() => {});
  const { token, read } = await reader(facepage);
  await read("/v1/tips");
  const tables = await all(
    ground(),
    sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\_cf%' ESCAPE '\\'`,
  );
  const secret = token.slice("tipoff_rt_".length);
  for (const { name } of tables) {
    const rows = await all(ground(), sql`SELECT * FROM ${sql.raw(`"${name}"`)}`);
    expect(JSON.stringify(rows), name).not.toContain(secret);
  }
  await run(sql`CREATE TRIGGER no_counts BEFORE UPDATE ON quota BEGIN SELECT RAISE(ABORT, 'D1_ERROR no counts'); END`);
  expect((await read("/v1/tips")).status).toBe(503);
  expect(logged.flatMap((spy) => spy.mock.calls).length).toBeGreaterThan(0);
  expect(JSON.stringify(logged.flatMap((spy) => spy.mock.calls))).not.toContain(secret);
  vi.restoreAllMocks();
});

test("its requests count for the day, and what is refused does the same work and counts for nobody", async () => {
  const { id, read } = await reader(facepage);
  const used = async () =>
    (await all(ground(), sql<{ requests: number }>`SELECT requests FROM quota WHERE partner = 'facepage'`))[0]!
      .requests;
  const begun = await used();
  await read("/v1/tips");
  expect(await used()).toBe(begun + 1);
  await batch(ground(), [use("facepage", dayOf(Date.now()), { requests: limits.quota.requests })]);
  expect((await read("/v1/tips")).body.type).toBe(`${url}/problems/quota`);
  await run(sql`UPDATE read_token SET revoked_at = ${ago(1)} WHERE read_token = ${id}`);
  const full = await used();
  expect((await read("/v1/tips")).status).toBe(401);
  const asked = vi.spyOn(ground(), "batch");
  const work = async (answer: () => Promise<{ status: number }>) => {
    asked.mockClear();
    expect((await answer()).status).toBe(401);
    return asked.mock.calls.map(([statements]) => statements.length);
  };
  expect(await work(() => read("/v1/tips"))).toEqual([3]);
  expect(await work(unknown)).toEqual([3]);
  expect(await used()).toBe(full);
  asked.mockRestore();
});

test("what it was made with stays, and its row too", async () => {
  await reader(facepage);
  for (const change of [
    sql`UPDATE read_token SET partner = 'chirper'`,
    sql`UPDATE read_token SET expires_at = '2099-01-01T00:00:00.000Z'`,
    sql`UPDATE read_token SET addresses = '["203.0.113.0/24"]'`,
    sql`DELETE FROM read_token`,
  ])
    await expect(run(change)).rejects.toThrow(/read_token_is_/);
  await run(sql`UPDATE read_token SET revoked_at = ${ago(1)}`);
  await expect(run(sql`UPDATE read_token SET revoked_at = NULL`)).rejects.toThrow(/read_token_is_fixed/);
});
