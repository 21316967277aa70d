/** Which candidates answer which questions, and which of them are handed out where there are too many. Pure. */
import type { Indicator, ProbeOptions, Sites, Verdict } from "../indicators/family.ts";
import { judge } from "../indicators/registry.ts";
import { limits } from "../limits.ts";
import type { Question } from "./read-questions.ts";

/** An indicator that stands under a key. */
export interface Candidate {
  key: string;
  /** Tips in the order in which they were first accepted. */
  tip_no: number;
  version: number;
  ordinal: number;
  author: string;
  /** Canonical, JSON. */
  body: string;
  /** What the exchange says of it beside the document, as `markBits`. */
  mark: number;
}

export interface Match extends Verdict {
  /** The question's. */
  position: number;
  tip_no: number;
  version: number;
  ordinal: number;
  author: string;
  indicator: Indicator;
  mark: number;
  bytes: number;
}

export function judgeCandidates(
  rows: readonly Candidate[],
  askers: ReadonlyMap<string, number[]>,
  questions: readonly Question[],
  sites: Sites,
  options: ProbeOptions,
): Match[] {
  const judged = new Set<string>();
  const bodies = new Map<string, Indicator>();
  const matches: Match[] = [];
  for (const { key, body, ...row } of rows) {
    const id = `${row.tip_no}/${row.ordinal}`;
    for (const position of askers.get(key) ?? []) {
      if (judged.has(`${position}/${id}`)) continue;
      judged.add(`${position}/${id}`);
      const indicator = bodies.get(id) ?? (JSON.parse(body) as Indicator);
      bodies.set(id, indicator);
      const verdict = judge(questions[position]!.asked!, indicator, sites, options);
      if (verdict) matches.push({ ...verdict, ...row, position, indicator, bytes: body.length });
    }
  }
  return matches.sort((a, b) => a.position - b.position || byStrength(a, b));
}

const strengths = ["exact", "former-handle", "similar", "by-author", "in-range", "parent-domain", "on-host"];

/** The strongest first, then the newest tip's. */
const byStrength = (a: Match, b: Match): number =>
  strengths.indexOf(a.how) - strengths.indexOf(b.how) ||
  (a.distance ?? 0) - (b.distance ?? 0) ||
  b.tip_no - a.tip_no ||
  a.ordinal - b.ordinal;

/**
 * As many of each question's matches as an answer holds. Authors take turns, and after some matches a tip goes behind all
 * others, so that no partner can hide another's tip behind many of its own. `left`: positions of which some are left out.
 */
export function chooseMatches(matches: readonly Match[]): { chosen: Match[]; left: Set<number> } {
  const left = new Set<number>();
  const chosen: Match[] = [];
  let bytes = 0;
  for (const list of listsOf(matches)) {
    const ranked = list.length > limits.hits ? takeTurns(list) : list;
    for (const [place, match] of ranked.entries()) {
      bytes += match.bytes;
      if (place < limits.hits && bytes <= limits.matches_bytes) chosen.push(match);
      else left.add(match.position);
    }
  }
  return { chosen: chosen.sort((a, b) => a.position - b.position || byStrength(a, b)), left };
}

/** Hits and context of each question. */
function listsOf(matches: readonly Match[]): Match[][] {
  const lists = new Map<string, Match[]>();
  for (const match of matches) {
    const id = `${match.position}/${match.context}`;
    const list = lists.get(id);
    if (list) list.push(match);
    else lists.set(id, [match]);
  }
  return [...lists.values()];
}

function takeTurns(list: readonly Match[]): Match[] {
  const times = new Map<string | number, number>();
  const count = (id: string | number): number => {
    const n = times.get(id) ?? 0;
    times.set(id, n + 1);
    return n;
  };
  return list
    .map((match) => ({ match, late: count(match.tip_no) >= limits.hits_of_tip, turn: count(match.author) }))
    .sort((a, b) => Number(a.late) - Number(b.late) || a.turn - b.turn || byStrength(a.match, b.match))
    .map(({ match }) => match);
}
