/**
 * When each object came to one reader: the millisecond is that of the event by which it gained sight of the tip, the
 * microseconds count through the tip. Guarantees: dates grow from object to object, so that a client which goes on behind the
 * date of the last one it has misses none and is given none twice. Events are a millisecond apart at least, and microseconds
 * are all that TAXII's timestamps have (section 2): a tip of more than 249 indicators has several objects to each date.
 */
import { instant, parseTime } from "../core/time.ts";
import { headCount } from "../formats/stix/head.ts";

/** Where an object stands in a tip: the ordinal of its indicator, -1: before them; and which of the objects there. */
export interface Spot {
  ordinal: number;
  index: number;
}

const eachIndicator = 4;
/** The last microsecond is the last object's: who has it goes on behind the tip. */
const steps = 999;

const placeOf = ({ ordinal, index }: Spot): number =>
  ordinal < 0 ? index : headCount + eachIndicator * ordinal + index;

/** Objects to a date, in a tip of so many indicators. */
export const shareOf = (whole: number): number => Math.ceil((headCount + eachIndicator * whole) / steps);

export function dateOf(at: string, whole: number, spot: Spot | "last"): string {
  const micros = spot === "last" ? steps : Math.floor(placeOf(spot) / shareOf(whole));
  return `${at.slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
}

/** The first spot whose date is later. */
export function spotAfter(whole: number, micros: number): Spot {
  const place = (micros + 1) * shareOf(whole);
  return place < headCount
    ? { ordinal: -1, index: place }
    : {
        ordinal: Math.floor((place - headCount) / eachIndicator),
        index: (place - headCount) % eachIndicator,
      };
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
