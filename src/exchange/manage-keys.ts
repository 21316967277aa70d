/**
 * Keys after the first: added with a delay or the steward's approval, cancelled, retired, declared compromised. A compromise
 * takes every key introduced since with it and suspends, in the same transaction, what was signed under them since.
 */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { all, batch, brokenGuard, first, guard, isTaken, type SQL, sql } from "../store/database.ts";
import { insertKey, type KeyRow, keyLive, selectKey, selectKeysOf } from "../store/partners.ts";
import { keyView } from "./enrol-partner.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { proveKey } from "./proof-of-possession.ts";

type View = Record<string, unknown>;

export async function listKeys(exchange: Exchange, caller: Caller): Promise<View[]> {
  const rows = await all<KeyRow>(exchange.db, selectKeysOf(caller.partner));
  return rows.map((row) => ({ ...keyView(row, exchange.now), introduced_by: row.introduced_by }));
}

export async function addKey(
  exchange: Exchange,
  caller: Caller,
  body: { jwk: View; proof: string },
): Promise<Result<View, Problem>> {
  const proven = await proveKey(body.jwk, body.proof, "key+jws", { exchange: exchange.url, partner: caller.partner });
  if (!proven.ok) return proven;
  const now = instant(exchange.now);
  const open = sql`(SELECT count(*) FROM partner_key WHERE partner = ${caller.partner} AND state = 'active')`;
  try {
    await batch(exchange.db, [
      guard("key_live", keyLive(caller.kid, now)),
      guard("not_last", sql`${open} < ${limits.keys_of_partner}`),
      insertKey(
        {
          kid: proven.value.kid,
          partner: caller.partner,
          jwk: proven.value.jwk,
          active_from: instant(exchange.now + limits.key_delay_hours * 3_600_000),
          introduced_by: caller.kid,
        },
        now,
      ),
    ]);
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "not_last")
      return err(problem("key-state", `A partner has at most ${limits.keys_of_partner} open keys. Retire one first.`));
    if (broken) return err(problem("unauthenticated", "The key behind your token ceased to be active."));
    if (isTaken(error))
      return err(
        problem("taken", "This key is registered already; a key belongs to one partner for ever. Make a new one."),
      );
    throw error;
  }
  return ok(await show(exchange, proven.value.kid));
}

const show = async (exchange: Exchange, kid: string): Promise<View> =>
  keyView((await first<KeyRow>(exchange.db, selectKey(kid)))!, exchange.now);

export const ownKey = async (exchange: Exchange, partner: string, kid: string): Promise<KeyRow | undefined> => {
  const row = await first<KeyRow>(exchange.db, selectKey(kid));
  return row?.partner === partner ? row : undefined;
};

/** Undefined: not the caller's. Only a waiting key can be cancelled, by another key. */
export async function cancelKey(
  exchange: Exchange,
  caller: Caller,
  kid: string,
): Promise<Result<View | undefined, Problem>> {
  const key = await ownKey(exchange, caller.partner, kid);
  if (!key) return ok(undefined);
  const now = instant(exchange.now);
  const waiting = sql`kid = ${kid} AND state = 'active' AND active_from > ${now}`;
  try {
    await batch(exchange.db, [
      guard("key_live", sql`${keyLive(caller.kid, now)} AND EXISTS (SELECT 1 FROM partner_key WHERE ${waiting})`),
      sql`UPDATE partner_key SET state = 'cancelled' WHERE ${waiting}`,
    ]);
  } catch (error) {
    if (brokenGuard(error))
      return err(problem("key-state", "The key no longer waits. Retire it, or declare it compromised."));
    throw error;
  }
  return ok(await show(exchange, kid));
}

export async function retireKey(
  exchange: Exchange,
  caller: Caller,
  kid: string,
): Promise<Result<View | undefined, Problem>> {
  const key = await ownKey(exchange, caller.partner, kid);
  if (!key) return ok(undefined);
  const now = instant(exchange.now);
  if (key.state !== "active" || key.active_from > now)
    return err(problem("key-state", "Only an active key can be retired."));
  try {
    await batch(exchange.db, [
      // A stolen newer key must not retire the older one that could undo it.
      guard(
        "key_live",
        sql`${keyLive(caller.kid, now)} AND (${kid} = ${caller.kid}
        OR EXISTS (SELECT 1 FROM partner_key o WHERE o.kid = ${caller.kid} AND o.added_at < ${key.added_at}))`,
      ),
      guard(
        "not_last",
        sql`EXISTS (SELECT 1 FROM partner_key WHERE partner = ${caller.partner} AND kid <> ${kid} AND state = 'active' AND active_from <= ${now})`,
      ),
      sql`UPDATE partner_key SET state = 'retired', retired_at = ${now} WHERE kid = ${kid} AND state = 'active'`,
    ]);
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "not_last") return err(problem("key-state", "This is your last active key. Add another first."));
    if (broken) return err(problem("key-state", "A key is retired by itself, or by an older live key."));
    throw error;
  }
  return ok(await show(exchange, kid));
}

/** By the steward: a waiting key becomes active now. Undefined: there is none such. */
export async function approveKey(
  exchange: Exchange,
  partner: string,
  kid: string,
): Promise<Result<View | undefined, Problem>> {
  const key = await ownKey(exchange, partner, kid);
  if (!key) return ok(undefined);
  const now = instant(exchange.now);
  if (key.state !== "active" || key.active_from <= now)
    return err(problem("key-state", "Only a waiting key can be approved."));
  await batch(exchange.db, [
    sql`UPDATE partner_key SET active_from = ${now} WHERE kid = ${kid} AND state = 'active' AND active_from > ${now}`,
  ]);
  return ok(await show(exchange, kid));
}

/** By the steward (`by` undefined), or by a live key older than it. */
export async function compromiseKey(
  exchange: Exchange,
  partner: string,
  kid: string,
  since: string,
  by: Caller | undefined,
): Promise<Result<{ keys: string[]; tips_suspended: number } | undefined, Problem>> {
  const key = await ownKey(exchange, partner, kid);
  if (!key) return ok(undefined);
  const now = instant(exchange.now);
  if (since > now)
    return err(
      problem("invalid-request", "since lies in the future.", [
        { pointer: "/since", detail: "Give when the key may first have been misused." },
      ]),
    );
  if (key.state === "cancelled") return err(problem("key-state", "The key never was active."));
  const older =
    by &&
    sql`${keyLive(by.kid, now)} AND EXISTS (SELECT 1 FROM partner_key o WHERE o.kid = ${by.kid} AND o.kid <> ${kid} AND o.added_at < ${key.added_at})`;
  const fallen = sql`(WITH RECURSIVE fallen (kid) AS (
    SELECT ${kid} UNION SELECT c.kid FROM fallen f CROSS JOIN partner_key c ON c.introduced_by = f.kid WHERE c.added_at >= ${since} AND c.partner = ${partner}
  ) SELECT kid FROM fallen)`;
  const touched = sql`(
    SELECT v.tip_no FROM tip_version v WHERE v.kid IN ${fallen} AND v.accepted_at >= ${since}
    UNION SELECT a.tip_no FROM audience a WHERE a.kid IN ${fallen} AND a.accepted_at >= ${since}
    UNION SELECT w.tip_no FROM withdrawal w WHERE w.kid IN ${fallen} AND w.accepted_at >= ${since})`;
  const suspending = sql`SELECT tip_no FROM tip WHERE author = ${partner} AND suspended_at = ${now} AND tip_no IN ${touched}`;
  const statements: SQL[] = [
    ...(older ? [guard("key_live", older)] : []),
    // A withdrawal under a stolen key is void: the author decides anew.
    sql`UPDATE tip SET withdrawn_at = NULL WHERE tip_no IN (SELECT w.tip_no FROM withdrawal w WHERE w.kid IN ${fallen} AND w.accepted_at >= ${since})`,
    sql`UPDATE tip SET suspended_at = ${now} WHERE suspended_at IS NULL AND withdrawn_at IS NULL AND tip_no IN ${touched}`,
    sql`INSERT INTO event (type, at, tip_no, version) SELECT 'suspended', ${now}, t.tip_no, t.version FROM tip t WHERE t.tip_no IN (${suspending}) ORDER BY t.tip_no`,
    // One event a tip, each addressed by name to its author and all who have or had it.
    sql`INSERT OR IGNORE INTO event_token (token, seq)
      SELECT 'partner:' || n.partner, e.seq FROM (${suspending}) s CROSS JOIN (
        SELECT max(seq) AS seq, tip_no FROM event WHERE type = 'suspended' AND at = ${now} AND seq > (SELECT max(seq) FROM event) - (SELECT count(*) FROM (${suspending})) GROUP BY tip_no) e ON e.tip_no = s.tip_no
      CROSS JOIN (
        SELECT t.tip_no, t.author AS partner FROM tip t WHERE t.tip_no IN (${suspending})
        UNION SELECT a.tip_no, a.partner FROM access_tip a WHERE a.tip_no IN (${suspending})
        UNION SELECT t.tip_no, h.partner FROM tip t CROSS JOIN tip_token k ON k.tip_no = t.tip_no
          JOIN (SELECT partner, token, since FROM holds) h ON h.token = k.token AND h.since < t.audience_seq
          WHERE t.tip_no IN (${suspending}) AND NOT EXISTS (SELECT 1 FROM tip_except x WHERE x.tip_no = t.tip_no AND x.partner = h.partner)
      ) n ON n.tip_no = s.tip_no`,
    sql`SELECT kid FROM partner_key WHERE kid IN ${fallen}`,
    sql`SELECT count(*) AS tips FROM (${suspending})`,
    sql`DELETE FROM withdrawal WHERE kid IN ${fallen} AND accepted_at >= ${since}`,
    sql`UPDATE partner_key SET state = 'compromised', compromised_since = min(coalesce(compromised_since, ${since}), ${since}) WHERE kid IN ${fallen}`,
  ];
  try {
    const results = await batch(exchange.db, statements);
    return ok({
      keys: results.at(-4)!.map((row) => row.kid as string),
      tips_suspended: results.at(-3)![0]!.tips as number,
    });
  } catch (error) {
    if (brokenGuard(error))
      return err(problem("key-state", "Only a live key older than it, or the steward, declares a key compromised."));
    throw error;
  }
}
