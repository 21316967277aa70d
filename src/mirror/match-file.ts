/**
 * A file of any size matched at home: read a block at a time, its matches written as they come, nothing sent anywhere. With an
 * output, what is written and how far the file was read are kept together: ended at any moment, the same call goes on there. The
 * output has its name once it is whole.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import type { Match } from "../client/match.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import { matchHead, matchLine } from "./match-columns.ts";
import type { Mirror } from "./mirror.ts";
import { type Rows, readerOf } from "./read-rows.ts";

export interface FileMatch {
  /** Of the file; 0 where its format has none. */
  line: number;
  asked: Indicator;
  list: "hits" | "context";
  match: Match;
  more_hits?: true;
}

export interface MatchFileOptions {
  /** Whose accounts the file lists. */
  platform?: string;
  on_host?: boolean;
  /** Where matches are written: CSV, or NDJSON where the name ends so. Without, `found` is told of each. */
  output?: string;
  found?: (match: FileMatch) => void;
  /** Told how many bytes of the file are done, of how many. */
  progress?: (done: number, total: number) => void;
  /** Ends it between two blocks. */
  signal?: AbortSignal;
}

export interface FileMatched {
  rows: number;
  /** Values asked about; a row may hold several. */
  asked: number;
  /** Values with hits, and those with context alone. */
  matched: number;
  context_only: number;
  unread: number;
  /** The first of them. */
  unread_rows: { line: number; reason: string }[];
  ignored_columns: string[];
  /** The line behind which an earlier call had ended. */
  resumed_behind?: number;
}

/** Unread rows that are told one by one. */
const told = 100;
/** Milliseconds between two moments at which the place is kept. */
const keepEvery = 1_000;

/**
 * Matches every row of a CSV, an export or a list of values. Throws MirrorError `unreadable` where its form is not known, and the
 * signal's reason where that ended it.
 *
 * @example
 * ```js
 * await matchFile(mirror, "accounts.csv", { platform: "facepage", output: "matches.csv" });
 * ```
 */
export async function matchFile(mirror: Mirror, file: string, options: MatchFileOptions = {}): Promise<FileMatched> {
  const { size, mtimeMs } = statSync(file);
  const { platform, on_host = false, signal } = options;
  const reader = await readerOf(file, platform, mirror.sites);
  const output =
    options.output === undefined ? undefined : new Output(options.output, { size, mtimeMs, platform, on_host });
  const place = output?.place ?? { end: 0, lines: 0, bytes: 0, counts: nothing() };
  const counts = { ...place.counts, ignored_columns: reader.ignored_columns };
  if (place.end > 0) counts.resumed_behind = place.lines;
  try {
    for await (const rows of reader.read(place)) {
      const found = ask(mirror, rows, counts, on_host);
      if (output) output.add(found, { end: rows.end, lines: rows.lines, counts });
      else for (const one of found) options.found?.(one);
      options.progress?.(rows.end, size);
      signal?.throwIfAborted();
    }
    output?.finish();
  } finally {
    output?.close();
  }
  return counts;
}

const nothing = (): FileMatched => ({
  ...{ rows: 0, asked: 0, matched: 0, context_only: 0, unread: 0, unread_rows: [], ignored_columns: [] },
});

function ask(mirror: Mirror, { asking, unread, rows }: Rows, counts: FileMatched, on_host: boolean): FileMatch[] {
  const found: FileMatch[] = [];
  counts.rows += rows;
  counts.asked += asking.length;
  counts.unread += unread.length;
  counts.unread_rows.push(...unread.slice(0, told - counts.unread_rows.length));
  for (let at = 0; at < asking.length; at += limits.questions) {
    const some = asking.slice(at, at + limits.questions);
    const answers = mirror.matchRead(
      some.map((one) => one.asked),
      { on_host },
    );
    for (const [position, answer] of answers.entries()) {
      if (answer.hits.length > 0) counts.matched++;
      else if (answer.context.length > 0) counts.context_only++;
      else continue;
      for (const list of ["hits", "context"] as const)
        for (const match of answer[list])
          found.push({ ...some[position]!, list, match, ...(answer.more_hits && { more_hits: true }) });
    }
  }
  return found;
}

interface Place {
  end: number;
  lines: number;
  bytes: number;
  counts: FileMatched;
}

/** The output while it is not whole (`.part`), and beside it up to where the file is in it (`.part.json`). */
class Output {
  readonly place: Place;
  readonly #name: string;
  readonly #question: string;
  readonly #isJson: boolean;
  readonly #file: number;
  #kept = Date.now();
  #pending: Place | undefined;

  constructor(name: string, question: Record<string, unknown>) {
    this.#name = name;
    this.#question = JSON.stringify(question);
    this.#isJson = /\.(ndjson|jsonl)$/i.test(name);
    const kept = this.#read();
    this.#file = openSync(this.#part, kept ? "r+" : "w", 0o600);
    this.place = kept ?? { end: 0, lines: 0, bytes: 0, counts: nothing() };
    // What was written behind the kept place comes again.
    ftruncateSync(this.#file, this.place.bytes);
    if (!kept && !this.#isJson) this.#write(matchHead());
  }

  get #part(): string {
    return `${this.#name}.part`;
  }

  get #side(): string {
    return `${this.#part}.json`;
  }

  /** Of the same file and question, and written no further than the output is. */
  #read(): Place | undefined {
    if (!existsSync(this.#part) || !existsSync(this.#side)) return undefined;
    try {
      const kept = JSON.parse(readFileSync(this.#side, "utf8")) as Place & { question: string };
      return kept.question === this.#question && statSync(this.#part).size >= kept.bytes ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#file, bytes, at, bytes.length - at, this.place.bytes + at);
    this.place.bytes += bytes.length;
  }

  add(found: readonly FileMatch[], { end, lines, counts }: Omit<Place, "bytes">): void {
    this.#write(found.map((one) => (this.#isJson ? `${JSON.stringify(one)}\n` : matchLine(one))).join(""));
    this.#pending = { end, lines, bytes: this.place.bytes, counts: structuredClone(counts) };
    if (Date.now() - this.#kept >= keepEvery) this.#keep();
  }

  /** The matches are on disk before the place that says so. */
  #keep(): void {
    if (!this.#pending) return;
    fsyncSync(this.#file);
    writeFileSync(`${this.#side}.new`, JSON.stringify({ question: this.#question, ...this.#pending }), { mode: 0o600 });
    renameSync(`${this.#side}.new`, this.#side);
    this.#kept = Date.now();
    this.#pending = undefined;
  }

  finish(): void {
    fsyncSync(this.#file);
    renameSync(this.#part, this.#name);
    rmSync(this.#side, { force: true });
    this.#pending = undefined;
  }

  /** Also where something failed: what is written stays, to go on with. */
  close(): void {
    this.#keep();
    closeSync(this.#file);
  }
}
