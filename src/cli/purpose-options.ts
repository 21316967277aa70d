/** A purpose as options of a command. */
import type { Command } from "commander";
import type { Purpose } from "../core/purpose.ts";
import { readJson } from "./session.ts";
import { UsageError } from "./terminal.ts";

export interface PurposeOptions {
  purpose?: string;
  case?: string;
  basis?: string;
  unit?: string;
  until?: string;
  silentBasis?: string;
  silentUntil?: string;
}

export const withPurpose = (command: Command): Command =>
  command
    .option("--purpose <json>", "JSON, or a file of it: { legal_basis, case, unit, until, non_disclosure? }")
    .option("--case <reference>", "the case's reference; authors of tips do not see it")
    .option("--basis <kind>", "court-order, statutory-request, consent, emergency, voluntary-disclosure, or x-…")
    .option("--unit <name>", "which unit reads")
    .option("--until <time>", "the purpose's end: RFC 3339, or a day, which is included")
    .option("--silent-basis <law>", "non-disclosure: by which law authors are not told of your readings yet")
    .option("--silent-until <time>", "until when; 180 days at most");

/** A day is one in UTC, to its end. */
const endOf = (time: string | undefined): string | undefined =>
  time !== undefined && /^\d{4}-\d\d-\d\d$/.test(time) ? `${time}T23:59:59Z` : time;

/** What was stated; undefined where nothing was. */
export function purposeOf(options: PurposeOptions): Purpose | undefined {
  const { case: reference, basis, unit, silentBasis, silentUntil } = options;
  const until = endOf(options.until);
  if (!options.purpose && !reference) return undefined;
  if (!options.purpose && !(reference && basis && unit && until))
    throw new UsageError("A purpose needs --case, --basis, --unit and --until.");
  if ((silentBasis === undefined) !== (silentUntil === undefined))
    throw new UsageError("A non-disclosure needs its basis and its end: --silent-basis and --silent-until.");
  if (options.purpose && silentBasis) throw new UsageError("--purpose holds its non_disclosure itself.");
  const non_disclosure = silentBasis && { basis: silentBasis, until: endOf(silentUntil) };
  const given = options.purpose
    ? jsonOf(options.purpose)
    : { legal_basis: basis, case: reference, unit, until, ...(non_disclosure && { non_disclosure }) };
  return { type: "tipoff_purpose", ...given } as Purpose;
}

/** JSON on the command line, or a file of it. */
function jsonOf(given: string): Record<string, unknown> {
  if (!given.trimStart().startsWith("{")) return readJson(given);
  try {
    return JSON.parse(given) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`--purpose is not JSON: ${(error as Error).message}`);
  }
}
