/**
 * Tips that were taken back, from whom, and what became of the copies. A row is written in the batch that takes back, for
 * whoever the records of access say was handed the tip; every word on it is kept, the newest counts.
 */
import type { Outcome } from "../core/acknowledgement.ts";
import { limits } from "../core/limits.ts";
import type { Kind } from "../core/names.ts";
import { dayMs, instant } from "../core/time.ts";
import { forAuthor } from "./accesses.ts";
import { literal, type SQL, type SQLWrapper, sql } from "./database.ts";
import { addEvent, addressNames, lastSeq } from "./events.ts";
import { held, sightOf, visible } from "./visibility.ts";

/** Events that take a tip back from those they name. */
const takingBack: SQL = sql`e.type IN ('withdrawn', 'recalled')`;

/**
 * Right after the event just added has been addressed: those of its names that were ever handed the tip are to say what became
 * of their copy. Where they had lost sight before, which only a withdrawal tells them again, what stands of that stays.
 */
export const expectWord = (type: "withdrawn" | "recalled", tipNo: SQL): SQL => sql`
  INSERT INTO recall (tip_no, partner, seq, at)
  SELECT e.tip_no, p.slug, e.seq, e.at FROM event e CROSS JOIN tip t ON t.tip_no = e.tip_no
    CROSS JOIN event_token k ON k.seq = e.seq CROSS JOIN partner p ON p.slug = substr(k.token, 9)
  WHERE e.seq = ${lastSeq} AND e.type = ${type} AND e.tip_no = ${tipNo} AND k.token = 'partner:' || p.slug AND p.slug <> t.author
    AND EXISTS (SELECT 1 FROM access_tip a WHERE a.tip_no = e.tip_no AND a.partner = p.slug)
  ON CONFLICT (tip_no, partner) DO UPDATE SET seq = excluded.seq, at = excluded.at, outcome = NULL, acknowledged_at = NULL, reminded = 0
    ${type === "recalled" ? sql`` : sql`WHERE excluded.partner IN (${sightOf(tipNo)})`}`;

export interface TakenBack {
  tip_no: number;
  /** Of the newest event that took it back from the partner; null where none did. */
  seq: number | null;
}

/** The tip as far as the partner was told that it is taken back, or sees it; nothing else is there for it. */
export const selectTakenBack = (me: string, tip: string, now: number) => sql<TakenBack>`
  WITH ${held(me)}, found AS (SELECT t.tip_no, (
      SELECT max(e.seq) FROM event e WHERE e.tip_no = t.tip_no AND ${takingBack} AND t.author <> ${me} AND ${tells(me)}) AS seq,
      ${visible(me, instant(now))} AS sees FROM tip t WHERE t.tip = ${tip})
  SELECT tip_no, seq FROM found WHERE seq IS NOT NULL OR sees`;

const tells = (me: string): SQL =>
  sql`EXISTS (SELECT 1 FROM event_token k WHERE k.token = ${`partner:${me}`} AND k.seq = e.seq)`;

/** Whether that event took the tip back from the partner. */
export const selectTold = (me: string, tipNo: number, seq: number) => sql<{ seq: number }>`
  SELECT e.seq FROM event e WHERE e.seq = ${seq} AND e.tip_no = ${tipNo} AND ${takingBack} AND ${tells(me)}`;

export interface Word {
  tip_no: number;
  partner: string;
  seq: number;
  outcome: Outcome;
  kid: string;
}

/** The same word again changes nothing; another replaces it. One on an earlier taking back leaves the newest open. */
export const acknowledge = ({ tip_no, partner, seq, outcome, kid }: Word, now: string): SQLWrapper[] => [
  sql`INSERT INTO acknowledgement (tip_no, partner, seq, outcome, at, kid)
    SELECT ${tip_no}, ${partner}, ${seq}, ${outcome}, ${now}, ${kid} 
    WHERE ${outcome} IS NOT (${lastWord("outcome", { tip_no, partner, seq })})`,
  sql`INSERT INTO recall (tip_no, partner, seq, at, outcome, acknowledged_at)
    SELECT ${tip_no}, ${partner}, e.seq, e.at, ${outcome}, ${now} FROM event e WHERE e.seq = ${seq}
    ON CONFLICT (tip_no, partner) DO UPDATE SET outcome = excluded.outcome, acknowledged_at = excluded.acknowledged_at
      WHERE recall.seq <= excluded.seq AND recall.outcome IS NOT excluded.outcome`,
];

/** It is the same word again, or the partner has said less of the tip since then than it may in a day. */
export const mayAcknowledge = ({ outcome, ...of }: Word, since: string): SQL =>
  sql`(${outcome} IS (${lastWord("outcome", of)}) OR (SELECT count(*) FROM acknowledgement
    WHERE tip_no = ${of.tip_no} AND partner = ${of.partner} AND at >= ${since}) < ${limits.acknowledgement.of_day})`;

const lastWord = (
  columns: "outcome" | "outcome, at",
  { tip_no, partner, seq }: Omit<Word, "outcome" | "kid">,
): SQL => sql`
  SELECT ${sql.raw(columns)} FROM acknowledgement WHERE tip_no = ${tip_no} AND partner = ${partner} AND seq = ${seq}
  ORDER BY acknowledgement_no DESC LIMIT 1`;

export const selectWord = (word: Word) => sql<{ outcome: Outcome; at: string }>`${lastWord("outcome, at", word)}`;

export interface RecallRow {
  partner: string;
  kind: Kind;
  country: string;
  seq: number;
  at: string;
  outcome: Outcome | null;
  acknowledged_at: string | null;
}

/**
 * Rows `r` that the tip's author may know of: who was handed it otherwise than by an answer to a question, of law enforcement as
 * in its list of accesses, so that a tool that acknowledges by itself breaks no non-disclosure; and who says that it never had it.
 */
const known = (now: number): SQL => sql`(EXISTS (
    SELECT 1 FROM access_tip a LEFT JOIN purpose u ON u.purpose = a.purpose
    WHERE a.tip_no = r.tip_no AND a.partner = r.partner AND ${forAuthor(now)})
  OR (r.outcome IS NOT NULL AND NOT EXISTS (SELECT 1 FROM access_tip a WHERE a.tip_no = r.tip_no AND a.partner = r.partner)))`;

const isLate = (now: number): SQL =>
  sql`r.outcome IS NULL AND r.at <= ${instant(now - limits.acknowledgement.late_days * dayMs)}`;

/** By partner, behind one. */
export const selectRecalls = (tipNo: number, after: string, limit: number, now: number) => sql<
  RecallRow & { late: number }
>`
  SELECT r.partner, p.kind, p.country, r.seq, r.at, r.outcome, r.acknowledged_at, ${isLate(now)} AS late
  FROM recall r CROSS JOIN partner p ON p.slug = r.partner
  WHERE r.tip_no = ${tipNo} AND r.partner > ${after} AND ${known(now)} ORDER BY r.partner LIMIT ${literal(limit)}`;

/** Of those, how many. */
export const countRecalls = (tipNo: number, now: number) => sql<{
  had: number;
  acknowledged: number;
  kept: number;
  late: number;
}>`
  SELECT count(*) AS had, count(r.outcome) AS acknowledged, count(*) FILTER (WHERE r.outcome = 'kept_under_law') AS kept,
    count(*) FILTER (WHERE ${isLate(now)}) AS late
  FROM recall r WHERE r.tip_no = ${tipNo} AND ${known(now)}`;

/** Without a word since then, and reminded so often. */
const due = (reminded: 0 | 1, now: number): SQL => {
  const { late_days, again_days } = limits.acknowledgement;
  const days = reminded === 0 ? late_days : again_days;
  return sql`(r.outcome IS NULL AND r.reminded = ${literal(reminded)} AND r.at <= ${instant(now - days * dayMs)})`;
};
const isDue = (now: number): SQL => sql`(${due(0, now)} OR ${due(1, now)})`;

/** Tips of which somebody is due to be reminded. */
export const selectReminders = (now: number, limit: number) => sql<{ tip_no: number }>`
  SELECT r.tip_no FROM recall r WHERE ${due(0, now)} UNION SELECT r.tip_no FROM recall r WHERE ${due(1, now)}
  LIMIT ${literal(limit)}`;

/**
 * All that are due of one tip, by one event. Whoever has sight of it again has nothing to say for now, and is passed over. Sight
 * of a tip that was withdrawn there is none.
 */
export const remind = (tipNo: number, now: number): SQLWrapper[] => {
  const late = sql`SELECT r.partner FROM recall r CROSS JOIN tip t ON t.tip_no = r.tip_no WHERE r.tip_no = ${tipNo} AND ${isDue(now)}
    AND (t.withdrawn_at IS NOT NULL OR r.partner NOT IN (${sightOf(sql`${tipNo}`)}))`;
  const again = instant(now - limits.acknowledgement.again_days * dayMs);
  return [
    addEvent("acknowledgement_due", instant(now), sql`${tipNo}`, sql`EXISTS (${late})`),
    addressNames(late),
    sql`UPDATE recall AS r SET reminded = CASE WHEN r.at <= ${again} THEN 2 ELSE 1 END WHERE r.tip_no = ${tipNo} AND ${isDue(now)}`,
  ];
};
