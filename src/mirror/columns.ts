/**
 * The indicators of a tip as a mirror takes them in: by columns, which are written in few statements and pass from one thread to
 * another in one piece. The same bodies, ends and keys as the exchange's, by the same code.
 */
import { deriveAccepted, type Standing } from "../core/derive-accepted.ts";
import type { Sites } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import { err, ok, type Result } from "../core/result.ts";
import { sortable } from "./key-entries.ts";
import { hashOf } from "./key-hash.ts";

/** For each indicator its place in the tip, when it ends, how many keys it has; for each key its hash and its indicator's place. */
export interface Columns {
  ordinals: Uint32Array;
  ends: Float64Array;
  key_counts: Uint16Array;
  /** In canonical form, a line each. */
  bodies: string;
  hashes: Uint32Array;
  hash_ordinals: Uint32Array;
  /** Lengths of addresses and ranges among them. */
  prefixes: string[];
}

/** `seed` is the mirror's own. The error is a sentence. */
export function columnsOf(
  indicators: readonly unknown[],
  sites: Sites,
  accepted: number,
  expires: number,
  seed: number,
): Result<Columns, string> {
  const columns = collect(indicators, sites, accepted, expires, seed, false);
  // Counting every key takes as long as making it, and hardly any tip has one so often.
  return columns.ok && isCrowded(columns.value.hashes)
    ? collect(indicators, sites, accepted, expires, seed, true)
    : columns;
}

/** Whether some key may be in the tip more often than it is found by. */
function isCrowded(hashes: Uint32Array): boolean {
  if (hashes.length <= limits.key_in_tip) return false;
  const sorted = hashes.slice().sort();
  return sorted.some((hash, at) => sorted[at + limits.key_in_tip] === hash);
}

function collect(
  indicators: readonly unknown[],
  sites: Sites,
  accepted: number,
  expires: number,
  seed: number,
  counted: boolean,
): Result<Columns, string> {
  const ordinals = new Uint32Array(indicators.length);
  const ends = new Float64Array(indicators.length);
  const counts = new Uint16Array(indicators.length);
  const [bodies, hashes, owners]: [string[], number[], number[]] = [[], [], []];
  const take = ({ ordinal, until, body, keys }: Standing) => {
    ordinals[bodies.length] = ordinal;
    ends[bodies.length] = until;
    counts[bodies.length] = keys.length;
    bodies.push(body);
    for (const key of keys) {
      hashes.push(hashOf(key, seed));
      owners.push(ordinal);
    }
  };
  const prefixes = deriveAccepted(indicators, sites, accepted, expires, take, counted);
  if (!prefixes.ok) return prefixes;
  if (Math.max(hashes.length, indicators.length) > sortable) return err("It holds more than a tip may hold.");
  return ok({
    ordinals: ordinals.slice(0, bodies.length),
    ends: ends.slice(0, bodies.length),
    key_counts: counts.slice(0, bodies.length),
    // What JSON.stringify writes holds no line break.
    bodies: bodies.join("\n"),
    hashes: Uint32Array.from(hashes),
    hash_ordinals: Uint32Array.from(owners),
    prefixes: prefixes.value,
  });
}
