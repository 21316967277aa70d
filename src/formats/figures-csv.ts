/** A partner's figures as CSV, as csv-write.ts writes it: a row for each sender or token, and the total last. */
import type { Figures } from "../core/figures.ts";
import { csvLine } from "./csv-write.ts";

/** What is not there is an empty cell. */
const cell = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

export function figuresCsv(
  name: "from" | "through",
  rows: readonly ({ from?: string | null; through?: string | null } & Figures)[],
  total: Figures,
): string {
  const columns = Object.keys(total) as (keyof Figures)[];
  const line = (of: unknown, figures: Figures) =>
    csvLine([cell(of), ...columns.map((column) => cell(figures[column]))]);
  return `\uFEFF${csvLine([name, ...columns])}${rows.map((row) => line(row[name], row)).join("")}${line("total", total)}`;
}
