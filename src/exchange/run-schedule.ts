/**
 * What time brings, once a minute, in bounded steps that resume: `embargo_lifted`, `expiring`, `expired`, recalls after a
 * departure, index rows of replaced versions and past validity, ids no longer needed. Each step is one transaction.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import { dayMs, dayOf, instant } from "../core/time.ts";
import { all, batch, json, type SQL, sql } from "../store/database.ts";
import { addEvent, addressAudience, addressAuthor, addressNames, lastSeq } from "../store/events.ts";
import { gaveSight, hadOrHas, held, sightOf, visible } from "../store/visibility.ts";
import type { Exchange } from "./exchange.ts";

/** Tips of one kind told in one run. */
const tipsARun = 100;

export async function runSchedule(exchange: Exchange): Promise<void> {
  await tellTimes(exchange);
  await recallDepartures(exchange);
  await sweepIndex(exchange);
  const now = instant(exchange.now);
  await batch(exchange.db, [
    sql`DELETE FROM used_once WHERE until < ${now}`,
    sql`DELETE FROM invitation WHERE expires_at < ${instant(exchange.now - 30 * dayMs)}`,
    sql`DELETE FROM quota WHERE day < ${dayOf(exchange.now - 30 * dayMs)}`,
  ]);
}

async function tellTimes(exchange: Exchange): Promise<void> {
  const now = instant(exchange.now);
  const soon = instant(exchange.now + limits.expiring_days * dayMs);
  const tell = async (due: SQL, flag: string, statements: (tipNo: SQL) => SQL[]) => {
    for (const { tip_no } of await all<{ tip_no: number }>(exchange.db, sql`${due} LIMIT ${tipsARun}`)) {
      const tipNo = sql`${tip_no}`;
      await batch(exchange.db, [
        ...statements(tipNo),
        sql`UPDATE tip SET ${sql.raw(flag)} = 1 WHERE tip_no = ${tip_no}`,
      ]);
    }
  };
  const live = sql`withdrawn_at IS NULL AND suspended_at IS NULL`;
  await tell(
    sql`SELECT tip_no FROM tip WHERE embargo_until <= ${now} AND embargo_until IS NOT NULL AND embargo_told = 0 AND ${live}`,
    "embargo_told",
    (tipNo) => [addEvent("embargo_lifted", now, tipNo), ...addressAudience(tipNo)],
  );
  await tell(
    sql`SELECT tip_no FROM tip WHERE expires_at <= ${soon} AND expiring_told = 0 AND expires_at > ${now} AND ${live}`,
    "expiring_told",
    (tipNo) => [addEvent("expiring", now, tipNo), ...addressAudience(tipNo)],
  );
  await tell(
    sql`SELECT tip_no FROM tip WHERE expires_at <= ${now} AND expired_told = 0 AND withdrawn_at IS NULL`,
    "expired_told",
    (tipNo) => [addEvent("expired", now, tipNo), addressAuthor(tipNo), addressNames(hadOrHas(tipNo))],
  );
}

/** What an ended membership gave sight of: recalled by name, or told afresh where the partner still sees it otherwise. */
async function recallDepartures(exchange: Exchange): Promise<void> {
  const now = instant(exchange.now);
  const departures = await all<{ departure_no: number; partner: string; next_tip_no: number }>(
    exchange.db,
    sql`SELECT departure_no, partner, next_tip_no FROM departure ORDER BY departure_no LIMIT 5`,
  );
  for (const left of departures) {
    const tips = await all<{ tip_no: number; sees: number; lost: number }>(
      exchange.db,
      sql`WITH ${held(left.partner)}
        SELECT t.tip_no, ${visible(left.partner, now)} AS sees,
          t.withdrawn_at IS NULL AND gone.partner NOT IN (${sightOf(sql`g.tip_no`)}) AS lost
        FROM departure gone CROSS JOIN partner p ON p.slug = gone.partner
          CROSS JOIN tip_token g ON g.token IN ('group:' || gone.group_slug, 'group:' || gone.group_slug || '+law-enforcement')
          CROSS JOIN tip t ON t.tip_no = g.tip_no
        WHERE gone.departure_no = ${left.departure_no} AND g.tip_no >= ${left.next_tip_no} AND ${gaveSight}
        GROUP BY t.tip_no ORDER BY t.tip_no LIMIT ${tipsARun}`,
    );
    const statements = tips
      .filter((tip) => tip.lost === 1 || tip.sees === 1)
      .flatMap((tip) => [
        // What it still sees by another token may never have been read under the group's.
        addEvent(tip.lost === 1 ? "recalled" : "published", now, sql`${tip.tip_no}`),
        sql`INSERT INTO event_token (token, seq) VALUES (${`partner:${left.partner}`}, ${lastSeq})`,
      ]);
    await batch(exchange.db, [
      ...statements,
      tips.length < tipsARun
        ? sql`DELETE FROM departure WHERE departure_no = ${left.departure_no}`
        : sql`UPDATE departure SET next_tip_no = ${tips.at(-1)!.tip_no + 1} WHERE departure_no = ${left.departure_no}`,
    ]);
  }
}

/** Index rows that no question may meet any more. Their keys are made again from the indicator: the index has no second order. */
async function sweepIndex(exchange: Exchange): Promise<void> {
  const now = instant(exchange.now);
  const gone = await all<{ tip_no: number; version: number; ordinal: number; body: string }>(
    exchange.db,
    sql`SELECT i.tip_no, i.version, i.ordinal, i.body FROM indicator i INDEXED BY indicator_by_validity
      WHERE i.valid_until <= ${now} AND i.swept = 0 ORDER BY i.valid_until LIMIT 1000`,
  );
  if (gone.length === 0) return;
  const rows = gone.flatMap((row) =>
    keysOf(JSON.parse(row.body) as Indicator).map((key) => [key, row.tip_no, row.version, row.ordinal]),
  );
  await batch(exchange.db, [
    sql`DELETE FROM index_key WHERE (key, tip_no, version, ordinal) IN (
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(${json(rows)}))`,
    sql`UPDATE indicator SET swept = 1 WHERE (tip_no, version, ordinal) IN (
      SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${json(gone.map((row) => [row.tip_no, row.version, row.ordinal]))}))`,
  ]);
}
