/**
 * Carriers of what several tips share: an observable, whose id is made of its value, and an author. Rows for observables are
 * made by the schedule, in the order of events, whoever reads; which carrier a reader is told of is judged when it asks.
 */
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { chunks, json, literal, type SQL, sql } from "./database.ts";
import { type SightAsk, within } from "./sights.ts";
import { held, visible } from "./visibility.ts";

/** Events looked at in one step. */
const eventsAStep = 1_000;

/** Of an indicator that is to be found by its observable's id; without a body, the last event that was looked at, if any. */
export interface AheadRow {
  seq: number | null;
  tip_no: number;
  version: number;
  ordinal: number;
  body: string | null;
}

/** Valid indicators of the next versions, each whole: at least one, and no further one behind so many indicators. */
export const selectAhead = (indicators: number, now: string) => sql<AheadRow>`
  WITH ahead AS MATERIALIZED (
    SELECT e.seq, v.tip_no, v.version, v.indicators FROM observed m CROSS JOIN event e ON e.seq > m.seq
      LEFT JOIN tip_version v ON v.tip_no = e.tip_no AND v.version = e.version AND v.seq = e.seq
    WHERE m.one = 1 ORDER BY e.seq LIMIT ${literal(eventsAStep)}),
    summed AS (SELECT *, sum(indicators) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM ahead),
    near AS MATERIALIZED (SELECT * FROM summed WHERE coalesce(before, 0) < ${indicators})
  SELECT n.seq, i.tip_no, i.version, i.ordinal, i.body FROM near n
    CROSS JOIN indicator i ON i.tip_no = n.tip_no AND i.version = n.version AND i.valid_until > ${now}
  UNION ALL SELECT max(seq), 0, 0, 0, NULL FROM near`;

/** `rows`: id, tip_no, version, ordinal; none for an indicator that was swept meanwhile. `seq`: they are made up to that event. */
export const insertObservables = (rows: readonly (readonly [string, number, number, number])[], seq: number): SQL[] => [
  ...chunks(rows).map(
    (text) => sql`INSERT OR IGNORE INTO observable (id, tip_no, version, ordinal)
      SELECT value ->> 0, i.tip_no, i.version, i.ordinal FROM json_each(${text}) CROSS JOIN indicator i
      ON i.tip_no = value ->> 1 AND i.version = value ->> 2 AND i.ordinal = value ->> 3`,
  ),
  sql`UPDATE observed SET seq = ${seq} WHERE one = 1 AND seq < ${seq}`,
];

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
