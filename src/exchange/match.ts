/**
 * Answers questions from the one index: probes, keys, tips one may see, indicators, verdict. The question's content is bound
 * to the statements and nowhere kept; an author does not learn of it. What is handed out is recorded by tip alone.
 */
import { isCommon } from "../core/indicators/common.ts";
import type { Indicator, ProbeOptions, Sites, Verdict } from "../core/indicators/family.ts";
import { judge } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import { recordAccess, recordTips, tipNumbers } from "../store/accesses.ts";
import { all, batch } from "../store/database.ts";
import {
  type AnsweringRow,
  type CandidateRow,
  selectAnswering,
  selectCandidates,
  selectPrefixes,
} from "../store/matching.ts";
import { use } from "../store/quotas.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { quotaUsed } from "./quota-used.ts";
import { askersOf, probesFor, type Question, readQuestions } from "./read-questions.ts";
import { sitesOf } from "./sites.ts";

/** Probes looked up in one go, between which others have the database. */
const probesATime = 5_000;
/** What a probe takes of a worker's memory, a tenth of it as bytes of a body would. */
const probeBytes = 20;

/** Before it is read: an image makes 272, an address some dozens, all else a few. */
const probesAtMost = (question: string | Record<string, unknown>): number =>
  (typeof question === "string" ? question.length === 64 : question.type === "hash") ? 272 : 32;

export interface Answer {
  read_as?: Indicator;
  unreadable?: string;
  hits: Record<string, unknown>[];
  context: Record<string, unknown>[];
  more_hits?: true;
}

export async function match(
  exchange: Exchange,
  caller: Caller,
  body: { questions: (string | Record<string, unknown>)[]; on_host?: boolean },
): Promise<Result<Answer[], Problem>> {
  if (caller.quota.questions + body.questions.length > limits.quota.questions) {
    return err(quotaUsed("questions", exchange.now));
  }
  const most = body.questions.reduce((sum, question) => sum + probesAtMost(question), 0);
  const busy = most > limits.large.probes ? await caller.work.begin(most * probeBytes) : undefined;
  if (busy) return err(busy);
  const sites = await sitesOf(exchange);
  const read = readQuestions(body.questions, sites);
  if (!read.ok) return read;
  const needsPrefixes = read.value.some((question) => question.asked?.type === "ip");
  const prefixes = needsPrefixes ? (await all(exchange.db, selectPrefixes)).map((row) => row.prefix) : [];
  const options = { ...(body.on_host && { on_host: true }), prefixes };
  await caller.work.breathe();
  const probes = probesFor(read.value, sites, options);
  if (!probes.ok) return probes;
  await caller.work.breathe();
  const found = await findCandidates(exchange, caller, probes.value, body.questions.length);
  const askers = askersOf(new Set(found.rows.map((row) => row.key)), probes.value);
  const answers = read.value.map(
    (question): Answer => ({
      ...(question.asked && { read_as: question.asked }),
      ...(question.unreadable && { unreadable: question.unreadable }),
      hits: [],
      context: [],
    }),
  );
  const matches = judgeCandidates(found.rows, askers, read.value, sites, options);
  if (found.truncated) for (const answer of answers) answer.more_hits = true;
  if (matches.length > 0) await handOut(exchange, caller, matches, answers);
  return ok(answers);
}

/** Index rows under the probes, of current versions of tips one may see. Nothing of it is handed out yet. */
async function findCandidates(exchange: Exchange, caller: Caller, asked: readonly string[][], questions: number) {
  // In the index's order, which reads it from one end to the other; each once, however many ask it.
  const probes = asked.flat().sort();
  const distinct = probes.filter((probe, at) => probe !== probes[at - 1]);
  const rows: CandidateRow[] = [];
  let counted = [use(caller.partner, dayOf(exchange.now), { questions })];
  for (let at = 0; at === 0 || (at < distinct.length && rows.length < limits.candidates); at += probesATime) {
    const select = selectCandidates(caller, distinct.slice(at, at + probesATime), exchange.now);
    const [found] = await batch(exchange.db, [select, ...counted] as const);
    for (const row of found) rows.push(row);
    counted = [];
    await caller.work.breathe();
  }
  return { rows, truncated: rows.length >= limits.candidates };
}

interface Match extends Verdict {
  position: number;
  tip_no: number;
  version: number;
  ordinal: number;
  indicator: Indicator;
}

function judgeCandidates(
  rows: readonly CandidateRow[],
  askers: ReadonlyMap<string, number[]>,
  questions: readonly Question[],
  sites: Sites,
  options: ProbeOptions,
): Match[] {
  const judged = new Set<string>();
  const bodies = new Map<string, Indicator>();
  const matches: Match[] = [];
  for (const row of rows) {
    const id = `${row.tip_no}/${row.ordinal}`;
    for (const position of askers.get(row.key) ?? []) {
      if (judged.has(`${position}/${id}`)) continue;
      judged.add(`${position}/${id}`);
      let indicator = bodies.get(id);
      if (!indicator) {
        indicator = JSON.parse(row.body) as Indicator;
        bodies.set(id, indicator);
      }
      const verdict = judge(questions[position]!.asked!, indicator, sites, options);
      if (verdict)
        matches.push({
          ...verdict,
          position,
          tip_no: row.tip_no,
          version: row.version,
          ordinal: row.ordinal,
          indicator,
        });
    }
  }
  const order = ["exact", "former-handle", "similar", "by-author", "in-range", "parent-domain", "on-host"];
  return matches.sort(
    (a, b) =>
      a.position - b.position ||
      order.indexOf(a.how) - order.indexOf(b.how) ||
      (a.distance ?? 0) - (b.distance ?? 0) ||
      b.tip_no - a.tip_no,
  );
}

/** Visibility is judged again, recorded and read in one batch; what fell out of sight meanwhile is dropped. */
async function handOut(
  exchange: Exchange,
  caller: Caller,
  matches: readonly Match[],
  answers: Answer[],
): Promise<void> {
  const tipNos = [...new Set(matches.map((found) => found.tip_no))];
  const [rows] = await batch(exchange.db, [
    selectAnswering(caller, tipNos, exchange.now),
    recordTips(caller, "match", exchange.now, tipNumbers(tipNos)),
    recordAccess(caller, "match", exchange.now),
  ]);
  const tips = new Map(rows.map((row) => [row.tip_no, { row, heading: JSON.parse(row.heading) as Heading }]));
  for (const found of matches) {
    const tip = tips.get(found.tip_no);
    if (tip?.row.version !== found.version) continue;
    const answer = answers[found.position]!;
    const list = found.context ? answer.context : answer.hits;
    if (list.length < limits.hits) list.push(viewOf(found, tip.row, tip.heading));
    else answer.more_hits = true;
  }
}

interface Heading {
  handling?: string[];
  embargo?: unknown;
  contact?: unknown;
  operation: { id: string; name: string };
}

function viewOf(found: Match, tip: AnsweringRow, heading: Heading): Record<string, unknown> {
  const { handling = [], embargo, contact, operation } = heading;
  const control = found.indicator.control ?? "unknown";
  return {
    tip: tip.tip,
    version: tip.version,
    ordinal: found.ordinal,
    from: tip.author,
    operation: { id: operation.id, name: operation.name },
    through: tip.through,
    tlp: tip.tlp,
    handling,
    ...(embargo !== undefined && { embargo }),
    ...(contact !== undefined && { contact }),
    control,
    ...(found.indicator.confidence !== undefined && { confidence: found.indicator.confidence }),
    how: found.how,
    ...(found.distance !== undefined && { distance: found.distance }),
    human_review: control !== "operated" || handling.includes("human-review"),
    ...(isCommon(found.indicator) && { common: true }),
    indicator: found.indicator,
  };
}
