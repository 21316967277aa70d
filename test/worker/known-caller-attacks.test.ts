/** Regressions named for their faults: what it once gave away, or cost, to be judged from what is remembered. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { dayOf } from "../../src/core/time.ts";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { tlpIds } from "../../src/formats/stix/markings.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { use } from "../../src/store/quotas.ts";
import { http } from "./http.ts";
import type { Member } from "./member.ts";
import { home, readBy, reader } from "./readers.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

interface Rate {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}
const bindings = env as unknown as { PARTNER_RATE: Rate };
const { PARTNER_RATE } = bindings;

let chirper: Member;
let facepage: Member;
let tip: string;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
  tip = (await chirper.submit(["platforms"])).id;
});
afterEach(() => {
  bindings.PARTNER_RATE = PARTNER_RATE;
  vi.restoreAllMocks();
});

const change = async (changes: Parameters<typeof changePartner>[2]) =>
  changePartner(await exchangeNow(), "facepage", changes);
/** Whom the rate of a minute counted; `most`: how many it lets through. */
function counting(most = 1_000): string[] {
  const counted: string[] = [];
  bindings.PARTNER_RATE = {
    limit: async ({ key }) => ({ success: counted.push(key) <= most }),
  };
  return counted;
}
const countTrips = () => {
  const asked = vi.spyOn(ground(), "batch");
  return async (answer: () => Promise<unknown>): Promise<number> => {
    asked.mockClear();
    await answer();
    return asked.mock.calls.length;
  };
};

describe("an answer that was made before its caller was found to be another", () => {
  test("leaves no header in the one that is given: a challenge stood beside a page of tips", async () => {
    await facepage.call("GET", "/v1/tips");
    await change({ scopes: ["match"] });
    expect((await facepage.call("GET", "/v1/tips")).status).toBe(403);
    await change({ scopes: ["match", "tips:read"] });
    const { status, headers } = await facepage.call("GET", "/v1/tips");
    expect([status, headers.get("www-authenticate")]).toEqual([200, null]);
  });

  test("leaves no time to come back: who is suspended was told to", async () => {
    await facepage.call("GET", "/v1/tips");
    await change({ suspended: true });
    counting(0);
    const { status, headers } = await facepage.call("GET", "/v1/tips");
    expect([status, headers.get("retry-after")]).toEqual([401, null]);
  });

  test("leaves no date of an object", async () => {
    await facepage.call("GET", "/v1/tips");
    await change({ suspended: true });
    const path = `/taxii2/tips/collections/all/objects/${tlpIds.green}/`;
    const { status, headers } = await facepage.call("GET", path);
    expect([status, headers.get("x-taxii-date-added-first")]).toEqual([401, null]);
  });
});

describe("a read token that is bound to addresses", () => {
  test("is from another one as one that nobody made: its use at home could be told by the round trips", async () => {
    const { token, read } = await reader(facepage, { addresses: [home] });
    const trips = countTrips();
    const abroad = { "cf-connecting-ip": "198.51.100.1" };
    const unknown = await trips(() => readBy(`tipoff_rt_${"A".repeat(43)}`, "/v1/tips"));
    for (let time = 0; time < 3; time++) {
      const known = await trips(() => read("/v1/tips"));
      expect(await trips(async () => expect((await readBy(token, "/v1/tips", abroad)).status).toBe(401))).toBe(unknown);
      // And whoever has it there costs its owner nothing.
      expect(await trips(() => read("/v1/tips"))).toBeLessThanOrEqual(known);
    }
  });

  test("uses up none of its partner's minute from another one", async () => {
    const { token, read } = await reader(facepage, { addresses: [home] });
    await read("/v1/tips");
    const counted = counting();
    await readBy(token, "/v1/tips", { "cf-connecting-ip": "198.51.100.1" });
    expect(counted).toEqual([]);
  });
});

test("a request counts once in its partner's minute, also where it is judged again", async () => {
  await facepage.call("GET", "/v1/tips");
  await change({ platforms: ["facepage", "x"] });
  const counted = counting();
  expect((await facepage.call("GET", "/v1/tips")).status).toBe(200);
  expect(counted).toEqual(["facepage"]);
});

test("a proof that is shown again and again uses up no minute of its maker's: each time was counted", async () => {
  const agency = await enrol("cyber-unit", "law_enforcement");
  await agency.call("GET", "/v1/tips");
  const headers = await agency.authorization("GET", "/v1/tips");
  const counted = counting();
  const ask = async () => (await http("GET", "/v1/tips", { headers })).status;
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 401, 401, 401]);
  expect(counted.length).toBeLessThanOrEqual(2);
});

test("who has used up its day is refused by one round trip: it took two for who was known", async () => {
  await facepage.call("GET", "/v1/tips");
  await batch(ground(), [use("facepage", dayOf(Date.now()), { requests: limits.quota.requests })]);
  const trips = countTrips();
  const ask = async () => expect((await facepage.call("GET", "/v1/tips")).status).toBe(429);
  await ask();
  expect([await trips(ask), await trips(ask)]).toEqual([1, 1]);
});

describe("however oddly it asks, who is known is answered as who is not", () => {
  const collection = "/taxii2/tips/collections/all";
  const odd = (id: string): [string, string, Record<string, string>?][] => [
    ...[
      "wait=0",
      "wait=&wait=1",
      "wait",
      "%77ait=0",
      "w%61it=0&wait=0",
      "WAIT=1",
      "+wait=0",
      "wait%20=0",
      "a&wait=0",
    ].map((query): [string, string] => ["GET", `/v1/feed?${query}`]),
    ["GET", "/v1/feed?after=AAAA"],
    ["GET", "/v1/feed?limit=0"],
    ["HEAD", "/v1/feed"],
    ["HEAD", `/v1/tips/${id}`],
    ["OPTIONS", "/v1/feed"],
    ["PURGE", "/v1/feed"],
    ["DELETE", `/v1/tips/${id}`],
    ["GET", "/v1/tips/"],
    ["GET", "//v1/tips"],
    ["GET", "/v1/tips/%00"],
    ["GET", "/v1/tips/%E0%A4%A"],
    ["GET", `/v1/tips/${id.toUpperCase()}`],
    ["GET", `/v1/tips/${crypto.randomUUID()}`],
    ["GET", `/v1/tips/${id}`, { accept: "text/html" }],
    ["GET", `/v1/tips/${id}`, { accept: "application/jose+json" }],
    ["GET", "/v1/tips?state=withdrawn"],
    ["GET", "/v1/tips?nonsense=1&nonsense=2"],
    ["GET", `${collection}/objects/`, { accept: "text/html" }],
    ["GET", `${collection}/objects/?next=AAAA`],
    ["GET", `${collection}/objects/?match[id]=${tlpIds.green}`],
    ["GET", `${collection}/objects/${tlpIds.green}/`],
    ["GET", `${collection}/objects/${tlpIds.green}/versions/?next=1`],
    ["GET", "/taxii2/none/collections/all/objects/"],
    ["GET", `${collection}/manifest/`],
  ];

  test("with as much counted and recorded", async () => {
    for (const [method, path, headers = {}] of odd(tip)) {
      const answered = [];
      for (const isKnown of [false, true]) {
        facepage.token = undefined;
        const shown = await facepage.authorization("GET", "/v1/feed");
        if (isKnown) await http("GET", "/v1/me", { headers: shown });
        await batch(ground(), [sql`DELETE FROM quota`]);
        const before = (await all(ground(), sql`SELECT coalesce(max(access_no), 0) AS n FROM access`))[0]!.n;
        const { status, body, headers: given } = await http(method, path, { headers: { ...shown, ...headers } });
        const counted = await all(ground(), sql`SELECT partner, requests FROM quota`);
        const recorded = await all(
          ground(),
          sql`SELECT partner, door, purpose, kid FROM access WHERE access_no > ${before}`,
        );
        const text = JSON.stringify(body).replace(/"next":"[^"]*"/, "");
        answered.push({ status, text, names: [...given.keys()].sort(), counted, recorded });
      }
      expect(answered[1], `${method} ${path}`).toEqual(answered[0]);
    }
  });
});

test("that others read an object by its id is not told by the round trips: who may not see it was spared one", async () => {
  const asked = vi.spyOn(ground(), "batch");
  const objects = "/taxii2/tips/collections/all/objects/";
  const { body } = await facepage.call("GET", objects);
  const { id } = body.objects.find(({ type }: { type: string }) => type === "campaign");
  const stranger = await enrol("stranger", "research");
  const trips = async (member: Member, status: number) => {
    await member.call("GET", "/v1/tips");
    asked.mockClear();
    expect((await member.call("GET", `${objects}${id}/`)).status).toBe(status);
    return asked.mock.calls.length;
  };
  const before = await trips(stranger, 404);
  await trips(facepage, 200);
  expect(await trips(facepage, 200)).toBeLessThan(before);
  expect(await trips(stranger, 404)).toBe(before);
});
