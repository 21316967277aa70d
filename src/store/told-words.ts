/**
 * What others' tools are given of feedback: words on tips that others told a reader by name. The one definition of who is told
 * what is that of `feedback.ts`; whether a tip's words may be handed out at this moment is judged with its sight.
 */
import { spokenRange, statusesAtMost } from "../core/feedback.ts";
import { literal, type SQL, sql } from "./database.ts";
import { isTold } from "./feedback.ts";
import { pairs } from "./marks.ts";
import { held, visible } from "./visibility.ts";

/**
 * Document `fb` has words that others told the partner: what others' tools are given, or were, and is taken back from them. Of a
 * void one there is nothing else to give.
 */
export const toldWords = (me: string): SQL => sql`(fb.words > 0 AND fb.partner <> ${me} AND ${isTold(me)})`;

/**
 * To a version just written: words on indicators that it keeps in their places count in it, the others are past. Of one partner
 * those on its newest documents, so that nobody makes another's revision dear.
 */
export function keepWords(tipNo: SQL, version: number): SQL {
  const before = sql`feedback WHERE tip_no = ${tipNo} AND words > 0 AND counts_in = ${version - 1}`;
  const place = sql`w.value / ${literal(statusesAtMost)} - 1`;
  return sql`UPDATE feedback SET counts_in = ${version}, spoken = (
      SELECT json_group_array(iif(w.value > 0 AND ${place} >= 0 AND ${place} NOT IN (
        SELECT k.o FROM (${pairs(tipNo, version, "kept", before)}) k WHERE k.o = k.n), -w.value, w.value))
      FROM json_each(feedback.spoken) w)
    WHERE tip_no = ${tipNo} AND words > 0 AND digest IN (
      SELECT digest FROM (SELECT digest, sum(length(spoken)) OVER (PARTITION BY partner ORDER BY seq DESC) AS size FROM ${before})
      WHERE size <= ${spokenAtMost})`;
}

/** Who told the partner words on a tip. */
export const selectGivers = (me: string, tip: string) => sql<{ partner: string }>`
  SELECT DISTINCT fb.partner FROM tip t CROSS JOIN feedback fb ON fb.tip_no = t.tip_no
  WHERE t.tip = ${tip} AND ${toldWords(me)}`;

/** A word's place in its document, of the event of that seq, and how many the partner was told on that tip before the document. */
export interface WordPlace {
  seq: number;
  place: number;
  before: number;
}

/** A giver's newest word on an ordinal of a tip that the partner was told; whether it may be handed out is not judged here. */
export const selectWordPlace = (me: string, tip: string, giver: string, ordinal: number) => {
  const [from, to] = spokenRange(ordinal);
  return sql<WordPlace>`
    SELECT n.seq, n.place, ${wordsBefore(me)} AS before FROM (
      SELECT fb.tip_no, fb.seq, w.key AS place FROM tip t CROSS JOIN feedback fb ON fb.tip_no = t.tip_no
        CROSS JOIN json_each(fb.spoken) w
      WHERE t.tip = ${tip} AND fb.partner = ${giver} AND ${toldWords(me)} AND abs(w.value) >= ${from} AND abs(w.value) < ${to}
      ORDER BY fb.seq DESC LIMIT 1) n`;
};

/** The first word of a giver's newest document that the partner was told, of tips `t` that it may see and `which` holds for. */
export const selectNewestWord = (me: string, giver: string, which: SQL, now: string) => sql<
  WordPlace & { tip: string }
>`
  WITH ${held(me)}
  SELECT n.tip, n.seq, 0 AS place, ${wordsBefore(me)} AS before FROM (
    SELECT t.tip, t.tip_no, fb.seq
    FROM (SELECT tip_no, seq FROM feedback WHERE partner = ${giver} AND words > 0 ORDER BY seq DESC LIMIT 1000) newest
      CROSS JOIN feedback fb ON fb.tip_no = newest.tip_no AND fb.seq = newest.seq
      CROSS JOIN tip t ON t.tip_no = fb.tip_no AND (t.version = fb.counts_in OR fb.status IS NOT NULL)
    WHERE fb.void = 0 AND ${toldWords(me)} AND ${visible(me, now)} AND ${which} ORDER BY fb.seq DESC LIMIT 1) n`;

const wordsBefore = (me: string): SQL => sql`(
  SELECT coalesce(sum(fb.words), 0) FROM feedback fb WHERE fb.tip_no = n.tip_no AND fb.seq < n.seq AND ${toldWords(me)})`;

/** The reader was told words on a tip of an event in `looked`. */
export const isAnyTold = (me: string): SQL => sql`EXISTS (SELECT 1 FROM looked l CROSS JOIN event e ON e.seq = l.value
  CROSS JOIN feedback fb ON fb.tip_no = e.tip_no AND ${toldWords(me)})`;

/** How many words the reader was told of tip `j` up to its event. */
export const wordsUpTo = (me: string): SQL => sql`(
  SELECT coalesce(sum(fb.words), 0) FROM feedback fb WHERE fb.tip_no = j.tip_no AND fb.seq < j.seq AND ${toldWords(me)})`;

/** Characters of what one partner said of which ordinals, the newest first: beyond it its older words are not given. */
const spokenAtMost = 256_000;

/**
 * Of sights `kept s`: the documents of which words are handed out, and all others of their givers that the reader was told: of
 * each ordinal the newest counts. Each with the place of its first word in the sight.
 */
export const saidOf = (me: string): SQL => sql`
  SELECT 'said', sight, seq, json_array(partner, counts_in, void, accepted_at, start, iif(size <= ${spokenAtMost}, spoken, '[]'),
    iif(NOT ended AND NOT void AND (counts_in = current OR status IS NOT NULL) AND start < stop AND start + words > done, payload, NULL),
    name, kind, contact, legal_process_url)
  FROM (SELECT *, max(start < stop AND start + words > done) OVER (PARTITION BY sight, partner) AS needed
    FROM (SELECT s.seq AS sight, s.ended, s.version AS current, s.done, s.stop, fb.*, p.name, p.kind, p.contact, p.legal_process_url,
      CASE WHEN fb.seq = s.seq THEN 0 WHEN s.giver IS NULL AND fb.seq < s.seq THEN s.base + coalesce(sum(fb.words) OVER (
        PARTITION BY s.seq ORDER BY fb.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) END AS start,
      sum(length(fb.spoken)) OVER (PARTITION BY s.seq, fb.partner ORDER BY fb.seq DESC) AS size
    FROM kept s CROSS JOIN feedback fb ON fb.tip_no = s.tip_no AND fb.partner = coalesce(s.giver, fb.partner)
      CROSS JOIN partner p ON p.slug = fb.partner
    WHERE s.tail > 0 AND s.stop > s.base AND ${toldWords(me)})) WHERE needed`;

export type SaidRow = [
  by: string,
  counts_in: number,
  isVoid: number,
  accepted_at: string,
  start: number | null,
  spoken: string,
  payload: string | null,
  name: string,
  kind: string,
  contact: string | null,
  legal_process_url: string | null,
];
