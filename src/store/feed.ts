/** What the feed selects: ranges of seq by token, then the events among them that the reader may be told. */
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { json, literal, type SQL, sql } from "./database.ts";
import { marked, mine, type Readers } from "./reading.ts";
import { addressed, addressedTo, hadSight, held, through, visible } from "./visibility.ts";

/**
 * Seqs after one in order, each once, of the tokens in `held`: up to the smallest seq that a token's range of as many rows as
 * may be was read to. What is merged beyond that would leave out what such a range did not reach.
 */
export const ranged = (after: number, rows: number): SQL => sql`SELECT DISTINCT a.seq AS seq
  FROM held h CROSS JOIN event_token a ON a.token = h.token AND a.seq > max(${after}, h.since) AND a.seq <= (
    SELECT coalesce(min((SELECT b.seq FROM event_token b WHERE b.token = f.token AND b.seq > max(${after}, f.since)
      ORDER BY b.seq LIMIT 1 OFFSET ${literal(rows - 1)})), ${Number.MAX_SAFE_INTEGER}) FROM held f)
  ORDER BY a.seq LIMIT ${literal(rows)}`;

/** Events to look at: those listed; or behind a seq so many of what the reader holds, less the first ones, at most so many. */
export type Source = readonly number[] | { after: number; rows: number; skip: number; most: number };

/** The source's rows, with one column `value`; in a query that starts with what the reader holds. */
const valuesOf = (source: Source): SQL =>
  "after" in source
    ? sql`(SELECT seq AS value FROM (${ranged(source.after, source.rows)}) LIMIT ${literal(source.most)} OFFSET ${literal(source.skip)})`
    : sql`json_each(${json(source)})`;

/** The seqs that a source behind a seq has in all. */
export const selectRanged = ({ partner }: Reader, after: number, rows: number) =>
  sql<{ seq: number }>`WITH ${held(partner)} ${ranged(after, rows)}`;

/**
 * Events after a seq of any token the reader holds at this moment, in no order: all there are for who keeps up, where they
 * are fewer than `limit`.
 */
export const selectNew = ({ partner }: Reader, after: number, limit: number) => sql<{ seq: number }>`
  WITH ${held(partner)}
  SELECT a.seq FROM held h CROSS JOIN event_token a ON a.token = h.token AND a.seq > max(h.since, ${after}) LIMIT ${literal(limit)}`;

/**
 * Where the newest so many events begin of those that the reader's tokens lead to; 0 where there are fewer. Each token's own
 * newest are counted first, so that nothing older is looked at.
 */
export const selectSeqOfNewest = ({ partner }: Reader, events: number) => sql<{ seq: number }>`
  WITH ${held(partner)}, oldest AS MATERIALIZED (
    SELECT coalesce(max((SELECT b.seq FROM event_token b WHERE b.token = f.token AND b.seq > f.since
      ORDER BY b.seq DESC LIMIT 1 OFFSET ${events - 1})), 0) AS seq FROM held f)
  SELECT coalesce((SELECT DISTINCT a.seq FROM oldest o CROSS JOIN held h CROSS JOIN event_token a
    ON a.token = h.token AND a.seq > h.since AND a.seq >= o.seq
    ORDER BY a.seq DESC LIMIT 1 OFFSET ${events - 1}), 0) AS seq`;

/** Of an event about a subscription, what belongs to a tip is null. */
export interface EventRow {
  seq: number;
  type: string;
  at: string;
  tip_no: number;
  tip: string | null;
  version: number;
  current: number;
  author: string | null;
  subscription: string | null;
  through: string | null;
  mine: number;
  urgency: string | null;
  respond_by: string | null;
  ask: string | null;
  digest: string;
  accepted_at: string;
  version_seq: number;
  protected: string;
  signature: string;
  bytes: number;
  sees: number | null;
  /** The signed withdrawal's payload, of the event that tells of it, until it is erased. */
  withdrawal: string | null;
  /** JSON: what it tells besides, and what it tells the author alone. */
  detail: string | null;
  for_author: string | null;
  /** JSON: what is marked of the current version. */
  marked: string | null;
}

/** Content only of what the reader may see and was told in its time, and not twice; news where it is addressed by name. */
export const mayBeTold = (
  reader: Pick<Readers, "partner">,
): SQL => sql`(j.news OR (j.content = 1 AND j.sees) OR j.had) AND NOT EXISTS (
  SELECT 1 FROM event_skip s WHERE s.seq = j.seq AND s.partner = ${reader.partner})`;

/** `seqs`: a source of rows with one column `value`; and, for many readers, that of `also`, whose reader it is. */
export const judged = ({ partner }: Pick<Readers, "partner">, seqs: SQL, now: number, also: SQL = sql``): SQL => sql`
  SELECT ${also}e.seq, e.type, e.at, e.tip_no, e.version, e.subscription, y.content,
    ${visible(partner, instant(now))} AND ${addressedTo(partner)} AS sees, y.content = 0 AND ${addressedTo(partner)} AS news,
    y.content = 2 AND ${hadSight(partner)} AS had
  FROM ${seqs} n CROSS JOIN event e ON e.seq = n.value JOIN event_type y ON y.type = e.type
    LEFT JOIN tip t ON t.tip_no = e.tip_no`;

/** What is told of an event in `told`. */
export const eventColumns = (reader: Readers): SQL => sql`
  j.seq, j.type, j.at, j.tip_no, t.tip, j.version, j.subscription, t.version AS current, t.author, j.sees,
    CASE WHEN j.sees THEN ${through(reader.partner)} END AS through, CASE WHEN j.sees THEN ${mine(reader)} ELSE 0 END AS mine,
    CASE WHEN j.sees THEN t.urgency END AS urgency, CASE WHEN j.sees THEN t.respond_by END AS respond_by,
    CASE WHEN j.sees THEN v.heading ->> '$.ask' END AS ask,
    v.digest, v.accepted_at, v.seq AS version_seq, v.protected, v.signature, v.bytes,
    CASE WHEN j.type = 'withdrawn'
      THEN (SELECT w.payload FROM withdrawal w WHERE w.tip_no = j.tip_no AND w.seq = j.seq) END AS withdrawal,
    CASE WHEN j.sees THEN ${marked} END AS marked,
    CASE WHEN j.type <> 'published' THEN (SELECT z.detail FROM event_detail z WHERE z.seq = j.seq) END AS detail,
    CASE WHEN j.type <> 'published' AND t.author = ${reader.partner}
      THEN (SELECT z.for_author FROM event_detail z WHERE z.seq = j.seq) END AS for_author`;

/** The events in `judged`, in order, as far as they may be told and `more` holds; with their tips. */
export const told = (reader: Pick<Readers, "partner">, more: SQL = sql``): SQL => sql`
  FROM judged j LEFT JOIN tip t ON t.tip_no = j.tip_no
    LEFT JOIN tip_version v ON v.tip_no = j.tip_no AND v.version = t.version
  WHERE ${mayBeTold(reader)}${more} ORDER BY j.seq`;

/** The events that the reader may be told. Judged once each, however often the verdict is used. */
export const selectEvents = (reader: Reader, source: Source, now: number) => sql<EventRow>`
  WITH ${held(reader.partner)}, judged AS MATERIALIZED (${judged(reader, valuesOf(source), now)})
  SELECT ${eventColumns(reader)} ${told(reader)}`;

/** The first that the reader may be told: whether there is more must not tell of what is hidden. */
export const selectNextTold = (reader: Reader, source: Source, now: number) => sql<{ seq: number }>`
  WITH ${held(reader.partner)}, judged AS (${judged(reader, valuesOf(source), now)})
  SELECT j.seq FROM judged j WHERE ${mayBeTold(reader)} LIMIT 1`;

/** The tips of the events, for the record, which holds what the reader holds. */
export const tipsOf = (source: Source): SQL =>
  sql`SELECT DISTINCT e.tip_no FROM ${valuesOf(source)} n CROSS JOIN event e ON e.seq = n.value WHERE ${addressed}`;

/** Whether there is any. */
export const isAny = (reader: Reader, source: Source): SQL =>
  sql`EXISTS (WITH ${held(reader.partner)} SELECT 1 FROM ${valuesOf(source)})`;

/** Documents of the tips named, as far as they may be seen; their pieces in order. */
export const selectDocuments = (reader: Reader, numbers: readonly number[], now: number) => sql<{
  tip_no: number;
  version: number;
  text: string;
}>`
  WITH ${held(reader.partner)}
  SELECT t.tip_no, t.version, d.text FROM json_each(${json(numbers)}) n CROSS JOIN tip t ON t.tip_no = n.value
    CROSS JOIN document_piece d ON d.tip_no = t.tip_no AND d.version = t.version
  WHERE ${visible(reader.partner, instant(now))} ORDER BY t.tip_no, d.piece`;
