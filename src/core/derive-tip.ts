/** Everything that is derived from a tip document before it is written: canonical indicators, keys, places, warnings. Pure. */
import { isCommon } from "./indicators/common.ts";
import type { Indicator, Sites } from "./indicators/family.ts";
import { canonicalise, keysOf, placesOf, validDaysOf } from "./indicators/registry.ts";
import { limits } from "./limits.ts";
import type { Fault } from "./problem.ts";
import { err, ok, type Result } from "./result.ts";
import { dayMs, instant, parseTime } from "./time.ts";
import type { TipDocument } from "./tip.ts";

/** ordinal, type, platform, valid_until, canonical JSON. */
export type IndicatorRow = [number, string, string | null, string, string];
/** key, ordinal. */
export type KeyRow = [string, number];

export interface Derived {
  rows: IndicatorRow[];
  keys: KeyRow[];
  places: [string, number][];
  types: [string, number][];
  prefixes: string[];
  warnings: Fault[];
  /** Of all indicators in canonical form, in characters. */
  bytes: number;
}

/** When a document that was accepted at that time ends; its `expires_at` is a time. */
export const expiryOf = ({ expires_at }: Partial<Pick<TipDocument, "expires_at">>, accepted: number): number =>
  expires_at ? parseTime(expires_at)! : accepted + limits.tip_days * dayMs;

/** When a canonical indicator of such a document leaves the index. */
export function endOf(indicator: Indicator, accepted: number, expires: number): number {
  const stated = indicator.valid_until === undefined ? undefined : parseTime(indicator.valid_until);
  return Math.min(stated ?? accepted + validDaysOf(indicator) * dayMs, expires);
}

/** Indicators derived in one go, between which others have the worker. */
const atATime = 500;

/** Holes among the indicators are passed over: what stood there is refused already. */
export async function deriveTip(
  document: { indicators: readonly (TipDocument["indicators"][number] | undefined)[] },
  sites: Sites,
  now: number,
  expires: number,
  breathe = async () => {},
): Promise<Result<Derived, Fault[]>> {
  const faults: Fault[] = [];
  const derived: Derived = { rows: [], keys: [], places: [], types: [], prefixes: [], warnings: [], bytes: 0 };
  const places = new Map<string, number>();
  const types = new Map<string, number>();
  const prefixes = new Set<string>();
  const timesOf = new Map<string, number>();
  // Most end at one of a few times.
  const instants = new Map<number, string>();
  const instantOf = (ms: number): string => {
    const known = instants.get(ms) ?? instant(ms);
    instants.set(ms, known);
    return known;
  };
  for (const [ordinal, written] of document.indicators.entries()) {
    if (ordinal % atATime === atATime - 1) await breathe();
    if (!written) continue;
    const at = (fault: Fault): Fault => ({ pointer: `/indicators/${ordinal}${fault.pointer}`, detail: fault.detail });
    const parsed = canonicalise(written as Indicator, sites);
    if (!parsed.ok) {
      faults.push(...parsed.error.map(at));
      continue;
    }
    const { indicator, warnings } = parsed.value;
    if (derived.warnings.length < 100) derived.warnings.push(...warnings.map(at));
    const common = isCommon(indicator);
    if (common && derived.warnings.length < 100) {
      derived.warnings.push(
        at({ pointer: "", detail: "This value is everyone's; matches with it are marked common." }),
      );
    }
    const until = endOf(indicator, now, expires);
    const body = JSON.stringify(indicator);
    if (body.length > limits.indicator_bytes) {
      faults.push(
        at({ pointer: "", detail: `In canonical form this has more than ${limits.indicator_bytes} characters.` }),
      );
    }
    derived.bytes += body.length;
    derived.rows.push([ordinal, indicator.type, (indicator.platform as string) ?? null, instantOf(until), body]);
    for (const key of until > now ? keysOf(indicator) : []) {
      const standing = (timesOf.get(key) ?? 0) + 1;
      timesOf.set(key, standing);
      if (standing <= limits.key_in_tip) derived.keys.push([key, ordinal]);
      else if (standing === limits.key_in_tip + 1 && derived.warnings.length < 100) {
        const detail = `More than ${limits.key_in_tip} indicators share this value: the first of them are matched.`;
        derived.warnings.push(at({ pointer: "", detail }));
      }
    }
    if (indicator.type === "ip") prefixes.add(prefixOf(indicator.value as string));
    for (const place of new Set(placesOf(indicator, sites))) {
      // A web address on a site no partner registered is nobody's "for you"; thousands of rows would answer nothing.
      if (place.includes(".") && indicator.type !== "account" && indicator.type !== "post") continue;
      places.set(place, (places.get(place) ?? 0) + 1);
    }
    types.set(indicator.type, (types.get(indicator.type) ?? 0) + 1);
  }
  if (derived.keys.length > limits.index_keys) {
    faults.push({
      pointer: "/indicators",
      detail: `These make ${derived.keys.length} index keys; ${limits.index_keys} is the limit. Split them into several tips of one operation.`,
    });
  }
  if (derived.bytes > limits.derived_bytes) {
    const detail = `In canonical form these have ${derived.bytes} characters; ${limits.derived_bytes} is the limit. Split them.`;
    faults.push({ pointer: "/indicators", detail });
  }
  if (faults.length > 0) return err(faults);
  derived.places = [...places];
  derived.types = [...types];
  derived.prefixes = [...prefixes];
  return ok(derived);
}

/** "4/24" of 203.0.113.0/24. */
export const prefixOf = (value: string): string => `${value.includes(":") ? 6 : 4}/${value.split("/")[1]}`;
