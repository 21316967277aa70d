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
}

export const withPurpose = (command: Command): Command =>
  command
    .option("--purpose <json>", "JSON, or a file of it: { legal_basis, case, unit, until, non_disclosure? }")
    .option("--case <reference>", "the case's reference; authors of tips do not see it")
    .option("--basis <kind>", "court-order, statutory-request, consent, emergency, voluntary-disclosure")
    .option("--unit <name>", "which unit reads")
    .option("--until <time>", "RFC 3339; the purpose's end");

/** What was stated; undefined where nothing was. */
export function purposeOf(options: PurposeOptions): Purpose | undefined {
  const { case: reference, basis, unit, until } = options;
  if (!options.purpose && !reference) return undefined;
  if (!options.purpose && !(reference && basis && unit && until))
    throw new UsageError("A purpose needs --case, --basis, --unit and --until.");
  const given = options.purpose ? jsonOf(options.purpose) : { legal_basis: basis, case: reference, unit, until };
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
