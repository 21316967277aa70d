/**
 * The feed as an iterator of events. At least once: every event carries the cursor to keep when it is dealt with, and a feed
 * opened after a kept cursor leaves out nothing that came behind it. A page of the feed has one cursor, so after a crash inside
 * a page its events come again from the page's first (`id` tells which were seen); on the stream each event has its own.
 */
import type { Envelope } from "../core/envelope.ts";
import type { Connection } from "./connect.ts";
import { eventsOf, nextPage } from "./feed-page.ts";
import type { WithdrawalReason } from "./own-tip.ts";
import type { ExchangeProblem, Unreachable } from "./problem.ts";
import { pause } from "./send.ts";
import { follow } from "./stream.ts";

/** What happened to a tip that concerns you (`/openapi.json`, schema `Event`). Times are RFC 3339 in UTC. */
export interface FeedEvent {
  /** The same each time the event is read: what one has dealt with is known by it. */
  id: string;
  /** `published`, `revised`, `withdrawn`, `recalled`, `expiring`, `expired`, `embargo_lifted` …; kinds are added, so let unknown ones pass. */
  type: string;
  at: string;
  tip?: string;
  version?: number;
  from?: string;
  /** Of `subscription_paused`, which is about no tip: which of your own. */
  subscription?: string;
  /** By which token it reached you: `platforms`, `group:election-cell`, `author` for your own. */
  through?: string;
  /** How many indicators lie on your own platforms and domains, and what is asked of you. */
  for_you?: { indicators: number; ask?: string[]; respond_by?: string };
  urgency?: string;
  respond_by?: string;
  /** Of `withdrawn`: why its author took it back, for a month. */
  reason?: WithdrawalReason;
  /** With `documents`, where you may see the tip and its version is the current one: what `verifyTip` takes. */
  envelope?: Envelope;
  receipt?: string;
  /** Of `disputed`, `undisputed`, `appealed`: the indicators' places in the tip, from 0. */
  indicators?: number[];
  /** Of `disputed`: nobody has decided for 14 days. */
  undecided?: true;
}

export interface FeedOptions {
  /** A kept cursor; from the beginning where it is left out or empty. */
  after?: string;
  /** With the signed documents. */
  documents?: boolean;
  /** Events of one page, 1 to 1,000: also the most that come again after a crash. Default 100. The stream has no pages. */
  page?: number;
  /**
   * Goes on for ever. `true`: events come as they happen, by the exchange's stream, which is opened again behind the last event
   * whenever it ends or breaks; where no stream gets through, by requests that wait for the next event. A number: asks for more
   * after that many milliseconds. Where the exchange cannot answer, it is tried again after 5 s or what Retry-After says.
   */
  follow?: true | number;
  /** Told, with `follow`, each time the exchange could not answer or the connection broke, before it is tried again. */
  trouble?: (error: ExchangeProblem | Unreachable) => void;
}

/**
 * Events after a cursor, in the order in which the exchange took them; ends where the feed does, unless `follow` is given.
 * Deal with an event, then keep its `cursor`: that loses nothing and may repeat up to a page (with `follow: true` the one
 * event that was not kept). Ends early by `break`, or by
 * the connection's signal (`exchange.within({ signal })`). Throws ExchangeProblem `old-cursor` (410) where the exchange was
 * restored from a copy: begin again without `after`.
 *
 * @example
 * ```js
 * for await (const event of feed(exchange, { after: readCursor() })) {
 *   await dealWith(event);
 *   keepCursor(event.cursor);
 * }
 * ```
 *
 * @example As it happens, until the program is stopped:
 * ```js
 * for await (const event of feed(exchange, { after: readCursor(), follow: true, trouble: console.warn })) { … }
 * ```
 */
export async function* feed(
  connection: Connection,
  options: FeedOptions = {},
): AsyncGenerator<FeedEvent & { cursor: string }, void, undefined> {
  if (options.follow === true) return yield* follow(connection, options);
  let after = options.after ?? "";
  for (;;) {
    const page = await nextPage(connection, after, options);
    yield* eventsOf(page, after);
    after = page.next;
    if (page.more) continue;
    if (options.follow === undefined) return;
    await pause(options.follow, connection.signal);
  }
}
