/**
 * Read tokens: their rows, and whether one may be used at a moment, which is defined here once. Their texts are in no
 * table. Rows are kept: records of access name them.
 */
import { insertInto, json, literal, type SQL, type SQLWrapper, sql } from "./database.ts";
import { readsFor } from "./purposes.ts";
import type { Used } from "./quotas.ts";
import type { read_token } from "./schema.ts";

export type ReadTokenRow = typeof read_token.$inferSelect;

/** A token as a request showed it: its digest, and every range that the request's address is in. */
export interface ShownToken {
  secret_sha256: string;
  ranges: readonly string[];
}

/**
 * Token row `r` and its partner `p`, where it may be used: not revoked, not over, its partner not suspended and still granted
 * `tips:read`, its purpose counting, not made under a key that was compromised by then, and from where it is bound to. Who
 * must bind its tokens to a key has them bound to addresses here.
 */
export const standing = ({ secret_sha256, ranges }: ShownToken, now: string): SQL => sql`
  FROM read_token r CROSS JOIN partner p ON p.slug = r.partner
  WHERE r.secret_sha256 = ${secret_sha256} AND r.revoked_at IS NULL AND r.expires_at > ${now}
    AND p.suspended_at IS NULL AND ' ' || p.scopes || ' ' LIKE '% tips:read %' AND ${readsFor(sql`r.purpose`, now)}
    AND NOT EXISTS (SELECT 1 FROM partner_key k WHERE k.kid = r.kid AND k.compromised_since <= r.made_at)
    AND CASE WHEN r.addresses IS NULL THEN p.dpop = 0 AND p.kind <> 'law_enforcement'
      ELSE EXISTS (SELECT 1 FROM json_each(r.addresses) a JOIN json_each(${json(ranges)}) g ON g.value = a.value) END`;

/** Counts a request of the day for its partner, where the token may be used; else there is no row. */
export const countUse = (shown: ShownToken, day: string, now: string) => sql<Used>`
  INSERT INTO quota (partner, day, requests) SELECT r.partner, ${day}, 1 ${standing(shown, now)}
  ON CONFLICT (partner, day) DO UPDATE SET requests = requests + 1
  RETURNING requests, bytes, index_keys, questions, calls`;

/** The day it was last used: one write a day. */
export const noteUse = (shown: ShownToken, day: string, now: string): SQL => sql`
  UPDATE read_token SET used_on = ${day}
  WHERE read_token IN (SELECT r.read_token ${standing(shown, now)} AND r.used_on IS NOT ${day})`;

export const insertReadToken = (row: typeof read_token.$inferInsert): SQLWrapper => insertInto("read_token", row);

export const hasRoom = (partner: string, most: number, now: string): SQL => sql`(SELECT count(*) FROM read_token
  WHERE partner = ${partner} AND revoked_at IS NULL AND expires_at > ${now}) < ${most}`;

/** The newest first, behind one of them. */
export const selectReadTokens = (partner: string, after: string | undefined, limit: number) => {
  const behind = sql`AND (made_at, read_token) < (SELECT made_at, read_token FROM read_token WHERE read_token = ${after} AND partner = ${partner})`;
  return sql<ReadTokenRow>`SELECT * FROM read_token WHERE partner = ${partner} ${after === undefined ? sql`` : behind}
    ORDER BY made_at DESC, read_token DESC LIMIT ${literal(limit)}`;
};

export const selectReadToken = (partner: string, id: string) =>
  sql<ReadTokenRow>`SELECT * FROM read_token WHERE read_token = ${id} AND partner = ${partner}`;

export const markRevoked = (partner: string, id: string, now: string): SQL => sql`
  UPDATE read_token SET revoked_at = ${now} WHERE read_token = ${id} AND partner = ${partner} AND revoked_at IS NULL`;
