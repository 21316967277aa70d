/** What a question reads: the prefix lengths in use, rows of the one index, and the tips that answer. */
import { limits } from "../core/limits.ts";
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { json, query, sql } from "./database.ts";
import { prefix_length } from "./schema.ts";
import { held, through, visible } from "./visibility.ts";

/** "4/24", so that an address probes only lengths in use. */
export const selectPrefixes = query.select().from(prefix_length);

export interface CandidateRow {
  key: string;
  tip_no: number;
  version: number;
  ordinal: number;
  body: string;
}

/** Index rows under the probes, of current versions of tips one may see, valid at this moment. */
export const selectCandidates = (reader: Reader, probes: readonly string[], now: number) => sql<CandidateRow>`
  WITH ${held(reader.partner)}
  SELECT k.key, k.tip_no, k.version, k.ordinal, i.body
  FROM json_each(${json(probes)}) q CROSS JOIN index_key k ON k.key = q.value
    CROSS JOIN tip t ON t.tip_no = k.tip_no AND t.version = k.version
    CROSS JOIN indicator i ON i.tip_no = k.tip_no AND i.version = k.version AND i.ordinal = k.ordinal
  WHERE i.valid_until > ${instant(now)} AND ${visible(reader.partner, instant(now))} LIMIT ${limits.candidates}`;

export interface AnsweringRow {
  tip_no: number;
  tip: string;
  version: number;
  author: string;
  tlp: string;
  through: string;
  heading: string;
}

/** Those of the tips, by number, that may be seen. */
export const selectAnswering = (reader: Reader, tipNos: readonly number[], now: number) => sql<AnsweringRow>`
  WITH ${held(reader.partner)}
  SELECT t.tip_no, t.tip, t.version, t.author, t.tlp, ${through(reader.partner)} AS through, v.heading
  FROM json_each(${json(tipNos)}) n CROSS JOIN tip t ON t.tip_no = n.value
    CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE ${visible(reader.partner, instant(now))}`;
