/**
 * The feed as an iterator of events. At least once: every event carries the cursor to keep when it is dealt with, and a feed
 * opened after a kept cursor leaves out nothing that came behind it. The exchange gives a cursor for each page, so after a
 * crash inside a page its events come again from the page's first; `id` tells which were seen.
 */
import type { Envelope } from "../core/envelope.ts";
import type { Connection } from "./connect.ts";
import { ExchangeProblem, Unreachable } from "./problem.ts";
import { pause, queryOf } from "./send.ts";

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
  /** With `documents`, where you may see the tip and its version is the current one: what `verifyTip` takes. */
  envelope?: Envelope;
  receipt?: string;
}

export interface FeedOptions {
  /** A kept cursor; from the beginning where it is left out or empty. */
  after?: string;
  /** With the signed documents. */
  documents?: boolean;
  /** Events asked for at a time, 1 to 1,000: also the most that come again after a crash. Default 100. */
  page?: number;
  /** Goes on for ever, asking for more after this many milliseconds; where the exchange cannot answer, it tries again after 5 s or what Retry-After says. */
  follow?: number;
  /** Told, with `follow`, each time the exchange could not answer. */
  trouble?: (error: ExchangeProblem | Unreachable) => void;
}

/**
 * Events after a cursor, in the order in which the exchange took them; ends where the feed does, unless `follow` is given.
 * Deal with an event, then keep its `cursor`: that loses nothing and may repeat up to a page. Ends early by `break`, or by
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
 */
export async function* feed(
  connection: Connection,
  options: FeedOptions = {},
): AsyncGenerator<FeedEvent & { cursor: string }, void, undefined> {
  let after = options.after ?? "";
  for (;;) {
    const page = await nextPage(connection, after, options);
    // Until its last event is dealt with, a page begins where the one before ended.
    for (const [at, event] of page.events.entries())
      yield { ...event, cursor: at === page.events.length - 1 ? page.next : after };
    after = page.next;
    if (page.more) continue;
    if (options.follow === undefined) return;
    await pause(options.follow, connection.signal);
  }
}

interface Page {
  events: FeedEvent[];
  next: string;
  more: boolean;
}

async function nextPage(connection: Connection, after: string, options: FeedOptions): Promise<Page> {
  const query = queryOf({ after, documents: options.documents, limit: options.page });
  for (;;) {
    try {
      return await connection.call<Page>("GET", `/v1/feed?${query}`);
    } catch (error) {
      const passes =
        error instanceof Unreachable ||
        (error instanceof ExchangeProblem && (error.status === 429 || error.status >= 500));
      if (options.follow === undefined || !passes) throw error;
      options.trouble?.(error);
      const asked = error instanceof ExchangeProblem ? error.retry_after : undefined;
      await pause((asked ?? 5) * 1_000, connection.signal);
    }
  }
}
