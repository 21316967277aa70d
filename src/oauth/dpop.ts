/** DPoP proofs (RFC 9449, section 4.3), judged against the request; single use is the caller's to record. */
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from "jose";
import { algorithms, sha256 } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { err, ok, type Result } from "../core/result.ts";

export interface Proof {
  /** RFC 7638 thumbprint of the proof's key. */
  jkt: string;
  /** To be recorded as used, and until when. */
  once: string;
  until: number;
}

export async function checkProof(
  proof: string | undefined,
  request: { method: string; urls: readonly string[]; token?: string },
  now: number,
): Promise<Result<Proof, string>> {
  if (!proof) return err("Send a DPoP proof (RFC 9449) in the header DPoP.");
  if (proof.includes(",") || proof.length > 4_000) return err("Send exactly one DPoP proof.");
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: "dpop+jwt",
      algorithms: [...algorithms],
      currentDate: new Date(now),
      clockTolerance: limits.skew_seconds,
    });
    const jwk = protectedHeader.jwk as JWK & { d?: unknown };
    if (jwk.d !== undefined) return err("The proof's jwk must be a public key.");
    if (typeof payload.jti !== "string" || payload.jti.length < 1 || payload.jti.length > 256)
      return err("The proof needs a jti.");
    if (payload.htm !== request.method) return err("The proof's htm is not the request's method.");
    if (typeof payload.htu !== "string" || !request.urls.includes(withoutQuery(payload.htu)))
      return err("The proof's htu is not the request's URL.");
    if (typeof payload.iat !== "number" || Math.abs(now / 1_000 - payload.iat) > limits.proof_seconds)
      return err("The proof's iat is not within 60 seconds.");
    if (request.token !== undefined && payload.ath !== (await sha256(request.token)))
      return err("The proof's ath is not the token's hash.");
    const jkt = await calculateJwkThumbprint(jwk);
    return ok({
      jkt,
      once: `dpop:${await sha256(`${jkt}.${payload.jti}`)}`,
      until: now + 2 * limits.proof_seconds * 1_000,
    });
  } catch {
    return err("The DPoP proof does not verify.");
  }
}

function withoutQuery(url: string): string {
  try {
    const parsed = new URL(url);
    return parsed.origin + parsed.pathname;
  } catch {
    return "";
  }
}
