/** Tips, their versions, documents and audiences. Each function makes statements; the deed in `exchange/` puts them in one batch. */
import type { Audience } from "../core/audience.ts";
import { countsOf, type Difference } from "../core/difference.ts";
import type { Envelope } from "../core/envelope.ts";
import { among, json, pieces, type SQL, type SQLWrapper, sql } from "./database.ts";
import { addEvent, addressAuthor, addressNames, describeEvent, lastSeq } from "./events.ts";
import { expectWord } from "./recalls.ts";
import type { tip as tip_table } from "./schema.ts";
import { gaveSight, hadOrHas, sightOf } from "./visibility.ts";

/** As a value in a statement; `tipNumberOf` as its rows. */
export const tipNoOf = (tip: string): SQL => sql`(SELECT tip_no FROM tip WHERE tip = ${tip})`;

export const tipNumberOf = (tip: string): SQL => sql`SELECT tip_no FROM tip WHERE tip = ${tip}`;

/** The state that only deeds by the author need. */
export type TipRow = Pick<
  typeof tip_table.$inferSelect,
  "tip_no" | "tip" | "author" | "version" | "revision" | "tlp" | "embargo_until" | "withdrawn_at" | "erased_at"
> & { audience_digest: string; digest: string; handling: string; indicators: number };

export const selectTip = (tip: string) => sql<TipRow>`
  SELECT t.tip_no, t.tip, t.author, t.version, t.revision, t.tlp, t.embargo_until, t.withdrawn_at, t.erased_at,
    a.digest AS audience_digest, v.digest, coalesce(v.heading ->> '$.handling', '[]') AS handling, v.indicators
  FROM tip t JOIN audience a ON a.tip_no = t.tip_no AND a.revision = t.revision
    JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE t.tip = ${tip}`;

/** The document's payload as it is kept, in pieces. For the deeds of its author alone. */
export const selectText = (tipNo: number, version: number) => sql<{ text: string }>`
  SELECT text FROM document_piece WHERE tip_no = ${tipNo} AND version = ${version} ORDER BY piece`;

/** What a receipt is made of. */
export interface Accepted {
  tip: string;
  version: number;
  digest: string;
  seq: number;
  accepted_at: string;
  warnings: string;
}

/** Only the author finds its own. */
export const selectAccepted = (digest: string, author: string) => sql<Accepted>`
  SELECT t.tip, v.version, v.digest, v.seq, v.accepted_at, v.warnings
  FROM tip_version v JOIN tip t ON t.tip_no = v.tip_no WHERE v.digest = ${digest} AND t.author = ${author}`;

/** A signed document as it is kept. */
export interface Kept {
  digest: string;
  kid: string;
  envelope: Envelope;
}

export interface TipColumns {
  tip: string;
  mark: string;
  author: string;
  version: number;
  tlp: string;
  operation: string;
  urgency: string | null;
  respond_by: string | null;
  expires_at: string;
  embargo_until: string | null;
}

export const insertTip = (row: TipColumns, now: string): SQL => sql`
  INSERT INTO tip (tip, mark, author, version, revision, audience_seq, tlp, operation, urgency, respond_by, accepted_at, expires_at,
    embargo_until, embargo_told)
  VALUES (${row.tip}, ${row.mark}, ${row.author}, 1, 0, 0, ${row.tlp}, ${row.operation}, ${row.urgency}, ${row.respond_by}, ${now},
    ${row.expires_at}, ${row.embargo_until}, ${isOver(row, now)})`;

/** An embargo that was over when the tip came is never lifted. */
const isOver = ({ embargo_until }: TipColumns, now: string): number =>
  Number(embargo_until !== null && embargo_until <= now);

export const reviseTip = (row: TipColumns, now: string): SQL => sql`
  UPDATE tip SET version = ${row.version}, tlp = ${row.tlp}, operation = ${row.operation}, urgency = ${row.urgency},
    respond_by = ${row.respond_by}, expires_at = ${row.expires_at}, embargo_until = ${row.embargo_until}, suspended_at = NULL,
    expiring_told = 0, expired_told = 0, embargo_told = ${isOver(row, now)}, erased_at = NULL
  WHERE tip = ${row.tip}`;

/** Right after the event of a later version: how much it changes. */
export const tellDifference = (tip: string, difference: Difference): SQL =>
  describeEvent("revised", tipNoOf(tip), sql`${json({ difference: countsOf(difference) })}`);

/** After the event: the version's row takes the seq just given. */
export const insertVersion = (
  tip: string,
  version: Kept & {
    version: number;
    heading: unknown;
    warnings: unknown;
    indicators: number;
    difference: Difference | undefined;
  },
  now: string,
): SQL[] => {
  return [
    sql`INSERT INTO tip_version (tip_no, version, digest, kid, protected, signature, bytes, seq, accepted_at, heading, warnings,
        indicators, difference)
      SELECT ${tipNoOf(tip)}, ${version.version}, ${version.digest}, ${version.kid}, ${version.envelope.protected},
        ${version.envelope.signature}, ${version.envelope.payload.length}, ${lastSeq}, ${now}, ${json(version.heading)}, ${json(version.warnings)},
        ${version.indicators}, ${version.difference ? json(version.difference) : null}`,
    ...(version.version === 1
      ? []
      : [
          sql`UPDATE tip_version SET replaced_at = ${now} WHERE tip_no = ${tipNoOf(tip)} AND version = ${version.version - 1}`,
        ]),
    ...pieces(version.envelope.payload).map(
      (text, piece) =>
        sql`INSERT INTO document_piece (tip_no, version, piece, text) VALUES (${tipNoOf(tip)}, ${version.version}, ${piece}, ${text})`,
    ),
  ];
};

/** Beside the audience in place this one reaches somebody more: all that the tip holds is new to them. */
export const widens = (tip: string, { to, except }: Pick<Audience, "to" | "except">): SQL => sql`(
  EXISTS (SELECT 1 FROM json_each(${json(to)}) WHERE value NOT IN (SELECT k.token FROM tip_token k WHERE k.tip_no = ${tipNoOf(tip)}))
  OR EXISTS (SELECT 1 FROM tip_except x WHERE x.tip_no = ${tipNoOf(tip)} AND x.partner NOT ${among(except)}))`;

/**
 * A first or a further audience: tokens and exceptions replaced, sight gained told as `published` (unless everyone is told
 * of a new version anyway) and sight lost as `recalled`, both exactly. Runs right after the deed's own event, whose seq it takes.
 */
export function replaceAudience(
  tip: string,
  audience: Audience,
  signed: Kept,
  now: string,
  deed: "first" | "revise" | "rescope",
): SQL[] {
  const tipNo = tipNoOf(tip);
  const lost = sql`SELECT b.partner FROM sight_before b WHERE b.partner NOT IN (${sightOf(tipNo)})`;
  return [
    ...(deed === "first"
      ? []
      : [sql`INSERT INTO sight_before (tip_no, partner) SELECT ${tipNo}, s.partner FROM (${sightOf(tipNo)}) s`]),
    // Whoever left a group since, and has not been recalled yet, had sight of this audience too.
    ...(deed === "first"
      ? []
      : [
          sql`INSERT OR IGNORE INTO sight_before (tip_no, partner)
            SELECT t.tip_no, gone.partner FROM tip t CROSS JOIN departure gone JOIN partner p ON p.slug = gone.partner
            WHERE t.tip_no = ${tipNo} AND ${gaveSight}`,
        ]),
    sql`INSERT INTO audience (tip_no, revision, version, digest, kid, protected, payload, signature, seq, accepted_at)
      SELECT ${tipNo}, ${audience.revision}, ${audience.version}, ${signed.digest}, ${signed.kid}, ${signed.envelope.protected},
        ${signed.envelope.payload}, ${signed.envelope.signature}, ${lastSeq}, ${now}`,
    sql`UPDATE tip SET revision = ${audience.revision}, audience_seq = ${lastSeq} WHERE tip = ${tip}`,
    ...(deed === "first"
      ? []
      : [sql`DELETE FROM tip_token WHERE tip_no = ${tipNo}`, sql`DELETE FROM tip_except WHERE tip_no = ${tipNo}`]),
    sql`INSERT INTO tip_token (token, tip_no) SELECT value, ${tipNo} FROM json_each(${json(audience.to)})`,
    ...(audience.except.length > 0
      ? [sql`INSERT INTO tip_except (tip_no, partner) SELECT ${tipNo}, value FROM json_each(${json(audience.except)})`]
      : []),
    ...(deed === "rescope"
      ? [
          // By token, so that a partner enrolled later finds it too; skipped for those who had sight before.
          addEvent("published", now, tipNo),
          sql`INSERT OR IGNORE INTO event_token (token, seq) SELECT k.token, ${lastSeq} FROM tip_token k WHERE k.tip_no = ${tipNo}`,
          sql`INSERT INTO event_skip (seq, partner) SELECT ${lastSeq}, b.partner FROM sight_before b WHERE b.partner NOT IN (SELECT partner FROM departure)
            UNION SELECT ${lastSeq}, t.author FROM tip t WHERE t.tip_no = ${tipNo}`,
        ]
      : []),
    ...(deed === "first"
      ? []
      : [
          addEvent("recalled", now, tipNo, sql`EXISTS (${lost})`),
          addressNames(lost),
          expectWord("recalled", tipNo),
          sql`DELETE FROM sight_before WHERE tip_no = ${tipNo}`,
        ]),
  ];
}

/** No such tip yet. */
export const isFree = (tip: string): SQL => sql`NOT EXISTS (SELECT 1 FROM tip WHERE tip = ${tip})`;

/** The author's own tip still stands where it was read, and is not withdrawn. */
export const standsAt = (tip: string, author: string, at: { version: number; revision?: number }): SQL => sql`EXISTS (
  SELECT 1 FROM tip WHERE tip = ${tip} AND author = ${author} AND withdrawn_at IS NULL AND version = ${at.version}
    ${at.revision === undefined ? sql`` : sql`AND revision = ${at.revision}`})`;

/** The seq of the event that came with a version. */
export const seqOfVersion = (tip: string, version: number): SQL =>
  sql`(SELECT seq FROM tip_version WHERE tip_no = ${tipNoOf(tip)} AND version = ${version})`;

export interface Rescoped {
  tip: string;
  revision: number;
  digest: string;
  seq: number;
}

/** The current audience, where it is the document of that digest. */
export const selectRescoped = (tip: string, digest: string) => sql<Rescoped>`
  SELECT t.tip, a.revision, a.digest, a.seq FROM tip t JOIN audience a ON a.tip_no = t.tip_no AND a.revision = t.revision
  WHERE t.tip = ${tip} AND a.digest = ${digest}`;

export interface Withdrawn {
  tip: string;
  withdrawn_at: string;
  seq: number;
}

/** The withdrawal, where it is the document of that digest. */
export const selectWithdrawn = (tip: string, digest: string) => sql<Withdrawn>`
  SELECT t.tip, w.accepted_at AS withdrawn_at, w.seq FROM tip t JOIN withdrawal w ON w.tip_no = t.tip_no
  WHERE t.tip = ${tip} AND w.digest = ${digest}`;

/** Hidden from all at once, and everyone who has or had it is told by name. */
export const withdraw = (tip: string, signed: Kept, now: string): SQLWrapper[] => [
  addEvent("withdrawn", now, tipNoOf(tip)),
  addressAuthor(tipNoOf(tip)),
  addressNames(hadOrHas(tipNoOf(tip))),
  expectWord("withdrawn", tipNoOf(tip)),
  sql`INSERT OR REPLACE INTO withdrawal (tip_no, digest, kid, protected, payload, signature, seq, accepted_at)
    SELECT ${tipNoOf(tip)}, ${signed.digest}, ${signed.kid}, ${signed.envelope.protected}, ${signed.envelope.payload},
      ${signed.envelope.signature}, ${lastSeq}, ${now}`,
  sql`UPDATE tip SET withdrawn_at = ${now} WHERE tip = ${tip}`,
];
