/** One page of the feed, asked for until it is there. */
import type { Connection } from "./connect.ts";
import type { FeedEvent, FeedOptions } from "./feed.ts";
import { ExchangeProblem, Unreachable } from "./problem.ts";
import { pause, queryOf } from "./send.ts";

export interface Page {
  events: FeedEvent[];
  next: string;
  more: boolean;
}

/** What may be over when it is tried again. */
export const passes = (error: unknown): error is ExchangeProblem | Unreachable =>
  error instanceof Unreachable || (error instanceof ExchangeProblem && (error.status === 429 || error.status >= 500));

/** Tells of the trouble, and waits as long as the exchange asks, else `usually` seconds. */
export async function waitOut(
  connection: Connection,
  options: FeedOptions,
  error: ExchangeProblem | Unreachable,
  usually = 5,
): Promise<void> {
  options.trouble?.(error);
  const asked = error instanceof ExchangeProblem ? error.retry_after : undefined;
  await pause((asked ?? usually) * 1_000, connection.signal);
}

/** `wait`: seconds the exchange may wait for an event. */
export async function nextPage(
  connection: Connection,
  after: string,
  options: FeedOptions,
  wait?: number,
): Promise<Page> {
  const query = queryOf({ after, documents: options.documents, limit: options.page, wait });
  for (;;) {
    try {
      return await connection.call<Page>("GET", `/v1/feed?${query}`);
    } catch (error) {
      if (options.follow === undefined || !passes(error)) throw error;
      await waitOut(connection, options, error);
    }
  }
}

/** Until its last event is dealt with, a page begins where the one before ended. */
export const eventsOf = ({ events, next }: Page, after: string): (FeedEvent & { cursor: string })[] =>
  events.map((event, at) => ({ ...event, cursor: at === events.length - 1 ? next : after }));
