/** Joining with an invitation, and adding a key: the pair is made here, and only its public half is sent. */
import { CompactSign, type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { sha256 } from "../core/envelope.ts";
import { problemOf } from "./connect.ts";
import { Unreachable } from "./problem.ts";
import type { Profile } from "./profile.ts";

export interface NewKey {
  kid: string;
  jwk: JWK;
  open: JWK;
  key: CryptoKey;
}

export async function makeKey(): Promise<NewKey> {
  const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const open = await exportJWK(pair.publicKey);
  return {
    kid: await calculateJwkThumbprint(open),
    jwk: await exportJWK(pair.privateKey),
    open,
    key: pair.privateKey as CryptoKey,
  };
}

export const proofOf = (made: NewKey, typ: "join+jws" | "key+jws", claims: Record<string, string>): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify({ ...claims, thumbprint: made.kid })))
    .setProtectedHeader({ alg: "EdDSA", kid: made.kid, typ })
    .sign(made.key);

/** Registers a new key by the invitation's code; the profile is complete and not yet stored. */
export async function join(url: string, code: string): Promise<{ profile: Profile; jwks: { keys: JWK[] } }> {
  const base = url.replace(/\/$/, "");
  try {
    const metadata = (await (await fetch(`${base}/.well-known/oauth-authorization-server`)).json()) as {
      issuer: string;
    };
    const made = await makeKey();
    const proof = await proofOf(made, "join+jws", { exchange: metadata.issuer, code_sha256: await sha256(code) });
    const response = await fetch(`${base}/join`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code, jwk: made.open, proof }),
    });
    if (!response.ok) throw await problemOf(response);
    const joined = (await response.json()) as { exchange: string; partner: string; kid: string; jwks: { keys: JWK[] } };
    return {
      profile: { exchange: joined.exchange, url: base, partner: joined.partner, kid: joined.kid, jwk: made.jwk },
      jwks: joined.jwks,
    };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) throw new Unreachable(base, error);
    throw error;
  }
}
