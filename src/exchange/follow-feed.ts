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
import { type FeedOptions, type FeedPage, pageOf, type Reading, readAfter, sorted, startOf } from "./read-feed.ts";
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
/** At worst, for who is behind and reads over what is hidden. */
const statementsOfPage = 40;

/** A page of events, as soon as there is one; without events when the time is over, or as the feed where it has far to go. */
export async function awaitFeed(
  exchange: Exchange,
  caller: Caller,
  options: Waiting,
  seconds: number,
): Promise<Result<FeedPage, Problem>> {
  const opened = await open(exchange, caller, options);
  if (!opened.ok) return opened;
  const { next, place } = opened.value;
  try {
    const read = await next(exchange.now + seconds * 1_000);
    return read.ok ? ok(await pageOf(exchange, caller, read.value)) : read;
  } finally {
    place.isOver = true;
  }
}

/** An event with the cursor behind it; undefined: nothing, but all is well. */
export type Piece = { event: Record<string, unknown>; cursor: string } | undefined;

export interface Stream {
  /** Event after event, until the token ends, the caller is no more what it was, or the request has made its statements. */
  pieces(): AsyncGenerator<Piece, void, undefined>;
  /** Given up, it ends at its next step. */
  place: Place;
}

export const followFeed = (exchange: Exchange, caller: Caller, options: Waiting): Promise<Result<Stream, Problem>> =>
  open(exchange, caller, options);

async function open(exchange: Exchange, caller: Caller, options: Waiting) {
  const start = await startOf(exchange, caller, options.after);
  if (!start.ok) return start;
  const place = takePlace(caller.partner, exchange.now);
  if (place) return ok(follow(exchange, caller, options, start.value, place));
  return err({ ...problem("rate", "Your other connections wait already."), retry_after: 5 });
}

/** One connection's way through the feed, from `at`. */
function follow(
  exchange: Exchange,
  caller: Caller,
  { limit, documents, judge, statements = waiting.statements }: Waiting,
  at: number,
  place: Place,
) {
  const { until, work } = caller;
  /** The exchange's newest event when it last read. */
  let seen = -1;
  let more = true;
  let made = 0;
  const db = {
    // Each statement is prepared once.
    prepare(text: string) {
      made++;
      return exchange.db.prepare(text);
    },
    batch: (list: D1PreparedStatement[]) => exchange.db.batch(list),
  } as unknown as D1Database;
  const now = (): Exchange => ({ ...exchange, db, now: Date.now() });

  const isOver = (end: number): boolean =>
    place.isOver || Date.now() >= end || made + (more ? statementsOfPage : 0) >= statements;

  async function judgeAnew() {
    const judged = await judge(now());
    if (judged.ok) caller = judged.value;
    return judged;
  }

  /** Events as soon as there are some; none when the time is over. */
  async function next(end: number): Promise<Result<Reading, Problem>> {
    const last = Math.min(end, until);
    if (seen < 0) seen = await look(now());
    while (!isOver(last)) {
      const before = made;
      const heard = more ? seen : await hear(now(), seen, last, place);
      if (!more && heard === seen) break;
      const rows = more ? undefined : await all(db, selectNew(caller, at, limit + 1));
      if (rows?.length !== 0) {
        const judged = await judgeAnew();
        if (!judged.ok) return judged;
        // All there are, unless they are more than one page takes.
        const known = rows && rows.length <= limit ? sorted(rows.map(({ seq }) => seq)) : undefined;
        const page = await readAfter(now(), caller, at, { limit, documents }, known);
        if (page.ok && page.value.bytes > limits.large.answer_bytes) work.send(page.value.bytes);
        else work.end();
        if (!page.ok) return page;
        ({ more, end: at } = page.value);
        if (page.value.told.length > 0) {
          seen = heard;
          return page;
        }
      }
      if (heard !== seen) made = Math.max(made, before + statementsOfNews);
      seen = heard;
    }
    return ok({ told: [], end: at, more, bytes: 0 });
  }

  async function* pieces(): AsyncGenerator<Piece, void, undefined> {
    // The first one lets the reader, and whatever lies between, see that it has begun.
    let beat = exchange.now;
    const keep = () => {
      place.until = Date.now() + answerMs;
    };
    try {
      while (!isOver(until)) {
        if (Date.now() >= beat) {
          if (!(await judgeAnew()).ok) return;
          keep();
          yield undefined;
          while (beat <= Date.now()) beat += beatMs;
        }
        const page = await next(beat);
        if (!page.ok) {
          // Not its turn yet, or it is no more what it was.
          const { retry_after } = page.error;
          if (!retry_after) return;
          await scheduler.wait(retry_after * 1_000);
          continue;
        }
        const began = Date.now();
        for (const { event, end } of page.value.told) {
          // What was judged is not handed out much later.
          if (place.isOver || Date.now() > Math.min(began + answerMs, until)) return;
          keep();
          yield { event, cursor: await writeCursor(exchange, caller, "feed", [end]) };
        }
        work.leave();
      }
    } finally {
      place.isOver = true;
      work.leave();
    }
  }

  return { next, pieces, place };
}
