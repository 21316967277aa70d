/**
 * Sights. For each tip that lives and that a reader may see: the event by which it gained sight of it as it now is, the last
 * one that told it so. For each tip of which it was handed indicators and that it may see no more: the event that told of its
 * end. For a door that asks for words: what was said of a tip stands behind its indicators, and what is said later is a sight of
 * its own, at its event, until the tip's moves past it. Guarantees: one sight a tip; a sight only moves to later events, so that
 * who goes on after a seq misses nothing; all of it judged by the statement that hands it out, by the one rule
 * (`visibility.ts`), and recorded with it.
 */
import { instant } from "../core/time.ts";
import { type Door, type Reader, recordTips } from "./accesses.ts";
import { among, type SQL, sql } from "./database.ts";
import { judged, mayBeTold, ranged } from "./feed.ts";
import { itemColumns } from "./reading.ts";
import { revokedOfWord, type SightAsk, type SightPart, type SightRow, sightColumns } from "./sight-rows.ts";
import { isAnyTold, saidOf, toldWords, wordsUpTo } from "./told-words.ts";
import { addressed, held, through, visible } from "./visibility.ts";

/** Doors that hand out indicators as such. */
export const handing = sql`('tip', 'feed', 'indicators', 'taxii', 'misp', 'export', 'print')`;

/** The tip is neither withdrawn, suspended nor expired: its author sees it then too, but nobody should act on it. */
const lives = (now: string): SQL =>
  sql`(t.withdrawn_at IS NULL AND t.suspended_at IS NULL AND t.expires_at > ${now} AND t.erased_at IS NULL)`;

/** Of the tip as it now is, with what the exchange says of its indicators. */
const contentTypes = sql`'published', 'revised', 'disputed', 'undisputed', 'appealed'`;

/** The event, of the current version of tip `t`, brings its content; under an embargo only from the end of that on. */
const brings = (event: SQL, { embargoed }: SightAsk): SQL =>
  sql`(${event}.version = t.version AND ${
    embargoed
      ? sql`${event}.type IN (${contentTypes})`
      : sql`(${event}.type = 'embargo_lifted' OR (${event}.type IN (${contentTypes})
      AND (t.embargo_until IS NULL OR ${event}.at >= t.embargo_until)))`
  })`;

const ending = (event: SQL): SQL => sql`${event}.type IN ('withdrawn', 'recalled', 'suspended', 'expired')`;

/** Tip `t` is in the part asked for: by the token it is shown to come through, no other (which further ones is its author's business). */
const inPart = ({ partner }: Reader, { group, tlp }: Pick<SightAsk, "group" | "tlp">): SQL =>
  sql.join(
    [
      sql`1`,
      ...(group === undefined
        ? []
        : [sql`${through(partner)} IN ('group:' || ${group}, 'group:' || ${group} || '+law-enforcement')`]),
      ...(tlp === undefined ? [] : [sql`t.tlp = ${tlp}`]),
    ],
    sql` AND `,
  );

/** Tip `t`, which the reader may see, is one whose sight there is, but for an embargo's end that is still to be told. */
export const within = (reader: Reader, part: Pick<SightAsk, "embargoed" | "group" | "tlp">, now: number): SQL =>
  sql`(${lives(instant(now))} AND ${part.embargoed ? sql`1` : sql`(t.embargo_until IS NULL OR t.embargo_until <= ${instant(now)})`}
    AND ${inPart(reader, part)})`;

/** No later event of the tip tells the reader the same. */
const isLast = ({ partner }: Reader, same: SQL): SQL => sql`NOT EXISTS (
  SELECT 1 FROM event e WHERE e.tip_no = j.tip_no AND e.seq > j.seq AND ${same} AND ${addressed}
  AND NOT EXISTS (SELECT 1 FROM event_skip s WHERE s.seq = e.seq AND s.partner = ${partner}))`;

/** Ids of tips by their marks, whoever sees them; of those that came before there were marks, of a range. */
export const selectMarked = (marks: readonly string[], from: string, to: string) => sql<{ tip: string }>`
  SELECT tip FROM tip WHERE mark ${among(marks)}
  UNION ALL SELECT tip FROM (SELECT tip FROM tip WHERE mark IS NULL AND tip >= ${from} AND tip <= ${to} LIMIT 1000)`;

/**
 * The events to judge, with what is in reach of the page alone: judging costs most. How much each may hand out is guessed of
 * what everybody might be handed of it, and one more is looked at, for whether there is more.
 */
function looked({ of, at, most, units }: SightAsk): SQL {
  if ("tip" in of)
    return sql`looked AS MATERIALIZED (
      SELECT e.seq AS value FROM tip t CROSS JOIN event e ON e.tip_no = t.tip_no WHERE t.tip = ${of.tip}),
      seen AS (SELECT max(value) AS last, 0 AS open FROM looked)`;
  return sql`ranged AS MATERIALIZED (${ranged(of.after, of.rows)}),
    guessed AS (
      SELECT g.seq, sum(iif(v.version = e.version AND e.type <> 'feedback',
        ${units.tip} + ${units.indicator} * (v.indicators - iif(g.seq = ${at.seq}, max(${at.ordinal}, 0), 0)), 0)) OVER (
        ORDER BY g.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS before
      FROM ranged g CROSS JOIN event e ON e.seq = g.seq LEFT JOIN tip t ON t.tip_no = e.tip_no
        LEFT JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version),
    looked AS MATERIALIZED (SELECT seq AS value FROM guessed WHERE ${of.near ? sql`coalesce(before, 0) < ${most}` : sql`1`}),
    seen AS (SELECT max(value) AS last, count(*) < (SELECT count(*) FROM ranged) OR count(*) >= ${of.rows} AS open FROM looked)`;
}

const sights = (reader: Reader, ask: SightAsk, now: number): SQL => {
  const { partner } = reader;
  const { of, at, units } = ask;
  const { word } = ask;
  const withWords = ask.words === "told";
  const done =
    "after" in of
      ? sql`CASE seq WHEN ${at.seq} THEN ${at.ordinal} ELSE -1 END`
      : word
        ? sql`iif(giver IS NULL, base + ${word.before}, 0) + ${word.place}`
        : sql`${at.ordinal}`;
  const unit = units.indicator === 0 ? sql`0` : sql`iif(ended, 1, ${units.indicator})`;
  const wordUnit = units.word ? sql`iif(ended, ${Math.min(units.word, revokedOfWord)}, ${units.word})` : sql`0`;
  // Of documents and indicators what the document has; else what lists show of it.
  const size = ask.documents || units.indicator > 0 ? sql`v.bytes` : sql`length(v.heading)`;
  const seen = sql`(j.sees AND ${lives(instant(now))})`;
  const content = sql`(j.content <> 2 AND ${seen} AND ${brings(sql`j`, ask)} AND ${isLast(reader, brings(sql`e`, ask))}
    AND ${inPart(reader, ask)})`;
  // Told of a tip that the reader has, and since which nothing told it of the tip as a whole.
  const told = (order: SQL) => sql`EXISTS (SELECT 1 FROM event e WHERE e.tip_no = j.tip_no AND e.seq ${order} j.seq
    AND ${brings(sql`e`, ask)} AND ${addressed}
    AND NOT EXISTS (SELECT 1 FROM event_skip s WHERE s.seq = e.seq AND s.partner = ${partner}))`;
  const said = sql`(j.type = 'feedback' AND ${seen} AND ${toldWords(partner)} AND ${told(sql`<`)} AND NOT ${told(sql`>`)}
    AND ${inPart(reader, ask)})`;
  const times = ask.times ? sql`AND j.at ${among(ask.times)}` : sql``;
  const end = sql`(${ending(sql`j`)} AND NOT (${visible(partner, instant(now))} AND ${lives(instant(now))})
    AND ${isLast(reader, ending(sql`e`))})`;
  return sql`${held(partner)}, ${looked(ask)},
    judged AS MATERIALIZED (${judged(reader, sql`looked`, now)}),
    found AS MATERIALIZED (
      SELECT j.seq, j.at, j.tip_no, NULL AS giver, ${withWords ? wordsUpTo(partner) : sql`0`} AS tail,
        ${ending(sql`j`)} AS ended, t.version, ${size} AS bytes, v.indicators AS total, (
        SELECT max(o.indicators) FROM tip_version o WHERE o.tip_no = j.tip_no AND (t.author = ${partner} OR EXISTS (
          SELECT 1 FROM access_tip c WHERE c.tip_no = j.tip_no AND c.partner = ${partner} AND c.version = o.version
            AND c.door IN ${handing}))) AS had
      FROM judged j CROSS JOIN tip t ON t.tip_no = j.tip_no
        CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
      WHERE ${mayBeTold(reader)} AND (${content} ${ask.ends ? sql`OR ${end}` : sql``})
        ${times} ${word ? sql`AND j.seq > ${word.seq}` : sql``}
      ${
        withWords && units.word
          ? sql`UNION ALL SELECT j.seq, j.at, j.tip_no, fb.partner, fb.words, 0, t.version, 0, 0, NULL
      FROM judged j CROSS JOIN tip t ON t.tip_no = j.tip_no CROSS JOIN feedback fb ON fb.tip_no = j.tip_no AND fb.seq = j.seq
      WHERE ${mayBeTold(reader)} AND ${said} ${times} ${word ? sql`AND j.seq = ${word.seq}` : sql``}`
          : sql``
      }),
    based AS (
      SELECT *, iif(ended, had, ${ask.ends ? sql`max(total, coalesce(had, 0))` : sql`total`}) AS base
      FROM found WHERE NOT ended OR had IS NOT NULL),
    sized AS (
      SELECT *, ${done} AS done, ${unit} AS unit, ${wordUnit} AS word_unit, base + tail AS whole,
        CASE WHEN giver IS NOT NULL THEN 0 WHEN ended THEN 1 ELSE ${units.tip} END AS lead
      FROM based),
    summed AS (
      SELECT *, unit * max(base - max(done, 0), 0) AS of_base,
        sum(iif(done < 0, lead, 0) + unit * max(base - max(done, 0), 0) + word_unit * max(whole - max(done, base), 0)) OVER earlier AS before,
        sum(bytes) OVER earlier AS bytes_before
      FROM sized WINDOW earlier AS (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
    room AS (
      SELECT *, ${ask.most} - coalesce(before, 0) - iif(done < 0, lead, 0) AS room FROM summed
      WHERE ${ask.bytes === undefined ? sql`1` : sql`before IS NULL OR bytes_before + bytes <= ${ask.bytes}`}),
    kept AS MATERIALIZED (
      SELECT *, CASE WHEN of_base > max(room, 0) THEN max(done, 0) + CAST(max(room, 0) / unit AS INTEGER)
        WHEN word_unit = 0 THEN whole
        ELSE min(whole, max(done, base) + CAST((max(room, 0) - of_base) / word_unit AS INTEGER)) END AS stop FROM room
      WHERE (room >= iif(max(done, 0) < base, unit, word_unit) OR (room >= 0 AND (lead > 0 OR whole = 0)))
        ${ask.one ? sql`AND before IS NULL` : sql``} ${ask.words === "unless-told" ? sql`AND NOT ${isAnyTold(partner)}` : sql``})`;
};

/**
 * All there is to know of a page, in no order, and the record of the tips that are handed out: both as of one judgement. Of each
 * sight its row and its indicators that are still valid; of those that begin here the signed payloads, in pieces.
 */
export const selectAndRecord = (reader: Reader, ask: SightAsk, door: Door, now: number) => {
  const judged = sights(reader, ask, now);
  const record = recordTips(reader, door, now, sql`WITH ${judged} SELECT tip_no FROM kept WHERE NOT ended`);
  return [selectParts(reader, ask, judged, now), record] as const;
};

const selectParts = (reader: Reader, ask: SightAsk, judged: SQL, now: number) => sql<SightPart>`
  WITH ${judged},
    shown AS MATERIALIZED (
      SELECT s.seq AS sight_seq, s.at, s.ended, t.accepted_at AS created, p.name AS author_name, p.kind AS author_kind,
        p.contact AS author_contact, s.total, s.had, s.done, s.stop, s.whole, s.tail, s.giver, t.embargo_until, ${itemColumns(reader, now)}
      FROM kept s CROSS JOIN tip t ON t.tip_no = s.tip_no
        CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version CROSS JOIN partner p ON p.slug = t.author)
  SELECT 'seen' AS part, coalesce(n.last, 0) AS seq, n.open + 2 * (
    (SELECT count(*) FROM sized) > (SELECT count(*) FROM kept WHERE stop >= whole))
    + 4 * ${ask.words === "unless-told" ? isAnyTold(reader.partner) : sql`0`} AS ordinal, NULL AS text FROM seen n
  UNION ALL SELECT * FROM (SELECT 'sight', sight_seq, 0, json_array(${sql.raw(sightColumns.join())}) FROM shown
    ${ask.words === "told" && ask.units.word ? sql`UNION ALL ${saidOf(reader.partner)}` : sql``})
  ${
    ask.units.indicator === 0
      ? sql``
      : sql`UNION ALL SELECT 'indicator', s.seq, i.ordinal, i.body FROM kept s CROSS JOIN indicator i ON i.tip_no = s.tip_no
    AND i.version = s.version AND i.ordinal >= max(s.done, 0) AND i.ordinal < s.stop
    WHERE NOT s.ended AND s.giver IS NULL AND i.valid_until > ${instant(now)}
  UNION ALL SELECT 'mark', s.seq, i.ordinal, i.mark FROM kept s CROSS JOIN indicator i ON i.tip_no = s.tip_no
    AND i.version = s.version AND i.ordinal >= max(s.done, 0) AND i.ordinal < s.stop AND i.mark > 0
    WHERE NOT s.ended AND s.giver IS NULL AND i.valid_until > ${instant(now)}`
  }
  ${
    ask.documents
      ? sql`UNION ALL SELECT 'document', s.seq, d.piece, d.text FROM kept s CROSS JOIN document_piece d ON d.tip_no = s.tip_no
    AND d.version = s.version WHERE NOT s.ended AND s.giver IS NULL AND s.done < 0`
      : sql``
  }`;

/** The most indicators that the reader had of any version of the tip before its current one. */
export const selectHadBefore = ({ partner }: Reader, { tip_no, version }: Pick<SightRow, "tip_no" | "version">) => sql<{
  had: number | null;
}>`
  SELECT max(o.indicators) AS had FROM tip_version o CROSS JOIN tip t ON t.tip_no = o.tip_no
  WHERE o.tip_no = ${tip_no} AND o.version < ${version} AND (t.author = ${partner} OR EXISTS (
    SELECT 1 FROM access_tip c WHERE c.tip_no = o.tip_no AND c.partner = ${partner} AND c.version = o.version
      AND c.door IN ${handing}))`;
