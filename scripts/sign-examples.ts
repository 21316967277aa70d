/**
 * Writes src/api/examples.ts: the reference's signed examples, really signed. The sample keys come from the names below, so
 * that anybody can make the same signatures, and nobody takes such a key for a secret. Run it after a change here.
 */
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { CompactSign, type CryptoKey, calculateJwkThumbprint, importJWK, type JWK, SignJWT } from "jose";
import { encode } from "../src/core/base64url.ts";
import { digest, type Envelope, sha256, sign } from "../src/core/envelope.ts";

const exchange = "https://tipoff.example";
const tip = "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11";
const code = "Zm9yLXRoZS1yZWZlcmVuY2Utb25seQ";
const at = (time: string) => Math.floor(Date.parse(`2026-11-23T${time}Z`) / 1_000);

interface SampleKey {
  kid: string;
  alg: "EdDSA";
  key: CryptoKey;
  jwk: { kty: "OKP"; crv: "Ed25519"; x: string };
}

async function sampleKey(name: string): Promise<SampleKey> {
  const seed = createHash("sha256").update(`tipoff sample key: ${name}`).digest();
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { x } = createPublicKey(secret).export({ format: "jwk" }) as { x: string };
  const jwk = { kty: "OKP", crv: "Ed25519", x } as const;
  const key = (await importJWK(secret.export({ format: "jwk" }) as JWK, "EdDSA")) as CryptoKey;
  return { kid: await calculateJwkThumbprint(jwk), alg: "EdDSA", key, jwk };
}

const payloadOf = (envelope: Envelope): Uint8Array => Buffer.from(envelope.payload, "base64url");

const compact = (claims: Record<string, unknown>, typ: string, { key, kid }: SampleKey, named = false) =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "EdDSA", ...(named && { kid }), typ })
    .sign(key);

const audienceDocument = {
  exchange,
  from: "chirper",
  tip,
  version: 1,
  revision: 1,
  previous: null,
  salt: encode(createHash("sha256").update("salt of the first audience").digest().subarray(0, 16)),
  to: ["platforms", "group:election-cell"],
  except: [],
};

const tipDocument = {
  exchange,
  tip,
  version: 1,
  from: "chirper",
  issued_at: "2026-11-23T13:40:00Z",
  expires_at: "2027-11-23T00:00:00Z",
  tlp: "amber",
  handling: ["human-review", "no-publication"],
  embargo: { until: "2026-11-23T15:00:00Z", no: ["publication", "enforcement", "user-notice"] },
  ask: { for: ["investigate", "preserve"], urgency: "urgent", respond_by: "2026-11-23T14:45:00Z" },
  contact: { team: "Threat intelligence", email: "ti@chirper.example", hours: "24x7" },
  basis: ["shared-infrastructure", "timing"],
  operation: {
    id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11",
    name: "Harbour Lantern",
    summary: "Amplification network posing as local residents.",
    assessment: { actor_type: "state-linked", confidence: 70 },
    measures: [{ what: "accounts", platform: "chirper", count: 936 }],
  },
  indicators: [
    {
      type: "account",
      platform: "facepage",
      kind: "page",
      id: "100200300",
      handle: "harbour.voice",
      control: "operated",
      role: "amplifier",
      confidence: 90,
    },
    { type: "domain", value: "harbour-news.example", control: "operated", role: "brand-site" },
    { type: "ip", value: "203.0.113.0/24", service: "vpn", provider: "ExampleVPN" },
    {
      type: "hash",
      algorithm: "pdq",
      of: "image",
      value: "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
    },
  ],
};

/** Everything signed that the reference shows; the same each time, since Ed25519 is deterministic. */
export async function signExamples() {
  const [chirper, ours, fresh, facepage] = await Promise.all(
    ["chirper", "the exchange", "a new key", "facepage"].map(sampleKey),
  );
  const author = chirper as SampleKey;
  const server = ours as SampleKey;
  const added = fresh as SampleKey;
  const recipient = facepage as SampleKey;
  const audience = await sign(audienceDocument, "audience+jws", author);
  const signedTip = await sign({ ...tipDocument, audience: await sha256(payloadOf(audience)) }, "tip+jws", author);
  const tipDigest = await digest(signedTip);
  const accepted = { tip, version: 1, digest: tipDigest, seq: 4711, accepted_at: "2026-11-23T13:40:02.118Z" };
  const nextAudience = await sign(
    {
      ...audienceDocument,
      revision: 2,
      previous: await digest(audience),
      salt: encode(createHash("sha256").update("salt of the second audience").digest().subarray(0, 16)),
      to: ["platforms", "group:election-cell", "law-enforcement:XA"],
    },
    "audience+jws",
    author,
  );
  const withdrawal = await sign(
    {
      exchange,
      from: "chirper",
      tip,
      version: 1,
      digest: tipDigest,
      reason: "mistake",
      note: "The page is a newspaper's.",
    },
    "withdrawal+jws",
    author,
  );
  const feedback = await sign(
    {
      exchange,
      from: "facepage",
      tip,
      version: 1,
      digest: tipDigest,
      issued_at: "2026-11-23T14:10:00Z",
      indicators: [{ ordinals: [0], status: "found", already_known: false, seen: { count: 1, last: "2026-11-22" } }],
    },
    "feedback+jws",
    recipient,
  );
  const assertion = await new SignJWT({ jti: "3f1b8a52-6f0e-4f43-8f5c-8d3f5a5b7c01" })
    .setProtectedHeader({ alg: "EdDSA", kid: author.kid })
    .setIssuer("chirper")
    .setSubject("chirper")
    .setAudience(exchange)
    .setIssuedAt(at("13:39:00"))
    .setExpirationTime(at("13:40:00"))
    .sign(author.key);
  const accessToken = await new SignJWT({
    client_id: "chirper",
    scope: "tips:read tips:write",
    key: author.kid,
    cnf: { jkt: author.kid },
  })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: server.kid })
    .setIssuer(exchange)
    .setSubject("chirper")
    .setAudience(exchange)
    .setIssuedAt(at("13:39:00"))
    .setExpirationTime(at("13:44:00"))
    .setJti("0f5b2f0e-58f4-4d0c-9a33-0f8e0d1c2b3a")
    .sign(server.key);
  return {
    keys: {
      chirper: { kid: author.kid, jwk: author.jwk },
      exchange: { ...server.jwk, kid: server.kid, alg: "EdDSA", use: "sig" },
      added: { kid: added.kid, jwk: added.jwk },
      facepage: { kid: recipient.kid, jwk: recipient.jwk },
    },
    tip: signedTip,
    audience,
    audience_digest: await digest(audience),
    accepted: { ...accepted, receipt: await compact({ iss: exchange, ...accepted }, "receipt+jws", server, true) },
    nextAudience,
    next_audience_digest: await digest(nextAudience),
    withdrawal,
    feedback,
    feedback_digest: await digest(feedback),
    assertion,
    accessToken,
    invitation: code,
    joinProof: await compact({ exchange, thumbprint: added.kid, code_sha256: await sha256(code) }, "join+jws", added),
    keyProof: await compact({ exchange, partner: "chirper", thumbprint: added.kid }, "key+jws", added),
  };
}

export const examplesFile = path.join(import.meta.dirname, "..", "src", "api", "examples.ts");

/** A signed text as the call that makes it: what was signed is kept as it reads, since base64url does not compress. */
function callOf(name: string, jws: string): string {
  const [header, payload, signature] = jws.split(".") as [string, string, string];
  const read = (part: string) => JSON.stringify(Buffer.from(part, "base64url").toString());
  return `${name}(${read(header)}, ${read(payload)}, "${signature}")`;
}

/** A value as source text. */
function sourceOf(value: unknown): string {
  if (typeof value === "string")
    return /^eyJ[^.]*\.[^.]*\./.test(value) ? callOf("compact", value) : JSON.stringify(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("protected" in value) {
    const { protected: header, payload, signature } = value as Envelope;
    return callOf("flattened", `${header}.${payload}.${signature}`);
  }
  return `{ ${Object.entries(value).map(([name, inner]) => `${name}: ${sourceOf(inner)}`)} }`;
}

export const examplesText =
  async (): Promise<string> => `/** The reference's signed examples. Made by scripts/sign-examples.ts: change them there. */
import { encode } from "../core/base64url.ts";

const flattened = (header: string, payload: string, signature: string) => ({
  protected: encode(header),
  payload: encode(payload),
  signature,
});
const compact = (header: string, payload: string, signature: string) =>
  \`\${encode(header)}.\${encode(payload)}.\${signature}\`;

export const examples = ${sourceOf(await signExamples())} as const;
`;

if (process.argv[1] === import.meta.filename) writeFileSync(examplesFile, await examplesText());
