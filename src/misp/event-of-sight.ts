/** A sight as the event it is in a feed: what the reader may read now with what it may no more taken back, or all taken back. */
import { sharedTipOf } from "../api/shared-tip-of.ts";
import type { Sight } from "../exchange/read-sights.ts";
import { manifestEntry, mispEvent, type Seen } from "../formats/misp/event.ts";
import type { ManifestEntry, MispEvent } from "../formats/misp/format.ts";
import { type Had, revokedEntry, revokedEvent } from "../formats/misp/revoked.ts";
import { eventTime } from "./event-time.ts";

export function entryOf(exchange: string, sight: Sight, now: number): ManifestEntry {
  const tip = sharedTipOf(exchange, sight, sight.row.accepted_at);
  return sight.row.ended ? revokedEntry(tip, eventTime(sight.row.at, now)) : manifestEntry(tip, seenOf(sight, now));
}

/** `before`: how many indicators the reader had of earlier versions. */
export function eventOf(exchange: string, sight: Sight, before: number, now: number): MispEvent {
  const tip = sharedTipOf(exchange, sight, sight.row.accepted_at);
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
