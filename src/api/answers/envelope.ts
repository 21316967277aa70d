/** Signed documents as they travel: the flattened JWS of each type, with what its payload holds. */
import * as z from "zod";
import { digest } from "../../core/names.ts";
import type { Slug } from "../../core/problem.ts";

const part = (description: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .describe(description);

/** `holds`: the component that describes the decoded payload. */
const signed = (id: string, typ: string, holds: string) =>
  z
    .strictObject({
      protected: part(`Exactly { "alg", "kid", "typ": "${typ}" }, base64url.`),
      payload: part("The document's bytes, base64url.").meta({
        contentEncoding: "base64url",
        contentMediaType: "application/json",
        contentSchema: { $ref: `#/components/schemas/${holds}` },
      }),
      signature: part("Over the ASCII of `protected.payload`, 64 bytes.").length(86),
    })
    .meta({ id, description: `Flattened JWS (RFC 7515, section 7.2.2) of a ${holds}.` });

export const signedTip = signed("SignedTip", "tip+jws", "TipDocument");
export const signedAudience = signed("SignedAudience", "audience+jws", "Audience");
export const signedWithdrawal = signed("SignedWithdrawal", "withdrawal+jws", "Withdrawal");
export const signedFeedback = signed("SignedFeedback", "feedback+jws", "Feedback");

export const documentDigest = digest.describe("SHA-256 over the ASCII of `protected.payload`, base64url.");

export const compact = z.string().regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);

export const receipt = compact.describe(
  "Compact JWS (`receipt+jws`) by the exchange over { iss, tip, version, digest, seq, accepted_at }.",
);

/** What a signed document may be refused for before the deed has its say. */
export const documentProblems = [
  "invalid-envelope",
  "unknown-key",
  "bad-signature",
  "not-the-author",
  "key-not-active",
  "invalid-document",
] as const satisfies readonly Slug[];
