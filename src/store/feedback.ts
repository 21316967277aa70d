/**
 * What partners said of tips: their signed documents, and of each partner the newest word on each indicator. Who reads which
 * document is decided when it is kept: whoever its event is addressed to by name, and who gave it. Each function makes
 * statements; the deed in `exchange/` puts them in one batch.
 */
import {
  type Feedback,
  type FeedbackStatus,
  feedbackStatuses,
  type Standing,
  spokenOf,
  standingsOf,
  statusesOf,
} from "../core/feedback.ts";
import { limits } from "../core/limits.ts";
import type { Reader } from "./accesses.ts";
import { json, literal, type SQL, sql } from "./database.ts";
import { addEvent, addressAuthor, addressNames, describeEvent, lastSeq } from "./events.ts";
import { pairs } from "./marks.ts";
import type { Kept } from "./tips.ts";
import { held, sightOf, visible } from "./visibility.ts";

/** A tip as one knows it who may speak of it. */
export interface SeenTip {
  tip_no: number;
  tip: string;
  author: string;
  version: number;
  digest: string;
  indicators: number;
  withdrawn_at: string | null;
}

/** One tip, where the partner may see it at this moment. */
export const selectSeen = (me: string, tip: string, now: string) => sql<SeenTip>`
  WITH ${held(me)}
  SELECT t.tip_no, t.tip, t.author, t.version, v.digest, v.indicators, t.withdrawn_at
  FROM tip t JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE t.tip = ${tip} AND ${visible(me, now)}`;

export const stillVisible = (me: string, tipNo: number, now: string): SQL => sql`EXISTS (
  WITH ${held(me)} SELECT 1 FROM tip t WHERE t.tip_no = ${tipNo} AND ${visible(me, now)})`;

export const stillCurrent = (tipNo: number, version: number): SQL =>
  sql`EXISTS (SELECT 1 FROM tip WHERE tip_no = ${tipNo} AND version = ${version})`;

/** The partner has said less of the tip since then than it may in a day. */
export const maySayMore = (me: string, tipNo: number, since: string, said: Feedback): SQL => sql`(
  SELECT count(*) < ${limits.feedback.of_day} AND (${sharedOf(said)} = 0 OR count(*) FILTER (WHERE shared > 0) < ${limits.feedback.shared_of_day})
  FROM feedback WHERE tip_no = ${tipNo} AND partner = ${me} AND accepted_at >= ${since})`;

export interface Given {
  feedback: string;
  tip: string;
  version: number;
  accepted_at: string;
  seq: number;
}

/** The partner's own, by its digest. */
export const selectGiven = (digest: string, me: string) => sql<Given>`
  SELECT fb.digest AS feedback, t.tip, fb.version, fb.accepted_at, fb.seq FROM feedback fb JOIN tip t ON t.tip_no = fb.tip_no
  WHERE fb.digest = ${digest} AND fb.partner = ${me}`;

/** The partner was told of document `fb` by name: as the tip's author, or as one of those it was shared with. */
export const isTold = (me: string): SQL =>
  sql`EXISTS (SELECT 1 FROM event_token a WHERE a.token = 'partner:' || ${me} AND a.seq = fb.seq)`;

/** Document `fb` is one that the partner gave, or of which it was told by name; the tip's author reads all. */
const mayRead = (me: string): SQL => sql`(t.author = ${me} OR fb.partner = ${me} OR (fb.void = 0 AND ${isTold(me)}))`;

/** Who gave the document that a reply names, where the partner may read it. */
export const selectAnswered = (me: string, tipNo: number, digest: string) => sql<{ partner: string }>`
  SELECT fb.partner FROM feedback fb JOIN tip t ON t.tip_no = fb.tip_no
  WHERE fb.digest = ${digest} AND fb.tip_no = ${tipNo} AND ${mayRead(me)}`;

/** As `feedback.shared`. */
const sharedOf = ({ share, law_enforcement }: Feedback): number => (share === "sight" ? (law_enforcement ? 2 : 1) : 0);

/** Those with sight at this moment: law enforcement only where the giver says so. */
const sharers = (tipNo: SQL, shared: number): SQL =>
  shared === 2
    ? sightOf(tipNo)
    : sql`SELECT s.partner FROM (${sightOf(tipNo)}) s CROSS JOIN partner p ON p.slug = s.partner WHERE p.kind <> 'law_enforcement'`;

/** The document, its event, and its words in place of what the partner said before. `answered`: who gave what it replies to. */
export function keepFeedback(
  { tip_no }: SeenTip,
  me: string,
  said: Feedback,
  signed: Kept,
  now: string,
  answered: string | undefined,
): SQL[] {
  const tipNo = sql`${tip_no}`;
  const shared = sharedOf(said);
  const statuses = statusesOf(said);
  const spoken = spokenOf(said);
  const detail = {
    feedback: signed.digest,
    by: me,
    ...(said.status && { status: said.status }),
    ...(said.indicators && { statuses }),
    ...(said.reply_to && { reply_to: said.reply_to }),
  };
  return [
    addEvent("feedback", now, tipNo),
    addressAuthor(tipNo),
    ...(shared > 0
      ? [addressNames(sql`SELECT h.partner FROM (${sharers(tipNo, shared)}) h WHERE h.partner <> ${me}`)]
      : []),
    // An author's reply is told to whom it answers, as long as that partner has sight.
    ...(answered ? [addressNames(sql`SELECT h.partner FROM (${sightOf(tipNo)}) h WHERE h.partner = ${answered}`)] : []),
    describeEvent("feedback", tipNo, sql`${json(detail)}`),
    sql`INSERT INTO feedback (digest, tip_no, partner, version, kid, protected, payload, signature, seq, accepted_at, status,
        statuses, shared, answers, spoken, words,
        counts_in)
      VALUES (${signed.digest}, ${tip_no}, ${me}, ${said.version}, ${signed.kid}, ${signed.envelope.protected},
        ${signed.envelope.payload}, ${signed.envelope.signature}, ${lastSeq}, ${now}, ${said.status ?? null}, ${json(statuses)},
        ${shared}, ${said.reply_to ?? null}, ${json(spoken)}, ${spoken.length},
        ${said.version})`,
    stand(tip_no, me, standingsOf(said), shared, signed.digest, now),
  ];
}

/** What a standing takes of the day's quota, in bytes. */
export const standingBytes = 200;

const stand = (
  tipNo: number,
  me: string,
  standings: readonly Standing[],
  shared: number,
  digest: string,
  now: string,
): SQL => sql`
  INSERT OR REPLACE INTO feedback_standing (tip_no, ordinal, partner, status, already_known, count, first_seen, last_seen, shared,
    digest, at)
  SELECT ${tipNo}, value ->> 0, ${me}, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ${shared}, ${digest}, ${now}
  FROM json_each(${json(
    standings.map((each) => [
      each.ordinal,
      each.status,
      Number(each.already_known),
      each.count ?? null,
      each.first_seen ?? null,
      each.last_seen ?? null,
    ]),
  )})`;

/**
 * To a version just written: what stands of an indicator that it keeps moves to its new ordinal, of the others it goes; what was
 * said of the tip as a whole stays. Numbers below -1 are those on their way.
 */
export function moveStanding(tipNo: SQL, version: number): SQL[] {
  const kept = pairs(tipNo, version, "kept", sql`feedback_standing WHERE tip_no = ${tipNo}`);
  return [
    // The order of this join is fixed: from the rows that stand, each would look through the whole list.
    sql`INSERT INTO feedback_standing (tip_no, ordinal, ${standing})
      SELECT stood.tip_no, -2 - k.n, ${standing} FROM (${kept}) k
        CROSS JOIN feedback_standing stood ON stood.tip_no = ${tipNo} AND stood.ordinal = k.o WHERE k.o <> k.n`,
    sql`DELETE FROM feedback_standing WHERE tip_no = ${tipNo} AND ordinal >= 0
      AND ordinal NOT IN (SELECT k.o FROM (${kept}) k WHERE k.o = k.n)`,
    sql`UPDATE feedback_standing SET ordinal = -2 - ordinal WHERE tip_no = ${tipNo} AND ordinal < -1`,
  ];
}

const standing = sql`partner, status, already_known, count, first_seen, last_seen, shared, digest, at`;

/** Documents signed with a key that is declared compromised: they stay and count no more. `signed`: a condition on `s`. */
export const voidFeedback = (signed: SQL): SQL[] => [
  sql`DELETE FROM feedback_standing WHERE digest IN (SELECT s.digest FROM feedback s WHERE ${signed})`,
  sql`UPDATE feedback AS s SET void = 1 WHERE ${signed}`,
];

/** Notes and times go with the tip's content; who said what of how many stays. So many of each at a time, by default all; those erased. */
export const eraseFeedback = (tipNo: number, limit = -1) => [
  sql`UPDATE feedback SET payload = '' WHERE digest IN (
    SELECT digest FROM feedback WHERE tip_no = ${tipNo} AND payload <> '' LIMIT ${literal(limit)}) RETURNING seq`,
  sql`UPDATE feedback_standing SET first_seen = NULL, last_seen = NULL WHERE tip_no = ${tipNo} AND (ordinal, partner) IN (
    SELECT ordinal, partner FROM feedback_standing WHERE tip_no = ${tipNo} AND coalesce(first_seen, last_seen) IS NOT NULL
    LIMIT ${literal(limit)}) RETURNING ordinal`,
];

export interface FeedbackRow {
  digest: string;
  partner: string;
  version: number;
  protected: string;
  payload: string;
  signature: string;
  seq: number;
  accepted_at: string;
  status: string | null;
  statuses: string;
  shared: number;
  answers: string | null;
  void: number;
  /** Something of it is its giver's newest word. */
  stands: number;
  /** There are older ones. */
  older: number;
}

/** Its author, also when the content was erased, or who may see it. */
const mayAsk = (me: string, now: string): SQL => sql`(t.author = ${me} OR ${visible(me, now)})`;

export interface AskedTip {
  tip: string;
  version: number;
  author: string;
  digest: string;
  summary: string | null;
}

/** The tip where the reader may ask what was said of it, with the summary that is its reader's. */
export const selectAsked = (reader: Reader & { kind: string }, tip: string, now: string) => sql<AskedTip>`
  WITH ${held(reader.partner)}
  SELECT t.tip, t.version, t.author, v.digest, ${summaryOf(reader)} AS summary
  FROM tip t JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE t.tip = ${tip} AND ${mayAsk(reader.partner, now)}`;

/** The documents on a tip that the reader may read, the newest first, up to so many and so many bytes; the first whatever it has. */
export const selectFeedback = (me: string, tip: string, before: number, limit: number, now: string) => sql<FeedbackRow>`
  WITH ${held(me)}, page AS (
    SELECT *, sum(length(payload)) OVER (ORDER BY seq DESC ROWS UNBOUNDED PRECEDING) AS bytes,
      row_number() OVER (ORDER BY seq DESC) AS place
    FROM (SELECT fb.* FROM tip t CROSS JOIN feedback fb ON fb.tip_no = t.tip_no
      WHERE t.tip = ${tip} AND ${mayAsk(me, now)} AND fb.seq < ${before} AND ${mayRead(me)}
      ORDER BY fb.seq DESC LIMIT ${literal(limit)}) newest)
  SELECT digest, partner, version, protected, payload, signature, seq, accepted_at, status, statuses, shared, answers, void,
    EXISTS (SELECT 1 FROM feedback_standing stood WHERE stood.digest = page.digest) AS stands, place < (SELECT count(*) FROM page) AS older
  FROM page WHERE place = 1 OR bytes <= ${limits.page_bytes} ORDER BY seq DESC`;

/** A standing `stood` on tip `t` counts for the reader: for law enforcement, what was shared with it alone. */
const countsFor = ({ partner, kind }: { partner: string; kind: string }): SQL =>
  kind === "law_enforcement" ? sql`(t.author = ${partner} OR stood.shared = 2)` : sql`1`;

/** From how many partners on the reader learns how many said what: from so many that it tells of none what it said. */
const enough = (me: string): SQL => sql`iif(t.author = ${me}, 1, ${limits.feedback.reporters})`;

/**
 * Of tip `t`, JSON: how many partners said something of it, and which status how many of them said, of it or of any of its
 * indicators; null where those are too few for the reader.
 */
export const summaryOf = (reader: { partner: string; kind: string }): SQL => sql`(
  SELECT json_object('reporters', count(DISTINCT p.partner), 'by_status', json_object(${sql.join(
    feedbackStatuses.map((status) => sql`${status}, count(*) FILTER (WHERE n.value = ${status})`),
    sql`, `,
  )}))
  FROM (SELECT DISTINCT fb.partner FROM feedback fb WHERE fb.tip_no = t.tip_no) p CROSS JOIN json_each(${json(feedbackStatuses)}) n
  WHERE EXISTS (SELECT 1 FROM feedback_standing stood WHERE stood.tip_no = t.tip_no AND stood.partner = p.partner AND stood.status = n.value
    AND ${countsFor(reader)})
  HAVING count(DISTINCT p.partner) >= ${enough(reader.partner)})`;

export type OfIndicator = Record<"ordinal" | "reporters" | FeedbackStatus, number>;

/** The same of each indicator, behind an ordinal. */
export const selectByIndicator = (
  reader: Reader & { kind: string },
  tip: string,
  after: number,
  limit: number,
  now: string,
) => sql<OfIndicator>`
  WITH ${held(reader.partner)}
  SELECT stood.ordinal, count(*) AS reporters, ${sql.join(
    feedbackStatuses.map(
      (status) => sql`count(*) FILTER (WHERE stood.status = ${status}) AS ${sql.identifier(status)}`,
    ),
    sql`, `,
  )}
  FROM tip t CROSS JOIN feedback_standing stood ON stood.tip_no = t.tip_no AND stood.ordinal > ${after}
  WHERE t.tip = ${tip} AND ${mayAsk(reader.partner, now)} AND ${countsFor(reader)}
  GROUP BY stood.ordinal HAVING count(*) >= ${enough(reader.partner)}
  ORDER BY stood.ordinal LIMIT ${literal(limit)}`;
