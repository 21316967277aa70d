/** One's own figures: what came in, and what became of it by one's own feedback. */
import type { Figures } from "../core/figures.ts";
import type { Connection } from "./connect.ts";
import { queryOf } from "./send.ts";

export interface StatsOptions {
  /** Days, YYYY-MM-DD in UTC, both included, at most 366; the last 30 where none is stated. */
  from?: string;
  to?: string;
  /** By sender, which is usual, or by the token the tips came through. */
  by?: "partner" | "group";
}

export interface Stats {
  from: string;
  to: string;
  by: "partner" | "group";
  rows: (Figures & { from?: string; through?: string | null })[];
  total: Figures;
  /** There were more tips than are counted: the last were. */
  truncated?: true;
}

/**
 * Figures of the tips one was first handed in a period. They stay as they are when a tip is revised, taken back or erased.
 *
 * @example
 * ```js
 * const { rows, total } = await readStats(exchange, { from: "2026-11-01", to: "2026-11-30" });
 * for (const { from, tips, false_positive_share } of rows) console.log(from, tips, false_positive_share);
 * ```
 */
export const readStats = (connection: Connection, options: StatsOptions = {}): Promise<Stats> =>
  connection.call("GET", `/v1/stats?${queryOf({ ...options })}`);

/**
 * The same as CSV, for a spreadsheet; no cell is a formula.
 *
 * @example
 * ```js
 * await writeFile("november.csv", await readStatsCsv(exchange, { from: "2026-11-01", to: "2026-11-30" }));
 * ```
 */
export const readStatsCsv = async (connection: Connection, options: StatsOptions = {}): Promise<string> => {
  const answer = await connection.open(`/v1/stats?${queryOf({ ...options, format: "csv" })}`);
  // `text()` would take the byte order mark away, without which Excel takes it for another encoding.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.arrayBuffer());
};
