/** Matching: any number of questions, asked in requests of bounded size, answered by position. Asking changes nothing. */
import type { How, Indicator } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import type { TipState } from "../core/tip.ts";
import type { Connection } from "./connect.ts";
import { ExchangeProblem } from "./problem.ts";

/** A value as people write it, or an indicator's members with their `type`. */
export type Question = string | ({ type: string } & Record<string, unknown>);

/** An indicator of a tip you may see, and the terms under which you see it. */
export interface Match {
  tip: string;
  version: number;
  /** The indicator's place in the tip, from 0. */
  ordinal: number;
  from: string;
  operation: { id: string; name: string };
  through: string;
  /** Of your own tip, where it has ended: nobody else sees it. */
  state?: Exclude<TipState, "live">;
  tlp: string;
  handling: string[];
  embargo?: { until: string; no: string[] };
  contact?: Record<string, string>;
  /** Whose the indicator is; everything but `operated` is for human review. */
  control: NonNullable<Indicator["control"]>;
  /** 0 to 100; not stated where absent. */
  confidence?: number;
  how: How;
  /** Bits by which similar images differ, 0 to 31. */
  distance?: number;
  /** No automated enforcement on this alone. */
  human_review: boolean;
  /** The exchange's marks: held to be a false positive, for 14 days undecided by its author, an appeal against it upheld. */
  disputed?: true;
  undecided?: true;
  appealed?: true;
  /** The value is everyone's: a public resolver, a platform's own page. */
  common?: true;
  indicator: Indicator;
}

export interface MatchAnswer {
  /** The question in canonical form. */
  read_as?: Indicator;
  /** Why it could not be read. */
  unreadable?: string;
  hits: Match[];
  /** Ranges that are everyone's (VPN, proxy, CDN …): never a match by itself. */
  context: Match[];
  /** There are more than are shown. */
  more_hits?: true;
}

export interface MatchOptions {
  /** Of a domain: also the URLs on its host. */
  on_host?: boolean;
  /** Told how many questions are answered. */
  progress?: (done: number) => void;
}

/**
 * Asks which values are in tips you may see. One answer for each question, by position; the exchange stores no question, and
 * authors do not learn of it. A text that cannot be read is an answer with `unreadable`; an object that is not of its type's
 * form is ExchangeProblem `invalid-request` with every fault.
 *
 * @example
 * ```js
 * const [answer] = await match(exchange, ["203.0.113.9"]);
 * for (const hit of answer.hits) console.log(hit.how, hit.from, hit.operation.name, hit.control);
 * ```
 */
export async function match(
  connection: Connection,
  questions: readonly Question[],
  options: MatchOptions = {},
): Promise<MatchAnswer[]> {
  const answers: MatchAnswer[] = [];
  // An image hash makes 272 probes; what else a text may turn out to be, far fewer.
  const weight = (question: Question) => (typeof question !== "string" && question.type === "hash" ? 272 : 120);
  let at = 0;
  while (at < questions.length) {
    let end = at;
    let probes = 0;
    while (end < questions.length && end - at < limits.questions && probes + 300 <= limits.probes)
      probes += weight(questions[end++]!);
    answers.push(...(await ask(connection, questions.slice(at, end), options.on_host)));
    at = end;
    options.progress?.(at);
  }
  return answers;
}

/** Texts may turn out to be images, so the estimate above can be short: what is too large is asked in halves. */
async function ask(
  connection: Connection,
  questions: readonly Question[],
  onHost: boolean | undefined,
): Promise<MatchAnswer[]> {
  try {
    const body = { questions, ...(onHost && { on_host: true }) };
    return (await connection.call<{ answers: MatchAnswer[] }>("POST", "/v1/match", body)).answers;
  } catch (error) {
    if (!(error instanceof ExchangeProblem && error.status === 413) || questions.length < 2) throw error;
    const middle = questions.length >> 1;
    return [
      ...(await ask(connection, questions.slice(0, middle), onHost)),
      ...(await ask(connection, questions.slice(middle), onHost)),
    ];
  }
}
