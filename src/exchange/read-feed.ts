/**
 * The feed: events after a cursor, in commit order, nothing skipped and nothing twice. A page is one range read for each
 * token held, merged up to the smallest seq that a truncated range was read to; what is on it is then judged, recorded and
 * read in one batch. An empty page that says `more` is legal.
 */

import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { ok, type Result } from "../core/result.ts";
import { type Door, recordAccess, recordTips } from "../store/accesses.ts";
import { batch, json, sql } from "../store/database.ts";
import { type EventRow, eventRange, selectDocuments, selectEvents } from "../store/reading.ts";
import { held } from "../store/visibility.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { type Caller, type Exchange, receipt } from "./exchange.ts";
import { forYou } from "./tip-item.ts";

export interface FeedPage {
  events: Record<string, unknown>[];
  next: string;
  more: boolean;
}

export async function readFeed(
  exchange: Exchange,
  caller: Caller,
  options: { after?: string; limit: number; documents: boolean },
): Promise<Result<FeedPage, Problem>> {
  const cursor = options.after ? readCursor(options.after, exchange.epoch, "feed", 1) : ok([0]);
  if (!cursor.ok) return cursor;
  const after = cursor.value[0]!;
  const rows = Math.min(options.limit + 1, limits.token_rows);
  const ranges =
    caller.held.length === 0
      ? []
      : await batch(
          exchange.db,
          caller.held.map((token) => eventRange(token, after, rows)),
        );
  const { seqs, truncated } = mergeRanges(
    ranges.map((range) => range.map((row) => row.seq as number)),
    rows,
  );
  const chosen = seqs.slice(0, options.limit);
  let end = chosen.at(-1) ?? after;
  let more = truncated || seqs.length > chosen.length;
  if (chosen.length === 0) return ok({ events: [], next: writeCursor(exchange.epoch, "feed", [end]), more });

  const door: Door = options.documents ? "feed" : "event";
  const [, , found] = await batch(exchange.db, [
    recordAccess(caller, door, exchange.now),
    recordTips(
      caller,
      "event",
      exchange.now,
      held(caller.partner),
      sql`SELECT DISTINCT e.tip_no FROM json_each(${json(chosen)}) n CROSS JOIN event e ON e.seq = n.value`,
    ),
    selectEvents(caller, chosen, exchange.now),
  ]);
  let events = found as unknown as EventRow[];
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
    next: writeCursor(exchange.epoch, "feed", [end]),
    more,
  });
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
  const tipNos = [...new Set(events.filter(carries).map((row) => row.tip_no))];
  const documents = new Map<number, string>();
  if (tipNos.length === 0) return documents;
  const [, pieces] = await batch(exchange.db, [
    recordTips(
      caller,
      "feed",
      exchange.now,
      held(caller.partner),
      sql`SELECT value AS tip_no FROM json_each(${json(tipNos)})`,
    ),
    selectDocuments(caller, tipNos, exchange.now),
  ]);
  const current = new Map(events.map((row) => [row.tip_no, row.current]));
  for (const piece of pieces as unknown as { tip_no: number; version: number; text: string }[]) {
    // Revised since the first batch: its header is not this payload's. The `revised` event is on its way.
    if (piece.version !== current.get(piece.tip_no)) continue;
    documents.set(piece.tip_no, (documents.get(piece.tip_no) ?? "") + piece.text);
  }
  return documents;
}

async function eventOf(
  exchange: Exchange,
  row: EventRow,
  payload: string | undefined,
): Promise<Record<string, unknown>> {
  const ask = row.heading ? (JSON.parse(row.heading) as { for: string[]; respond_by?: string }) : undefined;
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
