/**
 * Answers questions from the one index: probes, keys, tips one may see, indicators, verdict. The question's content is bound
 * to the statements and nowhere kept; an author does not learn of it. What is handed out is recorded by tip alone.
 */
import { limits } from "../core/limits.ts";
import { type Candidate, chooseMatches, judgeCandidates, type Match } from "../core/matching/judge-matches.ts";
import { askersOf, asksForAddress, probesFor, readQuestions } from "../core/matching/read-questions.ts";
import { type Answer, type Heading, unanswered, viewOf } from "../core/matching/view-match.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import { recordAccess, recordTips, tipNumbers } from "../store/accesses.ts";
import { all, batch } from "../store/database.ts";
import { selectAnswering, selectCandidates, selectFairly, selectPrefixes } from "../store/matching.ts";
import { use } from "../store/quotas.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { quotaUsed } from "./quota-used.ts";
import { sitesOf } from "./sites.ts";

/** Rounds of look-ups, and keys read author by author, where some have too many rows. */
const rounds = 5;
/** Probes looked up in one go, between which others have the database. */
const probesATime = 5_000;
/** What a probe takes of a worker's memory, a tenth of it as bytes of a body would. */
const probeBytes = 20;

/** Before it is read: an image makes 272, an address some dozens, all else a few. */
const probesAtMost = (question: string | Record<string, unknown>): number =>
  (typeof question === "string" ? question.length === 64 : question.type === "hash") ? 272 : 32;

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
  const needsPrefixes = read.value.some(asksForAddress);
  const prefixes = needsPrefixes ? (await all(exchange.db, selectPrefixes)).map((row) => row.prefix) : [];
  const options = { ...(body.on_host && { on_host: true }), prefixes };
  await caller.work.breathe();
  const probes = probesFor(read.value, sites, options);
  if (!probes.ok) return probes;
  await caller.work.breathe();
  const found = await findCandidates(exchange, caller, probes.value, body.questions.length);
  const askers = askersOf(new Set(found.rows.map((row) => row.key)), probes.value);
  const answers = read.value.map(unanswered);
  const { chosen, left } = chooseMatches(judgeCandidates(found.rows, askers, read.value, sites, options));
  for (const position of left) answers[position]!.more_hits = true;
  for (const [position, made] of probes.value.entries()) {
    if (made.some((probe) => found.cut.has(probe))) answers[position]!.more_hits = true;
  }
  if (chosen.length > 0) await handOut(exchange, caller, chosen, answers);
  return ok(answers);
}

interface Found {
  rows: Candidate[];
  /** Keys of which not every row was read. */
  cut: Set<string>;
}

/** Nothing of it is handed out yet. A key with too many rows is read author by author, and holds up no other. */
async function findCandidates(
  exchange: Exchange,
  caller: Caller,
  asked: readonly string[][],
  questions: number,
): Promise<Found> {
  // In the index's order, which reads it from one end to the other; each once, however many ask it.
  const probes = asked.flat().sort();
  let rest = probes.filter((probe, at) => probe !== probes[at - 1]);
  const found: Found = { rows: [], cut: new Set() };
  let counted = [use(caller.partner, dayOf(exchange.now), { questions })];
  for (let round = 0; round === 0 || (rest.length > 0 && round < rounds); round++) {
    const beyond: string[] = [];
    for (let at = 0; at === 0 || at < rest.length; at += probesATime) {
      const part = rest.slice(at, at + probesATime);
      const [rows] = await batch(exchange.db, [selectCandidates(caller, part, exchange.now), ...counted] as const);
      counted = [];
      const full = rows.length === limits.candidates ? rows.at(-1)!.key : undefined;
      for (const row of rows) if (row.key !== full) found.rows.push(row);
      if (full !== undefined) {
        found.cut.add(full);
        beyond.push(...part.filter((probe) => probe > full));
      }
      await caller.work.breathe();
    }
    rest = beyond;
  }
  for (const probe of rest) found.cut.add(probe);
  const fairly = [...found.cut].slice(0, rounds).map((key) => selectFairly(caller, key, exchange.now));
  if (fairly.length > 0) found.rows.push(...(await batch(exchange.db, fairly)).flat());
  return found;
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
    const { hits, context } = answers[found.position]!;
    (found.context ? context : hits).push(viewOf(found, tip.row, tip.heading));
  }
}
