/**
 * A STIX indicator as ours. With our extension it comes back as it was exported; without, its pattern says what it looks for
 * and its other properties what is said of that: what has no member of its own stands in the note.
 */
import type { Indicator } from "../../core/indicators/family.ts";
import { commonShape } from "../../core/indicators/registry.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Context } from "../reading.ts";
import { canonical, faultsOf } from "../value.ts";
import { extensionId } from "./extension.ts";
import { readEqualities } from "./read-observable.ts";
import { type Equality, readPattern } from "./read-pattern.ts";

export interface ReadIndicators {
  indicators: Indicator[];
  ignored: string[];
  /** Exported by us: its observables say nothing that it does not. */
  ours: boolean;
}

/** Our extension's data of an object. */
export const dataOf = (object: Record<string, unknown>): Record<string, unknown> | undefined =>
  (object.extensions as Record<string, Record<string, unknown> | undefined> | undefined)?.[extensionId];

export function readIndicator(object: Record<string, unknown>, context: Context): Result<ReadIndicators, string> {
  if (object.pattern_type !== undefined && object.pattern_type !== "stix")
    return err(`Its pattern is in ${object.pattern_type}; STIX patterns are read.`);
  if (typeof object.pattern !== "string") return err("It has no pattern.");
  const pattern = readPattern(object.pattern);
  if (!pattern.ok) return pattern;
  const ours = dataOf(object)?.indicator as Indicator | undefined;
  if (typeof ours?.type === "string") return readOurs(object, ours, pattern.value, context);
  const said = saidOf(object);
  const indicators: Indicator[] = [];
  const ignored = new Set<string>();
  for (const equalities of pattern.value) {
    const read = readEqualities(equalities, context);
    if (!read.ok) return read;
    for (const name of read.value.ignored) ignored.add(name);
    for (const members of read.value.members) {
      const whole = { ...said, ...members };
      const indicator = canonical(whole, context.sites);
      if (!indicator) return err(faultsOf(whole, context.sites));
      indicators.push(indicator);
    }
  }
  return ok({ indicators, ignored: [...ignored], ours: false });
}

/** The other half of `restOf`: the extension's members, and those the indicator itself has. */
function readOurs(
  object: Record<string, unknown>,
  rest: Indicator,
  alternatives: readonly Equality[][],
  { sites }: Context,
): Result<ReadIndicators, string> {
  const { description, confidence, lang, kill_chain_phases } = object;
  const named = alternatives[0]?.at(-1);
  const name = named && (/^hashes\./.test(named.property) ? "value" : named.property);
  const procedures = Array.isArray(kill_chain_phases) ? kill_chain_phases.map(procedureOf) : undefined;
  const members = Object.fromEntries(
    Object.entries({
      ...(named && (name === "value" || name === "digest") && rest.type !== "post" && { [name]: named.text }),
      ...rest,
      note: description,
      confidence,
      lang,
      procedures: procedures ?? rest.procedures,
    }).filter(([, value]) => value !== undefined),
  ) as Indicator;
  const indicator = canonical(members, sites);
  return indicator ? ok({ indicators: [indicator], ignored: [], ours: true }) : err(faultsOf(members, sites));
}

const procedureOf = (phase: unknown): string => {
  const { kill_chain_name, phase_name } = (phase ?? {}) as Record<string, unknown>;
  return `${kill_chain_name}:${phase_name}`;
};

/** What a procedure may be that others name: a number of a kill chain we know. Their phases have words. */
const numbered = /^(?:ook:\d[\d.]{0,30}|disarm:TA?\d[\d.]{0,30})$/;

/** What is said of whatever the pattern meets, as the members all indicators may carry. */
function saidOf(object: Record<string, unknown>): Record<string, unknown> {
  const list = (name: string): unknown[] => (Array.isArray(object[name]) ? (object[name] as unknown[]) : []);
  const labels = list("labels").filter((label) => typeof label === "string");
  const stated = (prefix: string) => labels.find((label) => label.startsWith(prefix))?.slice(prefix.length);
  const phases = list("kill_chain_phases").map(procedureOf);
  const procedures = phases.filter((phase) => numbered.test(phase));
  const others = labels.filter(
    (label) => !/^(?:control:|role:|(?:human-review|disputed|undecided|appealed)$)/.test(label),
  );
  const { name, description, pattern } = object;
  const note = [
    typeof name === "string" && !String(pattern).includes(name) ? name : "",
    typeof description === "string" ? description : "",
    others.length > 0 ? `Labels: ${others.join(", ")}` : "",
    phases.length > procedures.length
      ? `Kill chain: ${phases.filter((phase) => !numbered.test(phase)).join(", ")}`
      : "",
  ].filter(Boolean);
  const said: Record<string, unknown> = {
    control: stated("control:") ?? controlOf(list("indicator_types")),
    role: stated("role:"),
    confidence: object.confidence,
    lang: object.lang,
    valid_until: object.valid_until,
    procedures: procedures.length > 0 ? procedures : undefined,
    note: note.join(" | ").slice(0, 2_000) || undefined,
  };
  // What a tip would refuse is no reason to lose the value.
  return Object.fromEntries(
    Object.entries(said).filter(
      ([member, value]) =>
        value !== undefined && commonShape[member as keyof typeof commonShape].safeParse(value).success,
    ),
  );
}

/**
 * STIX 2.1, section 10.7. That something is malicious does not say that the operation owns it, so nothing becomes `operated`.
 */
function controlOf(types: readonly unknown[]): string | undefined {
  if (types.includes("compromised")) return "compromised";
  return types.includes("benign") ? "third-party" : undefined;
}
