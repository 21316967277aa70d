/** Every route against the whole table of authentication failures, by walking the app: a new route without them fails here. */
import { SignJWT, UnsecuredJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { app } from "../../src/app.ts";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { batch, type SQL, sql } from "../../src/store/database.ts";
import { type Answer, http, url } from "./http.ts";
import { Member, newKey } from "./member.ts";
import { type Minted, mint } from "./mint.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

const open = [
  "GET /.well-known/oauth-authorization-server",
  "GET /.well-known/oauth-protected-resource",
  "GET /.well-known/jwks.json",
  "POST /oauth/token",
  "POST /join",
  "GET /",
  "GET /docs",
  "GET /openapi.json",
  "GET /problems/:slug",
  "GET /transparency",
  "GET /v1/transparency",
];
const routes = [
  ...new Set(app.routes.filter((route) => route.method !== "ALL").map((route) => `${route.method} ${route.path}`)),
];
const closed = routes.filter((route) => !open.includes(route));

const scopeOf = (route: string): string | undefined => {
  const [method, path] = route.split(" ") as [string, string];
  if (/^\/v1\/(me|partners|partners\/:slug|groups|groups\/:group)$/.test(path) && method === "GET") return undefined;
  if (path.startsWith("/v1/partners") || path.startsWith("/v1/groups")) return "admin";
  if (path.startsWith("/v1/keys") || path.startsWith("/v1/read-tokens")) return "keys";
  if (path.startsWith("/v1/purposes")) return "purposes";
  if (path === "/v1/tips/:tip/acknowledgements") return method === "GET" ? "tips:write" : "feedback";
  if (path === "/v1/match") return "match";
  if (path.startsWith("/taxii2/")) return "tips:read";
  if (/\/(feedback|triage|claims|appeals)(\/|$)/.test(path) && method !== "GET") return "feedback";
  return method === "GET" ? "tips:read" : "tips:write";
};

const pathOf = (path: string): string => path.replace(/:[a-z]+/g, "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11");
const send = (route: string, headers: Record<string, string>) => {
  const [method, path] = route.split(" ") as [string, string];
  return http(method, pathOf(path), { headers, ...(method !== "GET" && { body: {} }) });
};

/** TAXII says it in a member of its own. */
const typeOf = ({ body }: Answer): string => body.type ?? body.external_details;

let chirper: Member;
let agency: Member;
let steward: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
  steward = await enrol("steward", "steward");
});

/** Headers that must not let anybody in, each made for a method and path. */
const failures: Record<string, (method: string, path: string) => Promise<Record<string, string>>> = {
  "no token": async () => ({}),
  "no scheme": async () => ({ authorization: (await chirper.authorization("GET", "/")).authorization!.slice(7) }),
  "basic credentials": async () => ({ authorization: `Basic ${btoa("chirper:secret")}` }),
  "a token of alg none": async () => ({
    authorization: `Bearer ${new UnsecuredJWT({ client_id: "chirper", scope: "tips:read admin", key: chirper.signer.kid }).setIssuer(url).setAudience(url).setSubject("chirper").setExpirationTime("5m").encode()}`,
  }),
  "a token signed by the partner itself": async () => ({ authorization: `Bearer ${await forged(chirper.signer.key)}` }),
  "a tampered token": async () => {
    const { authorization } = await chirper.authorization("GET", "/");
    const [head, payload, signature] = authorization!.slice(7).split(".");
    const claims = JSON.parse(atob(payload!.replaceAll("-", "+").replaceAll("_", "/")));
    const changed = btoa(JSON.stringify({ ...claims, scope: `${claims.scope} admin` }))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
    return { authorization: `Bearer ${head}.${changed}.${signature}` };
  },
  "a token for another audience": async () => ({
    authorization: `Bearer ${await minted({ audience: "https://other.example" })}`,
  }),
  "a token of another issuer": async () => ({
    authorization: `Bearer ${await minted({ issuer: "https://other.example" })}`,
  }),
  "a token of another type": async () => ({ authorization: `Bearer ${await minted({ typ: "JWT" })}` }),
  "an expired token": async () => ({
    authorization: `Bearer ${await minted({ expires: Math.floor(Date.now() / 1_000) - 11 })}`,
  }),
  "a token whose key is another partner's": async () => ({
    authorization: `Bearer ${await minted({ key: "unknown" })}`,
  }),
  "a token whose key was compromised": async () => {
    const headers = await chirper.authorization("GET", "/");
    // A second ago, since a moment that is still to come is refused.
    const since = new Date(Date.now() - 1_000).toISOString();
    expect((await compromiseKey(await exchangeNow(), "chirper", chirper.signer.kid, since, undefined)).ok).toBe(true);
    return headers;
  },
  "a token whose key is retired": async () => {
    const headers = await chirper.authorization("GET", "/");
    await batch(ground(), [sql`UPDATE partner_key SET state = 'retired' WHERE kid = ${chirper.signer.kid}`]);
    return headers;
  },
  "a token of a suspended partner": async () => {
    const headers = await chirper.authorization("GET", "/");
    await changePartner(await exchangeNow(), "chirper", { suspended: true });
    return headers;
  },
  "an agency's token as Bearer": async (method, path) => ({
    authorization: (await agency.authorization(method, path)).authorization!.replace("DPoP", "Bearer"),
  }),
  "an agency's token without a proof": async (method, path) => ({
    authorization: (await agency.authorization(method, path)).authorization!,
  }),
  "a proof for another method": async (_method, path) => agency.authorization("TRACE", path),
  "a proof for another URL": async (method) => agency.authorization(method, "/v1/elsewhere"),
  "a proof of another key": async (method, path) => {
    const { authorization } = await agency.authorization(method, path);
    const other = new Member("cyber-unit", "law_enforcement", await newKey());
    return { authorization: authorization!, dpop: await other.proof(method, path, agency.token) };
  },
  "a proof for another token": async (method, path) => {
    const { authorization } = await agency.authorization(method, path);
    return { authorization: authorization!, dpop: await agency.proof(method, path, "another") };
  },
  "a stale proof": async (method, path) => {
    const { authorization } = await agency.authorization(method, path);
    return {
      authorization: authorization!,
      dpop: await agency.proof(method, path, agency.token, { iat: Math.floor(Date.now() / 1_000) - 120 }),
    };
  },
  "a proof used before": async (method, path) => {
    const headers = await agency.authorization(method, path);
    await http(method, path, { headers, ...(method !== "GET" && { body: {} }) });
    return headers;
  },
  "an agency whose purpose is over": (method, path) =>
    purposeless(method, path, sql`UPDATE purpose SET until = '2020-01-01T00:00:00.000Z'`),
  "an agency whose purpose was ended": (method, path) =>
    purposeless(method, path, sql`UPDATE purpose SET ended_at = made_at, ended_by = 'partner' WHERE ended_at IS NULL`),
  "an agency whose purpose waits for approval": (method, path) =>
    purposeless(method, path, sql`UPDATE partner SET purpose_approval = 1 WHERE kind = 'law_enforcement'`),
  "a read token that nobody made": async () => ({ authorization: `Bearer tipoff_rt_${"A".repeat(43)}` }),
};

/** A token that reads, when its purpose counts no more. */
async function purposeless(method: string, path: string, change: SQL): Promise<Record<string, string>> {
  await agency.authorization("GET", "/v1/tips");
  await batch(ground(), [change]);
  return { authorization: `DPoP ${agency.token}`, dpop: await agency.proof(method, path, agency.token) };
}

const minted = async (change: Minted): Promise<string> => mint(await exchangeNow(), chirper, change);

async function forged(key: CryptoKey): Promise<string> {
  const { key: ours } = await exchangeNow();
  return new SignJWT({ client_id: "chirper", scope: "tips:read", key: chirper.signer.kid })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: ours.kid })
    .setIssuer(url)
    .setAudience(url)
    .setSubject("chirper")
    .setIssuedAt()
    .setExpirationTime("5m")
    .setJti("x")
    .sign(key);
}

test("the walk finds the routes", () => {
  expect(closed.length).toBeGreaterThan(20);
});

test("a token minted for these tests is otherwise good", async () => {
  expect((await http("GET", "/v1/me", { headers: { authorization: `Bearer ${await minted({})}` } })).status).toBe(200);
});

describe.each(Object.entries(failures))("%s", (name, make) => {
  test("is 401 at every route, with WWW-Authenticate and nothing else", async () => {
    for (const route of closed) {
      const [method, path] = route.split(" ") as [string, string];
      const answer = await send(route, await make(method, pathOf(path)));
      expect(answer.status, route).toBe(401);
      expect(typeOf(answer), route).toBe(`${url}/problems/unauthenticated`);
      expect(answer.headers.get("www-authenticate"), route).toContain("DPoP");
      // What is undone makes a token good again; a purpose stays ended.
      if (name.includes("purpose")) agency.token = undefined;
      await freshKeys();
    }
  }, 120_000);
});

/** Undoes what a failure did to keys, partners and purposes. */
async function freshKeys(): Promise<void> {
  await batch(ground(), [
    sql`UPDATE partner_key SET state = 'active', compromised_since = NULL`,
    sql`UPDATE partner SET suspended_at = NULL, purpose_approval = 0`,
  ]);
}

test("a token without the route's scope is 403 at every route that has one", async () => {
  for (const route of closed) {
    const scope = scopeOf(route);
    if (!scope) continue;
    const answer = await chirper.requestToken({ scope: scope === "feedback" ? "match" : "feedback" });
    const refused = await send(route, { authorization: `Bearer ${answer.body.access_token}` });
    expect(refused.status, route).toBe(403);
    expect(typeOf(refused)).toBe(`${url}/problems/missing-scope`);
  }
});

test("a scope taken back by the steward ends with the next request", async () => {
  await chirper.call("GET", "/v1/feed");
  await changePartner(await exchangeNow(), "chirper", { scopes: ["keys"] });
  expect((await chirper.call("GET", "/v1/feed")).status).toBe(403);
});

test("the steward's token reads no tip that is not addressed to it", async () => {
  const { id } = await chirper.submit(["platforms"], { tlp: "green" });
  expect((await steward.call("GET", `/v1/tips/${id}`)).status).toBe(404);
  expect((await steward.call("GET", "/v1/tips")).body.tips).toEqual([]);
});
