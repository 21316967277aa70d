/** Indicators and the index by key. All derived from the signed document. */
import type { IndicatorRow, KeyRow } from "../core/derive-tip.ts";
import { chunks, json, type SQL, sql } from "./database.ts";
import { tipNoOf } from "./tips.ts";

/** Those of a version that are still valid, or not swept yet. */
export const selectBodies = (tipNo: number, version: number) => sql<{ ordinal: number; body: string }>`
  SELECT ordinal, body FROM indicator WHERE tip_no = ${tipNo} AND version = ${version}`;

export function insertIndicators(
  tip: string,
  version: number,
  now: string,
  derived: {
    rows: IndicatorRow[];
    keys: KeyRow[];
    places: [string, number][];
    types: [string, number][];
    prefixes: string[];
  },
): SQL[] {
  const tipNo = tipNoOf(tip);
  const first = version === 1;
  return [
    ...chunks(derived.rows).map(
      (text) => sql`INSERT INTO indicator (tip_no, version, ordinal, type, platform, valid_until, body)
        SELECT ${tipNo}, ${version}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(${text})`,
    ),
    // A WITHOUT ROWID table takes sorted keys faster than random ones.
    ...chunks(derived.keys).map(
      (text) => sql`INSERT OR IGNORE INTO index_key (key, tip_no, version, ordinal)
        SELECT value ->> 0, ${tipNo}, ${version}, value ->> 1 FROM json_each(${text}) ORDER BY 1, 4`,
    ),
    // A replaced version's rows are for the sweep of the index.
    ...(first
      ? []
      : [
          sql`UPDATE indicator SET valid_until = ${now} WHERE tip_no = ${tipNo} AND version < ${version} AND valid_until > ${now}`,
        ]),
    ...(first
      ? []
      : [sql`DELETE FROM tip_place WHERE tip_no = ${tipNo}`, sql`DELETE FROM tip_type WHERE tip_no = ${tipNo}`]),
    ...(derived.places.length > 0
      ? [
          sql`INSERT INTO tip_place (place, tip_no, indicators) SELECT value ->> 0, ${tipNo}, value ->> 1 FROM json_each(${json(derived.places)})`,
        ]
      : []),
    ...(derived.types.length > 0
      ? [
          sql`INSERT INTO tip_type (tip_no, type, indicators) SELECT ${tipNo}, value ->> 0, value ->> 1 FROM json_each(${json(derived.types)})`,
        ]
      : []),
    ...(derived.prefixes.length > 0
      ? [sql`INSERT OR IGNORE INTO prefix_length (prefix) SELECT value FROM json_each(${json(derived.prefixes)})`]
      : []),
  ];
}
