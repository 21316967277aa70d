/** Events by seq, and again by token: what the feed reads. `seq` is given inside the transaction and only grows. */
import type { EventType } from "../core/names.ts";
import { type SQL, sql } from "./database.ts";

/** The newest event there is. */
export const newest = sql<{ seq: number }>`SELECT coalesce(max(seq), 0) AS seq FROM event`;

/** Right after an event's insert: the seq just given. */
export const lastSeq = sql`(SELECT max(seq) FROM event)`;

/**
 * The time of an event about to be added: now, and later than whatever another transaction added before it, though clocks
 * differ. So whoever asks for what came after a time misses nothing.
 */
export const rising = (now: string): SQL => sql`coalesce((SELECT CASE WHEN l.at < ${now} THEN ${now}
  ELSE strftime('%Y-%m-%dT%H:%M:%fZ', l.at, '+0.001 seconds') END FROM event l ORDER BY l.seq DESC LIMIT 1), ${now})`;

export const addEvent = (type: EventType, now: string, tipNo: SQL, when: SQL = sql`1`): SQL => sql`
  INSERT INTO event (type, at, tip_no, version)
  SELECT ${type}, ${rising(now)}, t.tip_no, t.version FROM tip t WHERE t.tip_no = ${tipNo} AND (${when})`;

/**
 * What the event just added tells besides: told to all it is told to, and to the tip's author alone. Where no event of that type
 * was added, nothing is: another's event is not described. `when`: the condition under which it was added.
 */
export const describeEvent = (
  type: EventType,
  tipNo: SQL,
  detail: SQL,
  forAuthor: SQL = sql`NULL`,
  when: SQL = sql`1`,
): SQL => sql`
  INSERT INTO event_detail (seq, tip_no, detail, for_author) SELECT e.seq, e.tip_no, ${detail}, ${forAuthor}
  FROM event e WHERE e.seq = ${lastSeq} AND e.type = ${type} AND e.tip_no = ${tipNo} AND (${when})`;

/** The event of that seq, by default the one just added, concerns the tip's author and its current audience. */
export const addressAudience = (tipNo: SQL, seq: SQL = lastSeq): SQL[] => [
  addressAuthor(tipNo, seq),
  sql`INSERT OR IGNORE INTO event_token (token, seq) SELECT k.token, ${seq} FROM tip_token k WHERE k.tip_no = ${tipNo}`,
];

export const addressAuthor = (tipNo: SQL, seq: SQL = lastSeq): SQL => sql`
  INSERT OR IGNORE INTO event_token (token, seq) SELECT 'partner:' || t.author, ${seq} FROM tip t WHERE t.tip_no = ${tipNo}`;

/** The event just added concerns each partner the query names. Where that is nobody, the event must not have been added either. */
export const addressNames = (partners: SQL): SQL => sql`
  INSERT OR IGNORE INTO event_token (token, seq) SELECT 'partner:' || p.partner, ${lastSeq} FROM (${partners}) p`;
