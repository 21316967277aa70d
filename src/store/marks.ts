/** What the exchange says of indicators, beside the document: a column of their rows, which the doors read. */
import { type Mark, markBits } from "../core/marks.ts";
import { among, json, literal, type SQL, sql } from "./database.ts";

/** Of the tip's current version. */
export const setMark = (tipNo: number, ordinals: SQL, mark: Mark): SQL => sql`
  UPDATE indicator SET mark = mark | ${literal(markBits[mark])} WHERE tip_no = ${tipNo}
    AND version = (SELECT version FROM tip WHERE tip_no = ${tipNo}) AND ordinal IN (${ordinals})`;

export const clearMarks = (tipNo: number, ordinals: SQL, marks: readonly Mark[]): SQL => {
  const bits = marks.reduce((sum, mark) => sum | markBits[mark], 0);
  return sql`UPDATE indicator SET mark = mark & ~${literal(bits)} WHERE tip_no = ${tipNo}
    AND version = (SELECT version FROM tip WHERE tip_no = ${tipNo}) AND ordinal IN (${ordinals})`;
};

/** Ordinals in a list, as rows. */
export const ordinals = (list: readonly number[]): SQL => sql`SELECT value FROM json_each(${json(list)})`;

/** Those of the ordinals that are indicators of the tip's current version. */
export const selectPresent = (tipNo: number, list: readonly number[]) => sql<{ ordinal: number; body: string }>`
  SELECT i.ordinal, i.body FROM tip t CROSS JOIN indicator i ON i.tip_no = t.tip_no AND i.version = t.version
  WHERE t.tip_no = ${tipNo} AND i.ordinal ${among(list)}`;

/**
 * What a version just written kept of the one before, or changed, as rows `o`, `n`: old and new ordinal. None where there are no
 * rows `of` which they would be asked: mostly there are none.
 */
export const pairs = (tipNo: SQL, version: number, which: "kept" | "changed", of: SQL): SQL => sql`
  SELECT value ->> 0 AS o, value ->> 1 AS n FROM json_each(iif(EXISTS (SELECT 1 FROM ${of}),
    (SELECT v.difference -> ${`$.${which}`} FROM tip_version v WHERE v.tip_no = ${tipNo} AND v.version = ${version}), '[]'))`;

/** To a version just written, from the one before, along what it kept: the list is walked once for each mark. */
export function moveMarks(tipNo: SQL, version: number): SQL[] {
  const of = sql`indicator i WHERE i.tip_no = ${tipNo} AND i.version = ${version - 1} AND i.mark > 0`;
  return Object.values(markBits).map((bit) => {
    const marked = sql`SELECT k.n FROM (${pairs(tipNo, version, "kept", of)}) k CROSS JOIN ${of} AND i.ordinal = k.o AND i.mark & ${literal(bit)}`;
    return sql`UPDATE indicator SET mark = mark | ${literal(bit)}
      WHERE tip_no = ${tipNo} AND version = ${version} AND ordinal IN (${marked})`;
  });
}
