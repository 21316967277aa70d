/** Base64url without padding, canonical only (RFC 7515, section 2; RFC 4648, section 3.5). */
import { base64url } from "jose";

export const encode = (bytes: Uint8Array | string): string => base64url.encode(bytes);

/** The bytes of a strict, unpadded, canonical text; undefined for anything else. */
export function decode(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = base64url.decode(text);
  // Spare bits of the last character must be zero, or one document would have several spellings.
  const rest = text.length % 4;
  if (rest !== 0 && base64url.encode(bytes.subarray(bytes.length - (rest - 1))) !== text.slice(-rest)) return undefined;
  return bytes;
}
