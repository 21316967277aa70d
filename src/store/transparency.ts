/**
 * What the public report of a month counts, and the reports as they were made. No statement here hands out a row of somebody's:
 * each gives how much there is, by how many, and how much the one with most has.
 */
import { limits } from "../core/limits.ts";
import { insertInto, json, literal, type SQL, sql, unlessThere } from "./database.ts";
import type { transparency } from "./schema.ts";

/** From a time or day, and before another; as text. */
export interface Span {
  from: string;
  before: string;
}

/** The month reported last; the first partner's time where there is none yet. */
export const selectReported = sql<{ last: string | null; first: string | null }>`
  SELECT (SELECT max(month) FROM transparency) AS last, (SELECT min(enrolled_at) FROM partner) AS first`;

export const insertReport = (row: typeof transparency.$inferInsert) => unlessThere(insertInto("transparency", row));

/** Newest first, before a month. */
export const selectReports = (before: string, limit: number) => sql<typeof transparency.$inferSelect>`
  SELECT * FROM transparency WHERE month < ${before} ORDER BY month DESC LIMIT ${literal(limit)}`;

/** A total, by how many authors, and how much the one with most has. */
export interface ByAuthor {
  total: number;
  authors: number;
  most: number;
}

const byAuthor = (rows: SQL) => sql<ByAuthor>`
  SELECT coalesce(sum(n), 0) AS total, count(*) AS authors, coalesce(max(n), 0) AS most
  FROM (SELECT r.author, sum(r.n) AS n FROM (${rows}) r GROUP BY r.author)`;

const tipsIn = ({ from, before }: Span): SQL => sql`tip t WHERE t.accepted_at >= ${from} AND t.accepted_at < ${before}`;

export const countTips = (span: Span) => byAuthor(sql`SELECT t.author, 1 AS n FROM ${tipsIn(span)}`);

/** Of the tips of the span, as far as their content is still there. */
const indicators = (span: Span): SQL => sql`
  SELECT t.author, min(${limits.transparency.indicators_of_tip}, (
    SELECT coalesce(sum(y.indicators), 0) FROM tip_type y WHERE y.tip_no = t.tip_no)) AS n FROM ${tipsIn(span)}`;

export const countIndicators = (span: Span) => byAuthor(indicators(span));

export const countIndicatorsByTip = (span: Span) => sql<{ tips: number; most: number }>`
  SELECT count(*) AS tips, coalesce(max(n), 0) AS most FROM (${indicators(span)}) WHERE n > 0`;

/** Tips taken back so, each once. */
export const countTakenBack = (type: "withdrawn" | "recalled", { from, before }: Span) =>
  byAuthor(sql`SELECT t.author, 1 AS n FROM (SELECT DISTINCT e.tip_no FROM event e
    WHERE e.type = ${type} AND e.type IN ('withdrawn', 'recalled') AND e.at >= ${from} AND e.at < ${before}) g
    CROSS JOIN tip t ON t.tip_no = g.tip_no`);

/** Not suspended at the end of the span. */
export const countPartners = ({ before }: Span) => sql<{ kind: string; partners: number }>`
  SELECT p.kind, count(*) AS partners FROM partner p
  WHERE p.enrolled_at < ${before} AND (p.suspended_at IS NULL OR p.suspended_at >= ${before}) GROUP BY p.kind`;

export interface ReadingsRow {
  cell: string;
  total: number;
  agencies: number;
  most_by_agency: number;
  cases: number;
  most_by_case: number;
  tips: number;
  most_by_tip: number;
}

/**
 * Readings by law enforcement in days of the span: a tip handed to an agency for a case, through whichever doors and however
 * often, is one. By country and kind of legal basis; or, of what is not among `apart`, together. Kinds of agencies' own (`x-…`)
 * are one.
 */
export function countReadings({ from, before }: Span, apart?: readonly string[]) {
  const kind = sql`CASE WHEN u.legal_basis LIKE 'x-%' THEN 'other' ELSE u.legal_basis END`;
  const place = sql`p.country || ' ' || ${kind}`;
  const [cell, those] = apart
    ? [sql`'other'`, sql` AND ${place} NOT IN (SELECT value FROM json_each(${json(apart)}))`]
    : [place, sql``];
  const most = (column: SQL) => sql`(SELECT n.cell, count(*) AS contributors, max(n.n) AS most
    FROM (SELECT cell, count(*) AS n FROM readings GROUP BY cell, ${column}) n GROUP BY n.cell)`;
  return sql<ReadingsRow>`
    WITH readings AS MATERIALIZED (
      SELECT DISTINCT ${cell} AS cell, a.partner, u.case_reference, a.tip_no
      FROM partner p CROSS JOIN access_tip a ON a.partner = p.slug AND a.day >= ${from} AND a.day < ${before}
        CROSS JOIN purpose u ON u.purpose = a.purpose
      WHERE p.kind = 'law_enforcement'${those})
    SELECT g.cell, g.total, ag.contributors AS agencies, ag.most AS most_by_agency, ca.contributors AS cases,
      ca.most AS most_by_case, ti.contributors AS tips, ti.most AS most_by_tip
    FROM (SELECT cell, count(*) AS total FROM readings GROUP BY cell) g
      JOIN ${most(sql`partner`)} ag ON ag.cell = g.cell
      JOIN ${most(sql`case_reference`)} ca ON ca.cell = g.cell
      JOIN ${most(sql`tip_no`)} ti ON ti.cell = g.cell
    ORDER BY g.cell`;
}

/** Why law enforcement was refused for want of a purpose that counts. */
export type Refused = "no-purpose" | "purpose-unacceptable" | "purpose-ended" | "purpose-not-approved";

export const countRefusal = (month: string, reason: Refused): SQL => sql`
  INSERT INTO refusal (month, reason, refusals) VALUES (${month}, ${reason}, 1)
  ON CONFLICT (month, reason) DO UPDATE SET refusals = refusals + 1`;

export const countRefusals = (month: string) => sql<{ refusals: number }>`
  SELECT coalesce(sum(refusals), 0) AS refusals FROM refusal WHERE month = ${month}`;
