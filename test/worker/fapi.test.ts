/**
 * The token endpoint against what the FAPI 2.0 Security Profile asks of client credentials with `private_key_jwt`. Each
 * refusal is one change to a request that passes, and that passes afterwards with the same `jti`: nothing was used up.
 */
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { decode } from "../../src/core/base64url.ts";
import { batch, sql } from "../../src/store/database.ts";
import { insertKey } from "../../src/store/keys.ts";
import { askToken, http, url } from "./http.ts";
import { Member, newKey, purpose } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

type Form = [string, string][];
const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

let chirper: Member;
let facepage: Member;
let agency: Member;
let jti: string;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
  jti = crypto.randomUUID();
});

const now = () => Math.floor(Date.now() / 1_000);
const claims = () => ({ iss: "chirper", sub: "chirper", aud: url, jti, iat: now(), exp: now() + 60 });
const assertion: Member["assertion"] = (change = {}, header = {}, signer = chirper.signer) =>
  chirper.assertion({ jti, ...change }, header, signer);
const formOf = (client_assertion: string): Form => [
  ["grant_type", "client_credentials"],
  ["client_assertion_type", type],
  ["client_assertion", client_assertion],
];
const good = async (): Promise<Form> => formOf(await assertion());
const set = (form: Form, name: string, value: string): Form => [
  ...form.filter(([known]) => known !== name),
  [name, value],
];
const without = (form: Form, name: string): Form => form.filter(([known]) => known !== name);
const usedUp = async () => (await batch(ground(), [sql`SELECT count(*) AS n FROM used_once`]))[0]![0]!.n;

async function isRefused(form: Form, status: number, error: string, headers: Record<string, string> = {}) {
  const answer = await askToken(form, headers);
  expect([answer.status, answer.body.error]).toEqual([status, error]);
  expect(Object.keys(answer.body)).toEqual(["error", "error_description"]);
  expect(answer.body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await usedUp()).toBe(0);
  expect((await askToken(await good())).status).toBe(200);
  return answer;
}

describe("an assertion is invalid_client", () => {
  test.each<[string, () => Promise<string>]>([
    ["that is no JWT", async () => "not.a.jwt"],
    ["that has expired", () => assertion({ iat: now() - 120, exp: now() - 11 })],
    ["that is not valid yet (nbf)", () => assertion({ nbf: now() + 30 })],
    ["that lives more than an hour", () => assertion({ exp: now() + 3_700 })],
    ["for another audience", () => assertion({ aud: "https://other.example" })],
    ["for a resource instead of the issuer", () => assertion({ aud: `${url}/v1/me` })],
    ["with its audience in a list", () => assertion({ aud: [url] })],
    ["with a second audience", () => assertion({ aud: [url, "https://other.example"] })],
    ["without aud", () => assertion({ aud: undefined })],
    ["without iss", () => assertion({ iss: undefined })],
    ["without sub", () => assertion({ sub: undefined })],
    ["without exp", () => assertion({ exp: undefined })],
    ["without jti", () => assertion({ jti: undefined })],
    ["with an empty jti", () => assertion({ jti: "" })],
    ["whose iss is not its sub", () => assertion({ iss: "facepage" })],
    ["of an unknown client", () => assertion({ iss: "nobody", sub: "nobody" })],
    ["that names no key", () => assertion({}, { kid: undefined })],
    ["with another client's key", () => assertion({}, {}, facepage.signer)],
    [
      "signed by another key than it names",
      async () => assertion({}, {}, { ...(await newKey()), kid: chirper.signer.kid }),
    ],
    ["with an unregistered key", async () => assertion({}, {}, await newKey())],
    [
      "with an unregistered key that it brings along",
      async () => {
        const key = await newKey();
        return assertion({}, { kid: chirper.signer.kid, jwk: key.jwk }, key);
      },
    ],
    [
      "of alg none",
      async () =>
        new UnsecuredJWT(claims())
          .encode()
          .replace(/^[^.]+/, btoa(`{"alg":"none","kid":"${chirper.signer.kid}"}`).replaceAll("=", "")),
    ],
    [
      "of HS256 with the public key as the secret",
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: "HS256", kid: chirper.signer.kid })
          .sign(decode(chirper.signer.jwk.x as string)!),
    ],
    ...["RS256", "PS256"].map((alg): [string, () => Promise<string>] => [
      `of ${alg}`,
      async () => {
        const { privateKey } = await generateKeyPair(alg);
        return new SignJWT(claims()).setProtectedHeader({ alg, kid: chirper.signer.kid }).sign(privateKey);
      },
    ]),
  ])("%s", async (_name, make) => {
    const answer = await isRefused(formOf(await make()), 401, "invalid_client");
    // Beside a challenge, oauth4webapi and openid-client would not read `error`.
    expect(answer.headers.get("www-authenticate")).toBeNull();
  });
});

describe("a request is refused", () => {
  const grants = [
    "authorization_code",
    "refresh_token",
    "password",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
  ];
  test.each<[string, number, string, (form: Form) => Form | Promise<Form>]>([
    ["without an assertion", 401, "invalid_client", (form) => without(form, "client_assertion")],
    ["with an empty assertion", 401, "invalid_client", (form) => set(form, "client_assertion", "")],
    ["without an assertion type", 401, "invalid_client", (form) => without(form, "client_assertion_type")],
    [
      "with another assertion type",
      401,
      "invalid_client",
      (form) => set(form, "client_assertion_type", type.replace("jwt", "saml2")),
    ],
    ["with another client_id", 401, "invalid_client", (form) => set(form, "client_id", "facepage")],
    [
      "with a client_secret instead",
      401,
      "invalid_client",
      (form) => [form[0]!, ["client_id", "chirper"], ["client_secret", "s"]],
    ],
    ["with a client_id alone", 401, "invalid_client", (form) => [form[0]!, ["client_id", "chirper"]]],
    ["with a client_secret besides", 400, "invalid_request", (form) => set(form, "client_secret", "s")],
    ["without a grant type", 400, "invalid_request", (form) => without(form, "grant_type")],
    ...grants.map((grant): [string, number, string, (form: Form) => Form] => [
      `for ${grant}`,
      400,
      "unsupported_grant_type",
      (form) => set(form, "grant_type", grant),
    ]),
    ...[
      "grant_type",
      "client_assertion",
      "client_assertion_type",
      "scope",
      "client_id",
      "authorization_details",
      "x-unknown",
    ].map((name): [string, number, string, (form: Form) => Form] => [
      `with ${name} twice`,
      400,
      "invalid_request",
      (form) => {
        const value = form.find(([known]) => known === name)?.[1] ?? "tips:read";
        return [...without(form, name), [name, value], [name, value]];
      },
    ]),
    ["for a scope not granted", 400, "invalid_scope", (form) => set(form, "scope", "tips:read admin")],
    ["for a scope that is none", 400, "invalid_scope", (form) => set(form, "scope", "openid")],
    [
      "with a purpose, by a platform",
      400,
      "invalid_authorization_details",
      (form) => set(form, "authorization_details", purpose()),
    ],
  ])("%s", async (_name, status, error, change) => {
    await isRefused(await change(await good()), status, error);
  });

  test("with Basic credentials, challenging in that scheme; besides an assertion they are one way too many", async () => {
    const headers = { authorization: `Basic ${btoa("chirper:secret")}` };
    const answer = await isRefused([["grant_type", "client_credentials"]], 401, "invalid_client", headers);
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="tipoff"');
    jti = crypto.randomUUID();
    await batch(ground(), [sql`DELETE FROM used_once`]);
    await isRefused(await good(), 400, "invalid_request", headers);
  });

  test("with its parameters in the URL, or as JSON", async () => {
    const form = new URLSearchParams(await good());
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await http("POST", `/oauth/token?${form}`, { raw: "", headers })).body.error).toBe("invalid_request");
    expect((await http("POST", "/oauth/token", { body: Object.fromEntries(form) })).body.error).toBe("invalid_request");
    expect((await http("GET", `/oauth/token?${form}`)).status).toBe(404);
  });

  test("by law enforcement without a purpose, or with one that has ended or is malformed", async () => {
    for (const details of ["", purpose("2020-01-01T00:00:00Z"), "{", "[]", '[{"type":"тип"}]']) {
      const answer = await agency.requestToken({ authorization_details: details });
      expect([answer.status, answer.body.error]).toEqual([400, "invalid_authorization_details"]);
      expect(answer.body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    }
    expect((await agency.requestToken()).body.authorization_details).toEqual([
      expect.objectContaining({ type: "tipoff_purpose", case: "XA-2026-17" }),
    ]);
  });
});

describe("a token is given", () => {
  test.each<[string, (form: Form) => Form | Promise<Form>]>([
    ["for an assertion to the issuer", (form) => form],
    ["for one to the token endpoint", async () => formOf(await assertion({ aud: `${url}/oauth/token` }))],
    [
      "for one that lives an hour, without iat, valid from now",
      async () => formOf(await assertion({ exp: now() + 3_600, iat: undefined, nbf: now() })),
    ],
    ["for one of alg Ed25519 (RFC 9864)", async () => formOf(await assertion({}, { alg: "Ed25519" }))],
    ["beside the client_id it names", (form) => set(form, "client_id", "chirper")],
    ["whatever parameters are unknown", (form) => [...form, ["x-unknown", "1"], ["resource", url], ["resource", url]]],
    ["with every scope granted where scope has no value", (form) => set(form, "scope", "")],
  ])("%s", async (_name, change) => {
    const answer = await askToken(await change(await good()));
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.body).toMatchObject({ token_type: "Bearer", expires_in: 300 });
    expect(answer.body.scope.split(" ")).toContain("tips:write");
    expect([answer.headers.get("cache-control"), answer.headers.get("pragma")]).toEqual(["no-store", "no-cache"]);
  });

  test("for a P-256 key, and for the scopes asked for alone", async () => {
    const signer = await newKey("ES256");
    const at = new Date(Date.now() - 1_000).toISOString();
    await batch(ground(), [
      insertKey({ kid: signer.kid, partner: "chirper", jwk: signer.jwk, active_from: at, introduced_by: null }, at),
    ]);
    const answer = await new Member("chirper", "platform", signer).requestToken({ scope: "match tips:read" });
    expect(answer.body.scope).toBe("match tips:read");
  });

  test("once for an assertion, however many ask at once; another client's jti may be the same", async () => {
    const form = await good();
    const answers = await Promise.all(Array.from({ length: 10 }, () => askToken(form)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
    expect((await askToken(form)).body.error).toBe("invalid_client");
    expect((await askToken(formOf(await assertion({ exp: now() + 90 })))).body.error).toBe("invalid_client");
    expect((await askToken(formOf(await facepage.assertion({ jti })))).status).toBe(200);
  });
});

test("the metadata say what these tests found", async () => {
  const { body } = await http("GET", "/.well-known/oauth-authorization-server");
  const algorithms = ["EdDSA", "Ed25519", "ES256"];
  expect(body).toMatchObject({
    issuer: url,
    token_endpoint: `${url}/oauth/token`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    dpop_signing_alg_values_supported: algorithms,
    authorization_details_types_supported: ["tipoff_purpose"],
    protected_resources: [url],
  });
  expect((await http("GET", new URL(body.jwks_uri).pathname)).body.keys[0].d).toBeUndefined();
  const resource = await http("GET", "/.well-known/oauth-protected-resource");
  expect(resource.body).toMatchObject({
    resource: url,
    authorization_servers: [url],
    scopes_supported: body.scopes_supported,
    bearer_methods_supported: ["header"],
    dpop_signing_alg_values_supported: algorithms,
    dpop_bound_access_tokens_required: false,
  });
});
