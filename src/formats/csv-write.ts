/**
 * Rows as CSV (RFC 4180: CRLF, quotes doubled) in UTF-8, with a byte order mark at the very start alone, without which Excel
 * takes it for another encoding. No cell is a formula wherever the file is opened: a spreadsheet runs a cell that begins with
 * one of = + - @, so such a cell is given an apostrophe. `unguarded` takes exactly that one away again, and what holds no such
 * sign is as it was.
 */
import { encoded } from "./chunks.ts";
import { columns } from "./columns.ts";

/**
 * What a spreadsheet may take for the beginning of a formula, its full-width forms too, after what it may pass over. Apostrophes
 * are passed over as well: one more or less changes nothing, which is why `unguarded` finds the same places again.
 */
const over = "['\"\\s\\x00-\\x1F\\xAD\\u200B-\\u200F\\u2060\\uFEFF]*";
const formula = `${over}[=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20]`;
/** A cell that begins with a tab or a line break is none that a person wrote. */
const start = `(?=${formula}|${over}[\\t\\r\\n])`;
/** Set to another separator, a spreadsheet begins a cell behind each semicolon or tab of ours, and a row in a new line. */
const inside = `(?<=[;\\t\\n]|\\r(?!\\n))`;
const opened = new RegExp(`^${start}|${inside}(?=${formula})`, "g");
const marked = new RegExp(`^'${start}|${inside}'(?=${formula})`, "g");
const suspect = /[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

export const guarded = (cell: string): string => (suspect.test(cell) ? cell.replace(opened, "'") : cell);

/** The cell as it was before `guarded`. */
export const unguarded = (cell: string): string => (cell.includes("'") ? cell.replace(marked, "") : cell);

const quoted = (cell: string): string => (/[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => quoted(guarded(cell))).join(",")}\r\n`;

/** The beginning of a file: the byte order mark and the columns' names. A download that is resumed has it already. */
export const csvHead = (): string => `\uFEFF${csvLine(columns.map(({ name }) => name))}`;

/** `rows` as a file; `resumed` as what is appended to one. */
export const csvOf = (rows: AsyncIterable<readonly string[]>, resumed = false) => encoded(csvTexts(rows, resumed));

async function* csvTexts(rows: AsyncIterable<readonly string[]>, resumed: boolean): AsyncGenerator<string> {
  if (!resumed) yield csvHead();
  for await (const row of rows) yield csvLine(row);
}

/** One object a line (NDJSON). */
export const ndjsonOf = (objects: AsyncIterable<object>) => encoded(ndjsonTexts(objects));

async function* ndjsonTexts(objects: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const one of objects) yield `${JSON.stringify(one)}\n`;
}
