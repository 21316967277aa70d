/**
 * Tips that are held, and by what: what a partner published by day against what it did before, and how much of it is disputed.
 * Nothing of a held tip is in a table that a door for others reads.
 */
import { limits } from "../core/limits.ts";
import { dayMs, dayOf } from "../core/time.ts";
import { json, literal, pieces, type SQL, sql } from "./database.ts";
import type { held_tip } from "./schema.ts";

export type HeldRow = typeof held_tip.$inferSelect;

const { flood, held } = limits;

/** A tip published, with so many indicators that are new. */
export const countPublished = (partner: string, day: string, indicators: number | SQL, when: SQL = sql`1`): SQL => sql`
  INSERT INTO partner_day (partner, day, tips, indicators) SELECT ${partner}, ${day}, 1, ${indicators} WHERE ${when}
  ON CONFLICT (partner, day) DO UPDATE SET tips = tips + 1, indicators = indicators + excluded.indicators`;

/**
 * Why a tip with so many new indicators is held; NULL where it is not. The last 24 hours are this day and of yesterday what
 * is left of it. One range of at most ninety rows.
 */
export function holdingReason(partner: string, indicators: number | SQL, now: number): SQL {
  const today = dayOf(now);
  const left = 1 - (now % dayMs) / dayMs;
  const recent = (column: SQL) =>
    sql`total(CASE d.day WHEN ${today} THEN ${column} WHEN ${dayOf(now - dayMs)} THEN ${column} * ${left} ELSE 0 END)`;
  const mean = (column: SQL) =>
    sql`total(iif(d.day < ${today} AND d.day >= ${dayOf(now - flood.mean_days * dayMs)}, ${column}, 0)) / ${literal(flood.mean_days)}`;
  const tooMany = (column: SQL, more: number | SQL, floor: number) =>
    sql`${recent(column)} + ${more} > max(${floor}, ${flood.times} * ${mean(column)})`;
  return sql`(SELECT CASE p.hold WHEN 'always' THEN 'always' WHEN 'auto' THEN (
    SELECT CASE
      WHEN ${tooMany(sql`d.indicators`, indicators, flood.indicators)} OR ${tooMany(sql`d.tips`, 1, flood.tips)} THEN 'flood'
      WHEN total(d.disputed) >= ${flood.disputed} AND total(d.disputed) > ${flood.disputed_share} * total(d.indicators)
        THEN 'disputed' END
    FROM partner_day d WHERE d.partner = p.slug AND d.day > ${dayOf(now - flood.disputed_days * dayMs)}) END
    FROM partner p WHERE p.slug = ${partner})`;
}

export const isNotHeld = (partner: string, indicators: number | SQL, now: number): SQL =>
  sql`${holdingReason(partner, indicators, now)} IS NULL`;

/** Where it reaches nobody more there is nothing to hold: taking recipients away is always possible. */
export const mayReach = (widens: SQL, partner: string, indicators: number, now: number): SQL =>
  sql`(NOT ${widens} OR ${isNotHeld(partner, indicators, now)})`;

/** How many indicators are new to somebody: all of them where it reaches somebody more. */
export const newToSomebody = (widens: SQL, indicators: number, fresh: number): SQL =>
  sql`iif(${widens}, ${indicators}, ${fresh})`;

/** So much more fits what is held of one partner. */
export const hasRoom = (partner: string, bytes: number): SQL => sql`(
  SELECT count(*) < ${held.tips} AND total(bytes) + ${bytes} <= ${held.bytes} FROM held_tip
  WHERE partner = ${partner} AND state <> 'refused')`;

/** `text`: the two envelopes. What was refused before makes room for the same sent again. */
export function hold(
  row: Pick<HeldRow, "partner" | "digest" | "tip" | "version" | "held_at" | "types" | "bytes" | "recipients" | "until">,
  reason: SQL,
  text: string,
): SQL[] {
  return [
    sql`DELETE FROM held_tip WHERE partner = ${row.partner} AND digest = ${row.digest} AND state = 'refused'`,
    // Whatever held it a moment ago may be over by now; that it is held was said.
    sql`INSERT INTO held_tip (partner, digest, tip, version, held_at, reason, types, bytes, recipients, until)
      SELECT ${row.partner}, ${row.digest}, ${row.tip}, ${row.version}, ${row.held_at}, coalesce(${reason}, 'flood'), ${row.types},
        ${row.bytes}, ${row.recipients}, ${row.until}`,
    ...pieces(text).map(
      (piece, at) => sql`INSERT INTO held_piece (held_no, piece, text)
        SELECT held_no, ${at}, ${piece} FROM held_tip WHERE partner = ${row.partner} AND digest = ${row.digest}`,
    ),
  ];
}

export const selectHeld = (partner: string, digest: string) =>
  sql<HeldRow>`SELECT * FROM held_tip WHERE partner = ${partner} AND digest = ${digest}`;

/** The document itself, and others of that tip. */
export const selectHeldOf = (partner: string, digest: string, tip: string) => sql<HeldRow>`
  SELECT * FROM held_tip WHERE partner = ${partner} AND (digest = ${digest} OR tip = ${tip}) AND state <> 'refused'`;

/** The newest first, as many as may be held. */
export const selectAllHeld = (partner: string, refused: boolean) => sql<HeldRow>`
  SELECT * FROM held_tip WHERE partner = ${partner} ${refused ? sql`` : sql`AND state <> 'refused'`}
  ORDER BY held_no DESC LIMIT ${literal(held.tips)}`;

export const selectHeldPieces = (heldNo: number) =>
  sql<{ text: string }>`SELECT text FROM held_piece WHERE held_no = ${heldNo} ORDER BY piece`;

export const isHeld = (heldNo: number): SQL =>
  sql`EXISTS (SELECT 1 FROM held_tip WHERE held_no = ${heldNo} AND state <> 'refused')`;

export const forget = (heldNo: number): SQL[] => [
  sql`DELETE FROM held_piece WHERE held_no = ${heldNo}`,
  sql`DELETE FROM held_tip WHERE held_no = ${heldNo}`,
];

/** Its author sees until the time is over that it was. */
export const refuse = (heldNo: number): SQL[] => [
  sql`DELETE FROM held_piece WHERE held_no = ${heldNo}`,
  sql`UPDATE held_tip SET state = 'refused', problem = NULL WHERE held_no = ${heldNo}`,
];

export const failRelease = (heldNo: number, problem: object): SQL =>
  sql`UPDATE held_tip SET state = 'failed', problem = ${json(problem)} WHERE held_no = ${heldNo} AND state <> 'refused'`;

/** Whose time is over. */
export const selectHeldTooLong = (now: string, limit: number) =>
  sql<{ held_no: number }>`SELECT held_no FROM held_tip WHERE until <= ${now} ORDER BY until LIMIT ${literal(limit)}`;

export const deleteDays = (now: number): SQL =>
  sql`DELETE FROM partner_day WHERE day <= ${dayOf(now - flood.disputed_days * dayMs)}`;
