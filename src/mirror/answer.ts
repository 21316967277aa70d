/**
 * Answers questions from the mirror as the exchange does, by the same code: read, probe, look up, judge, choose, show. Between the
 * probes and the database stands the filter of keys. What is not in force at the moment of the question does not answer, be it
 * erased yet or not. Nothing of a question is kept.
 */
import { sitesOf } from "../client/directory.ts";
import { ExchangeProblem } from "../client/problem.ts";
import type { ProbeOptions, Sites } from "../core/indicators/family.ts";
import { staticSites } from "../core/indicators/platforms.ts";
import { probesOf } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import { type Candidate, chooseMatches, judgeCandidates } from "../core/matching/judge-matches.ts";
import { askersOf, type Question, readQuestions } from "../core/matching/read-questions.ts";
import { type Answer, unanswered, viewOf } from "../core/matching/view-match.ts";
import { type Problem, problems } from "../core/problem.ts";
import { ok, type Result } from "../core/result.ts";
import { KeyFilter } from "./key-filter.ts";
import { MirrorError } from "./mirror-error.ts";
import { quickText } from "./quick-questions.ts";
import type { Store } from "./store.ts";

type Asked = string | Record<string, unknown>;

export class Answerer {
  readonly #store: Store;
  #filter = new KeyFilter();
  #newest = 0;
  #changes = -1;
  #generation = 0;
  #prefixes: string[] = [];
  #sites: Sites = staticSites;
  #tips = new Map<number, ReturnType<Store["answeringTip"]>>();

  constructor(store: Store) {
    this.#store = store;
  }

  get sites(): Sites {
    this.#catchUp();
    return this.#sites;
  }

  /** Of the filter. */
  get bytes(): number {
    return this.#filter.bytes;
  }

  /** At most as many as a request takes; throws ExchangeProblem `invalid-request` as the exchange refuses. */
  ask(questions: readonly Asked[], options: ProbeOptions, now: number): Answer[] {
    return this.#store.read(() => {
      this.#catchUp();
      const read = readQuickly(questions, this.#sites);
      if (read.ok) return this.#answer(read.value, options, now);
      const { slug, detail, faults } = read.error;
      throw new ExchangeProblem(problems[slug].status, slug, detail, { ...(faults && { faults }) });
    });
  }

  /** Questions in canonical form. */
  askRead(questions: readonly Question[], options: ProbeOptions, now: number): Answer[] {
    return this.#store.read(() => {
      this.#catchUp();
      return this.#answer(questions, options, now);
    });
  }

  #answer(questions: readonly Question[], { on_host }: ProbeOptions, now: number): Answer[] {
    const options = { ...(on_host && { on_host }), prefixes: this.#prefixes };
    const met = new Set<string>();
    const probes = questions.map(({ asked }) => {
      if (!asked) return none;
      let maybe: string[] | undefined;
      for (const probe of probesOf(asked, this.#sites, options)) {
        if (!this.#filter.mayHave(probe)) continue;
        maybe ??= [];
        maybe.push(probe);
        met.add(probe);
      }
      return maybe ?? none;
    });
    const answers = questions.map(unanswered);
    if (met.size > 0) this.#judge(questions, probes, met, options, now, answers);
    return answers;
  }

  #judge(
    questions: readonly Question[],
    probes: readonly (readonly string[])[],
    met: ReadonlySet<string>,
    options: ProbeOptions,
    now: number,
    answers: Answer[],
  ): void {
    const rows: Candidate[] = [];
    const cut = new Set<string>();
    const places = this.#store.placesUnder(met);
    for (const key of [...places.keys()].sort()) {
      const at = places.get(key)!;
      const found = this.#store.candidates(key, at, this.#generation, now, limits.candidates);
      if (found.length < limits.candidates) rows.push(...found);
      else {
        cut.add(key);
        rows.push(...this.#store.candidatesFairly(key, at, this.#generation, now, limits.hits, limits.candidates));
      }
    }
    if (rows.length === 0) return;
    const askers = askersOf(new Set(rows.map((row) => row.key)), probes);
    const { chosen, left } = chooseMatches(judgeCandidates(rows, askers, questions, this.#sites, options));
    for (const position of left) answers[position]!.more_hits = true;
    if (cut.size > 0)
      for (const [position, made] of probes.entries())
        if (made.some((probe) => cut.has(probe))) answers[position]!.more_hits = true;
    for (const found of chosen) {
      const { tip, heading } = this.#tip(found.tip_no);
      const { hits, context } = answers[found.position]!;
      (found.context ? context : hits).push(viewOf(found, tip, heading));
    }
  }

  #tip(rank: number): ReturnType<Store["answeringTip"]> {
    const known = this.#tips.get(rank) ?? this.#store.answeringTip(rank, this.#generation);
    if (this.#tips.size > 1_000) this.#tips.clear();
    this.#tips.set(rank, known);
    return known;
  }

  /** What another connection wrote since. */
  #catchUp(): void {
    const changes = this.#store.changes();
    if (changes === this.#changes) return;
    const generation = this.#store.answering();
    if (generation === undefined)
      throw new MirrorError(
        "not-synced",
        "This mirror was never read to the end, so it could answer wrongly: sync it first.",
      );
    if (generation !== this.#generation) {
      this.#filter = new KeyFilter(this.#store.seed());
      this.#newest = 0;
    }
    this.#newest = this.#store.hashesAfter(this.#newest, this.#filter.addHash);
    this.#prefixes = this.#store.prefixes();
    const directory = this.#store.directory();
    this.#sites = directory ? sitesOf(directory.partners) : staticSites;
    this.#tips.clear();
    this.#generation = generation;
    this.#changes = changes;
  }
}

const none: readonly string[] = [];

/** As `readQuestions` reads them, which is asked for what is not plain. */
function readQuickly(questions: readonly Asked[], sites: Sites): Result<Question[], Problem> {
  const read: Question[] = [];
  const left: Asked[] = [];
  for (const question of questions) {
    const asked = typeof question === "string" ? quickText(question, sites) : undefined;
    read.push(asked ? { asked } : {});
    if (!asked) left.push(question);
  }
  if (left.length === 0) return ok(read);
  const rest = readQuestions(left, sites);
  // The faults name their questions by position.
  if (!rest.ok) return readQuestions(questions, sites);
  let next = 0;
  return ok(read.map((one) => (one.asked ? one : rest.value[next++]!)));
}
