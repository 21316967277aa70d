/**
 * The newer Markdown reports: a summary, then tables of indicator type and value. The first heading names the operation;
 * counts and spending of the summary become measures. Only table rows are rows.
 */

import { readCell } from "./cell.ts";
import { readMeasures } from "./prose.ts";
import type { Contents, Context, Measure, Reading } from "./reading.ts";
import { procedureOf } from "./taxonomy.ts";
import { readTyped } from "./typed-rows.ts";

export function readMarkdown(text: string, context: Context): Contents {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const readings: Reading[] = [];
  let header: ReadonlyMap<string, number> | undefined;
  lines.forEach((line, at) => {
    const cells = cellsOf(line);
    if (!cells) header = undefined;
    else if (!header) header = columnsOf(cells);
    else if (!cells.every((cell) => /^:?-+:?$/.test(cell)) && cells.some((cell) => cell !== ""))
      readings.push(readRow(at + 1, header, cells, context));
  });
  const summary = summaryOf(lines);
  const title = lines
    .find((line) => /^# /.test(line))
    ?.replace(/^# (?:Indicators of Compromise:\s*)?/, "")
    .trim();
  return {
    readings,
    ...(title ? { operation_name: title } : {}),
    ...(summary ? { summary } : {}),
    measures: sentencesWithMeasures(summary ?? ""),
    observations: [],
    ...(readings.length === 0 ? { note: "The report names no indicators." } : {}),
  };
}

/** The place of each name, the first where it stands twice. */
const columnsOf = (cells: string[]): ReadonlyMap<string, number> =>
  new Map(cells.map((cell, at) => [cell.toLowerCase().replace(/\s+/g, "_"), at] as const).reverse());

function readRow(line: number, header: ReadonlyMap<string, number>, cells: string[], context: Context): Reading {
  const cell = (...names: string[]) =>
    names.map((name) => cells[header.get(name) ?? -1]).find((found) => found !== undefined) ?? "";
  const procedure = procedureOf(cell("procedure"));
  const value = cell("indicator_value", "indicator", "value") || (header.size === 2 ? (cells[1] ?? "") : "");
  const comment = cell("comment", "comments", "note", "notes");
  if (procedure) return readCell({ line, text: value, comment, procedure }, context);
  return readTyped(
    line,
    cell("indicator_type", "type") || (cells[0] ?? ""),
    value,
    comment,
    cell("ds", "date"),
    context,
  );
}

/** The cells of a table's line without their code marks; a pipe behind a backslash is text. */
function cellsOf(line: string): string[] | undefined {
  if (!/^\s*\|.*\|\s*$/.test(line)) return undefined;
  const inner = line.trim().slice(1, -1);
  return inner.split(/(?<!\\)\|/).map((cell) => withoutCodeMarks(cell.trim().replaceAll("\\|", "|")));
}

const withoutCodeMarks = (cell: string): string =>
  cell.length > 1 && cell.startsWith("`") && cell.endsWith("`")
    ? cell
        .replace(/^`+/, "")
        .replace(/(?<!`)`+$/, "")
        .trim()
    : cell;

/** What stands under the heading that says summary, else between the first heading and the next. */
function summaryOf(lines: string[]): string | undefined {
  const named = lines.findIndex((line) => /^#{1,4} .*summary/i.test(line));
  const start = named >= 0 ? named : lines.findIndex((line) => /^# /.test(line));
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#{1,2} /.test(line) || /^\s*\|/.test(line));
  const text = rest
    .slice(0, end < 0 ? undefined : end)
    .map((line) =>
      line
        .replace(/^#{3,} /, "")
        .replace(link, "$1")
        .trim(),
    )
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return text === "" ? undefined : text;
}

/** Its address may hold one pair of brackets. */
const link = /\[([^\][]+)\]\([^()]*(?:\([^()]*\)[^()]*)?\)/g;

/** Sentence by sentence, with the platform named in one carried into the next ("4 Facebook accounts … these Pages"). */
function sentencesWithMeasures(summary: string): Measure[] {
  const pages = readMeasures(summary).find((measure) => measure.what === "pages")?.platform;
  return summary
    .split(/(?<=[.!?])\s+(?=[A-Z])/)
    .flatMap((sentence) => readMeasures(sentence))
    .map((measure) =>
      measure.platform === undefined && pages && /followers|members/.test(measure.what)
        ? { ...measure, platform: pages }
        : measure,
    );
}
