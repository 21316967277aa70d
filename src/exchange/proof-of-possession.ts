/** A new public key with the proof that its private half is held (RFC 7638 thumbprint; compact JWS by the key itself). */
import { type CryptoKey, calculateJwkThumbprint, compactVerify, importJWK, type JWK } from "jose";
import { decode } from "../core/base64url.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { parseStrict } from "../core/strict-json.ts";

export interface Proven {
  kid: string;
  /** Public members only. */
  jwk: JWK;
}

const refused = (detail: string) =>
  err(problem("invalid-request", "The key or its proof is not acceptable.", [{ pointer: "/proof", detail }]));

/** `claims`: what the proof must say, besides the key's `thumbprint`. */
export async function proveKey(
  given: Record<string, unknown>,
  proof: string,
  typ: "join+jws" | "key+jws",
  claims: Record<string, string>,
): Promise<Result<Proven, Problem>> {
  if ("d" in given)
    return err(
      problem("invalid-request", "Never send a private key. Make a new one: this one is no longer secret.", [
        { pointer: "/jwk/d", detail: "Private." },
      ]),
    );
  const { kty, crv, x, y } = given as Record<string, string>;
  const isEd = kty === "OKP" && crv === "Ed25519";
  if (!isEd && !(kty === "EC" && crv === "P-256")) return refused("Use an Ed25519 or P-256 key.");
  // One spelling a key: its thumbprint is its identity.
  for (const part of isEd ? [x] : [x, y]) {
    if (typeof part !== "string" || decode(part)?.length !== 32)
      return refused("Encode the key as canonical base64url.");
  }
  const jwk: JWK = isEd ? { kty, crv, x } : { kty, crv, x, y };
  try {
    const key = (await importJWK(jwk, isEd ? "EdDSA" : "ES256")) as CryptoKey;
    const { payload, protectedHeader } = await compactVerify(proof, key, {
      algorithms: isEd ? ["EdDSA", "Ed25519"] : ["ES256"],
    });
    if (protectedHeader.typ !== typ) return refused(`The proof's typ must be ${typ}.`);
    const kid = await calculateJwkThumbprint(jwk);
    const said = parseStrict(payload);
    for (const [name, value] of Object.entries({ ...claims, thumbprint: kid })) {
      if (!said.ok || (said.value as Record<string, unknown>)?.[name] !== value)
        return refused(`The proof's ${name} is not what it must be.`);
    }
    return ok({ kid, jwk });
  } catch {
    return refused("The proof does not verify under the key.");
  }
}
