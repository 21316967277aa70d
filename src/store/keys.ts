/** Partners' keys, and what a compromise takes with it. */
import { among, insertInto, type SQL, type SQLWrapper, sql } from "./database.ts";
import { voidVoices } from "./disputes.ts";
import { rising } from "./events.ts";
import { voidFeedback } from "./feedback.ts";
import type { partner_key } from "./schema.ts";

export type KeyRow = typeof partner_key.$inferSelect;

export const selectKeysOf = (partner: string) =>
  sql<KeyRow>`SELECT * FROM partner_key WHERE partner = ${partner} ORDER BY added_at, kid LIMIT 1000`;

/**
 * Keys by which others may verify, of several partners: the newest hundred of each, so that none crowds out another's. A key
 * that never became active verified nothing.
 */
export const selectKeysOfAll = (partners: readonly string[]) => sql<KeyRow>`
  SELECT * FROM (SELECT k.*, row_number() OVER (PARTITION BY k.partner ORDER BY k.added_at DESC) AS place
    FROM partner_key k WHERE k.partner ${among(partners)} AND k.state <> 'cancelled')
  WHERE place <= 100 ORDER BY partner, added_at`;

export const selectKey = (kid: string) => sql<KeyRow>`SELECT * FROM partner_key WHERE kid = ${kid}`;

/** The partner's keys among those named, whatever their state. */
export const selectOwnKeys = (partner: string, kids: readonly string[]) =>
  sql<KeyRow>`SELECT * FROM partner_key WHERE kid ${among(kids)} AND partner = ${partner}`;

/** A key that may sign and ask for tokens at this moment. */
export const keyLive = (kid: string, now: string): SQL => sql`EXISTS (
  SELECT 1 FROM partner_key k JOIN partner p ON p.slug = k.partner
  WHERE k.kid = ${kid} AND k.state = 'active' AND k.active_from <= ${now} AND p.suspended_at IS NULL)`;

/** An older key may undo a newer one, never the other way. */
export const isOlder = (kid: string, than: KeyRow): SQL =>
  sql`EXISTS (SELECT 1 FROM partner_key o WHERE o.kid = ${kid} AND o.added_at < ${than.added_at})`;

export const isItselfOrOlder = (kid: string, than: KeyRow): SQL => (kid === than.kid ? sql`1` : isOlder(kid, than));

/** For another open key, and for another key of a day. */
export const hasRoom = (partner: string, most: number, dayAgo: string): SQL => sql`(
  SELECT count(*) FROM partner_key WHERE partner = ${partner} AND (state = 'active' OR added_at > ${dayAgo})) < ${most}`;

export const hasOther = (partner: string, kid: string, now: string): SQL => sql`EXISTS (
  SELECT 1 FROM partner_key WHERE partner = ${partner} AND kid <> ${kid} AND state = 'active' AND active_from <= ${now})`;

export const isWaiting = (kid: string, now: string): SQL =>
  sql`EXISTS (SELECT 1 FROM partner_key WHERE kid = ${kid} AND state = 'active' AND active_from > ${now})`;

export const insertKey = (
  key: { kid: string; partner: string; jwk: unknown; active_from: string; introduced_by: string | null },
  now: string,
) => insertInto("partner_key", { ...key, jwk: JSON.stringify(key.jwk), state: "active", added_at: now });

const waiting = (kid: string, now: string): SQL => sql`kid = ${kid} AND state = 'active' AND active_from > ${now}`;

export const cancelWaiting = (kid: string, now: string) =>
  sql`UPDATE partner_key SET state = 'cancelled' WHERE ${waiting(kid, now)}`;

export const approveWaiting = (kid: string, now: string) =>
  sql`UPDATE partner_key SET active_from = ${now} WHERE ${waiting(kid, now)}`;

export const retireActive = (kid: string, now: string) => sql`
  UPDATE partner_key SET state = 'retired', retired_at = ${now}
  WHERE kid = ${kid} AND state = 'active' AND active_from <= ${now}`;

/**
 * A key declared compromised since a time: with it fall the keys it introduced since; what was submitted, rescoped or
 * withdrawn under them since is suspended and told by name to its author and to all who have or had it; feedback counts no
 * more. What an earlier
 * declaration covered is not suspended again, since its author may have mended it. The third and second statement from
 * the end give the fallen keys and the number of tips.
 */
export function compromise(partner: string, kid: string, since: string, now: string): SQLWrapper[] {
  const fallen = sql`(WITH RECURSIVE fallen (kid) AS (
      SELECT ${kid} UNION SELECT c.kid FROM fallen f CROSS JOIN partner_key c ON c.introduced_by = f.kid
      WHERE c.added_at >= ${since} AND c.partner = ${partner}
    ) SELECT kid FROM fallen)`;
  const signedSince = sql`s.kid IN ${fallen} AND s.accepted_at >= ${since} AND NOT EXISTS (
    SELECT 1 FROM partner_key c WHERE c.kid = s.kid AND c.compromised_since <= s.accepted_at)`;
  const voided = sql`SELECT s.tip_no FROM withdrawal s WHERE ${signedSince}`;
  // The events just added, one a tip, are the newest.
  const told = sql`event e CROSS JOIN chosen n ON n.tip_no = e.tip_no CROSS JOIN tip t ON t.tip_no = n.tip_no`;
  const newest = sql`e.seq > (SELECT max(seq) FROM event) - (SELECT count(*) FROM chosen)`;
  const tell = (names: SQL): SQL => sql`INSERT OR IGNORE INTO event_token (token, seq) ${names}`;
  return [
    ...voidVoices(signedSince, now),
    ...voidFeedback(signedSince),
    sql`INSERT INTO chosen (tip_no) SELECT t.tip_no FROM tip t
      WHERE t.author = ${partner} AND t.suspended_at IS NULL AND t.withdrawn_at IS NULL AND t.tip_no IN (
        SELECT s.tip_no FROM tip_version s WHERE ${signedSince} UNION SELECT s.tip_no FROM audience s WHERE ${signedSince})
      UNION ${voided}`,
    // A withdrawal under a stolen key is void: the author decides anew.
    sql`UPDATE tip SET withdrawn_at = NULL WHERE tip_no IN (${voided})`,
    sql`DELETE FROM withdrawal AS s WHERE ${signedSince}`,
    sql`UPDATE tip SET suspended_at = ${now} WHERE tip_no IN (SELECT tip_no FROM chosen)`,
    sql`INSERT INTO event (type, at, tip_no, version)
      SELECT 'suspended', ${rising(now)}, t.tip_no, t.version FROM chosen n CROSS JOIN tip t ON t.tip_no = n.tip_no`,
    tell(sql`SELECT 'partner:' || t.author, e.seq FROM ${told} WHERE ${newest}`),
    tell(
      sql`SELECT 'partner:' || a.partner, e.seq FROM ${told} CROSS JOIN access_tip a ON a.tip_no = n.tip_no WHERE ${newest}`,
    ),
    tell(sql`SELECT 'partner:' || h.partner, e.seq FROM ${told} CROSS JOIN tip_token k ON k.tip_no = n.tip_no
      JOIN (SELECT partner, token, since FROM would_hold) h ON h.token = k.token AND h.since < t.audience_seq
      WHERE ${newest} AND NOT EXISTS (SELECT 1 FROM tip_except x WHERE x.tip_no = n.tip_no AND x.partner = h.partner)`),
    sql`UPDATE partner_key SET state = 'compromised', compromised_since = min(coalesce(compromised_since, ${since}), ${since})
      WHERE kid IN ${fallen} AND state <> 'cancelled'`,
    sql<{ kid: string }>`SELECT kid FROM partner_key WHERE kid IN ${fallen} AND state <> 'cancelled'`,
    sql<{ tips: number; seq: number }>`SELECT count(*) AS tips, (SELECT max(seq) FROM event) AS seq FROM chosen`,
    sql`DELETE FROM chosen`,
  ];
}
