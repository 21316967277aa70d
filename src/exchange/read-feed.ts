/**
 * The feed: events after a cursor, in commit order, nothing skipped and nothing twice. A page is one range read for each
 * token held, merged up to the smallest seq that a truncated range was read to; what is on it is then judged, recorded and
 * read in one batch. An empty page that says `more` is legal.
 */
import { decode } from "../core/base64url.ts";
import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { type Door, recordAccess, recordTips, tipNumbers } from "../store/accesses.ts";
import { batch } from "../store/database.ts";
import { type EventRow, eventRange, selectDocuments, selectEvents, selectNextTold, tipsOf } from "../store/feed.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { type Caller, type Exchange, receipt } from "./exchange.ts";
import { forYou } from "./tip-item.ts";

export interface FeedPage {
  events: Record<string, unknown>[];
  next: string;
  more: boolean;
}

interface FeedOptions {
  after?: string;
  limit: number;
  documents: boolean;
}

/** Batches that go on behind events hidden from the reader, and such events looked at, before a page is answered short. */
const rounds = 8;
const lookedAt = limits.token_rows / 2;

export async function readFeed(
  exchange: Exchange,
  caller: Caller,
  options: FeedOptions,
): Promise<Result<FeedPage, Problem>> {
  // What is only handed on takes a quarter of the memory of what is judged.
  const busy = options.documents ? await caller.work.begin(limits.page_bytes / 4) : undefined;
  if (busy) return err(busy);
  const cursor = options.after ? await readCursor(exchange, caller, "feed", options.after, 1) : ok([0]);
  if (!cursor.ok) return cursor;
  let { events, end, more } = await readEvents(exchange, caller, cursor.value[0]!, options);
  let documents = new Map<number, string>();
  if (options.documents) {
    const cut = cutAtBytes(events);
    if (cut < events.length) {
      end = events[cut - 1]!.seq;
      more = true;
      events = events.slice(0, cut);
    }
    documents = await readDocuments(exchange, caller, events);
  }
  return ok({
    events: await Promise.all(events.map((row) => eventOf(exchange, row, documents.get(row.tip_no)))),
    next: await writeCursor(exchange, caller, "feed", [end]),
    more,
  });
}

/**
 * Events after a seq that the caller may be told, recorded, and where to go on. Whether there are more is judged too:
 * a short page, or `more`, must not tell of events that are hidden.
 */
async function readEvents(exchange: Exchange, caller: Caller, after: number, options: FeedOptions) {
  const door: Door = options.documents ? "feed" : "event";
  const events: EventRow[] = [];
  let end = after;
  let seqs: number[] = [];
  let truncated = true;
  let looked = 0;
  for (let round = 0; round < rounds; round++) {
    if (seqs.length === 0) {
      if (!truncated || looked >= lookedAt) break;
      const rows = Math.min(round === 0 ? options.limit + 1 : lookedAt - looked, limits.token_rows);
      ({ seqs, truncated } = await readRanges(exchange, caller, end, rows));
      if (seqs.length === 0) break;
      looked += seqs.length;
    }
    const chosen = seqs.slice(0, options.limit - events.length);
    const rest = seqs.slice(chosen.length);
    const [found, next] = await batch(exchange.db, [
      selectEvents(caller, chosen, exchange.now),
      selectNextTold(caller, rest, exchange.now),
      recordTips(caller, "event", exchange.now, tipsOf(chosen)),
      ...(round === 0 ? [recordAccess(caller, door, exchange.now)] : []),
    ]);
    events.push(...found);
    // What is hidden from the reader is over with: the cursor moves over it.
    end = next[0] ? next[0].seq - 1 : seqs.at(-1)!;
    seqs = rest.filter((seq) => seq > end);
    if (seqs.length > 0 && events.length === options.limit) break;
  }
  return { events, end, more: seqs.length > 0 || truncated };
}

async function readRanges(exchange: Exchange, caller: Caller, after: number, rows: number) {
  const statements = caller.held.map(({ token, since }) => eventRange(token, Math.max(after, since), rows));
  const ranges = statements.length === 0 ? [] : await batch(exchange.db, statements);
  return mergeRanges(
    ranges.map((range) => range.map((row) => row.seq)),
    rows,
  );
}

/** Sorted, without doubles, up to the smallest seq a truncated range was read to. */
export function mergeRanges(
  ranges: readonly (readonly number[])[],
  rows: number,
): { seqs: number[]; truncated: boolean } {
  let horizon = Number.POSITIVE_INFINITY;
  for (const range of ranges) if (range.length >= rows) horizon = Math.min(horizon, range.at(-1)!);
  const seqs = [...new Set(ranges.flat())].filter((seq) => seq <= horizon).sort((a, b) => a - b);
  return { seqs, truncated: horizon !== Number.POSITIVE_INFINITY };
}

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

/** A later batch: visibility is judged again and the record is its own. */
async function readDocuments(
  exchange: Exchange,
  caller: Caller,
  events: readonly EventRow[],
): Promise<Map<number, string>> {
  const current = new Map(events.filter(carries).map((row) => [row.tip_no, row.current]));
  const documents = new Map<number, string>();
  if (current.size === 0) return documents;
  const [, pieces] = await batch(exchange.db, [
    recordTips(caller, "feed", exchange.now, tipNumbers([...current.keys()])),
    selectDocuments(caller, [...current.keys()], exchange.now),
  ]);
  for (const piece of pieces) {
    // Revised since the first batch: its header is not this payload's. The `revised` event is on its way.
    if (piece.version !== current.get(piece.tip_no)) continue;
    documents.set(piece.tip_no, (documents.get(piece.tip_no) ?? "") + piece.text);
  }
  return documents;
}

/** Why a tip was withdrawn: the code alone. Its note may speak of the operation, and is not handed out. */
const reasonOf = (payload: string): unknown =>
  (JSON.parse(new TextDecoder().decode(decode(payload))) as { reason: unknown }).reason;

async function eventOf(
  exchange: Exchange,
  row: EventRow,
  payload: string | undefined,
): Promise<Record<string, unknown>> {
  const ask = row.ask ? (JSON.parse(row.ask) as { for: string[]; respond_by?: string }) : undefined;
  return {
    id: `evt_${exchange.epoch}_${row.seq}`,
    type: row.type,
    at: row.at,
    tip: row.tip,
    version: row.version,
    from: row.author,
    ...(row.through && { through: row.through, for_you: forYou(row.mine, ask) }),
    ...(row.urgency && { urgency: row.urgency }),
    ...(row.respond_by && { respond_by: row.respond_by }),
    ...(row.withdrawal && { reason: reasonOf(row.withdrawal) }),
    ...(payload !== undefined &&
      carries(row) && {
        envelope: { protected: row.protected, payload, signature: row.signature },
        receipt: await receipt(exchange, {
          tip: row.tip,
          version: row.current,
          digest: row.digest,
          seq: row.version_seq,
          accepted_at: row.accepted_at,
        }),
      }),
  };
}
