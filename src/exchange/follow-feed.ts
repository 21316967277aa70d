/**
 * The feed for those who wait: a page as soon as there is one, or page after page. What is handed out is judged, recorded and
 * read as any page of the feed, and the caller is judged anew before each. Guarantees: nothing is skipped or repeated behind
 * the cursor of what was handed on; who waits gets nothing, early or otherwise, from events that are hidden from it, and what
 * they cost ends nothing sooner than others' events do; it ends with the token, and where the caller is judged to be no more.
 */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { all } from "../store/database.ts";
import { selectNew } from "../store/feed.ts";
import { writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { type FeedOptions, type FeedPage, pageOf, type Reading, readAfter, startOf } from "./read-feed.ts";
import { hear, look, type Place, takePlace } from "./waiting.ts";

export interface Waiting extends FeedOptions {
  after?: string;
  /** The caller as it is at a later time, as far as it still may read. */
  judge(later: Exchange): Promise<Result<Caller, Problem>>;
  /** After so many it ends; those of one page may go beyond. */
  statements?: number;
}

const { waiting } = limits;
const beatMs = waiting.beat_seconds * 1_000;
const answerMs = limits.answer_seconds * 1_000;
/** Statements counted for whatever was added to the exchange, hidden from the caller or none of its own: what one page takes. */
const statementsOfNews = 12;

/** A page of events, as soon as there is one; without events when the time is over, or as the feed where it has far to go. */
export async function awaitFeed(
  exchange: Exchange,
  caller: Caller,
  options: Waiting,
  seconds: number,
): Promise<Result<FeedPage, Problem>> {
  const opened = await open(exchange, caller, options);
  if (!opened.ok) return opened;
  const follower = opened.value;
  try {
    const read = await follower.next(exchange.now + seconds * 1_000);
    return read.ok ? ok(await pageOf(exchange, caller, read.value)) : read;
  } finally {
    follower.place.leave();
  }
}

/** An event with the cursor behind it; undefined: nothing, but all is well. */
export type Piece = { event: Record<string, unknown>; cursor: string } | undefined;

export interface Stream {
  pieces: AsyncGenerator<Piece, void, undefined>;
  /** Ends it at its next step. */
  end(): void;
}

/** Event after event, until the token ends, the caller is no more what it was, or the request has made its statements. */
export async function followFeed(
  exchange: Exchange,
  caller: Caller,
  options: Waiting,
): Promise<Result<Stream, Problem>> {
  const opened = await open(exchange, caller, options);
  if (!opened.ok) return opened;
  const { place } = opened.value;
  return ok({ pieces: piecesOf(opened.value), end: () => place.leave() });
}

async function open(exchange: Exchange, caller: Caller, options: Waiting): Promise<Result<Follower, Problem>> {
  const start = await startOf(exchange, caller, options.after);
  if (!start.ok) return start;
  const place = takePlace(caller.partner, exchange.now);
  if (place) return ok(new Follower(exchange, caller, options, start.value, place));
  const detail = `You wait on ${waiting.connections} connections already: end one first.`;
  return err({ ...problem("rate", detail), retry_after: 5 });
}

async function* piecesOf(follower: Follower): AsyncGenerator<Piece, void, undefined> {
  const { place } = follower;
  let beat = Date.now() + beatMs;
  try {
    // The reader, and whatever lies between, sees at once that it has begun.
    place.keep(Date.now(), answerMs);
    yield undefined;
    while (!follower.isOver) {
      const read = await follower.next(beat);
      if (!read.ok) {
        // Not its turn yet, or it is no more what it was.
        if (read.error.retry_after === undefined) return;
        await scheduler.wait(Math.min(read.error.retry_after * 1_000, beatMs));
        continue;
      }
      const began = Date.now();
      for (const { event, end } of read.value.told) {
        // What was judged is not handed out much later.
        if (Date.now() > Math.min(began + answerMs, follower.until) || place.isOver) return;
        place.keep(Date.now(), answerMs);
        yield { event, cursor: await writeCursor(follower.exchange, follower.caller, "feed", [end]) };
      }
      follower.caller.work.leave();
      if (Date.now() < beat) continue;
      if (!(await follower.judge()).ok) return;
      place.keep(Date.now(), answerMs);
      yield undefined;
      while (beat <= Date.now()) beat += beatMs;
    }
  } finally {
    place.leave();
    follower.caller.work.leave();
  }
}

/** Where one connection is in the feed. */
class Follower {
  readonly exchange: Exchange;
  readonly place: Place;
  readonly until: number;
  caller: Caller;
  readonly #options: Waiting;
  #at: number;
  /** The exchange's newest event when it last read. */
  #seen = 0;
  #more = true;
  #begun = false;
  #statements = 0;

  constructor(exchange: Exchange, caller: Caller, options: Waiting, at: number, place: Place) {
    // Each statement is prepared once.
    const prepare = (text: string) => {
      this.#statements++;
      return exchange.db.prepare(text);
    };
    const batch = (list: D1PreparedStatement[]) => exchange.db.batch(list);
    this.exchange = { ...exchange, db: { prepare, batch } as unknown as D1Database };
    this.caller = caller;
    this.until = caller.until;
    this.place = place;
    this.#options = options;
    this.#at = at;
  }

  get isOver(): boolean {
    // Who is behind reads ranges of every token it holds; at worst three of each for one page.
    const room = this.#more ? 3 * this.caller.held.length : 0;
    const most = this.#options.statements ?? waiting.statements;
    return this.place.isOver || Date.now() >= this.until || this.#statements + room >= most;
  }

  async judge(): Promise<Result<Caller, Problem>> {
    const judged = await this.#options.judge(this.#now());
    if (judged.ok) this.caller = judged.value;
    return judged;
  }

  /** Events as soon as there are some; none when the time is over. */
  async next(until: number): Promise<Result<Reading, Problem>> {
    const last = Math.min(until, this.until);
    if (!this.#begun) this.#seen = await look(this.#now());
    for (;;) {
      if (this.#begun && (this.isOver || Date.now() >= last)) break;
      const began = this.#statements;
      const heard = this.#more ? this.#seen : await hear(this.#now(), this.#seen, last, this.place);
      if (!this.#more && heard === this.#seen) break;
      const read = await this.#read();
      if (!read.ok) return read;
      if (heard !== this.#seen) this.#statements = Math.max(this.#statements, began + statementsOfNews);
      this.#seen = heard;
      this.#more = read.value.more;
      this.#at = read.value.end;
      if (read.value.told.length > 0) return read;
    }
    return ok(this.#nothing(this.#more));
  }

  async #read(): Promise<Result<Reading, Problem>> {
    const { limit, documents } = this.#options;
    const known = this.#more ? undefined : await this.#selectNew(limit);
    if (known?.length === 0) return ok(this.#nothing(false));
    // The first page is judged with the request.
    const judged = this.#begun ? await this.judge() : ok(this.caller);
    if (!judged.ok) return judged;
    this.#begun = true;
    const { work } = this.caller;
    const read = await readAfter(this.#now(), this.caller, this.#at, { limit, documents }, known);
    if (read.ok && read.value.bytes > limits.large.answer_bytes) work.send(read.value.bytes);
    else work.end();
    return read;
  }

  /** Sorted and without doubles; undefined where there are more than one page takes. */
  async #selectNew(limit: number): Promise<number[] | undefined> {
    const rows = await all(this.exchange.db, selectNew(this.caller, this.#at, limit + 1));
    return rows.length > limit ? undefined : [...new Set(rows.map((row) => row.seq))].sort((a, b) => a - b);
  }

  #nothing = (more: boolean): Reading => ({ told: [], end: this.#at, more, bytes: 0 });
  #now = (): Exchange => ({ ...this.exchange, now: Date.now() });
}
