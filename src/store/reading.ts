/** What reading doors select: tips and their indicators, each row judged by the statement that hands it out. */
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { among, json, literal, SQL, sql } from "./database.ts";
import { summaryOf } from "./feedback.ts";
import { claimsOfTip } from "./relations.ts";
import { isAssigned, standsSo, triageOfTip } from "./triage.ts";
import { held, ownState, through, visible, type Whose } from "./visibility.ts";

export interface ItemRow {
  tip_no: number;
  tip: string;
  version: number;
  author: string;
  accepted_at: string;
  first_accepted_at: string;
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
  marked: string | null;
  legal_process_url: string | null;
  /** Where lists and single reads show them: of the reader's own tip how it stands; as JSON its own word, and what is claimed. */
  state?: string | null;
  triage?: string | null;
  claims?: string;
}

/** Who reads: one reader, or, in SQL, that of each row. */
export interface Readers {
  partner: Whose;
  places: readonly string[] | SQL;
}

/** How many indicators lie on the reader's own platforms and domains. */
export const mine = ({
  places,
}: Pick<Readers, "places">): SQL => sql`(SELECT coalesce(sum(p.indicators), 0) FROM tip_place p
  WHERE p.tip_no = t.tip_no AND p.place ${places instanceof SQL ? sql`IN (${places})` : among(places)})`;

/** What is marked of tip `t`: JSON pairs of ordinal and mark; null where nothing is. */
export const marked: SQL = sql`(SELECT json_group_array(json_array(i.ordinal, i.mark)) FROM indicator i
  WHERE i.tip_no = t.tip_no AND i.version = t.version AND i.mark > 0 HAVING count(*) > 0)`;

export const itemColumns = (
  reader: Reader,
  now: number,
): SQL => sql`t.tip_no, t.tip, v.version, t.author, v.accepted_at, t.accepted_at AS first_accepted_at, t.expires_at, t.tlp, v.digest, v.seq,
  v.heading, v.warnings, ${through(reader.partner)} AS through, ${mine(reader)} AS mine,
  (SELECT json_group_object(y.type, y.indicators) FROM tip_type y WHERE y.tip_no = t.tip_no) AS types,
  ${relations(reader, now)} AS relates_to, ${marked} AS marked,
  (SELECT q.legal_process_url FROM partner q WHERE q.slug = t.author) AS legal_process_url`;

const besides = (reader: Reader, now: number): SQL =>
  sql`${ownState(reader.partner, instant(now))} AS state, ${triageOfTip(reader)} AS triage, ${claimsOfTip(reader, now)} AS claims`;

/** The relations to tips the reader may see itself; `t` is the related tip in there. */
function relations(reader: Reader, now: number): SQL {
  const seen = sql`SELECT 1 FROM tip t WHERE t.tip = r.value ->> 'tip' AND ${visible(reader.partner, instant(now))}`;
  return sql`(SELECT json_group_array(json(r.value)) FROM json_each(coalesce(v.heading -> '$.relates_to', '[]')) r WHERE EXISTS (${seen}))`;
}

/** One tip by its id, its row only where it may be seen. */
export const selectItem = (reader: Reader & { kind: string }, tip: string, now: number) => sql<
  ItemRow & {
    difference: string | null;
    feedback: string | null;
  }
>`
  WITH ${held(reader.partner)}
  SELECT ${itemColumns(reader, now)}, ${besides(reader, now)},
    (SELECT z.detail -> '$.difference' FROM event_detail z WHERE z.seq = v.seq) AS difference,
    ${summaryOf(reader)} AS feedback
  FROM tip t JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE t.tip = ${tip} AND ${visible(reader.partner, instant(now))}`;

/** The document's pieces, in order, of one tip that may be seen. */
export const selectPieces = (reader: Reader, tip: string, now: number) => sql<{
  protected: string;
  signature: string;
  text: string;
}>`
  WITH ${held(reader.partner)}
  SELECT v.protected, v.signature, d.text FROM tip t
    JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
    JOIN document_piece d ON d.tip_no = t.tip_no AND d.version = t.version
  WHERE t.tip = ${tip} AND ${visible(reader.partner, instant(now))} ORDER BY d.piece`;

export interface OwnRow {
  version: number;
  revision: number;
  digest: string;
  seq: number;
  accepted_at: string;
  erased_at: string | null;
  operation: string;
  audience_digest: string;
  protected: string;
  payload: string;
  signature: string;
}

/** What only the author is told of its tip; there also after the content was erased. */
export const selectOwn = (reader: Reader, tip: string) => sql<OwnRow>`
  SELECT t.version, t.revision, v.digest, v.seq, v.accepted_at, t.erased_at, t.operation, a.digest AS audience_digest,
    a.protected, a.payload, a.signature
  FROM tip t JOIN audience a ON a.tip_no = t.tip_no AND a.revision = t.revision
    JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE t.tip = ${tip} AND t.author = ${reader.partner}`;

export interface TipFilter {
  from?: string;
  tlp?: string;
  operation?: string;
  type?: string;
  platform?: string;
  since?: string;
  through?: string;
  for_you?: boolean;
  urgency?: string;
  state?: string;
  triage?: string;
  assignee?: string;
}

/** Of others' tips none is seen that does not live. */
export const isInState = ({ partner }: Reader, state: string, now: number): SQL =>
  sql`coalesce(${ownState(partner, instant(now))}, 'live') = ${state}`;

/** The filter as a condition on the tip's row `t`. */
function matches(reader: Reader, filter: TipFilter, now: number): SQL {
  const conditions: SQL[] = [sql`1`];
  const place = (places: SQL) =>
    sql`EXISTS (SELECT 1 FROM tip_place p WHERE p.tip_no = t.tip_no AND p.place ${places})`;
  if (filter.from) conditions.push(sql`t.author = ${filter.from}`);
  // By the token it is shown to come through, no other: which further tokens a tip goes to is the author's business.
  if (filter.through) conditions.push(sql`${through(reader.partner)} = ${filter.through}`);
  if (filter.tlp) conditions.push(sql`t.tlp = ${filter.tlp}`);
  if (filter.operation) conditions.push(sql`t.operation = ${filter.operation}`);
  if (filter.urgency) conditions.push(sql`t.urgency = ${filter.urgency}`);
  if (filter.since) conditions.push(sql`t.accepted_at >= ${filter.since}`);
  if (filter.type) {
    conditions.push(sql`EXISTS (SELECT 1 FROM tip_type y WHERE y.tip_no = t.tip_no AND y.type = ${filter.type})`);
  }
  if (filter.platform) conditions.push(place(sql`= ${filter.platform}`));
  if (filter.for_you) conditions.push(place(among(reader.places)));
  if (filter.state) conditions.push(isInState(reader, filter.state, now));
  if (filter.triage) conditions.push(standsSo(reader, filter.triage, now));
  if (filter.assignee) conditions.push(isAssigned(reader, filter.assignee));
  return sql.join(conditions, sql` AND `);
}

/** Those of the tips, by number, that fit the filter; for the record, which judges them as it writes. */
export const fitting = (reader: Reader, tipNos: readonly number[], filter: TipFilter, now: number): SQL => sql`
  SELECT t.tip_no FROM json_each(${json(tipNos)}) n CROSS JOIN tip t ON t.tip_no = n.value WHERE ${matches(reader, filter, now)}`;

/** Those of the tips, by number, that fit the filter and may be seen; newest first. */
export const selectItems = (reader: Reader, tipNos: readonly number[], filter: TipFilter, now: number) => sql<ItemRow>`
  WITH ${held(reader.partner)}
  SELECT ${itemColumns(reader, now)}, ${besides(reader, now)}
  FROM json_each(${json(tipNos)}) n CROSS JOIN tip t ON t.tip_no = n.value
    CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE ${visible(reader.partner, instant(now))} AND ${matches(reader, filter, now)} ORDER BY t.tip_no DESC`;

export interface IndicatorRow {
  tip_no: number;
  tip: string;
  version: number;
  ordinal: number;
  from: string;
  operation: string;
  through: string;
  tlp: string;
  handling: string | null;
  embargo: string | null;
  body: string;
  mark: number;
  state: string | null;
}

/** Indicators of the tips, by number and in that order, that may be seen; after a place in the first of them. */
export function selectIndicators(
  reader: Reader,
  tipNos: readonly number[],
  filter: { type?: string; platform?: string; from?: string },
  after: { tip_no: number; ordinal: number },
  limit: number,
  now: number,
) {
  const is = (column: SQL, value: string | undefined) => (value === undefined ? sql`` : sql` AND ${column} = ${value}`);
  return sql<IndicatorRow>`WITH ${held(reader.partner)}
    SELECT t.tip_no, t.tip, t.version, i.ordinal, t.author AS "from", t.operation, ${through(reader.partner)} AS through, t.tlp,
      v.heading ->> '$.handling' AS handling, v.heading ->> '$.embargo' AS embargo, i.body, i.mark,
      ${ownState(reader.partner, instant(now))} AS state
    FROM json_each(${json(tipNos)}) n CROSS JOIN tip t ON t.tip_no = n.value
      CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
      CROSS JOIN indicator i ON i.tip_no = t.tip_no AND i.version = t.version
    WHERE ${visible(reader.partner, instant(now))} AND i.valid_until > ${instant(now)}
      AND (t.tip_no < ${after.tip_no} OR i.ordinal > ${after.ordinal})
      ${is(sql`i.type`, filter.type)}${is(sql`i.platform`, filter.platform)}${is(sql`t.author`, filter.from)}
    ORDER BY n.key, i.ordinal LIMIT ${literal(limit)}`;
}

/** The tips that a selection's rows are of, for the record. */
export const tipsIn = (select: SQL<IndicatorRow>): SQL => sql`SELECT DISTINCT s.tip_no FROM (${select}) s`;
