/** One valid request for each route, as its material: what can be mutated before and after signing is apart. */

import type { Connection } from "../../../src/client/connect.ts";
import { newTipId } from "../../../src/client/tips.ts";
import { decode } from "../../../src/core/base64url.ts";
import { sha256, sign } from "../../../src/core/envelope.ts";
import { eventUuid } from "../../../src/formats/misp/uuid.ts";
import { type Known, type Material, nobody, operation } from "./material.ts";
import { replies } from "./reply-requests.ts";
import { taxii } from "./taxii-requests.ts";

/** A port nobody listens at: mutations of it lead nowhere else, since http is for this machine alone. */
export const nobodysHook = "http://127.0.0.1:9/hook";
const deeds = {
  prove: { code: "not-it" },
  pause: undefined,
  resume: undefined,
  rotate: { drop_former: true },
  test: { types: ["published"] },
  recover: { since: new Date(Date.now() - 60_000).toISOString() },
};

const accountable = { exchange: "", from: "chirper" };
const indicators = [
  {
    type: "account",
    platform: "facepage",
    id: "1234567",
    handle: "harbour_voice",
    followers: 12,
    control: "operated",
    confidence: 80,
  },
  { type: "ip", value: "203.0.113.0/24", service: "vpn" },
  { type: "domain", value: "harbour-news.example", role: "brand-site" },
  { type: "url", value: "https://harbour-news.example/a?utm_source=x#y" },
  { type: "hash", algorithm: "sha256", value: "ab".repeat(32) },
  {
    type: "hash",
    algorithm: "pdq",
    of: "image",
    value: "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
  },
  { type: "email", value: "someone@harbour-news.example" },
  { type: "phone", value: "+4915112345678" },
  { type: "post", platform: "x", url: "https://x.com/harbour_voice/status/1234567890123456789" },
  { type: "hashtag", value: "#HarbourNews" },
  { type: "name", kind: "persona", value: "Jane Harbour" },
  { type: "app", store: "google-play", id: "com.harbour.news" },
  { type: "wallet", chain: "bitcoin", id: "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq" },
];
const document = {
  tlp: "amber",
  handling: ["human-review"],
  ask: { for: ["preserve"], urgency: "urgent", respond_by: "2030-01-01T00:00:00Z" },
  contact: { team: "Threat intelligence", email: "ti@chirper.example" },
  basis: ["timing"],
  operation,
  indicators,
  relates_to: [{ tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11", relation: "adds-to" }],
};
const audience = { revision: 1, previous: null, salt: "AAAAAAAAAAAAAAAAAAAAAA", to: ["platforms"], except: [] };
const questions = [
  "@harbour_voice",
  "203.0.113.9",
  "harbour-news.example",
  { type: "hash", algorithm: "sha256", value: "ab".repeat(32) },
];
const jwk = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
const since = { since: "2026-01-01T00:00:00Z" };
const token =
  "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c&scope=tips%3Aread";

/** By route, as the app names it. */
export const requests: Record<string, (known: Known) => Material> = {
  "GET /.well-known/oauth-authorization-server": () => ({
    as: "nobody",
    path: "/.well-known/oauth-authorization-server",
  }),
  "GET /": () => ({ as: "nobody", path: "/" }),
  "GET /docs": () => ({ as: "nobody", path: "/docs" }),
  "GET /openapi.json": () => ({ as: "nobody", path: "/openapi.json" }),
  "GET /problems/:slug": () => ({ as: "nobody", path: "/problems/rate" }),
  "GET /.well-known/oauth-protected-resource": () => ({ as: "nobody", path: "/.well-known/oauth-protected-resource" }),
  "GET /.well-known/jwks.json": () => ({ as: "nobody", path: "/.well-known/jwks.json" }),
  "POST /oauth/token": () => ({ as: "nobody", path: "/oauth/token", form: token }),
  "POST /join": () => ({ as: "nobody", path: "/join", body: { code: "a".repeat(32), jwk, proof: "a.b.c" } }),
  "POST /v1/tips": () => ({ as: "chirper", path: "/v1/tips", documents: { tip: document, audience } }),
  "PUT /v1/tips/:tip/audience": ({ tip, audience_digest }) => ({
    as: "chirper",
    path: `/v1/tips/${tip}/audience`,
    documents: { audience: { ...audience, tip, version: 1, revision: 2, previous: audience_digest } },
  }),
  "POST /v1/tips/:tip/withdrawal": ({ tip, digest }) => ({
    as: "chirper",
    path: `/v1/tips/${tip}/withdrawal`,
    documents: { withdrawal: { tip, version: 1, digest, reason: "mistake", note: "x" } },
  }),
  ...replies,
  "GET /v1/tips/:tip": ({ tip }) => ({ as: "facepage", path: `/v1/tips/${tip}` }),
  "GET /v1/tips": ({ cursor }) => ({
    as: "facepage",
    path: "/v1/tips",
    query: {
      from: "chirper",
      tlp: "amber",
      type: "ip",
      platform: "x",
      since: "2026-01-01",
      urgency: "urgent",
      triage: "open",
      assignee: "ana",
      for_you: "true",
      limit: "5",
      after: cursor,
    },
  }),
  "GET /v1/feed": ({ cursor }) => ({
    as: "cyber-unit",
    path: "/v1/feed",
    query: { limit: "3", documents: "true", after: cursor, wait: "1" },
  }),
  "GET /v1/stream": ({ cursor }) => ({
    as: "facepage",
    path: "/v1/stream",
    query: { documents: "true", after: cursor },
  }),
  "GET /v1/indicators": ({ cursor }) => ({
    as: "facepage",
    path: "/v1/indicators",
    query: { type: "domain", platform: "x", from: "chirper", operation: operation.id, limit: "5", after: cursor },
  }),
  "GET /v1/tips/:tip/print": ({ tip }) => ({ as: "facepage", path: `/v1/tips/${tip}/print` }),
  "GET /v1/export": () => ({
    as: "facepage",
    path: "/v1/export",
    query: { format: "csv", after: "3.0", embargoed: "true", tlp: "amber" },
  }),
  ...taxii,
  ...Object.fromEntries(
    ["/misp", "/misp/embargoed"].flatMap((root) => [
      [`GET ${root}/manifest.json`, () => ({ as: "facepage" as const, path: `${root}/manifest.json` })],
      [`GET ${root}/hashes.csv`, () => ({ as: "cyber-unit" as const, path: `${root}/hashes.csv` })],
      [`GET ${root}/:file`, ({ tip }: Known) => ({ as: "facepage" as const, path: `${root}/${eventUuid(tip)}.json` })],
    ]),
  ),
  "POST /v1/match": () => ({
    as: "facepage",
    path: "/v1/match",
    body: { questions: [...questions, ...indicators], on_host: true },
  }),
  "GET /v1/tips/:tip/accesses": ({ tip }) => ({
    as: "chirper",
    path: `/v1/tips/${tip}/accesses`,
    query: { limit: "2" },
  }),
  "GET /v1/accesses": ({ tip }) => ({
    as: "steward",
    path: "/v1/accesses",
    query: { tip, partner: "facepage", since: "2026-01-01", until: "2027-01-01", limit: "2" },
  }),
  "GET /v1/transparency": () => ({ as: "nobody", path: "/v1/transparency", query: { before: "2026-10" } }),
  "GET /transparency": () => ({ as: "nobody", path: "/transparency" }),
  "GET /v1/partners": () => ({ as: "facepage", path: "/v1/partners", query: { limit: "2", after: "chirper" } }),
  "GET /v1/partners/:slug": () => ({ as: "facepage", path: "/v1/partners/chirper" }),
  "POST /v1/partners": () => ({
    as: "steward",
    path: "/v1/partners",
    body: {
      slug: `fuzz-${newTipId().slice(-12)}`,
      name: "Fuzz",
      kind: "platform",
      country: "XA",
      platforms: ["fuzz"],
      domains: ["fuzz.example"],
      contact: { team: "T" },
      scopes: ["tips:read"],
      dpop: true,
      attestation: "x",
    },
  }),
  "PATCH /v1/partners/:slug": () => ({
    as: "steward",
    path: "/v1/partners/observatory",
    body: {
      name: "The Observatory",
      contact: { team: "T" },
      scopes: ["tips:read", "tips:write"],
      domains: [],
      ownership: "observatory",
      hold: "auto",
    },
  }),
  "POST /v1/partners/:slug/invitations": () => ({
    as: "steward",
    path: "/v1/partners/observatory/invitations",
    body: { hours: 2 },
  }),
  "GET /v1/groups": () => ({ as: "chirper", path: "/v1/groups" }),
  "GET /v1/groups/:group": () => ({ as: "chirper", path: "/v1/groups/election-cell" }),
  "POST /v1/groups": () => ({
    as: "steward",
    path: "/v1/groups",
    body: { slug: `fuzz-${newTipId().slice(-12)}`, name: "Fuzz", mixed: true, open_roster: true },
  }),
  "PUT /v1/groups/:group/members/:partner": () => ({
    as: "steward",
    path: "/v1/groups/harbour-forum/members/facepage",
  }),
  "DELETE /v1/groups/:group/members/:partner": () => ({
    as: "steward",
    path: "/v1/groups/harbour-forum/members/nobody",
  }),
  "POST /v1/subscriptions": () => ({
    as: "chirper",
    path: "/v1/subscriptions",
    body: {
      url: nobodysHook,
      payload: "full",
      filters: { types: ["published"], from: ["chirper"], own: true, min_confidence: 50, tlp: ["amber"] },
      description: "Fuzz",
      contact: { email: "ti@chirper.example" },
    },
  }),
  "GET /v1/subscriptions": () => ({ as: "chirper", path: "/v1/subscriptions" }),
  "GET /v1/subscriptions/:subscription": ({ subscription }) => ({
    as: "chirper",
    path: `/v1/subscriptions/${subscription}`,
  }),
  "PATCH /v1/subscriptions/:subscription": ({ subscription }) => ({
    as: "chirper",
    path: `/v1/subscriptions/${subscription}`,
    body: { url: nobodysHook, payload: "notice", filters: { platforms: ["facepage"] }, description: null },
  }),
  ...Object.fromEntries(
    (["prove", "pause", "resume", "rotate", "test", "recover"] as const).map((deed) => [
      `POST /v1/subscriptions/:subscription/${deed}`,
      ({ subscription }: Known) => ({
        as: "chirper" as const,
        path: `/v1/subscriptions/${subscription}/${deed}`,
        body: deeds[deed],
      }),
    ]),
  ),
  // Another's: the one there is stays.
  "DELETE /v1/subscriptions/:subscription": ({ subscription }) => ({
    as: "facepage",
    path: `/v1/subscriptions/${subscription}`,
  }),
  "GET /v1/subscriptions/:subscription/deliveries": ({ subscription }) => ({
    as: "chirper",
    path: `/v1/subscriptions/${subscription}/deliveries`,
    query: { limit: "10", state: "waiting" },
  }),
  "POST /v1/subscriptions/:subscription/deliveries/:event/resend": ({ subscription }) => ({
    as: "chirper",
    path: `/v1/subscriptions/${subscription}/deliveries/evt_1_1/resend`,
  }),
  "POST /v1/read-tokens": () => ({
    as: "chirper",
    path: "/v1/read-tokens",
    body: { description: "Fuzz", addresses: ["203.0.113.7", "2001:db8::/48"], days: 1 },
  }),
  "GET /v1/read-tokens": () => ({ as: "chirper", path: "/v1/read-tokens", query: { limit: "3", after: nobody } }),
  "DELETE /v1/read-tokens/:read_token": () => ({ as: "chirper", path: `/v1/read-tokens/${nobody}` }),
  "POST /v1/purposes": () => ({
    as: "cyber-unit",
    path: "/v1/purposes",
    body: {
      type: "tipoff_purpose",
      legal_basis: "court-order",
      case: "FUZZ-1",
      unit: "Unit 3",
      until: new Date(Date.now() + 86_400_000).toISOString(),
      non_disclosure: { basis: "order", until: new Date(Date.now() + 86_400_000).toISOString() },
    },
  }),
  "GET /v1/purposes": ({ kid }) => ({ as: "cyber-unit", path: "/v1/purposes", query: { limit: "3", after: kid } }),
  "GET /v1/purposes/:purpose": ({ kid }) => ({ as: "cyber-unit", path: `/v1/purposes/${kid}` }),
  "POST /v1/purposes/:purpose/end": ({ kid }) => ({ as: "cyber-unit", path: `/v1/purposes/${kid}/end` }),
  "GET /v1/partners/:slug/purposes": ({ kid }) => ({
    as: "steward",
    path: "/v1/partners/cyber-unit/purposes",
    query: { limit: "3", after: kid },
  }),
  "POST /v1/partners/:slug/purposes/:purpose/approve": ({ kid }) => ({
    as: "steward",
    path: `/v1/partners/cyber-unit/purposes/${kid}/approve`,
  }),
  "POST /v1/partners/:slug/purposes/:purpose/end": ({ kid }) => ({
    as: "steward",
    path: `/v1/partners/cyber-unit/purposes/${kid}/end`,
  }),
  "GET /v1/me": () => ({ as: "cyber-unit", path: "/v1/me" }),
  "GET /v1/keys": () => ({ as: "chirper", path: "/v1/keys" }),
  "POST /v1/keys": () => ({ as: "chirper", path: "/v1/keys", body: { jwk, proof: "a.b.c" } }),
  "POST /v1/keys/:kid/cancel": ({ kid }) => ({ as: "facepage", path: `/v1/keys/${kid}/cancel` }),
  "POST /v1/keys/:kid/retire": ({ kid }) => ({ as: "facepage", path: `/v1/keys/${kid}/retire` }),
  "POST /v1/keys/:kid/compromise": ({ kid }) => ({ as: "facepage", path: `/v1/keys/${kid}/compromise`, body: since }),
  "POST /v1/partners/:slug/keys/:kid/approve": ({ kid }) => ({
    as: "steward",
    path: `/v1/partners/chirper/keys/${kid}/approve`,
  }),
  "POST /v1/partners/:slug/keys/:kid/compromise": () => ({
    as: "steward",
    path: "/v1/partners/observatory/keys/nobody/compromise",
    body: since,
  }),
};

/** The documents of a request, signed by the caller, whatever they say. */
export async function signAll(
  connection: Connection,
  documents: Record<string, unknown>,
  alone: boolean,
): Promise<unknown> {
  const signer = { key: connection.key, kid: connection.profile.kid, alg: connection.alg };
  const tip = newTipId();
  const base = { ...accountable, exchange: connection.profile.exchange, tip, version: 1 };
  const whole = (given: unknown, more = {}) =>
    typeof given === "object" && given !== null && !Array.isArray(given) ? { ...base, ...more, ...given } : given;
  if (alone) {
    const [[name, given]] = Object.entries(documents) as [[string, unknown]];
    return sign(whole(given), `${name}+jws` as "audience+jws", signer);
  }
  const scope = await sign(whole(documents.audience), "audience+jws", signer);
  const more = { issued_at: new Date().toISOString(), audience: await sha256(decode(scope.payload)!) };
  return { tip: await sign(whole(documents.tip, more), "tip+jws", signer), audience: scope };
}
