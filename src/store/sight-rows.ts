/** What may be asked for of sights (`sights.ts`), and what comes of it: rows, in the form of a few columns that all parts share. */
import type { ItemRow } from "./reading.ts";
import type { WordPlace } from "./told-words.ts";

export interface SightAsk {
  /**
   * Events to look at: behind a seq, at most so many, or only as many as the page is likely to reach (`near`); or those of one
   * tip.
   */
  of: { after: number; rows: number; near: boolean } | { tip: string };
  /** Where the first sight goes on, or the one tip's: the ordinal of its next indicator; -1: nothing of it was handed out. */
  at: { seq: number; ordinal: number };
  /** What may be handed out, in units; what a tip by itself, one indicator and one word take of it. 0: they are not read. */
  most: number;
  units: { tip: number; indicator: number; word?: number };
  /**
   * Also what was said. `unless-told`: where the reader was told anything of a tip that is looked at, nothing is handed out; that
   * costs a door next to nothing more where nothing was said, as of most tips.
   */
  words?: "told" | "unless-told";
  /** Of the tip that is asked for, one word alone. */
  word?: WordPlace;
  /** Bytes of the tips that content is handed out of, with at least one tip; of one tip alone whatever it has. */
  bytes?: number;
  /** The signed documents of the tips that begin in what is read. */
  documents: boolean;
  /** Also tips under an embargo, from their publication. */
  embargoed: boolean;
  /** Also the ends of tips that the reader was handed indicators of. */
  ends: boolean;
  group?: string;
  tlp?: string;
  /** Told at one of these times alone. */
  times?: readonly string[];
  /** At most one sight. */
  one?: boolean;
}

export interface SightRow extends ItemRow {
  /** Of the event. */
  sight_seq: number;
  at: string;
  ended: number;
  /** When the tip was first accepted; `accepted_at` is the current version's. */
  created: string;
  author_name: string;
  author_kind: string;
  author_contact: string | null;
  /** Indicators of the current version, and the most of any version that the reader was handed. */
  total: number;
  had: number | null;
  /**
   * Ordinals handed out: from `done` (-1: with the tip itself) up to `stop`; all there are below `whole`. The last `tail` of them
   * are words.
   */
  done: number;
  stop: number;
  whole: number;
  tail: number;
  /** Whose words alone the sight is; null of a tip's. */
  giver: string | null;
  embargo_until: string | null;
}

/** Sighting and opinion: what a word takes of which nothing is left to be said. */
export const revokedOfWord = 2;

/** A sight's columns, in order, as `selectAndRecord` gives them in a list: a function of SQLite's takes at most 32 arguments here. */
export const sightColumns = [
  "sight_seq",
  "at",
  "ended",
  "created",
  "author_name",
  "author_kind",
  "author_contact",
  "total",
  "had",
  "done",
  "stop",
  "whole",
  "tail",
  "giver",
  "embargo_until",
  "tip_no",
  "tip",
  "version",
  "author",
  "accepted_at",
  "expires_at",
  "tlp",
  "digest",
  "seq",
  "heading",
  "warnings",
  "through",
  "mine",
  "types",
  "relates_to",
  "marked",
  "legal_process_url",
] as const satisfies (keyof SightRow)[];

/** What was handed out of a sight, in units. */
export function unitsOf({ ended, giver, done, stop, whole, tail }: SightRow, units: SightAsk["units"]): number {
  const base = whole - tail;
  const lead = done >= 0 || giver !== null ? 0 : ended ? 1 : units.tip;
  const [unit, word] = ended ? [1, Math.min(units.word ?? 0, revokedOfWord)] : [units.indicator, units.word ?? 0];
  return (
    lead +
    unit * Math.max(Math.min(stop, base) - Math.max(done, 0), 0) +
    word * Math.max(stop - Math.max(done, base), 0)
  );
}

export interface SightPart {
  /**
   * `seen`: the last seq looked at, and in `ordinal` flags: 1, there are events behind it; 2, there are sights that are not handed
   * out whole; 4, nothing was, since something was told of a tip.
   */
  part: "seen" | "sight" | "indicator" | "mark" | "document" | "said";
  seq: number;
  ordinal: number;
  text: string | null;
}

export const rowOf = (text: string): SightRow => {
  const values = JSON.parse(text) as unknown[];
  return Object.fromEntries(sightColumns.map((name, at) => [name, values[at]])) as unknown as SightRow;
};
