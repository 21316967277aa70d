/**
 * When each object came to one reader: the millisecond is that of the event by which it gained sight of the tip, the
 * microseconds count through the tip from one on, and a tip's last object has the millisecond after it. Guarantees: dates grow
 * from object to object, so that a client which goes on behind the date of the last one it has misses none and is given none
 * twice, also one that keeps milliseconds alone where it has read to the end of a tip. Events are a millisecond apart at least,
 * and microseconds are all that TAXII's timestamps have (section 2): a tip of more than 248 indicators has several objects to
 * each date.
 */
import { instant, parseTime } from "../core/time.ts";
import { headCount } from "../formats/stix/head.ts";

/** Where an object stands in a tip: the ordinal of its indicator, -1: before them; and which of the objects there. */
export interface Spot {
  ordinal: number;
  index: number;
}

const eachIndicator = 4;
/** Dates of a tip, but for its last object's. */
const steps = 999;

const placeOf = ({ ordinal, index }: Spot): number =>
  ordinal < 0 ? index : headCount + eachIndicator * ordinal + index;

/** Objects to a date, in a tip of so many indicators. */
export const shareOf = (whole: number): number => Math.ceil((headCount + eachIndicator * whole) / steps);

export function dateOf(at: string, whole: number, spot: Spot | "last"): string {
  if (spot === "last") return dateAt({ at: instant(parseTime(at)! + 1), micros: 0 });
  return dateAt({ at, micros: 1 + Math.floor(placeOf(spot) / shareOf(whole)) });
}

/** A spot before which every date is that or earlier; from its indicator on they may be, too, up to the last object. */
export function spotAfter(whole: number, micros: number): Spot {
  const place = micros * shareOf(whole);
  const ordinal = Math.min(Math.floor((place - headCount) / eachIndicator), whole - 1);
  return { ordinal: Math.max(ordinal, -1), index: 0 };
}

export interface Moment {
  /** As the tables hold it. */
  at: string;
  micros: number;
}

/** Undefined for what is no time. */
export function readMoment(text: string): Moment | undefined {
  const ms = parseTime(text);
  if (ms === undefined) return undefined;
  const digits = /\.(\d+)/.exec(text)?.[1] ?? "";
  return { at: instant(ms), micros: Number(digits.padEnd(6, "0").slice(3, 6)) };
}

export const dateAt = ({ at, micros }: Moment): string => `${at.slice(0, -1)}${String(micros).padStart(3, "0")}Z`;

/** Whoever is behind every event: the date of a result that is empty and has no other. */
export const firstMoment: Moment = { at: instant(0), micros: 0 };
