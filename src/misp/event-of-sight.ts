/** A sight as the event it is in a feed: what the reader may read now with what it may no more taken back, or all taken back. */
import type { Kind } from "../core/names.ts";
import type { Sight } from "../exchange/read-sights.ts";
import { manifestEntry, mispEvent, type Seen } from "../formats/misp/event.ts";
import type { ManifestEntry, MispEvent } from "../formats/misp/format.ts";
import { type Had, revokedEntry, revokedEvent } from "../formats/misp/revoked.ts";
import type { SharedTip } from "../formats/shared-tip.ts";
import { eventTime } from "./event-time.ts";

export function entryOf(exchange: string, sight: Sight, now: number): ManifestEntry {
  const tip = sharedTip(exchange, sight);
  return sight.row.ended ? revokedEntry(tip, eventTime(sight.row.at, now)) : manifestEntry(tip, seenOf(sight, now));
}

/** `before`: how many indicators the reader had of earlier versions. */
export function eventOf(exchange: string, sight: Sight, before: number, now: number): MispEvent {
  const tip = sharedTip(exchange, sight);
  if (sight.row.ended) return revokedEvent(tip, hadOf(sight, before), eventTime(sight.row.at, now));
  return mispEvent(tip, sight.indicators, { ...seenOf(sight, now), before: hadOf(sight, before) });
}

const seenOf = ({ row }: Sight, now: number): Seen => ({
  at: eventTime(row.at, now),
  embargoed: row.embargo_until !== null && Date.parse(row.embargo_until) > now,
});

/**
 * What has to be taken back: of a tip that ended all that was had; else what was had at a place of an earlier version, as
 * whatever it was there, and what this version holds no longer valid.
 */
export function hadOf({ row, indicators }: Sight, before: number): Had[] {
  if (row.ended) return Array.from({ length: row.whole }, (_, ordinal) => ({ ordinal }));
  const valid = new Set(indicators.map(({ ordinal }) => ordinal));
  const isTaken = (ordinal: number) => ordinal < before || (ordinal < (row.had ?? 0) && !valid.has(ordinal));
  return Array.from({ length: row.whole }, (_, ordinal) => ({ ordinal })).filter(({ ordinal }) => isTaken(ordinal));
}

const sharedTip = (exchange: string, { row, document }: Sight): SharedTip => ({
  exchange,
  tip: row.tip,
  version: row.version,
  from: {
    slug: row.author,
    name: row.author_name,
    kind: row.author_kind as Kind,
    ...(row.legal_process_url !== null && { legal_process_url: row.legal_process_url }),
  },
  created: row.created,
  modified: row.accepted_at,
  // A manifest says no more of a tip than lists show.
  document: document ?? JSON.parse(row.heading),
  through: row.through,
  digest: row.digest,
  seq: row.seq,
});
