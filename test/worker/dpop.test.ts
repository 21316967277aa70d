/**
 * DPoP proofs (RFC 9449, section 4.3) at the token endpoint and at a resource: each refusal is one change to a proof that
 * passes at both. And what a resource says of tokens in `WWW-Authenticate`.
 */
import { exportJWK, generateKeyPair, generateSecret, SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { encode } from "../../src/core/base64url.ts";
import { sha256 } from "../../src/core/envelope.ts";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { batch, sql } from "../../src/store/database.ts";
import { askToken, http, url } from "./http.ts";
import { type Member, newKey } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let token: string;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  token = (await chirper.requestToken({}, undefined, true)).body.access_token;
});

interface Parts {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  key: CryptoKey;
}
const text = (value: unknown) => encode(new TextEncoder().encode(JSON.stringify(value)));
const usedUp = async () => (await batch(ground(), [sql`SELECT count(*) AS n FROM used_once`]))[0]![0]!.n;
const now = () => Math.floor(Date.now() / 1_000);

/** Signed with Ed25519 whatever the header says. */
async function compact({ header, claims, key }: Parts): Promise<string> {
  const signed = `${text(header)}.${text(claims)}`;
  const signature = await crypto.subtle.sign("Ed25519", key, new TextEncoder().encode(signed));
  return `${signed}.${encode(new Uint8Array(signature))}`;
}

const parts = async (method: string, path: string, access?: string): Promise<Parts> => ({
  header: { alg: "EdDSA", typ: "dpop+jwt", jwk: chirper.signer.jwk },
  claims: {
    jti: crypto.randomUUID(),
    htm: method,
    htu: url + path,
    iat: now(),
    ...(access && { ath: await sha256(access) }),
  },
  key: chirper.signer.key as unknown as CryptoKey,
});
const atToken = () => parts("POST", "/oauth/token");
const atFeed = () => parts("GET", "/v1/feed", token);
const claim = (change: Record<string, unknown>) => (p: Parts) => compact({ ...p, claims: { ...p.claims, ...change } });
const header = (change: Record<string, unknown>) => (p: Parts) => compact({ ...p, header: { ...p.header, ...change } });
/** By another kind of key that it brings along. */
const signedAs = (alg: string, make: () => Promise<{ jwk: object; key: CryptoKey }>) => async (p: Parts) => {
  const { jwk, key } = await make();
  return new SignJWT(p.claims).setProtectedHeader({ ...p.header, alg, jwk }).sign(key);
};
const rsa = (alg: string) =>
  signedAs(alg, async () => {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    return { jwk: await exportJWK(publicKey), key: privateKey as unknown as CryptoKey };
  });
const secret = signedAs("HS256", async () => {
  const key = (await generateSecret("HS256", { extractable: true })) as unknown as CryptoKey;
  return { jwk: await exportJWK(key), key };
});

const askWith = async (dpop: string, assertion?: string) =>
  askToken(
    [
      ["grant_type", "client_credentials"],
      ["client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
      ["client_assertion", assertion ?? (await chirper.assertion())],
    ],
    { dpop },
  );
const readWith = (dpop: string | undefined, authorization = `DPoP ${token}`, path = "/v1/feed") =>
  http("GET", path, { headers: { authorization, ...(dpop && { dpop }) } });

const refusals: [string, (p: Parts) => Promise<string>][] = [
  ["that is no JWT", async () => "not.a.jwt"],
  ["sent twice", async (p) => `${await compact(p)}, ${await claim({ jti: "other" })(p)}`],
  ["without typ", header({ typ: undefined })],
  ["of another typ", header({ typ: "JWT" })],
  ["without alg", header({ alg: undefined })],
  ["of alg none", async (p) => `${text({ ...p.header, alg: "none" })}.${text(p.claims)}.`],
  ["of HS256, its secret in jwk", secret],
  ["of RS256", rsa("RS256")],
  ["of PS256", rsa("PS256")],
  ["without jwk", header({ jwk: undefined })],
  ["with the private key in jwk", async (p) => header({ jwk: await exportJWK(p.key) })(p)],
  ["with a symmetric key in jwk", header({ jwk: { kty: "oct", k: "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0" } })],
  ["with another key in jwk", async (p) => header({ jwk: (await newKey()).jwk })(p)],
  ["without jti", claim({ jti: undefined })],
  ["with an empty jti", claim({ jti: "" })],
  ["with a jti of 300 characters", claim({ jti: "j".repeat(300) })],
  ["without htm", claim({ htm: undefined })],
  ["for another method", claim({ htm: "PUT" })],
  ["for the method in small letters", async (p) => claim({ htm: (p.claims.htm as string).toLowerCase() })(p)],
  ["without htu", claim({ htu: undefined })],
  ["for another host", async (p) => claim({ htu: (p.claims.htu as string).replace("tipoff.", "other.") })(p)],
  ["for another path", async (p) => claim({ htu: `${p.claims.htu}/` })(p)],
  ["for another scheme", async (p) => claim({ htu: (p.claims.htu as string).replace("https:", "http:") })(p)],
  ["for another port", async (p) => claim({ htu: (p.claims.htu as string).replace(".example", ".example:8443") })(p)],
  ["for a path without a host", async (p) => claim({ htu: new URL(p.claims.htu as string).pathname })(p)],
  ["without iat", claim({ iat: undefined })],
  ["made an hour ago", async (p) => claim({ iat: now() - 3_600 })(p)],
  ["made more than a minute ago", async (p) => claim({ iat: now() - 62 })(p)],
  ["made in an hour", async (p) => claim({ iat: now() + 3_600 })(p)],
  ["whose iat is text", async (p) => claim({ iat: String(now()) })(p)],
  ["that has expired", async (p) => claim({ exp: now() - 30 })(p)],
];

describe.each(refusals)("a proof %s is invalid_dpop_proof", (_name, spoil) => {
  test("at the token endpoint", async () => {
    const before = await usedUp();
    const proof = await atToken();
    const answer = await askWith(await spoil(proof));
    expect([answer.status, answer.body.error]).toEqual([400, "invalid_dpop_proof"]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await usedUp()).toBe(before);
    expect((await askWith(await compact(proof))).status).toBe(200);
  });

  test("at a resource", async () => {
    const before = await usedUp();
    const proof = await atFeed();
    const answer = await readWith(await spoil(proof));
    expect([answer.status, answer.body.type]).toEqual([401, `${url}/problems/unauthenticated`]);
    expect(answer.headers.get("www-authenticate")).toMatch(
      /^DPoP error="invalid_dpop_proof", .*algs="EdDSA Ed25519 ES256"/,
    );
    expect(await usedUp()).toBe(before);
    expect((await readWith(await compact(proof))).status).toBe(200);
  });
});

test.each<[string, Record<string, unknown>]>([
  ["with a query and a fragment in htu", { htu: `${url}/v1/feed?limit=3#top` }],
  ["whose host is in capitals and whose port is said", { htu: "HTTPS://TIPOFF.example:443/v1/feed" }],
  ["made half a minute ago", { iat: now() - 30 }],
  ["made by a clock half a minute ahead", { iat: now() + 30 }],
])("a proof %s passes", async (_name, change) => {
  expect((await readWith(await claim(change)(await atFeed()), undefined, "/v1/feed?limit=7")).status).toBe(200);
});

test("a P-256 key's proof binds the token to that key", async () => {
  const { key, jwk, kid } = await newKey("ES256");
  const sign = async ({ claims }: Parts) =>
    new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk: jwk as never }).sign(key);
  const given = await askWith(await sign(await atToken()));
  expect(given.body.token_type).toBe("DPoP");
  token = given.body.access_token;
  expect(JSON.parse(atob(token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"))).cnf).toEqual({ jkt: kid });
  expect((await readWith(await sign(await atFeed()))).status).toBe(200);
});

test("a proof is used once, however many send it at once, at the token endpoint as at a resource", async () => {
  for (const send of [
    async () => {
      const proof = await compact(await atToken());
      return () => askWith(proof);
    },
    async () => {
      const proof = await compact(await atFeed());
      return () => readWith(proof);
    },
  ]) {
    const again = await send();
    const answers = await Promise.all(Array.from({ length: 8 }, again));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    const late = await again();
    expect(late.body.error ?? late.headers.get("www-authenticate")).toContain("invalid_dpop_proof");
  }
});

test("an assertion is not used up by a request whose proof was used before", async () => {
  const [proof, assertion] = [await compact(await atToken()), await chirper.assertion()];
  expect((await askWith(proof)).status).toBe(200);
  expect((await askWith(proof, assertion)).body.error).toBe("invalid_dpop_proof");
  expect((await askWith(await compact(await atToken()), assertion)).status).toBe(200);
});

test("law enforcement, the steward, the scopes admin and keys and whoever is enrolled so need a proof; others may bring one", async () => {
  const [agency, steward] = [await enrol("cyber-unit", "law_enforcement"), await enrol("steward", "steward")];
  const needs = async (member: Member) => (await member.requestToken({}, undefined, false)).body;
  expect((await needs(agency)).error).toBe("invalid_dpop_proof");
  expect((await needs(steward)).error).toBe("invalid_dpop_proof");
  const scoped = async (scope: string) => (await chirper.requestToken({ scope }, undefined, false)).body;
  expect((await scoped("keys match")).error).toBe("invalid_dpop_proof");
  expect(await scoped("match")).toMatchObject({ token_type: "Bearer", scope: "match" });
  expect((await needs(chirper)).scope.split(" ")).not.toContain("keys");
  expect((await needs(chirper)).token_type).toBe("Bearer");
  const { access_token } = await needs(chirper);
  await changePartner(await exchangeNow(), "chirper", { dpop: true });
  expect((await needs(chirper)).error).toBe("invalid_dpop_proof");
  expect((await readWith(undefined, `Bearer ${access_token}`)).status).toBe(401);
  expect((await agency.requestToken()).body.token_type).toBe("DPoP");
});

describe("a resource's challenge", () => {
  const where = `realm="tipoff", resource_metadata="${url}/.well-known/oauth-protected-resource"`;
  const dpop = `algs="EdDSA Ed25519 ES256", ${where}`;
  const challenged = async (answer: ReturnType<typeof readWith>) => {
    const { status, headers } = await answer;
    return [status, headers.get("www-authenticate")?.replaceAll(/ error_description="[^"]+",/g, "")];
  };

  test("names both schemes and no error where no token was sent, or one was sent elsewhere than in the header", async () => {
    const bearer = (await chirper.requestToken()).body.access_token;
    const none = [401, `Bearer ${where}, DPoP ${dpop}`];
    expect(await challenged(http("GET", "/v1/me"))).toEqual(none);
    expect(await challenged(http("GET", `/v1/me?access_token=${bearer}`))).toEqual(none);
    expect(await challenged(http("POST", "/v1/match", { body: { questions: [], access_token: bearer } }))).toEqual(
      none,
    );
    const raw = new URLSearchParams({ access_token: bearer }).toString();
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(await challenged(http("POST", "/v1/match", { raw, headers: form }))).toEqual(none);
    expect(await challenged(http("GET", "/v1/me", { headers: { cookie: `access_token=${bearer}` } }))).toEqual(none);
    expect((await readWith(undefined, `Bearer ${bearer}`)).status).toBe(200);
  });

  test("is invalid_token in the scheme used, for a token of the other scheme, of another key, or none of ours", async () => {
    const bearer = (await chirper.requestToken()).body.access_token;
    const [asBearer, asDpop] = [
      [401, `Bearer error="invalid_token", ${where}, DPoP ${dpop}`],
      [401, `DPoP error="invalid_token", ${dpop}, Bearer ${where}`],
    ];
    const proof = async (access: string) => compact(await parts("GET", "/v1/feed", access));
    expect(await challenged(readWith(undefined, `Bearer ${token}`))).toEqual(asBearer);
    expect(await challenged(readWith(await proof(token), `Bearer ${token}`))).toEqual(asBearer);
    expect(await challenged(readWith(undefined, "Bearer nonsense"))).toEqual(asBearer);
    expect(await challenged(readWith(await proof(bearer), `DPoP ${bearer}`))).toEqual(asDpop);
    const [other, mine] = [await newKey(), await atFeed()];
    const byOther = { ...mine, header: { ...mine.header, jwk: other.jwk }, key: other.key as unknown as CryptoKey };
    expect(await challenged(readWith(await compact(byOther)))).toEqual(asDpop);
    expect((await readWith(await compact(mine))).status).toBe(200);
  });

  test("is invalid_dpop_proof for no proof, none of the token, and another token's", async () => {
    const refused = [401, `DPoP error="invalid_dpop_proof", ${dpop}, Bearer ${where}`];
    const mine = await atFeed();
    expect(await challenged(readWith(undefined))).toEqual(refused);
    expect(await challenged(readWith(await claim({ ath: undefined })(mine)))).toEqual(refused);
    expect(await challenged(readWith(await claim({ ath: await sha256("another") })(mine)))).toEqual(refused);
    expect((await readWith(await compact(mine))).status).toBe(200);
  });

  test("is insufficient_scope, and names the scope, where that is what is missing", async () => {
    const narrow = (await chirper.requestToken({ scope: "feedback" })).body.access_token;
    expect(await challenged(readWith(undefined, `Bearer ${narrow}`))).toEqual([
      403,
      `Bearer error="insufficient_scope", scope="tips:read", ${where}, DPoP ${dpop}`,
    ]);
  });
});
