/**
 * What the current version of a tip changed, as a reader may know it: the places to whoever sees the tip, what stood in the
 * version before to its author and to whoever was handed that version's indicators.
 */
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { json, type SQL, sql } from "./database.ts";
import { handing } from "./sights.ts";
import { held, through, visible } from "./visibility.ts";

const hadBefore = ({ partner }: Reader): SQL => sql`(t.author = ${partner} OR EXISTS (
  SELECT 1 FROM access_tip a WHERE a.tip_no = t.tip_no AND a.partner = ${partner} AND a.version = t.version - 1 AND a.door IN ${handing}))`;

export interface DifferenceRow {
  tip: string;
  version: number;
  from: string;
  through: string;
  tlp: string;
  handling: string | null;
  embargo: string | null;
  /** JSON; null where there is nothing to compare with. */
  difference: string | null;
  /** Of the version before, where the reader may have that: of its payload. */
  bytes: number | null;
}

export const selectDifference = (reader: Reader, tip: string, now: number) => sql<DifferenceRow>`
  WITH ${held(reader.partner)}
  SELECT t.tip, t.version, t.author AS "from", ${through(reader.partner)} AS through, t.tlp, v.heading ->> '$.handling' AS handling,
    v.heading ->> '$.embargo' AS embargo, v.difference,
    (SELECT o.bytes FROM tip_version o WHERE o.tip_no = t.tip_no AND o.version = t.version - 1 AND ${hadBefore(reader)}) AS bytes
  FROM tip t JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE t.tip = ${tip} AND ${visible(reader.partner, instant(now))}`;

/** Indicators of the current version at those places, as far as they are still valid. */
export const selectAt = (reader: Reader, tip: string, ordinals: readonly number[], now: number) => sql<{
  ordinal: number;
  body: string;
  mark: number;
}>`
  WITH ${held(reader.partner)}
  SELECT i.ordinal, i.body, i.mark FROM tip t CROSS JOIN json_each(${json(ordinals)}) n
    CROSS JOIN indicator i ON i.tip_no = t.tip_no AND i.version = t.version AND i.ordinal = n.value
  WHERE t.tip = ${tip} AND ${visible(reader.partner, instant(now))} AND i.valid_until > ${instant(now)}`;

/** The payload of the version before, in pieces, as long as it is kept. */
export const selectTextBefore = (reader: Reader, tip: string, now: number) => sql<{ text: string }>`
  WITH ${held(reader.partner)}
  SELECT d.text FROM tip t CROSS JOIN document_piece d ON d.tip_no = t.tip_no AND d.version = t.version - 1
  WHERE t.tip = ${tip} AND ${visible(reader.partner, instant(now))} AND ${hadBefore(reader)} ORDER BY d.piece`;
