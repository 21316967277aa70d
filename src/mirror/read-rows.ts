/**
 * The values a file asks about, a block of rows at a time: a table by its headings or one value a line, as `importReport` reads
 * them, whatever the file's size; any other format as a whole, within a bound. Each row's own line is kept.
 */
import { readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { unguarded } from "../formats/csv-write.ts";
import { detectFormat, type Format, tableFormat, tableReaders } from "../formats/detect.ts";
import { noKnownHeading } from "../formats/headings.ts";
import { readLines } from "../formats/lines.ts";
import { questionOf } from "../formats/question.ts";
import type { Reading } from "../formats/reading.ts";
import { importReport } from "../formats/report.ts";
import { delimiterOf, plainText, type Row, readRows, type Table, tableOf } from "../formats/table.ts";
import { looksPacked } from "../formats/xlsx-parts.ts";
import { MirrorError } from "./mirror-error.ts";
import { quickRows, quickText } from "./quick-questions.ts";
import { readBlocks } from "./read-blocks.ts";

/** What is read to tell the format. */
const headBytes = 1 << 16;
/** A format that cannot be read in pieces. */
const wholeBytes = 64 << 20;

/** One thing to ask about, and the line it stands in. */
export interface Asking {
  line: number;
  asked: Indicator;
}

export interface Rows {
  asking: Asking[];
  unread: { line: number; reason: string }[];
  rows: number;
  /** Bytes of the file up to here, and lines. */
  end: number;
  lines: number;
}

export interface Reader {
  /** A resumed reading goes on behind those bytes and lines. */
  read(from: { end: number; lines: number }): AsyncGenerator<Rows, void, undefined>;
  ignored_columns: string[];
}

/** Tells the format from the file's beginning. */
export async function readerOf(file: string, platform: string | undefined, sites: Sites): Promise<Reader> {
  const head = await beginningOf(file);
  const context = { sites, ...(platform && { platform }) };
  const text = plainText(head.toString("utf8"));
  const format = looksPacked(head) ? "workbook" : detectFormat(file, text);
  if (format === "lines") {
    const { titles } = tableOf(readRows(text.slice(0, 4_000), delimiterOf(text)).rows, []);
    const none = titles.length > 1 && readLines(text.slice(0, 4_000), context).readings.every(isUnread);
    if (none) throw new MirrorError("unreadable", noKnownHeading(titles));
    return { ignored_columns: [], read: (from) => readAll(file, from, lineReader(context)) };
  }
  if (!(format in tableReaders)) return { ignored_columns: [], read: (from) => readWhole(file, from, format, context) };
  const delimiter = delimiterOf(text);
  const { header, titles } = tableOf(readRows(text.slice(0, text.lastIndexOf("\n") + 1) || text, delimiter).rows, []);
  const table = { header, titles, format: tableFormat(header)! };
  const { ignored_columns = [] } = tableReaders[table.format]({ ...table, rows: [], faults: [] }, context);
  return { ignored_columns, read: (from) => readAll(file, from, tableReader(table, delimiter, context)) };
}

const isUnread = ({ indicators }: Reading): boolean => indicators.length === 0;

async function beginningOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

type BlockReader = (text: string, lines: number, first: boolean) => Pick<Rows, "asking" | "unread" | "rows">;

async function* readAll(file: string, from: { end: number; lines: number }, read: BlockReader): AsyncGenerator<Rows> {
  let lines = from.lines;
  for await (const { text, end } of readBlocks(file, from.end)) {
    const plain = plainText(text);
    const found = read(plain, lines, lines === 0);
    lines += countOf(plain, "\n");
    yield { ...found, end, lines };
  }
}

function countOf(text: string, one: string): number {
  let count = 0;
  for (let at = text.indexOf(one); at >= 0; at = text.indexOf(one, at + 1)) count++;
  return count;
}

interface Context {
  sites: Sites;
  platform?: string;
}

const lineReader =
  (context: Context): BlockReader =>
  (text, lines) => {
    const asking: Asking[] = [];
    const left: string[] = text.split("\n");
    let rows = 0;
    for (const [at, line] of left.entries()) {
      const asked = quickText(line, context.sites);
      if (!asked) continue;
      rows++;
      asking.push({ line: lines + at + 1, asked });
      left[at] = "";
    }
    const rest = readLines(left.join("\n"), context).readings.map((one) => ({ ...one, line: one.line + lines }));
    return collected(asking, rest, rows);
  };

/** `format`'s own reader has what is not plain. */
function tableReader(
  table: Pick<Table, "header" | "titles"> & { format: keyof typeof tableReaders },
  delimiter: string,
  context: Context,
): BlockReader {
  const quick = table.format === "plain-csv" ? quickRows(table.titles, context.platform, context.sites) : undefined;
  const guards = table.format === "plain-csv" || table.format === "export";
  return (text, lines, first) => {
    const { rows, faults } = readRows(text, delimiter, lines);
    const filled = rows.filter((row) => row.cells.some((cell) => cell !== "" && cell.trim() !== ""));
    if (first) filled.shift();
    const asking: Asking[] = [];
    const left: Row[] = [];
    for (const row of filled) {
      const asked = quick?.(row);
      if (asked) asking.push({ line: row.line, asked });
      else left.push(guards ? { line: row.line, cells: row.cells.map(unguarded) } : row);
    }
    const { readings } =
      left.length + faults.length > 0
        ? tableReaders[table.format]({ ...table, rows: left, faults }, context)
        : { readings: [] };
    return collected(asking, readings, asking.length);
  };
}

function collected(asking: Asking[], readings: readonly Reading[], quick: number) {
  const unread: Rows["unread"] = [];
  for (const { line, indicators, reason, measures, observations } of readings) {
    for (const asked of indicators) asking.push({ line, asked: questionOf(asked) });
    if (indicators.length + measures.length + observations.length === 0)
      unread.push({ line, reason: reason ?? "Nothing was recognised." });
  }
  // In the file's order, whoever read them.
  if (readings.length > 0 && quick > 0) asking.sort((a, b) => a.line - b.line);
  return { asking, unread, rows: quick + readings.length };
}

/** What is no table: read as `match --file` reads it. */
async function* readWhole(
  file: string,
  from: { end: number; lines: number },
  format: Format | "workbook",
  context: Context,
): AsyncGenerator<Rows> {
  const { size } = statSync(file);
  if (from.end >= size && size > 0) return;
  if (size > wholeBytes)
    throw new MirrorError(
      "unreadable",
      `${file} is a ${format} file of ${Math.round(size / 1e6)} MB, and such are read whole: up to ${wholeBytes >> 20} MB. CSV is read at any size.`,
    );
  const { files, indicators } = importReport([{ name: file, bytes: readFileSync(file) }], context);
  const asking = indicators.map((asked) => ({ line: 0, asked: questionOf(asked) }));
  yield { asking, unread: files[0]!.unread, rows: files[0]!.rows, end: size, lines: 0 };
}
