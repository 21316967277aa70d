/** The signed examples are what they say: anybody can verify them under the sample keys. */
import { type CryptoKey, compactVerify, importJWK, type JWK, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { signExamples } from "../../../scripts/sign-examples.ts";
import { examples } from "../../../src/api/examples.ts";
import { decoded } from "../../../src/api/tips/sample.ts";
import { audienceFaults, audienceSchema, withdrawalSchema } from "../../../src/core/audience.ts";
import { deriveTip } from "../../../src/core/derive-tip.ts";
import { type DocumentType, digest, open, sha256, verify } from "../../../src/core/envelope.ts";
import { staticSites } from "../../../src/core/indicators/platforms.ts";
import { tipSchema } from "../../../src/core/tip.ts";
import { proveKey } from "../../../src/exchange/proof-of-possession.ts";

const { keys } = examples;
const now = Date.parse("2026-11-23T13:40:02Z");
const imported = async (jwk: object) => (await importJWK(jwk as JWK, "EdDSA")) as CryptoKey;

test("the file is what the script makes", async () => {
  expect(examples).toEqual(await signExamples());
});

test.each<[DocumentType, keyof typeof examples]>([
  ["tip+jws", "tip"],
  ["audience+jws", "audience"],
  ["audience+jws", "nextAudience"],
  ["withdrawal+jws", "withdrawal"],
])("the %s verifies under chirper's sample key", async (type, name) => {
  const opened = open(examples[name], type);
  if (!opened.ok) throw new Error(opened.error);
  expect(opened.value.kid).toBe(keys.chirper.kid);
  expect(await verify(opened.value, await imported(keys.chirper.jwk))).toBe(true);
});

test("tip, audience and withdrawal are acceptable and name each other by digest", async () => {
  const document = tipSchema.parse(decoded(examples.tip));
  const audience = audienceSchema.parse(decoded(examples.audience));
  expect(document.audience).toBe(await sha256(Buffer.from(examples.audience.payload, "base64url")));
  expect(audienceFaults(audience, { tlp: document.tlp, handling: document.handling ?? [], embargoed: true })).toEqual(
    [],
  );
  expect((await deriveTip(document, staticSites, now, now + 86_400_000)).ok).toBe(true);
  expect(examples.accepted.digest).toBe(await digest(examples.tip));
  expect(audienceSchema.parse(decoded(examples.nextAudience)).previous).toBe(await digest(examples.audience));
  expect(examples.next_audience_digest).toBe(await digest(examples.nextAudience));
  expect(withdrawalSchema.parse(decoded(examples.withdrawal)).digest).toBe(examples.accepted.digest);
});

test("receipt and access token are the exchange's, for that tip and that key", async () => {
  const exchange = await imported(keys.exchange);
  const { payload } = await compactVerify(examples.accepted.receipt, exchange);
  const { receipt: _receipt, ...accepted } = examples.accepted;
  expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ iss: "https://tipoff.example", ...accepted });
  const currentDate = new Date(now);
  expect((await jwtVerify(examples.accessToken, exchange, { typ: "at+jwt", currentDate })).payload.sub).toBe("chirper");
  const assertion = await jwtVerify(examples.assertion, await imported(keys.chirper.jwk), {
    currentDate: new Date("2026-11-23T13:39:30Z"),
  });
  expect(assertion.payload).toMatchObject({ iss: "chirper", sub: "chirper", aud: "https://tipoff.example" });
});

test("the proofs of possession are accepted", async () => {
  const exchange = "https://tipoff.example";
  const code_sha256 = await sha256(examples.invitation);
  const { jwk, kid } = keys.added;
  for (const proven of [
    await proveKey(jwk, examples.joinProof, "join+jws", { exchange, code_sha256 }),
    await proveKey(jwk, examples.keyProof, "key+jws", { exchange, partner: "chirper" }),
  ]) {
    expect(proven).toEqual({ ok: true, value: { kid, jwk } });
  }
});
