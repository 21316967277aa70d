/** What time makes due: tips to tell of, departures to recall, index rows to sweep, content to erase, rows no longer needed. */
import type { EventType } from "../core/names.ts";
import { chunks, json, literal, type SQL, type SQLWrapper, sql } from "./database.ts";
import { eraseDisputes } from "./disputes.ts";
import { addEvent, addressNames, rising } from "./events.ts";
import { eraseFeedback } from "./feedback.ts";
import { deleteObservables, deleteObservablesOf } from "./observables.ts";
import { expectWord } from "./recalls.ts";
import { deleteRelations } from "./relations.ts";
import type { departure } from "./schema.ts";
import { deleteTriage } from "./triage.ts";
import { gaveSight, held, sightOf, visible } from "./visibility.ts";

/** Something a tip's times bring, told once for a version to its author and its audience. */
interface Due {
  type: EventType;
  /** A condition on the tip's columns, found by an index. */
  when: SQL;
  told: SQL;
}

export function dueTimes(now: string, soon: string): Due[] {
  const live = sql`withdrawn_at IS NULL AND suspended_at IS NULL`;
  return [
    {
      type: "embargo_lifted",
      when: sql`embargo_until <= ${now} AND embargo_until IS NOT NULL AND embargo_told = 0 AND ${live}`,
      told: sql`embargo_told`,
    },
    {
      type: "expiring",
      when: sql`expires_at <= ${soon} AND expiring_told = 0 AND expires_at > ${now} AND ${live}`,
      told: sql`expiring_told`,
    },
    {
      type: "expired",
      when: sql`expires_at <= ${now} AND expired_told = 0 AND withdrawn_at IS NULL`,
      told: sql`expired_told`,
    },
  ];
}

/** All in one transaction, however many, so that what was revised or withdrawn meanwhile is not told. */
export function tell({ type, when, told }: Due, now: string, limit: number): SQLWrapper[] {
  // The events just added, one a tip, are the newest.
  const newest = sql`event e CROSS JOIN chosen n ON n.tip_no = e.tip_no
    WHERE e.seq > (SELECT max(seq) FROM event) - (SELECT count(*) FROM chosen)`;
  return [
    sql`INSERT INTO chosen (tip_no) SELECT tip_no FROM tip WHERE ${when} LIMIT ${literal(limit)}`,
    sql`INSERT INTO event (type, at, tip_no, version)
      SELECT ${type}, ${rising(now)}, t.tip_no, t.version FROM chosen n CROSS JOIN tip t ON t.tip_no = n.tip_no`,
    sql`INSERT OR IGNORE INTO event_token (token, seq)
      SELECT k.token, n.seq FROM (SELECT e.seq, e.tip_no FROM ${newest}) n CROSS JOIN tip_token k ON k.tip_no = n.tip_no`,
    sql`INSERT OR IGNORE INTO event_token (token, seq)
      SELECT 'partner:' || t.author, n.seq FROM (SELECT e.seq, e.tip_no FROM ${newest}) n CROSS JOIN tip t ON t.tip_no = n.tip_no`,
    sql`UPDATE tip SET ${told} = 1 WHERE tip_no IN (SELECT tip_no FROM chosen)`,
    sql`DELETE FROM chosen`,
  ];
}

type Departure = typeof departure.$inferSelect;

export const selectDepartures = (limit: number) =>
  sql<Departure>`SELECT * FROM departure ORDER BY departure_no LIMIT ${literal(limit)}`;

/** Tips a departure gave sight of, from where it got to: whether the partner still sees it, or has lost sight of it. */
export const selectLeftBehind = (left: Departure, now: string, limit: number) => sql<{
  tip_no: number;
  sees: number;
  lost: number;
}>`
  WITH ${held(left.partner)}
  SELECT t.tip_no, ${visible(left.partner, now)} AS sees,
    t.withdrawn_at IS NULL AND gone.partner NOT IN (${sightOf(sql`g.tip_no`)}) AS lost
  FROM departure gone CROSS JOIN partner p ON p.slug = gone.partner
    CROSS JOIN tip_token g ON g.token IN ('group:' || gone.group_slug, 'group:' || gone.group_slug || '+law-enforcement')
    CROSS JOIN tip t ON t.tip_no = g.tip_no
  WHERE gone.departure_no = ${left.departure_no} AND g.tip_no >= ${left.next_tip_no} AND ${gaveSight}
  GROUP BY t.tip_no ORDER BY t.tip_no LIMIT ${literal(limit)}`;

/** At this moment the partner has no sight of the tip: it may have been addressed again since. */
export const lacksSight = (left: Departure, tipNo: number): SQL =>
  sql`${left.partner} NOT IN (${sightOf(sql`${tipNo}`)})`;

/** Told once: the same batch moves the departure on. */
const tellLeaver = (type: EventType, left: Departure, tipNo: number, now: string): SQLWrapper[] => [
  addEvent(type, now, sql`${tipNo}`),
  addressNames(sql`SELECT ${left.partner} AS partner`),
  advanceDeparture(left, tipNo + 1),
];
export const recallFrom = (left: Departure, tipNo: number, now: string) => [
  ...tellLeaver("recalled", left, tipNo, now),
  expectWord("recalled", sql`${tipNo}`),
];
export const tellAfresh = (left: Departure, tipNo: number, now: string) => tellLeaver("published", left, tipNo, now);

/** The departure goes on at that tip, or is over. */
export const advanceDeparture = ({ departure_no }: Departure, nextTipNo: number | undefined): SQLWrapper =>
  nextTipNo === undefined
    ? sql`DELETE FROM departure WHERE departure_no = ${departure_no}`
    : sql`UPDATE departure SET next_tip_no = ${nextTipNo} WHERE departure_no = ${departure_no}`;

export const selectInvalid = (now: string, limit: number) =>
  sql<{
    tip_no: number;
    version: number;
    ordinal: number;
    body: string;
  }>`SELECT tip_no, version, ordinal, body FROM indicator WHERE valid_until <= ${now} ORDER BY valid_until LIMIT ${literal(limit)}`;

/** `keys`: key, tip_no, version, ordinal. `indicators`: tip_no, version, ordinal. */
export const deleteIndicators = (
  keys: readonly (readonly [string, number, number, number])[],
  indicators: readonly (readonly [number, number, number])[],
): SQL[] => [
  ...chunks(keys).map(
    (text) => sql`DELETE FROM index_key WHERE (key, tip_no, version, ordinal) IN (
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(${text}))`,
  ),
  deleteObservablesOf(indicators),
  sql`DELETE FROM indicator WHERE (tip_no, version, ordinal) IN (
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${json(indicators)}))`,
];

/**
 * Tips whose content has had its time: what has expired, as soon as its end was told, and what was withdrawn before that time.
 */
export const selectErasable = (now: string, before: string, limit: number) => sql<{ tip_no: number }>`
  SELECT tip_no FROM tip WHERE expires_at <= ${now} AND erased_at IS NULL AND (expired_told = 1 OR withdrawn_at IS NOT NULL)
  UNION ALL SELECT tip_no FROM tip WHERE withdrawn_at <= ${before} AND withdrawn_at IS NOT NULL AND erased_at IS NULL
    AND expires_at > ${now}
  LIMIT ${literal(limit)}`;

export const stillErasable = (tipNo: number, now: string, before: string): SQL =>
  sql`EXISTS (SELECT 1 FROM tip WHERE tip_no = ${tipNo} AND erased_at IS NULL AND (withdrawn_at <= ${before}
    OR (expires_at <= ${now} AND (expired_told = 1 OR withdrawn_at IS NOT NULL))))`;

/** Versions of a tip that another replaced and that are not erased yet. */
export const selectReplacedOf = (tipNo: number, limit: number) => sql<{ tip_no: number; version: number }>`
  SELECT tip_no, version FROM tip_version WHERE tip_no = ${tipNo} AND replaced_at IS NOT NULL LIMIT ${literal(limit)}`;

/** The signed audiences of a tip before its current one, so many at a time; those erased. */
export const eraseAudiences = (tipNo: number, limit: number) => sql<{ revision: number }>`
  UPDATE audience SET payload = '' WHERE tip_no = ${tipNo} AND revision IN (
    SELECT revision FROM audience WHERE tip_no = ${tipNo} AND payload <> ''
      AND revision < (SELECT revision FROM tip WHERE tip_no = ${tipNo}) LIMIT ${literal(limit)}) RETURNING revision`;

/**
 * Erases a tip's content, what was said of it and whom it was addressed to, once its replaced versions and its audiences are
 * erased. Digests, seqs, signature headers, events and records of access stay. Its indicators leave the index by the sweep.
 */
export const erase = (tipNo: number, now: string): SQL[] => [
  sql`DELETE FROM document_piece WHERE tip_no = ${tipNo}`,
  sql`UPDATE tip_version SET ${emptied} WHERE tip_no = ${tipNo}`,
  sql`UPDATE audience SET payload = '' WHERE tip_no = ${tipNo} AND payload <> ''`,
  sql`UPDATE withdrawal SET payload = '' WHERE tip_no = ${tipNo}`,
  sql`UPDATE indicator SET valid_until = ${now} WHERE tip_no = ${tipNo} AND valid_until > ${now}`,
  sql`DELETE FROM event_detail WHERE tip_no = ${tipNo}`,
  ...deleteRelations(tipNo),
  deleteTriage(tipNo),
  ...eraseFeedback(tipNo),
  ...eraseDisputes(tipNo),
  // Exceptions stay: they decide who is told of its end.
  ...["tip_token", "tip_place", "tip_type"].map(
    (table) => sql`DELETE FROM ${sql.identifier(table)} WHERE tip_no = ${tipNo}`,
  ),
  sql`UPDATE tip SET erased_at = ${now}, urgency = NULL, respond_by = NULL WHERE tip_no = ${tipNo}`,
];

const emptied = sql.raw("heading = '{}', warnings = '[]', difference = NULL, replaced_at = NULL");

export const selectReplaced = (before: string, limit: number) => sql<{ tip_no: number; version: number }>`
  SELECT tip_no, version FROM tip_version WHERE replaced_at IS NOT NULL AND replaced_at <= ${before} LIMIT ${literal(limit)}`;

/** The content of a version that another replaced, and the signed audiences it had. */
export const eraseVersion = (tipNo: number, version: number): SQL[] => [
  sql`DELETE FROM document_piece WHERE tip_no = ${tipNo} AND version = ${version}`,
  sql`UPDATE tip_version SET ${emptied} WHERE tip_no = ${tipNo} AND version = ${version}`,
  sql`UPDATE audience SET payload = '' WHERE tip_no = ${tipNo} AND version = ${version} AND payload <> ''`,
  deleteObservables(tipNo, version),
];

/** Ids that would be refused for their age by now, invitations and counts of a month ago. */
export const deleteStale = (now: string, monthAgo: string) => [
  sql`DELETE FROM used_once WHERE until < ${now}`,
  sql`DELETE FROM invitation WHERE expires_at < ${monthAgo}`,
  sql`DELETE FROM quota WHERE day < ${monthAgo.slice(0, 10)}`,
];
