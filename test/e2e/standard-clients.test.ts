/** OAuth clients that know nothing of Tipoff, unchanged, over real HTTP: all they are given is the issuer and a key. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { importJWK } from "jose";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Profile } from "../../src/client/profile.ts";
import { enrolWithP256 } from "./enrol.ts";
import { freePort, type Started, start } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-clients-"));
let exchange: Started;
/** What a partner's configuration holds: its slug, its key's thumbprint and the key. */
const partners: Record<string, { slug: string; kid: string; key: CryptoKey }> = {};
let purpose: Record<string, string>;

const profileOf = (slug: string) =>
  JSON.parse(readFileSync(path.join(folder, `home/profiles/${slug}.json`), "utf8")) as Profile;

beforeAll(async () => {
  exchange = await start(folder, await freePort());
  for (const slug of ["chirper", "cyber-unit"]) {
    const { kid, jwk } = profileOf(slug);
    partners[slug] = { slug, kid, key: (await importJWK(jwk, "EdDSA")) as CryptoKey };
  }
  purpose = { authorization_details: JSON.stringify([profileOf("cyber-unit").purpose]) };
  const joined = await enrolWithP256(profileOf("steward"), "guarded", { dpop: true });
  partners.guarded = { slug: "guarded", kid: joined.kid, key: joined.key };
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Session {
  token: { token_type: string; scope?: string; authorization_details?: unknown };
  call(method: string, path: string, body?: unknown): Promise<Response>;
}
type SignIn = (slug: string, bound: boolean, parameters?: Record<string, string>, key?: CryptoKey) => Promise<Session>;

const json = new Headers({ "content-type": "application/json" });
const text = (body: unknown) => (body === undefined ? null : JSON.stringify(body));

const withOauth4webapi: SignIn = async (slug, bound, parameters = {}, key = partners[slug]!.key) => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(exchange.url);
  const found = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, found);
  const client: oauth.Client = { client_id: slug };
  const options = {
    ...insecure,
    ...(bound && { DPoP: oauth.DPoP(client, await oauth.generateKeyPair("ES256")) }),
  };
  const authentication = oauth.PrivateKeyJwt({ key, kid: partners[slug]!.kid });
  const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, options);
  const token = await oauth.processClientCredentialsResponse(server, client, answer);
  return {
    token,
    call: (method, at, body) =>
      oauth.protectedResourceRequest(token.access_token, method, new URL(at, issuer), json, text(body), options),
  };
};

const withOpenidClient: SignIn = async (slug, bound, parameters = {}, key = partners[slug]!.key) => {
  const issuer = new URL(exchange.url);
  const authentication = openid.PrivateKeyJwt({ key, kid: partners[slug]!.kid });
  const config = await openid.discovery(issuer, slug, {}, authentication, {
    algorithm: "oauth2",
    execute: [openid.allowInsecureRequests],
  });
  const options = bound ? { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256")) } : {};
  const token = await openid.clientCredentialsGrant(config, parameters, options);
  return {
    token,
    call: (method, at, body) =>
      openid.fetchProtectedResource(
        config,
        token.access_token,
        new URL(at, issuer),
        method,
        text(body),
        new Headers(json),
        options,
      ),
  };
};

describe.each<[string, SignIn]>([
  ["oauth4webapi", withOauth4webapi],
  ["openid-client", withOpenidClient],
])("%s", (_name, signIn) => {
  test.each<[string, string, boolean]>([
    ["a platform with a bearer token", "chirper", false],
    ["a platform that binds its token by choice", "chirper", true],
    ["a platform with a P-256 key that must bind its token", "guarded", true],
    ["law enforcement with a purpose", "cyber-unit", true],
  ])("finds the exchange, signs in and asks, as %s", async (_who, slug, bound) => {
    const { token, call } = await signIn(slug, bound, slug === "cyber-unit" ? purpose : {});
    expect(token.token_type).toBe(bound ? "dpop" : "bearer");
    expect(await (await call("GET", "/v1/me")).json()).toMatchObject({ partner: slug });
    const asked = await call("POST", "/v1/match", { questions: ["203.0.113.7"] });
    expect(((await asked.json()) as { answers: unknown[] }).answers).toHaveLength(1);
    expect((await call("GET", "/v1/feed?limit=5")).status).toBe(200);
  });

  test("reads which scopes, and which purpose, the token is for", async () => {
    const { token } = await signIn("cyber-unit", true, { ...purpose, scope: "match" });
    expect(token).toMatchObject({ scope: "match", authorization_details: JSON.parse(purpose.authorization_details!) });
  });

  test.each<[string, string, boolean, Record<string, string>, string]>([
    ["no proof where one is needed", "guarded", false, {}, "invalid_dpop_proof"],
    ["no purpose", "cyber-unit", true, {}, "invalid_authorization_details"],
    ["a scope not granted", "guarded", true, { scope: "admin" }, "invalid_scope"],
  ])("reads why it gets no token for %s", async (_what, slug, bound, parameters, error) => {
    await expect(signIn(slug, bound, parameters)).rejects.toMatchObject({
      code: "OAUTH_RESPONSE_BODY_ERROR",
      error,
      error_description: expect.any(String),
    });
  });

  test("reads invalid_client for a key that is not registered", async () => {
    const { privateKey } = await oauth.generateKeyPair("Ed25519");
    await expect(signIn("chirper", false, {}, privateKey)).rejects.toMatchObject({
      error: "invalid_client",
      status: 401,
    });
  });

  test("reads from a challenge what scope is missing", async () => {
    const { call } = await signIn("chirper", true, { scope: "keys" });
    await expect(call("GET", "/v1/feed")).rejects.toMatchObject({
      code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE",
      status: 403,
      cause: [
        { scheme: "dpop", parameters: { error: "insufficient_scope", scope: "tips:read" } },
        { scheme: "bearer", parameters: { realm: "tipoff" } },
      ],
    });
  });
});

test("a client that knows only the resource finds its authorization server through the challenge (RFC 9728)", async () => {
  const url = new URL("/v1/me", exchange.url);
  const insecure = { [oauth.allowInsecureRequests]: true };
  const refused = await oauth
    .protectedResourceRequest("no-token-of-this-exchange", "GET", url, undefined, null, insecure)
    .catch((error: oauth.WWWAuthenticateChallengeError) => error);
  const [bearer] = (refused as oauth.WWWAuthenticateChallengeError).cause;
  expect(bearer).toMatchObject({ scheme: "bearer", parameters: { error: "invalid_token" } });
  const resource = await oauth.processResourceDiscoveryResponse(
    new URL(exchange.url),
    await fetch(bearer!.parameters.resource_metadata!),
  );
  expect(resource.authorization_servers).toEqual([exchange.url]);
  expect((await oauth.resourceDiscoveryRequest(new URL(exchange.url), insecure)).status).toBe(200);
});
