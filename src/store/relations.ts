/**
 * What tips are to each other: as the document of either says, and as the author of either claims without a tip. Guarantees:
 * whoever is shown one of these sees both tips at that moment; whoever claims one does, and wrote one of them.
 */
import { limits } from "../core/limits.ts";
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { json, literal, type SQL, sql } from "./database.ts";
import { tipNoOf } from "./tips.ts";
import { held, visible } from "./visibility.ts";

/** Rows `rows` are fewer than one partner may have of one tip: however many tips relate to it, reading it costs little. */
const hasRoom = (rows: SQL): SQL => sql`(SELECT count(*) FROM ${rows}) < ${limits.operation.claims}`;

/** As the current version's document states them, as far as there is room; of itself a tip is nothing. */
export const replaceRelations = (
  tip: string,
  version: number,
  relations: readonly { tip: string; relation: string }[],
): SQL[] => [
  ...(version === 1 ? [] : [sql`DELETE FROM tip_relation WHERE tip_no = ${tipNoOf(tip)}`]),
  ...(relations.length === 0
    ? []
    : [
        sql`INSERT OR IGNORE INTO tip_relation (tip_no, related, relation)
          SELECT ${tipNoOf(tip)}, value ->> '$.tip', value ->> '$.relation' FROM json_each(${json(relations)})
          WHERE value ->> '$.tip' <> ${tip} AND ${hasRoom(sql`tip_relation tr CROSS JOIN tip q ON q.tip_no = tr.tip_no
            WHERE tr.related = value ->> '$.tip' AND q.author = (SELECT w.author FROM tip w WHERE w.tip = ${tip})`)}`,
      ]),
];

/** All that is said of the tip, from either side. */
export const deleteRelations = (tipNo: number): SQL[] => [
  sql`DELETE FROM tip_relation WHERE tip_no = ${tipNo}`,
  sql`DELETE FROM claim WHERE tip_no = ${tipNo}`,
  sql`DELETE FROM claim WHERE related_no = ${tipNo}`,
];

export interface ClaimRow {
  relation: string;
  tip: string;
  related: string;
  claimed_by: string;
}

/**
 * Of tip `t`, version `v`: what others' documents say it is to theirs, and what was claimed without a tip, from either side; in
 * there `t` is the other tip.
 */
export const claimsOfTip = ({ partner }: Reader, now: number): SQL => {
  const sees = visible(partner, instant(now));
  const shown = literal(limits.operation.claims);
  const own = sql`(SELECT q.tip FROM tip q WHERE q.tip_no = v.tip_no)`;
  // Each claimer's first before anybody's next, so that nobody crowds out the others.
  return sql`(SELECT json_group_array(json_object('relation', relation, 'tip', tip, 'related', related, 'claimed_by', by)) FROM (
    SELECT * FROM (SELECT tr.relation, t.tip, tr.related, t.author AS by FROM tip_relation tr CROSS JOIN tip t ON t.tip_no = tr.tip_no
      WHERE tr.related = ${own} AND ${sees}
    UNION ALL SELECT cl.relation, ${own}, t.tip, cl.partner FROM claim cl CROSS JOIN tip t ON t.tip_no = cl.related_no
      WHERE cl.tip_no = v.tip_no AND ${sees}
    UNION ALL SELECT cl.relation, t.tip, ${own}, cl.partner FROM claim cl CROSS JOIN tip t ON t.tip_no = cl.tip_no
      WHERE cl.related_no = v.tip_no AND ${sees})
    ORDER BY row_number() OVER (PARTITION BY by), relation, by LIMIT ${shown}))`;
};

export interface Claimed extends ClaimRow {
  made_at: string;
}

/** The caller sees both tips at this moment, one of them is its own, and they are two. */
const mayClaim = ({ partner }: Reader, now: number): SQL => {
  const sees = (tip: SQL) =>
    sql`EXISTS (SELECT 1 FROM tip t WHERE t.tip_no = ${tip} AND ${visible(partner, instant(now))})`;
  return sql`a.tip_no <> b.tip_no AND ${partner} IN (a.author, b.author) AND ${sees(sql`a.tip_no`)} AND ${sees(sql`b.tip_no`)}`;
};

/** Written where the caller may, and has room; what stands already stays as it is. */
export const insertClaim = (
  reader: Reader,
  claim: { tip: string; related: string; relation: string },
  now: number,
) => sql`
  INSERT OR IGNORE INTO claim (tip_no, related_no, relation, partner, made_at)
  WITH ${held(reader.partner)}
  SELECT a.tip_no, b.tip_no, ${claim.relation}, ${reader.partner}, ${instant(now)} FROM tip a CROSS JOIN tip b
  WHERE a.tip = ${claim.tip} AND b.tip = ${claim.related} AND ${mayClaim(reader, now)}
    AND ${hasRoom(sql`claim cl WHERE cl.tip_no = a.tip_no AND cl.partner = ${reader.partner}`)}
    AND ${hasRoom(sql`claim cl WHERE cl.related_no = b.tip_no AND cl.partner = ${reader.partner}`)}`;

/** Whether the caller may claim something of the two; and its own claim, where there is one. */
export const selectClaim = (
  reader: Reader,
  claim: { tip: string; related: string; relation: string },
  now: number,
) => sql<{ may: number } & Partial<Claimed>>`
  WITH ${held(reader.partner)}
  SELECT ${mayClaim(reader, now)} AS may, cl.relation, a.tip, b.tip AS related, cl.partner AS claimed_by, cl.made_at
  FROM tip a CROSS JOIN tip b LEFT JOIN claim cl ON cl.tip_no = a.tip_no AND cl.related_no = b.tip_no
    AND cl.relation = ${claim.relation} AND cl.partner = ${reader.partner}
  WHERE a.tip = ${claim.tip} AND b.tip = ${claim.related}`;

/** The caller's own of the two, also where it sees them no more. */
export const deleteClaims = ({ partner }: Reader, tip: string, related: string) => sql<{ relation: string }>`
  DELETE FROM claim WHERE tip_no = ${tipNoOf(tip)} AND related_no = ${tipNoOf(related)} AND partner = ${partner}
  RETURNING relation`;

export const selectOwnClaim = ({ partner }: Reader, tip: string, related: string) => sql<{ relation: string }>`
  SELECT cl.relation FROM claim cl
  WHERE cl.tip_no = ${tipNoOf(tip)} AND cl.related_no = ${tipNoOf(related)} AND cl.partner = ${partner} LIMIT 1`;
