/** Who was judged before is judged again in the transaction that reads: nothing is believed from before, and it is one round trip. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { dayOf } from "../../src/core/time.ts";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { addMember, removeMember } from "../../src/exchange/manage-groups.ts";
import { operations } from "../../src/operations.ts";
import { all, batch, first, guard, sql } from "../../src/store/database.ts";
import { JudgingDatabase, NotAsKnown } from "../../src/store/judging-database.ts";
import { use } from "../../src/store/quotas.ts";
import { http } from "./http.ts";
import type { Member } from "./member.ts";
import { pathOf } from "./readers.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
let agency: Member;
let tip: string;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
  agency = await enrol("cyber-unit", "law_enforcement");
  await group("election-cell", [chirper, facepage]);
  tip = (await chirper.submit(["platforms", "law-enforcement"])).id;
});

afterEach(() => vi.restoreAllMocks());

const doors = operations.filter(({ isOneReading }) => isOneReading !== undefined).map(({ path }) => path);
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
const run = async (statement: Parameters<typeof batch>[1][number]) => void (await batch(ground(), [statement]));
const rows = (table: string) => all(ground(), sql`SELECT * FROM ${sql.raw(table)}`);

test("the doors that are read most are of this kind", () => {
  expect(doors).toEqual(expect.arrayContaining(["/v1/feed", "/v1/tips", "/v1/tips/{tip}"]));
  expect(doors.filter((path) => path.startsWith("/taxii2/"))).toHaveLength(4);
});

test.each(doors)("%s takes a round trip less for who was judged before", async (door) => {
  const asked = vi.spyOn(ground(), "batch");
  const trips = async () => {
    asked.mockClear();
    expect((await facepage.call("GET", pathOf(door, tip))).status).toBe(200);
    return asked.mock.calls.length;
  };
  await trips();
  const known = await trips();
  facepage.token = undefined;
  await facepage.authorization("GET", door);
  expect([await trips(), await trips()]).toEqual([known + 1, known]);
});

test("a request counts once, judged either way", async () => {
  for (const requests of [1, 2, 3]) {
    await facepage.call("GET", "/v1/feed");
    expect(await all(ground(), sql`SELECT requests FROM quota WHERE partner = 'facepage'`)).toEqual([{ requests }]);
  }
});

/** What happens between two requests with one token, and what the second is answered. */
const ends: Record<string, [number, () => Promise<unknown>]> = {
  "is suspended": [401, async () => changePartner(await exchangeNow(), "cyber-unit", { suspended: true })],
  "may not read any more": [403, async () => changePartner(await exchangeNow(), "cyber-unit", { scopes: ["match"] })],
  "has its key compromised": [
    401,
    async () => compromiseKey(await exchangeNow(), "cyber-unit", agency.signer.kid, ago(60), undefined),
  ],
  "has its key retired": [
    401,
    () => run(sql`UPDATE partner_key SET state = 'retired', retired_at = ${ago(1)} WHERE partner = 'cyber-unit'`),
  ],
  "has a purpose that is over": [401, () => run(sql`UPDATE purpose SET until = ${ago(1)}`)],
  "waits for a purpose's approval": [
    401,
    async () => changePartner(await exchangeNow(), "cyber-unit", { purpose_approval: true }),
  ],
  "has used its day": [429, () => run(use("cyber-unit", dayOf(Date.now()), { requests: limits.quota.requests }))],
};

describe.each(Object.entries(ends))("a partner that %s meanwhile", (_name, [status, end]) => {
  test.each(doors)("is refused at %s, and nothing is recorded", async (door) => {
    const ask = () => agency.call("GET", pathOf(door, tip));
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    await end();
    const before = [await rows("access"), await rows("access_tip")];
    expect((await ask()).status).toBe(status);
    expect((await ask()).status).toBe(status);
    expect([await rows("access"), await rows("access_tip")]).toEqual(before);
  });

  test("is refused so before anything it asks is looked at", async () => {
    await agency.call("GET", "/v1/tips");
    await end();
    for (const path of ["/v1/tips?nonsense=1", "/v1/tips/none", "/taxii2/none/collections/all/objects/"])
      expect((await agency.call("GET", path)).status, path).toBe(status);
  });
});

const profile = { type: "account", platform: "x", kind: "profile", id: "123456" };

test("a proof is taken once, also from who was judged before", async () => {
  await agency.call("GET", "/v1/feed");
  const headers = await agency.authorization("GET", "/v1/feed");
  const again = () => http("GET", "/v1/feed", { headers });
  const [one, other] = [await again(), await again()];
  expect([one.status, other.status, other.body.detail]).toEqual([
    200,
    401,
    "This DPoP proof was used before: make a new one for each request.",
  ]);
});

test("what a partner gains or loses counts from its next request on", async () => {
  const { id } = await chirper.submit(["group:election-cell"], { indicators: [profile] });
  const asked = async () => (await facepage.call("GET", `/v1/tips/${id}`)).status;
  const forYou = async () => (await facepage.call("GET", `/v1/tips/${after.id}`)).body.for_you.indicators;
  expect([await asked(), await asked()]).toEqual([200, 200]);
  await removeMember(await exchangeNow(), "election-cell", "facepage");
  expect(await asked()).toBe(404);
  await addMember(await exchangeNow(), "election-cell", "facepage");
  const after = await chirper.submit(["group:election-cell"], { indicators: [profile] });
  expect((await facepage.call("GET", `/v1/tips/${after.id}`)).status).toBe(200);
  expect(await forYou()).toBe(0);
  await changePartner(await exchangeNow(), "facepage", { platforms: ["facepage", "x"] });
  expect(await forYou()).toBe(1);
});

describe("the database of who is known from before", () => {
  const judgedBy = (condition: number) => new JudgingDatabase(ground(), [guard("caller_same", sql`${condition}`)]);
  const count = sql<{ n: number }>`SELECT count(*) AS n FROM partner`;

  test("gives nothing where it is not as it was, whichever way it is asked", async () => {
    for (const ask of [
      (db: D1Database) => first(db, count),
      (db: D1Database) => all(db, count),
      (db: D1Database) => batch(db, [count]),
      (db: D1Database) => batch(db, [sql`DELETE FROM partner`]),
    ])
      await expect(ask(judgedBy(0).asDatabase())).rejects.toThrow(NotAsKnown);
    await expect(judgedBy(0).judged()).rejects.toThrow(NotAsKnown);
    expect(await first(ground(), count)).toEqual({ n: 3 });
  });

  test("judges in whichever is asked first, and before what is asked beside it", async () => {
    const db = judgedBy(1);
    const asked = vi.spyOn(ground(), "batch");
    const found = await Promise.all([first(db.asDatabase(), count), first(db.asDatabase(), count)]);
    await db.judged();
    expect(found).toEqual([{ n: 3 }, { n: 3 }]);
    expect(asked.mock.calls.map(([statements]) => statements.length)).toEqual([2, 1]);
    const both = judgedBy(0).asDatabase();
    const refused = await Promise.allSettled([first(both, count), first(both, count)]);
    expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  test("has judged nothing where what it was asked failed by itself", async () => {
    const db = judgedBy(1);
    await expect(first(db.asDatabase(), sql`SELECT * FROM nowhere`)).rejects.toThrow(/no such table/);
    const asked = vi.spyOn(ground(), "batch");
    await first(db.asDatabase(), count);
    expect(asked.mock.calls.map(([statements]) => statements.length)).toEqual([2]);
  });
});
