/**
 * The feed as it happens: the exchange's stream of server-sent events, opened again behind the last event wherever it ended or
 * broke; long polls where it cannot be had. Guarantees: each event's cursor is the one behind it, so that nothing is left out
 * and nothing comes twice, however often it is opened; a connection on which nothing comes any more is given up.
 */
import type { Connection } from "./connect.ts";
import type { FeedEvent, FeedOptions } from "./feed.ts";
import { eventsOf, nextPage, passes, waitOut } from "./feed-page.ts";
import { ExchangeProblem, Unreachable } from "./problem.ts";
import { pause, queryOf } from "./send.ts";

type Told = FeedEvent & { cursor: string };

/** Times are in milliseconds. */
export interface Patience {
  /** The exchange sends its first byte at once: what lets none through by then keeps answers back until they are whole. */
  first: number;
  /** It shows every fifteen seconds that it lives. */
  silence: number;
  /** Where the stream cannot be had, it is tried again after that long. */
  again: number;
  /** Between two openings at least, whatever ended the first. */
  between: number;
  /** Between two polls, at an exchange that does not wait. */
  poll: number;
}
const usual: Patience = { first: 10_000, silence: 45_000, again: 600_000, between: 1_000, poll: 5_000 };

/** Seconds of one long poll; what lies between often gives up after thirty. */
const waitSeconds = 25;

/** Here the stream cannot be had, now or at all. */
class NoStream extends Error {}

export async function* follow(
  connection: Connection,
  options: FeedOptions,
  patience: Patience = usual,
): AsyncGenerator<Told, void, undefined> {
  let after = options.after ?? "";
  let failed = 0;
  for (;;) {
    const began = Date.now();
    try {
      for await (const event of readStream(connection, after, options, patience)) {
        after = event.cursor;
        failed = 0;
        yield event;
      }
    } catch (error) {
      if (Date.now() - began > patience.silence) failed = 0;
      if (error instanceof NoStream) {
        for await (const event of poll(connection, after, options, patience)) {
          after = event.cursor;
          yield event;
        }
      } else if (passes(error))
        await waitOut(connection, options, error, Math.min(5, 2 ** failed++ * (0.5 + Math.random())));
      else throw error;
    }
    // The token's end is no trouble.
    await pause(Math.max(0, began + patience.between - Date.now()), connection.signal);
  }
}

/** Long polls, for a while. */
async function* poll(
  connection: Connection,
  from: string,
  options: FeedOptions,
  patience: Patience,
): AsyncGenerator<Told, void, undefined> {
  const patient = connection.within({ timeout: waitSeconds * 2_000 });
  const until = Date.now() + patience.again;
  let after = from;
  let wait: number | undefined = waitSeconds;
  while (Date.now() < until) {
    const asked = wait;
    const page = await nextPage(patient, after, options, asked).catch((error: unknown) => {
      // An older exchange knows no `wait`.
      if (asked === undefined || !(error instanceof ExchangeProblem && error.status === 400)) throw error;
      wait = undefined;
      return undefined;
    });
    if (!page) continue;
    yield* eventsOf(page, after);
    after = page.next;
    if (asked === undefined && !page.more) await pause(patience.poll, connection.signal);
  }
}

/** One stream, until the exchange ends it. */
async function* readStream(
  connection: Connection,
  after: string,
  { documents }: FeedOptions,
  { first, silence }: Patience,
): AsyncGenerator<Told, void, undefined> {
  connection.signal?.throwIfAborted();
  const ends = new AbortController();
  const stop = () => ends.abort(connection.signal?.reason);
  connection.signal?.addEventListener("abort", stop);
  try {
    const query = queryOf({ documents });
    const response = await connection.within({ signal: ends.signal, timeout: first }).open(`/v1/stream?${query}`, {
      accept: "text/event-stream",
      ...(after && { "last-event-id": after }),
    });
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) throw new NoStream();
    const reader = response.body!.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (let begun = false; ; begun = true) {
      const late = setTimeout(() => ends.abort(begun ? new Error("silent") : new NoStream()), begun ? silence : first);
      const { done, value } = await reader.read().finally(() => clearTimeout(late));
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const told = eventOf(block);
        if (told) yield told;
      }
    }
  } catch (error) {
    connection.signal?.throwIfAborted();
    throw faultOf(connection.profile.url, error, ends.signal.reason);
  } finally {
    connection.signal?.removeEventListener("abort", stop);
    ends.abort();
  }
}

/** An event, from its lines; a comment is none. */
function eventOf(block: string): Told | undefined {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field("data");
  return data === undefined ? undefined : { ...(JSON.parse(data) as FeedEvent), cursor: field("id")! };
}

/** What an exchange, or what lies between, answers that has no stream. */
const streamless = new Set([404, 405, 406, 501]);

function faultOf(url: string, error: unknown, ended: unknown): unknown {
  if (error instanceof NoStream || ended instanceof NoStream) return new NoStream();
  if (error instanceof ExchangeProblem) return streamless.has(error.status) ? new NoStream() : error;
  if (!(error instanceof Unreachable)) return new Unreachable(url, error);
  return (error.cause as Error | undefined)?.name === "TimeoutError" ? new NoStream() : error;
}
