/**
 * Opaque cursors: a door, an epoch and where to go on, sealed with the exchange's key. Nobody can read from one, or from two
 * being alike, how far it moved: it moves over events and tips that are hidden from its reader. After a restore the epoch is
 * higher and an old cursor is refused.
 */
import { decode, encode } from "../core/base64url.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Reader } from "../store/accesses.ts";
import type { Exchange } from "./exchange.ts";

type Door =
  | "feed"
  | "tips"
  | "operation"
  | "indicators"
  | "deliveries"
  | "accesses"
  | "handed"
  | "recalls"
  | "difference"
  | "taxii"
  | "feedback"
  | "heard";
const ivBytes = 12;
/** Longer than any cursor's text, so that all of a door are of one length. */
const plainBytes = (door: Door): number => (door === "accesses" || door === "handed" || door === "recalls" ? 192 : 80);
const tagBytes = 16;

export async function writeCursor(
  { epoch, key }: Exchange,
  reader: Reader,
  door: Door,
  at: readonly (number | string)[],
): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const plain = new TextEncoder().encode(JSON.stringify([door, epoch, ...at]).padEnd(plainBytes(door)));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(sealing(iv, reader), key.seal, plain));
  const whole = new Uint8Array(ivBytes + sealed.length);
  whole.set(iv);
  whole.set(sealed, ivBytes);
  return encode(whole);
}

/** One partner's cursor is nobody else's. */
const sealing = (iv: Uint8Array, { partner }: Reader): AesGcmParams => ({
  name: "AES-GCM",
  iv: iv as BufferSource,
  additionalData: new TextEncoder().encode(partner),
});

const refused = err(
  problem("malformed-parameter", "Pass `after` exactly as a page's `next` gave it.", [
    { pointer: "/after", detail: "Not a cursor of this door." },
  ]),
);
const old = err(
  problem(
    "old-cursor",
    "The exchange was restored, or got a new key, since: read again from the start, without `after`.",
  ),
);

/** The place in a cursor made for the same door: numbers, or what else the door writes, as many as asked for. */
export async function readCursor<Part extends number | string = number>(
  { epoch, key }: Exchange,
  reader: Reader,
  door: Door,
  text: string,
  parts: number,
): Promise<Result<Part[], Problem>> {
  const bytes = decode(text);
  if (bytes?.length !== ivBytes + plainBytes(door) + tagBytes) return refused;
  const algorithm = sealing(bytes.subarray(0, ivBytes), reader);
  const plain = await crypto.subtle
    .decrypt(algorithm, key.seal, bytes.subarray(ivBytes) as BufferSource)
    .catch(() => undefined);
  if (!plain) return old;
  const [from, made, ...at] = JSON.parse(new TextDecoder().decode(plain)) as [Door, string, ...Part[]];
  if (from !== door || at.length !== parts) return refused;
  return made === epoch ? ok(at) : old;
}
