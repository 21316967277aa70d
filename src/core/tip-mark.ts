/** By what the id of something made of a tip's leads back to the tip: 64 bits of SHA-256 over the tip's id, as hex digits. */
import { sha256 } from "@noble/hashes/sha2.js";

/** Made for each object of a tip in turn: the last one is kept. */
let last: { tip: string; mark: string } | undefined;

export function markOf(tip: string): string {
  if (last?.tip !== tip) {
    const bytes = sha256(new TextEncoder().encode(tip)).slice(0, 8);
    last = { tip, mark: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  }
  return last.mark;
}
