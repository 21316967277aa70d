/**
 * Disputes: whose voices speak against an indicator, which of them carry a dispute, and what ends it. They are of a tip's current
 * version. Who disputes is told to the author alone; everybody who sees the tip learns that it is so.
 */
import { limits } from "../core/limits.ts";
import { dayMs, instant } from "../core/time.ts";
import { json, literal, type SQL, type SQLWrapper, sql } from "./database.ts";
import { addEvent, addressAudience, describeEvent, lastSeq } from "./events.ts";
import { clearMarks, ordinals, pairs, setMark } from "./marks.ts";
import type { dispute } from "./schema.ts";

export type DisputeRow = typeof dispute.$inferSelect;
type State = DisputeRow["state"];

const { disputes: bounds } = limits;
const unsettled = sql`('open', 'undecided')`;

/** An event on disputes, told to the author and its audience where `when` holds, by those of the disputes `of`. */
function tell(
  type: "disputed" | "undisputed",
  tipNo: SQL,
  now: string,
  of: SQL,
  more: object = {},
  who = false,
): SQLWrapper[] {
  const when = sql`EXISTS (SELECT 1 FROM dispute d WHERE ${of})`;
  const isThis = sql`e.seq = ${lastSeq} AND e.type = ${type} AND e.tip_no = ${tipNo} AND ${when}`;
  return [
    addEvent(type, now, tipNo, when),
    describeEvent(
      type,
      tipNo,
      sql`json_patch(json_object('indicators', (SELECT json_group_array(d.ordinal ORDER BY d.ordinal) FROM dispute d WHERE ${of})), ${json(more)})`,
      who
        ? sql`json_object('by', (SELECT json_group_array(DISTINCT s.value) FROM dispute d, json_each(d.partners) s WHERE ${of}))`
        : sql`NULL`,
      when,
    ),
    // Where there was none, no other event is addressed.
    ...addressAudience(tipNo, sql`(SELECT e.seq FROM event e WHERE ${isThis})`),
  ];
}

/**
 * Whose voices on an indicator of the tip count now, as JSON, where they carry a dispute: the host's, or two of partners attested
 * as unrelated to each other and to the author.
 */
const carriers = (tipNo: SQL, version: SQL, ordinal: SQL, now: number): SQL => sql`(
  SELECT json_group_array(s.partner ORDER BY s.partner) FROM dispute_voice s CROSS JOIN partner p ON p.slug = s.partner
  WHERE s.tip_no = ${tipNo} AND s.version = ${version} AND s.ordinal = ${ordinal} AND s.spent = 0
    AND p.kind <> 'law_enforcement' AND p.suspended_at IS NULL
    AND (s.host = 1 OR (p.ownership IS NOT NULL AND p.enrolled_at <= ${instant(now - bounds.enrolled_days * dayMs)}
      AND p.ownership IS NOT (SELECT q.ownership FROM tip t JOIN partner q ON q.slug = t.author WHERE t.tip_no = s.tip_no)))
  HAVING max(s.host) = 1 OR count(DISTINCT p.ownership) > 1)`;
const carriersOf = (now: number): SQL => carriers(sql`d.tip_no`, sql`d.version`, sql`d.ordinal`, now);

/** Ordinals found under each of the keys, by the key's place in the list: as many as questions can meet. */
export const selectCopies = (tipNo: number, version: number, keys: readonly string[]) => sql<{
  place: number;
  ordinal: number;
}>`
  SELECT n.key AS place, k.ordinal FROM json_each(${json(keys)}) n
    CROSS JOIN index_key k ON k.key = n.value AND k.tip_no = ${tipNo} AND k.version = ${version}`;

/** On which a partner's voice counts. */
export const selectVoices = (tipNo: number, version: number, partner: string) => sql<{ ordinal: number }>`
  SELECT ordinal FROM dispute_voice WHERE tip_no = ${tipNo} AND version = ${version} AND partner = ${partner} AND spent = 0`;

export interface Word {
  tip_no: number;
  version: number;
  /** How many indicators the version has. */
  indicators: number;
  /**
   * Those said to be false positives: whether they lie on the partner's own places, the first that is the same thing, and
   * whether that is another one. A thing counts once, so that copies of it use up nobody's budget.
   */
  against: readonly (readonly [ordinal: number, host: boolean, thing: number, copy: boolean])[];
  /** Those of which something else is said. */
  otherwise: readonly number[];
}

/**
 * A partner's word, as far as its budget goes: what it opens is told, and so is what ends because its voice was taken back. A
 * voice that was taken back does not come back while the indicator stays as it is.
 */
export function speak(word: Word, partner: string, digest: string, time: number): SQLWrapper[] {
  const { tip_no, version, indicators } = word;
  const tipNo = sql`${tip_no}`;
  const now = instant(time);
  const since = instant(time - bounds.days * dayMs);
  const share = Math.max(1, Math.floor(indicators * bounds.share));
  const here = sql`d.tip_no = ${tip_no} AND d.version = ${version}`;
  const spoken = (host: 0 | 1) =>
    sql`(SELECT count(*) FROM dispute_voice s WHERE s.partner = ${partner} AND s.at >= ${since} AND s.host = ${literal(host)} AND s.copy = 0)`;
  const onTip = sql`(SELECT count(*) FROM dispute_voice s WHERE s.tip_no = ${tip_no} AND s.version = ${version}
    AND s.partner = ${partner} AND s.host = 0 AND s.copy = 0)`;
  const named = json([...word.against.map(([ordinal]) => ordinal), ...word.otherwise]);
  const touched = sql`${here} AND d.state IN ${unsettled} AND d.ordinal IN (SELECT value FROM json_each(${named}))`;
  const opened = sql`${here} AND d.state = 'open' AND d.told = 0`;
  const ended = sql`${here} AND d.state = 'taken-back' AND d.told < 2`;
  return [
    sql`UPDATE dispute_voice SET spent = 1 WHERE tip_no = ${tip_no} AND version = ${version} AND partner = ${partner}
      AND ordinal IN (${ordinals(word.otherwise)})`,
    sql`INSERT INTO dispute_voice (tip_no, version, ordinal, partner, host, at, digest, copy)
      SELECT ${tip_no}, ${version}, n.ordinal, ${partner}, n.host, ${now}, ${digest}, n.copy FROM (
        SELECT value ->> 0 AS ordinal, value ->> 1 AS host, value ->> 3 AS copy,
          dense_rank() OVER (PARTITION BY value ->> 1 ORDER BY value ->> 2) AS place
        FROM json_each(${json(word.against.map((each) => each.map(Number)))})
        WHERE NOT EXISTS (SELECT 1 FROM dispute_voice s WHERE s.tip_no = ${tip_no} AND s.version = ${version}
          AND s.ordinal = value ->> 0 AND s.partner = ${partner})) n
      WHERE iif(n.host = 1, ${spoken(1)} + n.place <= ${bounds.hosted},
        ${spoken(0)} + n.place <= ${bounds.indicators} AND ${onTip} + n.place <= ${share})`,
    sql`INSERT OR IGNORE INTO dispute (tip_no, version, ordinal, opened_at, partners)
      SELECT ${tip_no}, ${version}, n.ordinal, ${now}, n.partners FROM (
        SELECT value AS ordinal, ${carriers(tipNo, sql`${version}`, sql`value`, time)} AS partners
        FROM (${ordinals(word.against.map(([ordinal]) => ordinal))})) n
      WHERE n.partners IS NOT NULL`,
    sql`UPDATE dispute AS d SET partners = coalesce(${carriersOf(time)}, '[]') WHERE ${touched}`,
    sql`UPDATE dispute AS d SET state = 'taken-back', decided_at = ${now} WHERE ${touched} AND d.partners = '[]'`,
    setMark(tip_no, sql`SELECT d.ordinal FROM dispute d WHERE ${opened}`, "disputed"),
    clearMarks(tip_no, sql`SELECT d.ordinal FROM dispute d WHERE ${ended}`, ["disputed", "undecided"]),
    sql`INSERT INTO partner_day (partner, day, disputed)
      SELECT t.author, ${now.slice(0, 10)}, (SELECT count(*) FROM dispute d WHERE ${opened}) FROM tip t
      WHERE t.tip_no = ${tip_no} AND EXISTS (SELECT 1 FROM dispute d WHERE ${opened})
      ON CONFLICT (partner, day) DO UPDATE SET disputed = disputed + excluded.disputed`,
    uncount(tip_no, ended),
    ...tell("disputed", tipNo, now, opened, {}, true),
    ...tell("undisputed", tipNo, now, ended, { outcome: "taken-back" }),
    sql`UPDATE dispute AS d SET told = iif(d.state = 'open', 1, 2) WHERE ${here} AND d.told < 2`,
  ];
}

/** They count against the author no more, on the days on which they were opened. */
const uncount = (tipNo: number, of: SQL): SQL => sql`
  UPDATE partner_day SET disputed = max(0, disputed - (SELECT count(*) FROM dispute d WHERE ${of} AND substr(d.opened_at, 1, 10) = partner_day.day))
  WHERE partner = (SELECT author FROM tip WHERE tip_no = ${tipNo}) AND day IN (SELECT substr(d.opened_at, 1, 10) FROM dispute d WHERE ${of})`;

/** Of a tip, the newest first. */
export const selectDisputes = (tipNo: SQL, limit: number) => sql<DisputeRow>`
  SELECT * FROM dispute WHERE tip_no = ${tipNo} ORDER BY dispute_no DESC LIMIT ${literal(limit)}`;

/** The newest of an indicator of the current version. */
export const selectDispute = (tipNo: number, ordinal: number) => sql<DisputeRow>`
  SELECT d.* FROM tip t CROSS JOIN dispute d ON d.tip_no = t.tip_no AND d.version = t.version
  WHERE t.tip_no = ${tipNo} AND d.ordinal = ${ordinal} ORDER BY d.dispute_no DESC LIMIT 1`;

export const isUnsettled = ({
  dispute_no,
  version,
  tip_no,
}: DisputeRow): SQL => sql`EXISTS (SELECT 1 FROM dispute d JOIN tip t
  ON t.tip_no = d.tip_no WHERE d.dispute_no = ${dispute_no} AND t.tip_no = ${tip_no} AND t.version = ${version} AND d.version = ${version}
  AND d.state IN ${unsettled} AND t.withdrawn_at IS NULL AND t.erased_at IS NULL)`;

/** The author stands by it: what carried the dispute carries none on it again. */
export function confirm(
  { dispute_no, tip_no, version, ordinal }: DisputeRow,
  reason: string,
  now: string,
): SQLWrapper[] {
  const this_ = sql`d.dispute_no = ${dispute_no}`;
  return [
    sql`UPDATE dispute SET state = 'confirmed', decided_at = ${now}, reason = ${reason}, told = 2 WHERE dispute_no = ${dispute_no}`,
    sql`UPDATE dispute_voice SET spent = 1 WHERE tip_no = ${tip_no} AND version = ${version} AND ordinal = ${ordinal}`,
    clearMarks(tip_no, sql`SELECT ${ordinal}`, ["disputed", "undecided"]),
    uncount(tip_no, this_),
    ...tell("undisputed", sql`${tip_no}`, now, this_, { outcome: "confirmed" satisfies State }),
  ];
}

/** To a version just written: along what it kept; what it changed is corrected, all else dropped. */
export function moveDisputes(tipNo: SQL, version: number, now: string): SQLWrapper[] {
  const of = sql`tip_no = ${tipNo} AND version = ${version - 1}`;
  const disputes = sql`dispute WHERE ${of}`;
  const voices = sql`dispute_voice WHERE ${of}`;
  // Written anew, oldest first, and the old rows deleted: an update from the list looks through the whole of it for each row.
  const move = (which: "kept" | "changed", state: SQL, at: SQL, only: SQL): SQL[] => {
    const list = pairs(tipNo, version, which, disputes);
    return [
      sql`INSERT INTO dispute (tip_no, version, ordinal, state, opened_at, decided_at, partners, reason, told)
        SELECT r.tip_no, ${version}, k.n, ${state}, r.opened_at, ${at}, r.partners, r.reason, r.told
        FROM (${list}) k CROSS JOIN dispute r ON r.tip_no = ${tipNo} AND r.version = ${version - 1} AND r.ordinal = k.o ${only}
        ORDER BY r.dispute_no`,
      sql`DELETE FROM ${disputes} AND ordinal IN (SELECT k.o FROM (${list}) k) ${only}`,
    ];
  };
  const settled = (state: State) => sql`d.tip_no = ${tipNo} AND d.state = ${state} AND d.told < 2`;
  return [
    ...move("kept", sql`r.state`, sql`r.decided_at`, sql``),
    sql`INSERT INTO dispute_voice (tip_no, version, ordinal, partner, host, at, digest, spent, copy)
      SELECT r.tip_no, ${version}, k.n, r.partner, r.host, r.at, r.digest, r.spent, r.copy
      FROM (${pairs(tipNo, version, "kept", voices)}) k
        CROSS JOIN dispute_voice r ON r.tip_no = ${tipNo} AND r.version = ${version - 1} AND r.ordinal = k.o`,
    sql`DELETE FROM ${voices} AND ordinal IN (SELECT k.o FROM (${pairs(tipNo, version, "kept", voices)}) k)`,
    ...move("changed", sql`'corrected'`, sql`${now}`, sql`AND state IN ${unsettled}`),
    sql`UPDATE dispute SET state = 'dropped', decided_at = ${now} WHERE ${of} AND state IN ${unsettled}`,
    ...tell("undisputed", tipNo, now, settled("corrected"), { outcome: "corrected" }),
    ...tell("undisputed", tipNo, now, settled("dropped"), { outcome: "dropped" }),
    sql`UPDATE dispute SET told = 2 WHERE tip_no = ${tipNo} AND state IN ('corrected', 'dropped') AND told < 2`,
  ];
}

/** Tips with disputes that were opened before that time and are not decided. */
export const selectUndecided = (before: string, limit: number) => sql<{ tip_no: number }>`
  SELECT DISTINCT tip_no FROM dispute WHERE state = 'open' AND opened_at <= ${before} LIMIT ${literal(limit)}`;

const overdue = (tipNo: number, before: string): SQL =>
  sql`d.tip_no = ${tipNo} AND d.state = 'open' AND d.opened_at <= ${before}`;

export const isOverdue = (tipNo: number, before: string): SQL =>
  sql`EXISTS (SELECT 1 FROM dispute d WHERE ${overdue(tipNo, before)})`;

export const markUndecided = (tipNo: number, before: string, now: string): SQLWrapper[] => [
  ...tell("disputed", sql`${tipNo}`, now, overdue(tipNo, before), { undecided: true }, true),
  setMark(tipNo, sql`SELECT d.ordinal FROM dispute d WHERE ${overdue(tipNo, before)}`, "undecided"),
  sql`UPDATE dispute AS d SET state = 'undecided' WHERE ${overdue(tipNo, before)}`,
];

/** Voices that were not their partner's own: what they alone carried is taken back, and told by the schedule. */
export const voidVoices = (signed: SQL, now: string): SQL[] => {
  const voided = sql`(SELECT s.digest FROM feedback s WHERE ${signed})`;
  return [
    sql`INSERT INTO chosen (tip_no) SELECT DISTINCT tip_no FROM dispute_voice WHERE digest IN ${voided}`,
    // What the thief took back counts again as soon as its partner says it again; not what was confirmed, or its own word.
    sql`UPDATE dispute_voice AS w SET spent = 0 WHERE w.spent = 1 AND w.tip_no IN (SELECT s.tip_no FROM feedback s WHERE ${signed})
      AND w.partner IN (SELECT s.partner FROM feedback s WHERE ${signed})
      AND NOT EXISTS (SELECT 1 FROM feedback_standing f WHERE f.tip_no = w.tip_no AND f.ordinal = w.ordinal AND f.partner = w.partner
        AND f.status <> 'false_positive' AND f.digest NOT IN ${voided})
      AND NOT EXISTS (SELECT 1 FROM dispute d WHERE d.tip_no = w.tip_no AND d.version = w.version AND d.ordinal = w.ordinal
        AND d.state = 'confirmed')`,
    sql`DELETE FROM dispute_voice WHERE digest IN ${voided}`,
    sql`UPDATE dispute AS d SET state = 'taken-back', decided_at = ${now}, partners = '[]'
      WHERE d.tip_no IN (SELECT tip_no FROM chosen) AND d.state IN ${unsettled} AND ${carriersOf(Date.parse(now))} IS NULL`,
    sql`DELETE FROM chosen`,
  ];
};

/** Tips with disputes that were taken back, which nobody was told. */
export const selectUntold = (limit: number) => sql<{ tip_no: number }>`
  SELECT DISTINCT tip_no FROM dispute WHERE state = 'taken-back' AND told < 2 LIMIT ${literal(limit)}`;

const untold = (tipNo: number): SQL => sql`d.tip_no = ${tipNo} AND d.state = 'taken-back' AND d.told < 2`;

export const isUntold = (tipNo: number): SQL => sql`EXISTS (SELECT 1 FROM dispute d WHERE ${untold(tipNo)})`;

export const tellTakenBack = (tipNo: number, now: string): SQLWrapper[] => [
  clearMarks(
    tipNo,
    sql`SELECT d.ordinal FROM dispute d JOIN tip t ON t.tip_no = d.tip_no AND t.version = d.version
    WHERE ${untold(tipNo)}`,
    ["disputed", "undecided"],
  ),
  uncount(tipNo, untold(tipNo)),
  ...tell("undisputed", sql`${tipNo}`, now, untold(tipNo), { outcome: "taken-back" }),
  sql`UPDATE dispute AS d SET told = 2 WHERE ${untold(tipNo)}`,
];

/** With the content of the tip. */
export const eraseDisputes = (tipNo: number): SQL[] =>
  ["dispute", "dispute_voice", "appeal"].map(
    (table) => sql`DELETE FROM ${sql.identifier(table)} WHERE tip_no = ${tipNo}`,
  );
