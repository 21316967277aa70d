/**
 * One canonical indicator of a tip as STIX objects: how many they are, its type alone says. What STIX has a property for
 * stands there; every other member stands in our extension as the tip has it, so that import gives the indicator back equal.
 */
import type { Indicator } from "../../core/indicators/family.ts";
import { labelOf, validDaysOf } from "../../core/indicators/registry.ts";
import { namesOf } from "../../core/marks.ts";
import { dayMs, instant, parseTime } from "../../core/time.ts";
import { isForReview } from "../../core/tip.ts";
import type { SharedTip } from "../shared-tip.ts";
import { extended, present, type StixObject } from "./extension.ts";
import { frameOf } from "./head.ts";
import { idOf } from "./ids.ts";
import { comparisonsOf, observableOf, observed } from "./observable.ts";
import { patternOf } from "./pattern.ts";

/** The observable first, so that a reader who goes from top to bottom knows what is referred to. */
export function objectsOf(tip: SharedTip, ordinal: number, indicator: Indicator): StixObject[] {
  const id = idOf("indicator", tip.tip, ordinal);
  const frame = frameOf(tip);
  const relate = (kind: "indicates" | "based-on", target: string): StixObject => ({
    type: "relationship",
    spec_version: "2.1",
    id: idOf(kind, tip.tip, ordinal),
    ...frame,
    relationship_type: kind,
    source_ref: id,
    target_ref: target,
  });
  const observable = observed.has(indicator.type)
    ? { ...observableOf(indicator), object_marking_refs: frame.object_marking_refs }
    : undefined;
  return [
    ...(observable ? [observable] : []),
    stixIndicator(tip, id, frame, indicator, tip.marks?.get(ordinal)),
    relate("indicates", idOf("campaign", tip.tip, 0)),
    ...(observable ? [relate("based-on", observable.id)] : []),
  ];
}

function stixIndicator(
  tip: SharedTip,
  id: string,
  frame: Record<string, unknown>,
  indicator: Indicator,
  mark: number | undefined,
): StixObject {
  const { control, role, confidence, procedures, lang, note } = indicator;
  return {
    type: "indicator",
    spec_version: "2.1",
    id,
    ...frame,
    // For people; nothing is read from it.
    name: labelOf(indicator),
    ...present({ description: note, confidence, lang }),
    indicator_types: indicatorTypes(indicator),
    labels: [
      `control:${control ?? "unknown"}`,
      ...(role ? [`role:${role}`] : []),
      ...(isForReview(tip.document.handling, control, mark) ? ["human-review"] : []),
      ...namesOf(mark),
    ],
    pattern: patternOf(comparisonsOf(indicator)),
    pattern_type: "stix",
    pattern_version: "2.1",
    ...validity(tip, indicator),
    ...(procedures?.length ? { kill_chain_phases: procedures.map(phaseOf) } : {}),
    extensions: extended({ indicator: restOf(indicator) }),
  };
}

/** STIX 2.1, section 10.7. `benign` is what is not suspicious by itself: whose service or name was merely used. */
function indicatorTypes({ control, service }: Indicator): string[] {
  const words = {
    operated: "malicious-activity",
    compromised: "compromised",
    "co-opted": "benign",
    impersonated: "benign",
    "abused-service": "benign",
    "third-party": "benign",
    unknown: "unknown",
  } as const;
  const anonymous = ["vpn", "proxy", "tor"].includes(String(service));
  return [words[control ?? "unknown"], ...(anonymous ? ["anonymization"] : [])];
}

/** `ook:0.9.4`: the kill chain's name, and the phase's as the procedure spells it. */
function phaseOf(procedure: string): Record<string, string> {
  const colon = procedure.indexOf(":");
  return { kill_chain_name: procedure.slice(0, colon), phase_name: procedure.slice(colon + 1) };
}

/** Times of one tip, whose indicators mostly share theirs: made once. */
interface Times {
  created: number;
  modified: number;
  expires: number | undefined;
  texts: Map<number, string>;
}
const times = new WeakMap<SharedTip, Times>();

function timesOf(tip: SharedTip): Times {
  const found = times.get(tip) ?? {
    created: Date.parse(tip.created),
    modified: Date.parse(tip.modified),
    expires: parseTime(tip.document.expires_at ?? ""),
    texts: new Map<number, string>(),
  };
  times.set(tip, found);
  return found;
}

/** An indicator ends where the index lets go of it (DESIGN.md, "The tip document"), and begins before that (STIX 2.1, section 4.7). */
function validity(tip: SharedTip, indicator: Indicator): Record<string, string> {
  const { created, modified, expires, texts } = timesOf(tip);
  const stated = parseTime(indicator.valid_until ?? "") ?? modified + validDaysOf(indicator) * dayMs;
  // Somebody may have written a time from which no time is before.
  const until = Math.max(1, Math.min(stated, expires ?? stated));
  const from = [parseTime(indicator.first_seen ?? ""), created].find((ms) => ms !== undefined && ms >= 0 && ms < until);
  const textOf = (ms: number): string => {
    const text = texts.get(ms) ?? instant(ms);
    texts.set(ms, text);
    return text;
  };
  return { valid_from: textOf(from ?? until - 1), valid_until: textOf(until) };
}

/** Members that the indicator itself has, exactly as they are; an empty list has no place there. */
const elsewhere = new Set(["confidence", "lang", "note", "procedures", "value", "digest"]);

function restOf(indicator: Indicator): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const name of Object.keys(indicator)) {
    const value = indicator[name];
    if (!elsewhere.has(name) || (Array.isArray(value) && value.length === 0)) rest[name] = value;
  }
  return rest;
}
