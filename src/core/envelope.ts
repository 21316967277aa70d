/**
 * The envelope of every signed document: JWS JSON serialization, flattened (RFC 7515, section 7.2.2), exactly three members.
 * Guarantees: one spelling for each document, no key taken from the token, no algorithm but ours. Knows nothing of content.
 */
import { type CryptoKey, FlattenedSign } from "jose";
import { decode, encode } from "./base64url.ts";
import { err, ok, type Result } from "./result.ts";
import { parseStrict } from "./strict-json.ts";

export type DocumentType = "tip+jws" | "audience+jws" | "withdrawal+jws" | "feedback+jws";

/** As sent and as kept: strings of strict base64url. */
export interface Envelope {
  protected: string;
  payload: string;
  signature: string;
}

export interface Opened {
  envelope: Envelope;
  alg: "EdDSA" | "Ed25519" | "ES256";
  kid: string;
  /** The payload's bytes. What is signed is their text, behind the header's. */
  bytes: Uint8Array;
  signature: Uint8Array;
}

export const algorithms = ["EdDSA", "Ed25519", "ES256"] as const;

/** Reads an envelope without believing it: the signature is `verify`'s. The error is a sentence for the caller. */
export function open(value: unknown, type: DocumentType): Result<Opened, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return err("Send an object of protected, payload and signature.");
  const members = Object.keys(value).sort().join();
  if (members !== "payload,protected,signature")
    return err("Send exactly the members protected, payload and signature.");
  const envelope = value as Envelope;
  for (const member of ["protected", "payload", "signature"] as const) {
    if (typeof envelope[member] !== "string") return err(`${member} must be a string.`);
  }
  const head = decode(envelope.protected);
  const bytes = decode(envelope.payload);
  const signature = decode(envelope.signature);
  if (!head || !bytes || !signature) return err("Encode all three members as unpadded, canonical base64url.");
  if (signature.length !== 64) return err("The signature must be 64 bytes long.");
  const parsed = parseStrict(head);
  if (!parsed.ok) return err("The protected header is not strict JSON.");
  const header = parsed.value as Record<string, unknown>;
  if (typeof header !== "object" || header === null || Object.keys(header).sort().join() !== "alg,kid,typ") {
    return err("The protected header must hold exactly alg, kid and typ.");
  }
  if (header.typ !== type) return err(`typ must be "${type}".`);
  const alg = algorithms.find((known) => known === header.alg);
  if (!alg) return err("alg must be EdDSA, Ed25519 or ES256.");
  if (typeof header.kid !== "string" || !/^[A-Za-z0-9_-]{43}$/.test(header.kid))
    return err("kid must be the key's RFC 7638 thumbprint.");
  return ok({ envelope, alg, kid: header.kid, bytes, signature });
}

/** The JSON that a payload holds which was accepted, and so was parsed strictly before. */
export const readPayload = (payload: string): unknown => JSON.parse(new TextDecoder().decode(decode(payload)));

/**
 * Whether the signature is the key's over exactly these bytes. By the platform alone: header and members were judged by `open`, and
 * a library would decode the payload a second time.
 */
export async function verify(
  { envelope, alg, signature }: Opened,
  key: CryptoKey,
  signed = signedBytes(envelope),
): Promise<boolean> {
  const algorithm = alg === "ES256" ? { name: "ECDSA", hash: "SHA-256" } : { name: "Ed25519" };
  try {
    return await crypto.subtle.verify(algorithm, key, signature as BufferSource, signed);
  } catch {
    // The key is of another algorithm.
    return false;
  }
}

/** JWS Signing Input (RFC 7515, section 5.1): what is signed, and what the digest is of. */
export const signedBytes = (envelope: Envelope) => utf8.encode(`${envelope.protected}.${envelope.payload}`);
const utf8 = new TextEncoder();

/** SHA-256 over the ASCII of `protected.payload`, base64url: the document's identity. */
export const digest = (envelope: Envelope): Promise<string> => sha256(signedBytes(envelope));

export async function sha256(data: string | Uint8Array): Promise<string> {
  const bytes = typeof data === "string" ? utf8.encode(data) : data;
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource)));
}

/** Signs a document; `alg` is the key's own, EdDSA or ES256. */
export async function sign(
  document: unknown,
  type: DocumentType,
  key: { key: CryptoKey; kid: string; alg: string },
): Promise<Envelope> {
  const payload = new TextEncoder().encode(JSON.stringify(document));
  const signed = await new FlattenedSign(payload)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: type })
    .sign(key.key);
  return { protected: signed.protected!, payload: signed.payload, signature: signed.signature };
}
