/** The limits of a minute: an address is counted before anybody is known, a partner once it is known to be that partner. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Answer, http, url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld } from "./world.ts";

interface Rate {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}
const bindings = env as unknown as { ADDRESS_RATE: Rate; PARTNER_RATE: Rate; TEST_RATE: Rate };
const { ADDRESS_RATE, PARTNER_RATE, TEST_RATE } = bindings;

/** Allows `most` requests for each key, and remembers whom it counted. */
const counting = (most: number) => {
  const counted: string[] = [];
  const limit = async ({ key }: { key: string }) => {
    counted.push(key);
    return { success: counted.filter((known) => known === key).length <= most };
  };
  return { counted, limit };
};

let chirper: Member;
let facepage: Member;
let agency: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
  for (const member of [chirper, facepage, agency]) await member.authorization("GET", "/v1/me");
});
afterEach(() => void Object.assign(bindings, { ADDRESS_RATE, PARTNER_RATE }));

const isRefused = (answer: Answer) => {
  expect([answer.status, answer.body.type]).toEqual([429, `${url}/problems/rate`]);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("retry-after")).toBe("60");
};
const me = (member: Member) => member.call("GET", "/v1/me");

describe("an address", () => {
  const from = (address: string) => ({ "cf-connecting-ip": address });

  test("is refused past its rate at every door, whoever asks, and others are not", async () => {
    bindings.ADDRESS_RATE = counting(2);
    bindings.PARTNER_RATE = counting(1_000);
    for (const path of ["/.well-known/jwks.json", "/nowhere"])
      expect((await http("GET", path, { headers: from("192.0.2.1") })).status).not.toBe(429);
    isRefused(await http("GET", "/.well-known/oauth-authorization-server", { headers: from("192.0.2.1") }));
    isRefused(await http("POST", "/oauth/token", { headers: from("192.0.2.1"), body: {} }));
    isRefused(await http("POST", "/join", { headers: from("192.0.2.1"), body: {} }));
    isRefused(await chirper.call("GET", "/v1/me", undefined, from("192.0.2.1")));
    expect((await chirper.call("GET", "/v1/me", undefined, from("192.0.2.2"))).status).toBe(200);
  });

  test("of IPv6 is counted by the /64 that one host has to itself", async () => {
    const rate = counting(1_000);
    bindings.ADDRESS_RATE = rate;
    for (const address of [
      "2001:db8:1:2::1",
      "2001:db8:1:2:ffff::9",
      "2001:db8:1:3::1",
      "::ffff:192.0.2.7",
      "192.0.2.7",
    ]) {
      await http("GET", "/.well-known/jwks.json", { headers: from(address) });
    }
    expect(new Set(rate.counted).size).toBe(3);
    expect(rate.counted[1]).toBe(rate.counted[0]);
    expect(rate.counted[4]).toBe(rate.counted[3]);
  });

  test("that is refused costs no partner anything", async () => {
    bindings.ADDRESS_RATE = counting(0);
    const partner = counting(1_000);
    bindings.PARTNER_RATE = partner;
    isRefused(await me(chirper));
    expect(partner.counted).toEqual([]);
  });
});

describe("a partner", () => {
  test("is refused past its rate on any route, and others are not", async () => {
    bindings.PARTNER_RATE = counting(2);
    expect((await me(chirper)).status).toBe(200);
    expect((await chirper.call("GET", "/v1/feed")).status).toBe(200);
    isRefused(await me(chirper));
    isRefused((await chirper.submit(["platforms"])).answer);
    expect((await me(facepage)).status).toBe(200);
  });

  test("is counted for what it may not do", async () => {
    const partner = counting(1);
    bindings.PARTNER_RATE = partner;
    const narrow = (await chirper.requestToken({ scope: "feedback" })).body.access_token;
    const read = () => http("GET", "/v1/feed", { headers: { authorization: `Bearer ${narrow}` } });
    expect((await read()).status).toBe(403);
    isRefused(await read());
    expect(partner.counted).toEqual(["chirper", "chirper"]);
  });

  test("is not counted for requests without its valid token, or its proof", async () => {
    const partner = counting(1);
    bindings.PARTNER_RATE = partner;
    const [head, payload, signature] = chirper.token!.split(".");
    const forged = `${head}.${payload}.${signature!.startsWith("A") ? "B" : "A"}${signature!.slice(1)}`;
    const used = await agency.authorization("GET", "/v1/me");
    expect((await http("GET", "/v1/me", { headers: used })).status).toBe(200);
    for (const headers of [
      {},
      { authorization: `Bearer ${forged}` },
      { authorization: `Bearer ${agency.token}` },
      { authorization: `DPoP ${agency.token}` },
      used,
    ])
      expect((await http("GET", "/v1/me", { headers })).status).toBe(401);
    expect((await chirper.requestToken({}, await chirper.assertion({}, {}, facepage.signer))).status).toBe(401);
    expect(partner.counted).toEqual(["cyber-unit"]);
    expect((await me(chirper)).status).toBe(200);
  });
});

test("the platform's own binding, set to three a minute, refuses within the seven requests that two minutes could hold", async () => {
  bindings.PARTNER_RATE = TEST_RATE;
  const answers: Answer[] = [];
  for (let n = 0; n < 7; n++) answers.push(await me(chirper));
  expect(answers[0]!.status).toBe(200);
  isRefused(answers.find((answer) => answer.status !== 200)!);
});

test("where the platform has no such binding, nobody is refused", async () => {
  Object.assign(bindings, { ADDRESS_RATE: undefined, PARTNER_RATE: undefined });
  expect((await me(chirper)).status).toBe(200);
});
