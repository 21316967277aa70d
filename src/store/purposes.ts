/**
 * Why a law-enforcement partner reads: one row for each purpose it stated, to which its accesses refer. Whether a purpose
 * counts at a moment is defined here, once, for tokens, read tokens, subscriptions and streams.
 */
import { insertInto, literal, type SQL, type SQLWrapper, sql, unlessThere } from "./database.ts";
import type { purpose } from "./schema.ts";

export type PurposeRow = typeof purpose.$inferSelect;

/** Purpose row `u` counts: not over, not ended, and approved where the enrolment of its partner, `q`, says so. */
const counting = (now: string): SQL =>
  sql`u.until > ${now} AND u.ended_at IS NULL AND (u.approved_at IS NOT NULL OR q.purpose_approval = 0)`;

/** The partner of row `p` reads by this purpose at this moment: it is its own and counts; or the partner is one that states none. */
export const readsFor = (stated: SQL, now: string): SQL => sql`(p.kind <> 'law_enforcement' OR EXISTS (
  SELECT 1 FROM purpose u CROSS JOIN partner q ON q.slug = u.partner
  WHERE u.purpose = ${stated} AND u.partner = p.slug AND ${counting(now)}))`;

/** The same purpose again is the same row. */
export const insertPurpose = (row: typeof purpose.$inferInsert): SQLWrapper => unlessThere(insertInto("purpose", row));

export type KnownPurpose = PurposeRow & { counts: number };

const known = (now: string): SQL =>
  sql`SELECT u.*, ${counting(now)} AS counts FROM purpose u CROSS JOIN partner q ON q.slug = u.partner`;

export const selectPurpose = (partner: string, id: string, now: string) =>
  sql<KnownPurpose>`${known(now)} WHERE u.purpose = ${id} AND u.partner = ${partner}`;

/** The newest first, behind one of them. */
export const selectPurposes = (partner: string, after: string | undefined, limit: number, now: string) => {
  const behind = sql`AND (u.made_at, u.purpose) < (SELECT made_at, purpose FROM purpose WHERE purpose = ${after} AND partner = ${partner})`;
  return sql<KnownPurpose>`${known(now)} WHERE u.partner = ${partner} ${after === undefined ? sql`` : behind}
    ORDER BY u.made_at DESC, u.purpose DESC LIMIT ${literal(limit)}`;
};

/** Whoever was first stays the one who did it. */
export const markApproved = (id: string, now: string): SQL =>
  sql`UPDATE purpose SET approved_at = ${now} WHERE purpose = ${id} AND approved_at IS NULL AND ended_at IS NULL`;

export const markEnded = (id: string, by: "partner" | "steward", now: string): SQL =>
  sql`UPDATE purpose SET ended_at = ${now}, ended_by = ${by} WHERE purpose = ${id} AND ended_at IS NULL`;
