/**
 * What stands in an index of a tip the exchange accepted: the same bodies, ends and keys as `deriveTip` made of it then, in the
 * same order, for whoever keeps a copy. Says nothing of faults and warnings, which the exchange judged. Pure.
 */
import { endOf, prefixOf } from "./derive-tip.ts";
import type { Indicator, Sites } from "./indicators/family.ts";
import { canonicalAgain, keysOf, registry } from "./indicators/registry.ts";
import { limits } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

export interface Standing {
  ordinal: number;
  /** When it leaves the index. */
  until: number;
  /** Canonical, JSON. */
  body: string;
  keys: readonly string[];
}

/**
 * The prefix lengths of addresses among them; the sentence that says why there is no canonical form where there is none. A type
 * that this version of the library does not know is no fault of the tip: it answers no question that can be asked here. Not
 * `counted`, a key is given of every indicator that has it: for whoever knows that these are not more than `limits.key_in_tip`.
 */
export function deriveAccepted(
  indicators: readonly unknown[],
  sites: Sites,
  accepted: number,
  expires: number,
  take: (one: Standing) => void,
  counted = true,
): Result<string[], string> {
  const prefixes = new Set<string>();
  const timesOf = new Map<string, number>();
  for (const [ordinal, written] of indicators.entries()) {
    if (!registry.has((written as Indicator).type)) continue;
    const canonical = canonicalAgain(written as Indicator, sites);
    if (!canonical.ok)
      return err(`/indicators/${ordinal}${canonical.error[0]?.pointer}: ${canonical.error[0]?.detail}`);
    const indicator = canonical.value;
    const until = endOf(indicator, accepted, expires);
    let keys = until > accepted ? keysOf(indicator) : [];
    if (counted)
      keys = keys.filter((key) => {
        const standing = (timesOf.get(key) ?? 0) + 1;
        timesOf.set(key, standing);
        return standing <= limits.key_in_tip;
      });
    if (indicator.type === "ip") prefixes.add(prefixOf(indicator.value as string));
    take({ ordinal, until, body: JSON.stringify(indicator), keys });
  }
  return ok([...prefixes]);
}
