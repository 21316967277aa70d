/**
 * CSV into rows, each with the line at which it begins. Tolerates a byte order mark, ragged rows, stray quotes, and
 * semicolons or tabs where the header has them. Rows without any content are not rows. Never throws.
 */
import { parse } from "csv-parse/browser/esm/sync";

export interface Row {
  line: number;
  cells: string[];
}

export interface Table {
  /** Column names in lower case, spaces as underscores. */
  header: string[];
  rows: Row[];
  /** Where the text stopped being CSV. */
  fault?: { line: number; reason: string };
}

interface Parsed {
  record: string[];
  raw: string;
  info: { lines: number };
}

const delimiters = [",", ";", "\t"];

export function readTable(source: string): Table {
  // One kind of line end: the parser counts a CRLF inside quotes as two lines.
  const text = source.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const first = text.split("\n", 1)[0] ?? "";
  const delimiter = delimiters.reduce((best, one) => (count(first, one) > count(first, best) ? one : best));
  try {
    return tableOf(parseAll(text, delimiter, false));
  } catch {
    // A quote that opens and never closes: read again taking quotes as they come.
    try {
      return tableOf(parseAll(text, delimiter, true));
    } catch (error) {
      const line = error instanceof Error && "lines" in error ? Number(error.lines) : 1;
      return { header: [], rows: [], fault: { line, reason: "This is not CSV." } };
    }
  }
}

function parseAll(text: string, delimiter: string, bare: boolean): Parsed[] {
  const found: unknown = parse(text, {
    delimiter,
    info: true,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    ...(bare ? { quote: null } : {}),
  });
  return found as Parsed[];
}

function tableOf(parsed: Parsed[]): Table {
  const rows = parsed.map(({ record, raw, info }) => ({
    line: info.lines - breaks(raw),
    cells: record,
  }));
  const filled = rows.filter((row) => row.cells.some((cell) => cell.trim() !== ""));
  const header = (filled[0]?.cells ?? []).map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, "_"),
  );
  return { header, rows: filled.slice(1) };
}

const count = (text: string, one: string): number => text.split(one).length - 1;
/** Line breaks inside a record; the one that ends it does not count. */
const breaks = (raw: string): number => raw.replace(/^\n+|(?<!\n)\n+$/g, "").split("\n").length - 1;
