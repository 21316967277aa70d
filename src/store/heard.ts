/**
 * What an author's tips were answered, a row a tip: the overview of what `feedback.ts` keeps. Each statement reads tips of that
 * author alone, whatever became of them; nobody else is told of one by these.
 */
import { limits } from "../core/limits.ts";
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { literal, type SQL, sql } from "./database.ts";
import { lastSeq } from "./events.ts";
import { summaryOf } from "./feedback.ts";
import { marked } from "./reading.ts";
import { ownState } from "./visibility.ts";

/** The word just kept is the newest of its tip. */
export const hearOf = (author: string, tipNo: number): SQL => sql`
  INSERT INTO heard (author, tip_no, seq) VALUES (${author}, ${tipNo}, ${lastSeq})
  ON CONFLICT (author, tip_no) DO UPDATE SET seq = excluded.seq`;

export interface HeardFilter {
  status?: string;
  unanswered?: boolean;
}

/** Behind which seq, and below which. */
export interface HeardRange {
  after: number;
  before: number;
}

export interface HeardRow {
  seq: number;
  tip: string;
  version: number;
  state: string;
  operation: string;
  name: string | null;
  /** JSON. */
  newest: string;
  words: number;
  unanswered: number;
  summary: string | null;
  marked: string | null;
}

/** Tips looked at for one page, the newest word first: what a filter leaves out is read, too. */
const looked = (me: string, { after, before }: HeardRange): SQL => sql`
  SELECT hd.tip_no, hd.seq FROM heard hd WHERE hd.author = ${me} AND hd.seq > ${after} AND hd.seq < ${before}
  ORDER BY hd.seq DESC LIMIT ${literal(limits.feedback.heard)}`;

/** Down to where that is. */
export const selectLooked = ({ partner }: Reader, range: HeardRange) => sql<{ tips: number; seq: number | null }>`
  SELECT count(*) AS tips, min(l.seq) AS seq FROM (${looked(partner, range)}) l`;

/** Who has spoken of tip `t`. */
const speakers = sql`(SELECT DISTINCT fb.partner FROM feedback fb WHERE fb.tip_no = t.tip_no) p`;

/** Each of them, and its newest word that the author has answered: found once a tip, and not for each of its questions. */
const answered = sql`(SELECT s.partner, max(s.seq) AS seq FROM (SELECT p.partner, 0 AS seq FROM ${speakers} UNION ALL
  SELECT wd.partner, wd.seq FROM feedback re CROSS JOIN feedback wd ON wd.digest = re.answers
  WHERE re.tip_no = t.tip_no AND re.partner = t.author AND re.void = 0) s GROUP BY s.partner) replied`;

/**
 * Documents on tip `t` that ask for context and still stand, of which the author has answered neither them nor anything that
 * partner said since. However many indicators one is about, it is looked up once.
 */
const questions = sql`${answered} CROSS JOIN feedback fb INDEXED BY feedback_by_partner
  WHERE fb.tip_no = t.tip_no AND fb.partner = replied.partner AND fb.seq > replied.seq
    AND (fb.status = 'needs_context' OR fb.statuses ->> '$.needs_context' > 0)
    AND EXISTS (SELECT 1 FROM feedback_standing stood INDEXED BY feedback_standing_asking
      WHERE stood.tip_no = fb.tip_no AND stood.partner = fb.partner AND stood.digest = fb.digest AND stood.status = 'needs_context')`;

function fits({ status, unanswered }: HeardFilter): SQL {
  const conditions = [sql`1`];
  if (status !== undefined)
    conditions.push(sql`EXISTS (SELECT 1 FROM ${speakers} WHERE EXISTS (SELECT 1 FROM feedback_standing stood
      WHERE stood.tip_no = t.tip_no AND stood.partner = p.partner AND stood.status = ${status}))`);
  if (unanswered !== undefined)
    conditions.push(sql`${sql.raw(unanswered ? "" : "NOT ")}EXISTS (SELECT 1 FROM ${questions})`);
  return sql.join(conditions, sql` AND `);
}

/** The reader's own tips that others have spoken of, the newest word first; `words`: how many behind `after`. */
export const selectHeard = (
  reader: Reader & { kind: string },
  filter: HeardFilter,
  range: HeardRange,
  limit: number,
  now: number,
) => sql<HeardRow>`
  SELECT l.seq, t.tip, t.version, iif(t.erased_at IS NULL, ${ownState(reader.partner, instant(now))}, 'erased') AS state,
    t.operation, v.heading ->> '$.operation.name' AS name, ${summaryOf(reader)} AS summary, ${marked} AS marked,
    (SELECT json_object('feedback', fb.digest, 'by', fb.partner, 'accepted_at', fb.accepted_at, 'status', fb.status,
        'statuses', json(fb.statuses), 'reply_to', fb.answers, 'void', fb.void)
      FROM feedback fb WHERE fb.tip_no = t.tip_no AND fb.seq = l.seq) AS newest,
    (SELECT count(*) FROM feedback fb WHERE fb.tip_no = t.tip_no AND fb.seq > ${range.after} AND fb.partner <> t.author) AS words,
    (SELECT count(*) FROM ${questions}) AS unanswered
  FROM (${looked(reader.partner, range)}) l CROSS JOIN tip t ON t.tip_no = l.tip_no
    CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE t.author = ${reader.partner} AND ${fits(filter)} ORDER BY l.seq DESC LIMIT ${literal(limit)}`;
