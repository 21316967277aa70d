/**
 * Carriers of what several tips share: an observable, whose id is made of its value, and an author. Rows for observables are
 * there of every tip up to an event, whoever was told of it; which carrier a reader is told of is judged when it asks.
 */
import { limits } from "../core/limits.ts";
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { chunks, json, type SQL, type SQLWrapper, sql } from "./database.ts";
import type { SightAsk } from "./sight-rows.ts";
import { within } from "./sights.ts";
import { held, visible } from "./visibility.ts";

const kept = sql`(SELECT seq FROM observables_kept)`;

/**
 * Up to which event the next step goes, and what its documents take; `seq` is null where there is nothing left. At most as much
 * as a page of documents, with at least one.
 */
export const selectNextStep = sql<{ seq: number | null; bytes: number | null }>`
  SELECT max(seq) AS seq, max(bytes) AS bytes FROM (
    SELECT seq, size, sum(size) OVER (ORDER BY seq) AS bytes FROM (
      SELECT e.seq, coalesce(v.bytes, 0) AS size FROM event e
      LEFT JOIN tip_version v ON v.tip_no = e.tip_no AND v.version = e.version AND v.seq = e.seq
      WHERE e.seq > ${kept} ORDER BY e.seq LIMIT 500))
  WHERE bytes <= ${limits.page_bytes} OR bytes = size`;

/** The indicators of the versions that came up to that event and are still current. */
export const selectUnkept = (seq: number, now: string) => sql<{
  tip_no: number;
  version: number;
  ordinal: number;
  body: string;
}>`
  SELECT i.tip_no, i.version, i.ordinal, i.body FROM event e
    CROSS JOIN tip_version v ON v.tip_no = e.tip_no AND v.version = e.version AND v.seq = e.seq
    CROSS JOIN tip t ON t.tip_no = v.tip_no AND t.version = v.version
    CROSS JOIN indicator i ON i.tip_no = v.tip_no AND i.version = v.version
  WHERE e.seq > ${kept} AND e.seq <= ${seq} AND i.valid_until > ${now}`;

/** `rows`: id, tip_no, version, ordinal. All there are up to that event; not of an indicator that has left the tables meanwhile. */
export const insertObservables = (
  rows: readonly (readonly [string, number, number, number])[],
  seq: number,
): SQLWrapper[] => [
  ...chunks(rows).map(
    (text) => sql`INSERT OR IGNORE INTO observable (id, tip_no, version, ordinal)
      SELECT n.value ->> 0, i.tip_no, i.version, i.ordinal FROM json_each(${text}) n CROSS JOIN indicator i
        ON i.tip_no = n.value ->> 1 AND i.version = n.value ->> 2 AND i.ordinal = n.value ->> 3`,
  ),
  sql`UPDATE observables_kept SET seq = ${seq} WHERE seq < ${seq}`,
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
