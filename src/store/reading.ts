/** What reading doors select. Candidates are range reads in index order; only `selectItems` and its kin judge and hand out. */

import { instant } from "../core/time.ts";
import type { Caller } from "../exchange/exchange.ts";
import { json, type SQL, sql } from "./database.ts";
import { held, through, visible } from "./visibility.ts";

export interface ItemRow {
  tip_no: number;
  tip: string;
  version: number;
  author: string;
  accepted_at: string;
  expires_at: string;
  tlp: string;
  digest: string;
  seq: number;
  heading: string;
  warnings: string;
  through: string;
  mine: number;
  types: string | null;
  relates_to: string;
}

/** How many indicators lie on the reader's own platforms and domains. */
const mine = (caller: Caller): SQL => sql`(SELECT coalesce(sum(p.indicators), 0) FROM tip_place p
  WHERE p.tip_no = t.tip_no AND p.place IN (SELECT value FROM json_each(${json(caller.places)})))`;

const itemColumns = (
  caller: Caller,
  now: number,
): SQL => sql`t.tip_no, t.tip, v.version, t.author, v.accepted_at, t.expires_at, t.tlp, v.digest, v.seq,
  v.heading, v.warnings, ${through(caller.partner)} AS through, ${mine(caller)} AS mine,
  (SELECT json_group_object(y.type, y.indicators) FROM tip_type y WHERE y.tip_no = t.tip_no) AS types,
  ${relations(caller, now)} AS relates_to`;

/** The relations to tips the reader may see itself; `t` is the related tip in there. */
function relations(caller: Caller, now: number): SQL {
  return sql`(SELECT json_group_array(json(r.value)) FROM json_each(v.heading, '$.relates_to') r
    CROSS JOIN tip t ON t.tip = r.value ->> '$.tip' WHERE ${visible(caller.partner, instant(now))})`;
}

/** One tip by its id, its row only where it may be seen. */
export const selectItem = (caller: Caller, tip: string, now: number): SQL => sql`
  WITH ${held(caller.partner)}
  SELECT ${itemColumns(caller, now)}, t.withdrawn_at, t.suspended_at, t.revision
  FROM tip t JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE t.tip = ${tip} AND ${visible(caller.partner, instant(now))}`;

/** Tips by number, those that may be seen. */
export const selectItems = (caller: Caller, tipNos: readonly number[], now: number): SQL => sql`
  WITH ${held(caller.partner)}
  SELECT ${itemColumns(caller, now)}
  FROM json_each(${json(tipNos)}) n CROSS JOIN tip t ON t.tip_no = n.value
    CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE ${visible(caller.partner, instant(now))}`;

/** The document's pieces, in order, of one tip that may be seen. */
export const selectPieces = (caller: Caller, tip: string, now: number): SQL => sql`
  WITH ${held(caller.partner)}
  SELECT v.protected, v.signature, d.text FROM tip t
    JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
    JOIN document_piece d ON d.tip_no = t.tip_no AND d.version = t.version
  WHERE t.tip = ${tip} AND ${visible(caller.partner, instant(now))} ORDER BY d.piece`;

export interface Range {
  before: number;
  limit: number;
  now: number;
}

/** A range counts only what may be seen: a cursor, or `more`, made of anything else would tell of hidden tips. */
const seenIn = (caller: Caller, rows: SQL, { before, limit, now }: Range): SQL => sql`WITH ${held(caller.partner)}
  SELECT t.tip_no FROM ${rows} AND t.tip_no < ${before} AND ${visible(caller.partner, instant(now))} ORDER BY t.tip_no DESC LIMIT ${limit}`;

export const authorRange = (caller: Caller, author: string, range: Range): SQL =>
  seenIn(caller, sql`tip t WHERE t.author = ${author}`, range);

export const operationRange = (caller: Caller, operation: string, range: Range): SQL =>
  seenIn(caller, sql`tip t WHERE t.operation = ${operation}`, range);

export const placeRange = (caller: Caller, place: string, range: Range): SQL =>
  seenIn(
    caller,
    sql`tip_place p CROSS JOIN tip t ON t.tip_no = p.tip_no WHERE p.place = ${place} AND p.tip_no < ${range.before}`,
    range,
  );

export const tokenRange = (caller: Caller, token: string, range: Range): SQL =>
  seenIn(
    caller,
    sql`tip_token q CROSS JOIN tip t ON t.tip_no = q.tip_no WHERE q.token = ${token} AND q.tip_no < ${range.before}`,
    range,
  );

/** The events of one token after a seq, in order. */
export const eventRange = (token: string, after: number, limit: number): SQL =>
  sql`SELECT seq FROM event_token WHERE token = ${token} AND seq > ${after} ORDER BY seq LIMIT ${limit}`;

export interface EventRow {
  seq: number;
  type: string;
  at: string;
  tip_no: number;
  tip: string;
  version: number;
  current: number;
  author: string;
  through: string | null;
  mine: number;
  urgency: string | null;
  respond_by: string | null;
  heading: string | null;
  digest: string;
  accepted_at: string;
  version_seq: number;
  protected: string;
  signature: string;
  bytes: number;
  sees: number;
}

/**
 * The events among `seqs` that the caller may be told: content only of what it may see, and not twice; news where it is
 * addressed by name, which is how news is addressed.
 */
export const selectEvents = (caller: Caller, seqs: readonly number[], now: number): SQL => sql`
  WITH ${held(caller.partner)}, judged AS (
    SELECT e.seq, e.type, e.at, t.tip_no, t.tip, e.version, t.version AS current, t.author, t.urgency, t.respond_by, y.content,
      ${visible(caller.partner, instant(now))} AS sees, ${through(caller.partner)} AS through, ${mine(caller)} AS mine
    FROM json_each(${json(seqs)}) n CROSS JOIN event e ON e.seq = n.value JOIN event_type y ON y.type = e.type
      CROSS JOIN tip t ON t.tip_no = e.tip_no
    WHERE NOT EXISTS (SELECT 1 FROM event_skip s WHERE s.seq = e.seq AND s.partner = ${caller.partner}))
  SELECT j.seq, j.type, j.at, j.tip_no, j.tip, j.version, j.current, j.author, j.sees,
    CASE WHEN j.sees THEN j.through END AS through, CASE WHEN j.sees THEN j.mine ELSE 0 END AS mine,
    CASE WHEN j.sees THEN j.urgency END AS urgency, CASE WHEN j.sees THEN j.respond_by END AS respond_by,
    v.digest, v.accepted_at, v.seq AS version_seq, v.protected, v.signature, v.bytes,
    CASE WHEN j.sees THEN v.heading ->> '$.ask' END AS heading
  FROM judged j CROSS JOIN tip_version v ON v.tip_no = j.tip_no AND v.version = j.current
  WHERE j.sees OR NOT j.content ORDER BY j.seq`;

/** Documents of the tips named, as far as they may be seen and the page's bytes go; at least the first. */
export const selectDocuments = (caller: Caller, tipNos: readonly number[], now: number): SQL => sql`
  WITH ${held(caller.partner)}
  SELECT t.tip_no, t.version, d.text FROM json_each(${json(tipNos)}) n CROSS JOIN tip t ON t.tip_no = n.value
    CROSS JOIN document_piece d ON d.tip_no = t.tip_no AND d.version = t.version
  WHERE ${visible(caller.partner, instant(now))} ORDER BY t.tip_no, d.piece`;
