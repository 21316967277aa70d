/**
 * The feed: events after a cursor, in commit order, nothing skipped and nothing twice. A page is one range read for each
 * token held, merged up to the smallest seq that a truncated range was read to; what is on it is judged, recorded and read in
 * the same batch. An empty page that says `more` is legal.
 */
import { readPayload } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { countsOf } from "../core/marks.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { type Door, type Reader, recordAccessWhere, recordTips, tipNumbers } from "../store/accesses.ts";
import { all, batch } from "../store/database.ts";
import {
  type EventRow,
  isAny,
  type Source,
  selectDocuments,
  selectEvents,
  selectNextTold,
  selectRanged,
  tipsOf,
} from "../store/feed.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { type Caller, type Exchange, receipt } from "./exchange.ts";
import { forYou, marksIn } from "./tip-item.ts";

export interface FeedPage {
  events: Record<string, unknown>[];
  next: string;
  more: boolean;
}

export interface FeedOptions {
  limit: number;
  documents: boolean;
}

/** What was read after a seq: each event with where the feed goes on behind it. */
export interface Reading {
  told: { event: Record<string, unknown>; end: number }[];
  end: number;
  more: boolean;
  /** Of the documents. */
  bytes: number;
}

/** Batches that go on behind events hidden from the reader, and such events looked at, before a page is answered short. */
const rounds = 8;
const lookedAt = limits.token_rows / 2;

export async function readFeed(
  exchange: Exchange,
  caller: Caller,
  { after, ...options }: FeedOptions & { after?: string },
): Promise<Result<FeedPage, Problem>> {
  const start = await startOf(exchange, caller, after);
  if (!start.ok) return start;
  const read = await readAfter(exchange, caller, start.value, options);
  return read.ok ? ok(await pageOf(exchange, caller, read.value)) : read;
}

/** Where the feed goes on: behind the cursor, or from the beginning. */
export async function startOf(exchange: Exchange, caller: Caller, after?: string): Promise<Result<number, Problem>> {
  const cursor = after ? await readCursor(exchange, caller, "feed", after, 1) : ok([0]);
  return cursor.ok ? ok(cursor.value[0]!) : cursor;
}

export const pageOf = async (exchange: Exchange, caller: Caller, { told, end, more }: Reading): Promise<FeedPage> => ({
  events: told.map(({ event }) => event),
  next: await writeCursor(exchange, caller, "feed", [end]),
  more,
});

/** `known`: all seqs after it of tokens the caller holds, where they are known already. */
export async function readAfter(
  exchange: Exchange,
  caller: Caller,
  after: number,
  options: FeedOptions,
  known?: readonly number[],
): Promise<Result<Reading, Problem>> {
  // What is only handed on takes a quarter of the memory of what is judged.
  const busy = options.documents ? await caller.work.begin(limits.page_bytes / 4) : undefined;
  if (busy) return err(busy);
  const door: Door = options.documents ? "feed" : "event";
  let { events, end, more } = await readEvents(exchange, caller, door, after, options.limit, known);
  let documents = new Map<number, string>();
  if (options.documents) {
    const cut = cutAtBytes(events);
    if (cut < events.length) {
      end = events[cut - 1]!.seq;
      more = true;
      events = events.slice(0, cut);
    }
    documents = await readDocuments(exchange, caller, door, events);
  }
  const told = events.map(async (row, at) => ({
    event: await eventOf(exchange, row, documents.get(row.tip_no)),
    // What is hidden behind the last one is over with.
    end: at === events.length - 1 ? end : row.seq,
  }));
  let bytes = 0;
  for (const text of documents.values()) bytes += text.length;
  return ok({ told: await Promise.all(told), end, more, bytes });
}

/**
 * Events after a seq that the caller may be told, recorded, and where to go on. Whether there are more is judged too:
 * a short page, or `more`, must not tell of events that are hidden.
 */
async function readEvents(
  exchange: Exchange,
  caller: Caller,
  door: Door,
  after: number,
  limit: number,
  given?: readonly number[],
) {
  const { now } = exchange;
  const events: EventRow[] = [];
  let end = after;
  let rest = given ?? [];
  let truncated = given === undefined;
  let looked = 0;
  const see = (seqs: readonly number[], rows: number) => {
    truncated = seqs.length === rows;
    looked += seqs.length;
    return seqs;
  };
  for (let round = 0; round < rounds; round++) {
    if (rest.length === 0 && (!truncated || looked >= lookedAt)) break;
    const begin = end;
    if (rest.length === 0 && round > 0) {
      // A wide range is read once; a page is mostly found in the first one, which takes no trip of its own.
      const rows = Math.min(lookedAt - looked, limits.token_rows);
      rest = see((await all(exchange.db, selectRanged(caller, begin, rows))).map(seqOf), rows);
      if (rest.length === 0) break;
    }
    const room = limit - events.length;
    const ahead = Math.min(limit + 1, limits.token_rows);
    const known = rest;
    // What a token gained meanwhile holds is in the same range: it must not be passed over.
    const from = (skip: number, most: number): Source =>
      known.length > 0 ? known.slice(skip, skip + most) : { after: begin, rows: ahead, skip, most };
    const [ranged, found, next] = await batch(exchange.db, [
      selectRanged(caller, begin, known.length > 0 ? 0 : ahead),
      selectEvents(caller, from(0, room), now),
      selectNextTold(caller, from(room, Math.max(ahead, known.length)), now),
      recordTips(caller, "event", now, tipsOf(from(0, room))),
      ...(round === 0 ? [recordAccessWhere(caller, door, now, isAny(caller, from(0, 1)))] : []),
    ]);
    const seqs = known.length > 0 ? known : see(ranged.map(seqOf), ahead);
    if (seqs.length === 0) break;
    events.push(...found);
    // What is hidden from the reader is over with: the cursor moves over it.
    end = next[0] ? next[0].seq - 1 : seqs.at(-1)!;
    rest = seqs.slice(room).filter((seq) => seq > end);
    if (rest.length > 0 && events.length === limit) break;
  }
  return { events, end, more: rest.length > 0 || truncated };
}

const seqOf = ({ seq }: { seq: number }): number => seq;

export const sorted = (seqs: readonly number[]): number[] => [...new Set(seqs)].sort((a, b) => a - b);

const carries = (row: EventRow): boolean => row.sees === 1 && row.version === row.current;

/** How many events fit the page's bytes, the first document always. */
function cutAtBytes(events: readonly EventRow[]): number {
  const counted = new Set<number>();
  let bytes = 0;
  for (const [index, row] of events.entries()) {
    if (!carries(row) || counted.has(row.tip_no)) continue;
    if (counted.size > 0 && bytes + row.bytes > limits.page_bytes) return index;
    bytes += row.bytes;
    counted.add(row.tip_no);
  }
  return events.length;
}

/** A later batch: visibility is judged again and the record is its own. By tip number. */
export async function readDocuments(
  exchange: Exchange,
  reader: Reader,
  door: Door,
  events: readonly EventRow[],
): Promise<Map<number, string>> {
  const current = new Map(events.filter(carries).map((row) => [row.tip_no, row.current]));
  const documents = new Map<number, string>();
  if (current.size === 0) return documents;
  const [, pieces] = await batch(exchange.db, [
    recordTips(reader, door, exchange.now, tipNumbers([...current.keys()])),
    selectDocuments(reader, [...current.keys()], exchange.now),
  ]);
  for (const piece of pieces) {
    // Revised since the first batch: its header is not this payload's. The `revised` event is on its way.
    if (piece.version !== current.get(piece.tip_no)) continue;
    documents.set(piece.tip_no, (documents.get(piece.tip_no) ?? "") + piece.text);
  }
  return documents;
}

/** Why a tip was withdrawn: the code alone. Its note may speak of the operation, and is not handed out. */
const reasonOf = (payload: string): unknown => (readPayload(payload) as { reason: unknown }).reason;

/** An event as the feed tells it. */
export async function eventOf(
  exchange: Exchange,
  row: EventRow,
  payload: string | undefined,
): Promise<Record<string, unknown>> {
  const marks = marksIn(row.marked);
  const ask = row.ask ? (JSON.parse(row.ask) as { for: string[]; respond_by?: string }) : undefined;
  return {
    id: `evt_${exchange.epoch}_${row.seq}`,
    type: row.type,
    at: row.at,
    ...(row.subscription
      ? { subscription: row.subscription }
      : { tip: row.tip, version: row.version, from: row.author }),
    ...(row.through && { through: row.through, for_you: forYou(row.mine, ask) }),
    ...(marks && { marked: countsOf(marks) }),
    ...(row.urgency && { urgency: row.urgency }),
    ...(row.respond_by && { respond_by: row.respond_by }),
    ...(row.withdrawal && { reason: reasonOf(row.withdrawal) }),
    ...(row.detail && (JSON.parse(row.detail) as object)),
    ...(row.for_author && (JSON.parse(row.for_author) as object)),
    ...(payload !== undefined &&
      carries(row) && {
        envelope: { protected: row.protected, payload, signature: row.signature },
        ...(marks && { marks }),
        receipt: await receipt(exchange, {
          tip: row.tip!,
          version: row.current,
          digest: row.digest,
          seq: row.version_seq,
          accepted_at: row.accepted_at,
        }),
      }),
  };
}
