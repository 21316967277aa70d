/** What the caller may be told, at this moment, of events it knows by number: recorded as the feed records it. */
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch } from "../store/database.ts";
import { selectEvents, tipsOf } from "../store/feed.ts";
import type { Caller, Exchange } from "./exchange.ts";

export async function nameEvents(
  exchange: Exchange,
  caller: Caller,
  seqs: readonly number[],
): Promise<Map<number, Record<string, unknown>>> {
  if (seqs.length === 0) return new Map();
  const [rows] = await batch(exchange.db, [
    selectEvents(caller, seqs, exchange.now),
    recordTips(caller, "event", exchange.now, tipsOf(seqs)),
    recordAccess(caller, "event", exchange.now),
  ]);
  return new Map(
    rows.map(({ seq, type, tip, version, author }) => [seq, { type, ...(tip && { tip, version, from: author }) }]),
  );
}
