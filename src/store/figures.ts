/**
 * What a partner's figures are counted of: when it was first handed which tip, and its own words. Nothing is read of the tips
 * themselves but their senders, whom it knows, so that what was taken back counts on and tells nothing.
 */
import { limits } from "../core/limits.ts";
import { literal, sql } from "./database.ts";

export interface FiguresRow {
  of: string | null;
  at: string;
  for_you: number;
  answered_at: string | null;
  /** JSON: found or actioned, of these not known before, actioned, no violation, false positives. */
  words: string;
}

/** Tips first handed to the partner on these days, the last so many and one more. */
export const selectReceived = (me: string, { from, to, by }: { from: string; to: string; by: "group" | "partner" }) =>
  sql<FiguresRow>`
  SELECT ${by === "group" ? sql`rv.through` : sql`t.author`} AS "of", rv.at, rv.mine AS for_you,
    (SELECT min(fb.accepted_at) FROM feedback fb WHERE fb.tip_no = rv.tip_no AND fb.partner = ${me} AND fb.void = 0) AS answered_at,
    (SELECT json_array(
        total(n) FILTER (WHERE status IN ('found', 'actioned')),
        total(n) FILTER (WHERE status IN ('found', 'actioned') AND already_known = 0),
        total(n) FILTER (WHERE status = 'actioned'), total(n) FILTER (WHERE status = 'no_violation'),
        total(n) FILTER (WHERE status = 'false_positive'))
      FROM (
        SELECT stood.status, stood.already_known, 1 AS n FROM feedback_standing stood
        WHERE stood.tip_no = rv.tip_no AND stood.partner = ${me} AND stood.ordinal >= 0
        UNION ALL SELECT past.status, past.already_known, past.indicators
        FROM feedback fb CROSS JOIN feedback_past past ON past.digest = fb.digest
        WHERE fb.tip_no = rv.tip_no AND fb.partner = ${me} AND fb.void = 0)) AS words
  FROM receiving rv CROSS JOIN tip t ON t.tip_no = rv.tip_no
  WHERE rv.partner = ${me} AND rv.day >= ${from} AND rv.day <= ${to}
  ORDER BY rv.day DESC LIMIT ${literal(limits.stats.tips + 1)}`;
