/** Questions as they are asked, typed or as plain text, in canonical form; and the keys they probe. */
import type { Indicator, ProbeOptions, Sites } from "../indicators/family.ts";
import { readText } from "../indicators/guess.ts";
import { canonicalise, indicatorSchema, probesOf } from "../indicators/registry.ts";
import { hostAddress } from "../indicators/url-form.ts";
import { limits } from "../limits.ts";
import { type Fault, type Problem, problem } from "../problem.ts";
import { err, ok, type Result } from "../result.ts";
import { faultsOf } from "../zod-faults.ts";

/** One of the two, by position. */
export interface Question {
  asked?: Indicator;
  unreadable?: string;
}

export function readQuestions(
  questions: readonly (string | Record<string, unknown>)[],
  sites: Sites,
): Result<Question[], Problem> {
  const faults: Fault[] = [];
  const read = questions.map((question, position): Question => {
    if (typeof question === "string") {
      const asked = readText(question, sites);
      return asked
        ? { asked }
        : { unreadable: "Not an account, address, hash, domain, URL or other value we know; ask with a type." };
    }
    const shaped = indicatorSchema.safeParse(question);
    if (!shaped.success) {
      faults.push(...faultsOf(shaped as never, `/questions/${position}`));
      return {};
    }
    const parsed = canonicalise(shaped.data as Indicator, sites);
    if (parsed.ok) return { asked: parsed.value.indicator };
    return { unreadable: parsed.error.map((fault) => fault.detail).join(" ") };
  });
  return faults.length > 0
    ? err(problem("invalid-request", "Some questions are not of their type's form.", faults))
    : ok(read);
}

/** Whether it is, or is on, an address: then the prefix lengths in use are probed. */
export const asksForAddress = ({ asked }: Question): boolean =>
  asked?.type === "ip" || (asked?.type === "url" && hostAddress(new URL(String(asked.value))) !== undefined);

/** What an address counts for: more than the prefix lengths that are in use together. */
const addressProbes = 50;

/** The probes each question makes, by position; refused where they are too many. */
export function probesFor(
  questions: readonly Question[],
  sites: Sites,
  options: ProbeOptions,
): Result<string[][], Problem> {
  const probes: string[][] = [];
  let count = 0;
  for (const question of questions) {
    const { asked } = question;
    const made = asked ? probesOf(asked, sites, options) : [];
    probes.push(made);
    // Which prefix lengths are in use is others' business: every address counts alike.
    count += asksForAddress(question) ? addressProbes : made.length;
    if (count > limits.probes) {
      const detail = `These questions make more than ${limits.probes} probes; an image makes 272. Ask fewer at a time.`;
      return err(problem("too-large", detail));
    }
  }
  return ok(probes);
}

/** Who asks each of the keys that were found: few of those that were probed. */
export function askersOf(found: ReadonlySet<string>, probes: readonly (readonly string[])[]): Map<string, number[]> {
  const askers = new Map<string, number[]>([...found].map((key) => [key, []]));
  for (const [position, made] of probes.entries()) {
    for (const probe of made) if (found.has(probe)) askers.get(probe)!.push(position);
  }
  return askers;
}
