/**
 * CSV into rows, each with the line at which it begins. Tolerates a byte order mark, ragged rows, stray quotes, and
 * semicolons or tabs where the header has them. Rows without any content are not rows. A line in which a quote opens that
 * never closes is a fault, and takes no other line with it. Never throws.
 */
import { parse } from "csv-parse/browser/esm/sync";

export interface Row {
  line: number;
  cells: string[];
}

export interface Table {
  /** Column names in lower case, spaces and hyphens as underscores. */
  header: string[];
  /** The same as they are written. */
  titles: string[];
  rows: Row[];
  /** Lines that cannot be read. */
  faults: { line: number; reason: string }[];
}

interface Parsed {
  record: string[];
  raw: string;
  info: { lines: number };
}

const delimiters = [",", ";", "\t"];
/** As many broken lines are told one by one; each means reading what follows anew. */
const mostBroken = 20;

export function readTable(source: string): Table {
  const text = plainText(source);
  const { rows, faults } = readRows(text, delimiterOf(text));
  return tableOf(rows, faults);
}

/** One kind of line end, since the parser counts a CRLF inside quotes as two lines; and no byte order mark. */
export const plainText = (text: string): string => text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");

/** What divides the cells of a table that begins like this. */
export function delimiterOf(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  return delimiters.reduce((best, one) => (count(first, one) > count(first, best) ? one : best));
}

/** Rows of a plain text that begins with a row, behind so many lines of its file. */
export function readRows(text: string, delimiter: string, lines = 0): Pick<Table, "rows" | "faults"> {
  const rows: Row[] = [];
  const faults: Table["faults"] = [];
  // Without a quote a line is a row: no parser is needed to see that.
  if (!text.includes('"')) {
    const all = text.split("\n");
    if (all.at(-1) === "") all.pop();
    for (const [at, line] of all.entries()) rows.push({ line: lines + at + 1, cells: line.split(delimiter) });
    return { rows, faults };
  }
  let [rest, before] = [text, lines];
  for (let broken = 0; rest !== ""; broken++) {
    const { sound, whole } = recordsOf(rest, delimiter, broken > mostBroken);
    for (const { record, raw, info } of sound) rows.push({ line: before + info.lines - breaks(raw), cells: record });
    if (whole) break;
    const read = sound.reduce((total, { raw }) => total + raw.length, 0);
    const open = read + (/^\n*/.exec(rest.slice(read))?.[0].length ?? 0);
    const line = before + count(rest.slice(0, open), "\n") + 1;
    faults.push({ line, reason: "A quote opens in this line and never closes." });
    const end = rest.indexOf("\n", open);
    rest = end < 0 ? "" : rest.slice(end + 1);
    before = line;
  }
  return { rows, faults };
}

/** Rows under their heading, which is the first that says anything. */
export function tableOf(rows: readonly Row[], faults: Table["faults"]): Table {
  const filled = rows.filter((row) => row.cells.some((cell) => cell.trim() !== ""));
  const titles = (filled[0]?.cells ?? []).map((name) => name.trim());
  const header = titles.map((name) => name.toLowerCase().replace(/[\s-]+/g, "_"));
  return { header, titles, rows: filled.slice(1), faults };
}

/** The records up to the first that is broken; `bare` takes quotes as they come, and nothing is broken. */
function recordsOf(text: string, delimiter: string, bare: boolean): { sound: Parsed[]; whole: boolean } {
  const sound: Parsed[] = [];
  const options = {
    delimiter,
    info: true,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    on_record: (one: unknown) => void sound.push(one as Parsed),
    ...(bare ? { quote: null } : {}),
  };
  let whole = true;
  try {
    parse(text, options);
  } catch {
    whole = false;
  }
  // A quote that closed within a later line's cell was left standing, with the lines between.
  const broken = bare ? -1 : sound.findIndex(({ record, raw }) => record.some((cell) => isLeft(cell, raw)));
  return broken < 0 ? { sound, whole } : { sound: sound.slice(0, broken), whole: false };
}

const isLeft = (cell: string, raw: string): boolean =>
  cell.startsWith('"') && cell.includes("\n") && !raw.includes(`"${cell.replaceAll('"', '""')}"`);

const count = (text: string, one: string): number => text.split(one).length - 1;
/** Line breaks inside a record; the one that ends it does not count. */
const breaks = (raw: string): number => raw.replace(/^\n+|(?<!\n)\n+$/g, "").split("\n").length - 1;
