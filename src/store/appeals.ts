/** Appeals that partners upheld: who may report one, what was reported, and that everyone who has the indicator is told. */
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { among, json, type SQL, type SQLWrapper, sql } from "./database.ts";
import { addEvent, addressAuthor, addressNames, describeEvent } from "./events.ts";
import { ordinals, pairs, setMark } from "./marks.ts";
import { hadOrHas, held, visible } from "./visibility.ts";

export interface Appealable {
  tip_no: number;
  tip: string;
  version: number;
}

/** Whoever may see the tip, or was handed its current version, and did not write it. Nobody once it was taken back or erased. */
const mayAppeal = ({ partner }: Reader, now: number): SQL => sql`t.author <> ${partner} AND t.withdrawn_at IS NULL
  AND t.erased_at IS NULL AND (${visible(partner, instant(now))} OR EXISTS (SELECT 1 FROM access_tip a
    WHERE a.tip_no = t.tip_no AND a.partner = ${partner} AND a.version = t.version))`;

export const selectAppealable = (reader: Reader, tip: string, now: number) => sql<Appealable>`
  WITH ${held(reader.partner)} SELECT t.tip_no, t.tip, t.version FROM tip t WHERE t.tip = ${tip} AND ${mayAppeal(reader, now)}`;

/** It still may, of that version. */
export const stillAppealable = (reader: Reader, { tip, version }: Appealable, now: number): SQL => sql`EXISTS (
  WITH ${held(reader.partner)} SELECT 1 FROM tip t WHERE t.tip = ${tip} AND t.version = ${version} AND ${mayAppeal(reader, now)})`;

/** Of the current version, by one partner. */
export const selectAppealed = (partner: string, { tip_no, version }: Appealable, list: readonly number[]) =>
  sql<{
    ordinal: number;
  }>`SELECT ordinal FROM appeal WHERE tip_no = ${tip_no} AND version = ${version} AND ordinal ${among(list)} AND partner = ${partner}`;

/** So many more fit what a partner may report since a time. */
export const appealsLeft = (partner: string, since: string, more: number, most: number): SQL =>
  sql`(SELECT count(*) FROM appeal WHERE partner = ${partner} AND at >= ${since}) + ${more} <= ${most}`;

export function appeal(
  partner: string,
  { tip_no, version }: Appealable,
  list: readonly number[],
  decidedOn: string | undefined,
  now: string,
): SQLWrapper[] {
  const tipNo = sql`${tip_no}`;
  return [
    sql`INSERT INTO appeal (tip_no, ordinal, partner, version, at, decided_on)
      SELECT ${tip_no}, value, ${partner}, ${version}, ${now}, ${decidedOn ?? null} FROM json_each(${json(list)})`,
    setMark(tip_no, ordinals(list), "appealed"),
    addEvent("appealed", now, tipNo),
    describeEvent(
      "appealed",
      tipNo,
      sql`${json({ indicators: list, ...(decidedOn && { decided_on: decidedOn }) })}`,
      sql`${json({ by: partner })}`,
    ),
    addressAuthor(tipNo),
    addressNames(hadOrHas(tipNo)),
  ];
}

/** To a version just written, along what it kept. */
export function moveAppeals(tipNo: SQL, version: number): SQL[] {
  const of = sql`appeal WHERE tip_no = ${tipNo} AND version = ${version - 1}`;
  const list = pairs(tipNo, version, "kept", of);
  return [
    sql`INSERT INTO appeal (tip_no, ordinal, partner, version, at, decided_on)
      SELECT r.tip_no, k.n, r.partner, ${version}, r.at, r.decided_on
      FROM (${list}) k CROSS JOIN appeal r ON r.tip_no = ${tipNo} AND r.version = ${version - 1} AND r.ordinal = k.o`,
    sql`DELETE FROM ${of} AND ordinal IN (SELECT k.o FROM (${list}) k)`,
  ];
}
