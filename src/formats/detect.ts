/** Which format a file is in, by what it holds; the name decides nothing but Markdown. */
import { readAccountExport } from "./account-export.ts";
import { noKnownHeading } from "./headings.ts";
import { readJson } from "./json.ts";
import { readKillChain } from "./kill-chain.ts";
import { readLines } from "./lines.ts";
import { readMarkdown } from "./markdown.ts";
import { isPlainHeader, readPlainCsv } from "./plain-csv.ts";
import type { Contents, Context } from "./reading.ts";
import { isStix, readStix } from "./stix/read-stix.ts";
import { readTable } from "./table.ts";
import { readTypedRows } from "./typed-rows.ts";

/** Room for a heading with line breaks in its cells. */
const headLength = 4_000;

export type Format =
  | "kill-chain"
  | "typed-rows"
  | "markdown"
  | "account-export"
  | "plain-csv"
  | "json"
  | "stix"
  | "lines";

export function detectFormat(name: string, text: string): Format {
  const start = text.replace(/^\uFEFF/, "").trimStart();
  if (/^[{[]\s*["{[\]}]/.test(start)) return isBundle(start) ? "stix" : "json";
  if (/\.(md|markdown)$/i.test(name) || (/^# /.test(start) && /^\|.+\|\s*$/m.test(start))) return "markdown";
  const { header } = readTable(start.slice(0, headLength));
  const has = (...names: string[]) => names.every((each) => header.some((column) => column.startsWith(each)));
  if (has("tactic", "technique", "procedure")) return "kill-chain";
  if (has("indicator_type", "indicator_value")) return "typed-rows";
  if (has("userid", "user_screen_name")) return "account-export";
  return isPlainHeader(header) ? "plain-csv" : "lines";
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

const readers: Record<Format, (text: string, context: Context) => Contents> = {
  "kill-chain": readKillChain,
  "typed-rows": readTypedRows,
  markdown: readMarkdown,
  "account-export": readAccountExport,
  "plain-csv": readPlainCsv,
  json: readJson,
  stix: readStix,
  lines: readLines,
};

export function readFile(name: string, text: string, context: Context): Contents {
  const format = detectFormat(name, text);
  const read = readers[format](text, context);
  if (format !== "lines" || read.readings.some(({ indicators }) => indicators.length > 0)) return read;
  // Columns, and nothing in them was read: their headings are what is at fault.
  const { titles } = readTable(text.slice(0, headLength));
  return titles.length > 1 ? { ...read, note: noKnownHeading(titles) } : read;
}
