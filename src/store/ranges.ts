/**
 * Ranges of tips in index order, newest first. A range counts only what may be seen: a cursor, or `more`, made of anything
 * else would tell of hidden tips.
 */
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { literal, type SQL, sql } from "./database.ts";
import { held, visible } from "./visibility.ts";

export interface Range {
  before: number;
  limit: number;
  now: number;
  /** Conditions on the tip's row `t` that most may fail: pages stay full. */
  also?: readonly SQL[];
}

const seenIn = (reader: Reader, rows: SQL, { before, limit, now, also = [] }: Range) => sql<{ tip_no: number }>`
  WITH ${held(reader.partner)}
  SELECT t.tip_no FROM ${rows} AND t.tip_no < ${before} AND ${sql.join([...also, visible(reader.partner, instant(now))], sql` AND `)}
  ORDER BY t.tip_no DESC LIMIT ${literal(limit)}`;

export const authorRange = (reader: Reader, author: string, range: Range) =>
  seenIn(reader, sql`tip t WHERE t.author = ${author}`, range);

export const operationRange = (reader: Reader, operation: string, range: Range) =>
  seenIn(reader, sql`tip t WHERE t.operation = ${operation}`, range);

export const placeRange = (reader: Reader, place: string, range: Range) =>
  seenIn(
    reader,
    sql`tip_place p CROSS JOIN tip t ON t.tip_no = p.tip_no WHERE p.place = ${place} AND p.tip_no < ${range.before}`,
    range,
  );

export const tokenRange = (reader: Reader, token: string, range: Range) =>
  seenIn(
    reader,
    sql`tip_token q CROSS JOIN tip t ON t.tip_no = q.tip_no WHERE q.token = ${token} AND q.tip_no < ${range.before}`,
    range,
  );

/** What the reader itself put in a state, or on somebody. */
export const triageRange = (reader: Reader, column: "state" | "assignee", value: string, range: Range) =>
  seenIn(
    reader,
    sql`triage tg CROSS JOIN tip t ON t.tip_no = tg.tip_no
      WHERE tg.partner = ${reader.partner} AND tg.${sql.identifier(column)} = ${value} AND tg.tip_no < ${range.before}`,
    range,
  );
