/**
 * Text folding, SHA-256 and index keys. A digest is over the UTF-8 of the canonical value, base64url without padding.
 * A key is `<prefix>:<value>`, or `<prefix>#<digest>` where the value is longer than 64 bytes; the two never meet.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { decode, encode } from "../base64url.ts";

const utf8 = new TextEncoder();

export const digestOf = (text: string): string => encode(sha256(utf8.encode(text)));

/** A stated digest, hex or base64url, as base64url; undefined where it is neither. */
export function readDigest(text: string): string | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) {
    return encode(Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(trimmed.slice(at * 2, at * 2 + 2), 16)));
  }
  return trimmed.length === 43 && decode(trimmed) ? trimmed : undefined;
}

export function keyFor(prefix: string, value: string): string {
  // A UTF-16 unit is at most three bytes, so short values need no encoding to be measured.
  const long = value.length > 64 || (value.length > 21 && /[^ -~]/.test(value) && utf8.encode(value).length > 64);
  return long ? `${prefix}#${digestOf(value)}` : `${prefix}:${value}`;
}

/** Plainly so, as most handles are. */
export const isFolded = (text: string): boolean => /^[a-z0-9_.]+$/.test(text);

/** NFKC, lower case, white space collapsed and trimmed, leading characters of `lead` dropped; a fixed point. */
export function fold(text: string, lead?: RegExp): string {
  if (isFolded(text)) return text;
  let folded = text;
  // Lower-casing can undo NFKC and the other way round; four rounds are more than Unicode 16 needs.
  for (let round = 0; round < 4; round++) {
    let next = folded.normalize("NFKC").toLowerCase().normalize("NFKC").replace(/\s+/g, " ").trim();
    if (lead) next = next.replace(lead, "");
    if (next === folded) break;
    folded = next;
  }
  return folded;
}

/** A handle: folded, without its leading @. */
export const foldHandle = (text: string): string => fold(text, /^[@\s]+/);
