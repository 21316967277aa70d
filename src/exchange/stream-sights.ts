/**
 * Sights page after page, as long as it takes, the reader judged anew before each. Guarantees: what is on a page is judged,
 * recorded and read in one batch, before any of it is handed on; where it cannot go on to its end it breaks off with an error,
 * so that a part is not taken for the whole.
 */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Door } from "../store/accesses.ts";
import { first } from "../store/database.ts";
import { selectSeqOfNewest } from "../store/feed.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { type Place, readSights, type Sight, type SightOptions } from "./read-sights.ts";
import { type Place as Connection, takePlace } from "./waiting.ts";

export interface SightStream {
  sights(): AsyncGenerator<Sight, void, undefined>;
  /** Given up, it ends at its next page. */
  connection: Connection;
}

export interface Streaming {
  door: Door;
  from: Place;
  options: SightOptions;
  /** The caller as it is later. */
  judge(later: Exchange): Promise<Result<Caller, Problem>>;
}

/** Refused before anything is sent where the first page is. */
export async function streamSights(
  exchange: Exchange,
  caller: Caller,
  { door, from, options, judge }: Streaming,
): Promise<Result<SightStream, Problem>> {
  const refused = await caller.work.begin(limits.large.answer_bytes);
  if (refused) return err(refused);
  const connection = takePlace(caller.partner, exchange.now);
  if (!connection) return err({ ...problem("rate", "Your other connections wait already."), retry_after: 5 });
  const read = (reader: Caller, place: Place) =>
    readSights({ ...exchange, now: Date.now() }, reader, door, place, options);
  const begun = await read(caller, from).catch((error: unknown) => {
    connection.isOver = true;
    throw error;
  });

  async function* sights(): AsyncGenerator<Sight, void, undefined> {
    let page = begun;
    try {
      for (let read_pages = 1; ; read_pages++) {
        connection!.until = Date.now() + limits.answer_seconds * 1_000;
        yield* page.sights;
        if (!page.more) return;
        if (connection!.isOver || read_pages >= limits.export.pages)
          throw new Error("It breaks off here, and would have gone on.");
        const judged = await judge({ ...exchange, now: Date.now() });
        if (!judged.ok) throw new Error("The reader is no more what it was.");
        page = await read(judged.value, page.next);
      }
    } finally {
      connection!.isOver = true;
      caller.work.leave();
    }
  }
  return ok({ sights, connection });
}

/** Where the newest so many events begin of those that the caller may be told. */
export async function placeOfNewest(exchange: Exchange, caller: Caller, events: number): Promise<Place> {
  return { seq: (await first(exchange.db, selectSeqOfNewest(caller, events)))!.seq, ordinal: -1 };
}
