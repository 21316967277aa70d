/** Which format a file is in, by what it holds; the name decides nothing but Markdown. */
import { readAccountExport } from "./account-export.ts";
import { unguarded } from "./csv-write.ts";
import { noKnownHeading } from "./headings.ts";
import { readJson } from "./json.ts";
import { readKillChain } from "./kill-chain.ts";
import { readLines } from "./lines.ts";
import { readMarkdown } from "./markdown.ts";
import { looksLikeMisp } from "./misp/document.ts";
import { readMisp } from "./misp/read.ts";
import { isPlainHeader, readPlainCsv } from "./plain-csv.ts";
import { isExport, readExport } from "./read-export.ts";
import type { Contents, Context } from "./reading.ts";
import { isStix, readStix } from "./stix/read-stix.ts";
import { readTable, type Table } from "./table.ts";
import { readTypedRows } from "./typed-rows.ts";

/** Room for a heading with line breaks in its cells. */
const headLength = 4_000;

export type TableFormat = "kill-chain" | "typed-rows" | "account-export" | "export" | "plain-csv";
export type Format = TableFormat | "markdown" | "misp" | "stix" | "json" | "lines";

/** The format of a table with that heading; undefined where nothing in it is known. */
export function tableFormat(header: readonly string[]): TableFormat | undefined {
  const has = (...names: string[]) => names.every((each) => header.some((column) => column.startsWith(each)));
  if (has("tactic", "technique", "procedure")) return "kill-chain";
  if (has("indicator_type", "indicator_value")) return "typed-rows";
  if (has("userid", "user_screen_name")) return "account-export";
  if (isExport(header)) return "export";
  return isPlainHeader(header) ? "plain-csv" : undefined;
}

export function detectFormat(name: string, text: string): Format {
  const start = text.replace(/^\uFEFF/, "").trimStart();
  if (looksLikeMisp(start)) return "misp";
  if (/^[{[]\s*["{[\]}]/.test(start)) return isBundle(start) ? "stix" : "json";
  if (/\.(md|markdown)$/i.test(name) || (/^# /.test(start) && /^\|.+\|\s*$/m.test(start))) return "markdown";
  return tableFormat(readTable(start.slice(0, headLength)).header) ?? "lines";
}

/** Objects and a type may stand in any order; a text that cannot be parsed is for its reader to judge. */
function isBundle(text: string): boolean {
  if (!/"objects"\s*:|"bundle"/.test(text)) return false;
  try {
    return isStix(JSON.parse(text));
  } catch {
    return /"type"\s*:\s*"bundle"/.test(text);
  }
}

export const tableReaders: Record<TableFormat, (table: Table, context: Context) => Contents> = {
  "kill-chain": readKillChain,
  "typed-rows": readTypedRows,
  "account-export": readAccountExport,
  export: readExport,
  "plain-csv": readPlainCsv,
};

const fromCsv =
  (format: TableFormat) =>
  (text: string, context: Context): Contents =>
    tableReaders[format](readTable(text), context);

/** Where a cell may begin with a sign, programs that write CSV with care put an apostrophe before it. */
const fromGuardedCsv =
  (format: TableFormat) =>
  (text: string, context: Context): Contents => {
    const table = readTable(text);
    const rows = table.rows.map(({ line, cells }) => ({ line, cells: cells.map(unguarded) }));
    return tableReaders[format]({ ...table, rows }, context);
  };

const readers: Record<Format, (text: string, context: Context) => Contents> = {
  "kill-chain": fromCsv("kill-chain"),
  "typed-rows": fromCsv("typed-rows"),
  "account-export": fromCsv("account-export"),
  export: fromGuardedCsv("export"),
  "plain-csv": fromGuardedCsv("plain-csv"),
  markdown: readMarkdown,
  misp: readMisp,
  json: readJson,
  stix: readStix,
  lines: readLines,
};

export function readText(name: string, text: string, context: Context): Contents {
  const format = detectFormat(name, text);
  const read = readers[format](text, context);
  if (format !== "lines" || read.readings.some(({ indicators }) => indicators.length > 0)) return read;
  // Columns, and nothing in them was read: their headings are what is at fault.
  const { titles } = readTable(text.slice(0, headLength));
  return titles.length > 1 ? { ...read, note: noKnownHeading(titles) } : read;
}
