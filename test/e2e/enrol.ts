/** A platform that joins by an invitation with a P-256 key, which our own client does not make. */
import { CompactSign, calculateJwkThumbprint, exportJWK, type JWK } from "jose";
import { connect } from "../../src/client/connect.ts";
import type { Profile } from "../../src/client/profile.ts";
import { sha256 } from "../../src/core/envelope.ts";

export async function enrolWithP256(
  stewardProfile: Profile,
  slug: string,
  change: { dpop?: boolean } = {},
): Promise<{ kid: string; key: CryptoKey; jwk: JWK }> {
  const { exchange, url } = stewardProfile;
  const steward = await connect(stewardProfile);
  const enrolment = { slug, name: slug, kind: "platform", country: "XA", scopes: ["tips:read", "match"], ...change };
  await steward.call("POST", "/v1/partners", enrolment);
  const { code } = await steward.call<{ code: string }>("POST", `/v1/partners/${slug}/invitations`, {});
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const { kty, crv, x, y } = (await exportJWK(pair.publicKey)) as Record<string, string>;
  const open = { kty, crv, x, y } as JWK;
  const kid = await calculateJwkThumbprint(open);
  const claims = { exchange, code_sha256: await sha256(code), thumbprint: kid };
  const proof = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "ES256", typ: "join+jws" })
    .sign(pair.privateKey);
  const joined = await fetch(`${url}/join`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code, jwk: open, proof }),
  });
  if (joined.status !== 201) throw new Error(await joined.text());
  return { kid, key: pair.privateKey, jwk: await exportJWK(pair.privateKey) };
}
