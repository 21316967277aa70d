/**
 * Carriers of what several tips share: an observable, whose id is made of its value, and an author. A row for an observable
 * is there once somebody was told of it; which carrier a reader is told of is judged when it asks.
 */
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { json, type SQL, sql } from "./database.ts";
import { type SightAsk, within } from "./sights.ts";
import { held, visible } from "./visibility.ts";

/** `rows`: id, tip_no, version, ordinal. */
export const insertObservables = (rows: readonly (readonly [string, number, number, number])[]): SQL => sql`
  INSERT OR IGNORE INTO observable (id, tip_no, version, ordinal)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(${json(rows)})`;

export type Within = Pick<SightAsk, "embargoed" | "group" | "tlp">;

/** The newest tip that the reader may see with an indicator, still valid, that is based on it. */
export const selectCarrier = (reader: Reader, id: string, of: Within, now: number) => sql<{
  tip: string;
  ordinal: number;
}>`
  WITH ${held(reader.partner)}
  SELECT t.tip, o.ordinal FROM observable o CROSS JOIN tip t ON t.tip_no = o.tip_no AND t.version = o.version
    CROSS JOIN indicator i ON i.tip_no = o.tip_no AND i.version = o.version AND i.ordinal = o.ordinal
  WHERE o.id = ${id} AND i.valid_until > ${instant(now)} AND ${visible(reader.partner, instant(now))} AND ${within(reader, of, now)}
  ORDER BY o.tip_no DESC, o.ordinal LIMIT 1`;

/** Of an author's newest tips, the first one that the reader may see. */
export const selectNewestBy = (reader: Reader, author: string, of: Within, now: number) => sql<{ tip: string }>`
  WITH ${held(reader.partner)}
  SELECT t.tip FROM (SELECT tip_no FROM tip WHERE author = ${author} ORDER BY tip_no DESC LIMIT 1000) newest
    CROSS JOIN tip t ON t.tip_no = newest.tip_no
  WHERE ${visible(reader.partner, instant(now))} AND ${within(reader, of, now)} ORDER BY t.tip_no DESC LIMIT 1`;

export const deleteObservables = (tipNo: number, version?: number): SQL => sql`
  DELETE FROM observable WHERE tip_no = ${tipNo}${version === undefined ? sql`` : sql` AND version = ${version}`}`;

/** `indicators`: tip_no, version, ordinal. */
export const deleteObservablesOf = (indicators: readonly (readonly [number, number, number])[]): SQL => sql`
  DELETE FROM observable WHERE (tip_no, version, ordinal) IN (
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${json(indicators)}))`;
