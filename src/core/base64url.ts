/** Base64url without padding, canonical only (RFC 7515, section 2; RFC 4648, section 3.5). */
import { base64url } from "jose";

/** Node's own, where it is there: before Node has `toBase64`, what runs everywhere takes many times as long. */
const { Buffer } = globalThis as {
  Buffer?: {
    from(text: string, encoding: "base64url"): Uint8Array;
    from(bytes: ArrayBufferLike, start: number, length: number): { toString(encoding: "base64url"): string };
  };
};

export function encode(bytes: Uint8Array | string): string {
  if (!Buffer || typeof bytes === "string") return base64url.encode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

/** The bytes of a strict, unpadded, canonical text; undefined for anything else. */
export function decode(text: string): Uint8Array | undefined {
  const bytes = decodeLoosely(text);
  // Padding, white space, another alphabet or spare bits that are not zero: one document would have several spellings.
  return bytes && encode(bytes) === text ? bytes : undefined;
}

function decodeLoosely(text: string): Uint8Array | undefined {
  // A copy: small ones share memory with others.
  if (Buffer) return new Uint8Array(Buffer.from(text, "base64url"));
  try {
    return base64url.decode(text);
  } catch {
    return undefined;
  }
}
