/** What a question reads: the prefix lengths in use, rows of the one index, and the tips that answer. */
import { limits } from "../core/limits.ts";
import type { Candidate } from "../core/matching/judge-matches.ts";
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { json, literal, type SQL, sql } from "./database.ts";
import type { prefix_length } from "./schema.ts";
import { held, ownState, through, visible } from "./visibility.ts";

/** "4/24", so that an address probes only lengths in use. */
export const selectPrefixes = sql<typeof prefix_length.$inferSelect>`SELECT prefix FROM prefix_length`;

const candidates = (reader: Reader, now: number): SQL => sql`
    CROSS JOIN tip t ON t.tip_no = k.tip_no AND t.version = k.version
    CROSS JOIN indicator i ON i.tip_no = k.tip_no AND i.version = k.version AND i.ordinal = k.ordinal
  WHERE i.valid_until > ${instant(now)} AND ${visible(reader.partner, instant(now))}`;

/**
 * Index rows under the probes, of current versions of tips one may see, valid at this moment: in the order of the probes, so
 * that where the limit cuts, every probe before the last one is whole.
 */
export const selectCandidates = (reader: Reader, probes: readonly string[], now: number) => sql<Candidate>`
  WITH ${held(reader.partner)}
  SELECT k.key, k.tip_no, k.version, k.ordinal, t.author, i.body, i.mark
  FROM json_each(${json(probes)}) q CROSS JOIN index_key k ON k.key = q.value ${candidates(reader, now)}
  LIMIT ${literal(limits.candidates)}`;

/** Rows under one probe that has more than the limit: the newest of each author, so that nobody crowds out another. */
export const selectFairly = (reader: Reader, probe: string, now: number) => sql<Candidate>`
  WITH ${held(reader.partner)}, found AS (
    SELECT k.key, k.tip_no, k.version, k.ordinal, t.author,
      row_number() OVER (PARTITION BY t.author ORDER BY k.tip_no DESC, k.ordinal) AS place
    FROM index_key k ${candidates(reader, now)} AND k.key = ${probe})
  SELECT f.key, f.tip_no, f.version, f.ordinal, f.author, i.body, i.mark
  FROM found f CROSS JOIN indicator i ON i.tip_no = f.tip_no AND i.version = f.version AND i.ordinal = f.ordinal
  WHERE f.place <= ${limits.hits} LIMIT ${literal(limits.candidates)}`;

export interface AnsweringRow {
  tip_no: number;
  tip: string;
  version: number;
  author: string;
  tlp: string;
  through: string;
  heading: string;
  state: string | null;
}

/** Those of the tips, by number, that may be seen. */
export const selectAnswering = (reader: Reader, tipNos: readonly number[], now: number) => sql<AnsweringRow>`
  WITH ${held(reader.partner)}
  SELECT t.tip_no, t.tip, t.version, t.author, t.tlp, ${through(reader.partner)} AS through, v.heading,
    ${ownState(reader.partner, instant(now))} AS state
  FROM json_each(${json(tipNos)}) n CROSS JOIN tip t ON t.tip_no = n.value
    CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE ${visible(reader.partner, instant(now))}`;
