/**
 * Answers questions from the one index: probes, keys, tips one may see, indicators, verdict. The question's content is bound
 * to the statements and nowhere kept; an author does not learn of it. What is handed out is recorded by tip alone.
 */
import { isCommon } from "../core/indicators/common.ts";
import type { Indicator, Sites, Verdict } from "../core/indicators/family.ts";
import { readText } from "../core/indicators/guess.ts";
import { canonicalise, indicatorSchema, judge, probesOf } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant } from "../core/time.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { all, batch, json, type SQL, sql } from "../store/database.ts";
import { use } from "../store/quotas.ts";
import { held, through, visible } from "../store/visibility.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { quotaUsed } from "./quota-used.ts";
import { sitesOf } from "./sites.ts";
import { faultsOf } from "./zod-faults.ts";

export interface Answer {
  read_as?: Indicator;
  unreadable?: string;
  hits: Record<string, unknown>[];
  context: Record<string, unknown>[];
  more_hits?: true;
}

interface Candidate {
  key: string;
  tip_no: number;
  version: number;
  ordinal: number;
  body: string;
}

export async function match(
  exchange: Exchange,
  caller: Caller,
  body: { questions: (string | Record<string, unknown>)[]; on_host?: boolean },
): Promise<Result<Answer[], Problem>> {
  if (caller.quota.questions + body.questions.length > limits.quota.questions) {
    return err(quotaUsed("questions", exchange.now));
  }
  const sites = await sitesOf(exchange);
  const read = readQuestions(body.questions, sites);
  if (!read.ok) return read;
  const needsPrefixes = read.value.some((question) => question.asked?.type === "ip");
  const prefixes = needsPrefixes
    ? (await all<{ prefix: string }>(exchange.db, sql`SELECT prefix FROM prefix_length`)).map((row) => row.prefix)
    : [];
  const options = { ...(body.on_host && { on_host: true }), prefixes };
  const askers = new Map<string, number[]>();
  let probes = 0;
  for (const [position, question] of read.value.entries()) {
    if (!question.asked) continue;
    for (const probe of new Set(probesOf(question.asked, sites, options))) {
      probes++;
      const askedBy = askers.get(probe);
      if (askedBy) askedBy.push(position);
      else askers.set(probe, [position]);
    }
    if (probes > limits.probes) {
      return err(
        problem(
          "too-large",
          `These questions make more than ${limits.probes} probes; an image makes 272. Ask fewer at a time.`,
        ),
      );
    }
  }
  const found = await findCandidates(exchange, caller, [...askers.keys()].sort(), body.questions.length);
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

interface Question {
  asked?: Indicator;
  unreadable?: string;
}

function readQuestions(
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

/** Index rows under the probes, of current versions of tips one may see. Nothing of it is handed out yet. */
async function findCandidates(exchange: Exchange, caller: Caller, probes: readonly string[], questions: number) {
  const now = instant(exchange.now);
  const statements: SQL[] = [use(caller.partner, dayOf(exchange.now), { questions })];
  for (let at = 0; at < probes.length; at += 10_000) {
    statements.push(sql`WITH ${held(caller.partner)}
      SELECT k.key, k.tip_no, k.version, k.ordinal, i.body
      FROM json_each(${json(probes.slice(at, at + 10_000))}) q CROSS JOIN index_key k ON k.key = q.value
        CROSS JOIN tip t ON t.tip_no = k.tip_no AND t.version = k.version
        CROSS JOIN indicator i ON i.tip_no = k.tip_no AND i.version = k.version AND i.ordinal = k.ordinal
      WHERE i.valid_until > ${now} AND ${visible(caller.partner, now)} LIMIT ${limits.candidates}`);
  }
  const [, ...found] = await batch(exchange.db, statements);
  return {
    rows: found.flat() as unknown as Candidate[],
    truncated: found.some((rows) => rows.length === limits.candidates),
  };
}

interface Match extends Verdict {
  position: number;
  tip_no: number;
  version: number;
  ordinal: number;
  indicator: Indicator;
}

function judgeCandidates(
  rows: readonly Candidate[],
  askers: ReadonlyMap<string, number[]>,
  questions: readonly Question[],
  sites: Sites,
  options: { on_host?: boolean; prefixes?: readonly string[] },
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
  const now = instant(exchange.now);
  const tipNos = [...new Set(matches.map((found) => found.tip_no))];
  const [, , rows] = await batch(exchange.db, [
    recordAccess(caller, "match", exchange.now),
    recordTips(
      caller,
      "match",
      exchange.now,
      held(caller.partner),
      sql`SELECT value AS tip_no FROM json_each(${json(tipNos)})`,
    ),
    sql`WITH ${held(caller.partner)}
      SELECT t.tip_no, t.tip, t.version, t.author, t.tlp, ${through(caller.partner)} AS through, v.heading
      FROM json_each(${json(tipNos)}) n CROSS JOIN tip t ON t.tip_no = n.value
        CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
      WHERE ${visible(caller.partner, now)}`,
  ]);
  const tips = new Map(
    rows!.map((row) => [
      row.tip_no as number,
      { ...row, heading: JSON.parse(row.heading as string) as Record<string, never> },
    ]),
  );
  for (const found of matches) {
    const tip = tips.get(found.tip_no) as
      | (Record<string, unknown> & { heading: Record<string, { id?: string; name?: string }> })
      | undefined;
    if (!tip || tip.version !== found.version) continue;
    const answer = answers[found.position]!;
    const list = found.context ? answer.context : answer.hits;
    if (list.length >= limits.hits) {
      answer.more_hits = true;
      continue;
    }
    const { handling, embargo, contact, operation } = tip.heading as Record<string, unknown> as {
      handling?: string[];
      embargo?: unknown;
      contact?: unknown;
      operation: { id: string; name: string };
    };
    const control = found.indicator.control ?? "unknown";
    list.push({
      tip: tip.tip,
      version: tip.version,
      ordinal: found.ordinal,
      from: tip.author,
      operation: { id: operation.id, name: operation.name },
      through: tip.through,
      tlp: tip.tlp,
      handling: handling ?? [],
      ...(embargo ? { embargo } : {}),
      ...(contact ? { contact } : {}),
      control,
      ...(found.indicator.confidence !== undefined && { confidence: found.indicator.confidence }),
      how: found.how,
      ...(found.distance !== undefined && { distance: found.distance }),
      human_review: control !== "operated" || (handling ?? []).includes("human-review"),
      ...(isCommon(found.indicator) && { common: true }),
      indicator: found.indicator,
    });
  }
}
