/**
 * What those who wait for news share within a worker: plain numbers in its memory, since requests of a worker may share nothing
 * else. Guarantees: however many wait, the database is asked about once a second whether there is anything new; of one partner
 * only so many wait; a place that is never given back, since its request was cut off, ends by itself.
 */
import { limits } from "../core/limits.ts";
import { first } from "../store/database.ts";
import { newest } from "../store/events.ts";
import type { Exchange } from "./exchange.ts";

/** Milliseconds between two glances at what is known here; they cost no query. */
const glanceEvery = 250;
/** Milliseconds what is known is taken for new. The partners of an exchange wait in many workers, and D1 answers them all. */
const lookEvery = 1_000;
/** Milliseconds for which a place is kept without a sign of life. */
const placeFor = 10_000;

/** The newest event as far as it is known here, and when that was asked. */
const known = { seq: -1, looked_at: 0 };

/** Something was added here: whoever waits here looks at its next glance. */
export const ring = (): void => {
  known.looked_at = 0;
};

/** The newest event of the exchange, whoever may see it. */
export async function look(exchange: Exchange): Promise<number> {
  known.looked_at = exchange.now;
  known.seq = (await first(exchange.db, newest))!.seq;
  return known.seq;
}

/** As soon as the exchange's newest event is another than `seen`; or `seen` when the time is over or the place is given up. */
export async function hear(exchange: Exchange, seen: number, until: number, place: Place): Promise<number> {
  for (;;) {
    const now = Date.now();
    if (now >= until || place.isOver) return seen;
    place.until = now + placeFor;
    // From the last look, or from one of its own where that is old.
    const seq = now - known.looked_at < lookEvery ? known.seq : await look({ ...exchange, now });
    if (seq !== seen) return seq;
    await scheduler.wait(Math.min(glanceEvery, until - now));
  }
}

/** One of the connections on which a partner may wait. */
export interface Place {
  /** Kept until then, in milliseconds; it is put off while there is life. */
  until: number;
  /** Given up: whatever goes on in it ends at its next step. */
  isOver: boolean;
}

const places = new Map<string, Place[]>();

/** Undefined where the partner has as many as it may. */
export function takePlace(partner: string, now: number): Place | undefined {
  const own = (places.get(partner) ?? []).filter((place) => !place.isOver && place.until > now);
  places.set(partner, own);
  if (own.length >= limits.waiting.connections) return undefined;
  const place = { until: now + placeFor, isOver: false };
  own.push(place);
  return place;
}
