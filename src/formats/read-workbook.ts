/**
 * A workbook as a file of rows: the first sheet in sight that has a heading which is known, within its first lines. The others are
 * named, not read: two sheets of one workbook are often the same rows twice. A cell that cannot be read makes its row unread,
 * where its column is one that counts.
 */
import { tableFormat, tableReaders } from "./detect.ts";
import { headingOf, noKnownHeading } from "./headings.ts";
import { type Contents, type Context, contents } from "./reading.ts";
import { type Table, tableOf } from "./table.ts";
import { readWorkbook, type Sheet, type SheetRow } from "./xlsx-read.ts";

/** Lines above a heading: a title, whose it is, the day. */
const mostAbove = 10;

export function readWorkbookFile(bytes: Uint8Array, context: Context): Contents {
  const workbook = readWorkbook(bytes);
  if (!workbook.ok) return { ...contents([]), note: workbook.error };
  const sheets = workbook.value;
  let note = sheets.some(({ hidden }) => !hidden) ? undefined : "This workbook has no sheet in sight.";
  for (const sheet of sheets) {
    if (sheet.hidden) continue;
    const rows = sheet.rows();
    if (!rows.ok) {
      note ??= rows.error;
      continue;
    }
    const found = findTable(rows.value);
    if ("table" in found) return { ...tableReaders[found.format](found.table, context), ...sheetsOf(sheets, sheet) };
    if (found.titles.length > 0) note ??= noKnownHeading(found.titles);
  }
  return { ...contents([]), note: note ?? "The sheets are empty." };
}

const sheetsOf = (sheets: readonly Sheet[], read: Sheet): Pick<Contents, "sheet" | "other_sheets"> => {
  const others = sheets.filter((one) => one !== read).map(({ name, hidden }) => (hidden ? `${name} (hidden)` : name));
  return { sheet: read.name, ...(others.length > 0 && { other_sheets: others }) };
};

type Found = { table: Table; format: keyof typeof tableReaders } | { titles: readonly string[] };

function findTable(rows: readonly SheetRow[]): Found {
  const filled = rows.filter(({ cells, faults }) => faults.size > 0 || cells.some((cell) => cell.trim() !== ""));
  for (let at = 0; at < Math.min(filled.length, mostAbove); at++) {
    const { header, titles } = tableOf([filled[at]!], []);
    const format = tableFormat(header);
    if (format) return { format, table: withFaults(filled.slice(at), counts(format, titles)) };
  }
  return { titles: tableOf(filled, []).titles };
}

/** A CSV's other columns are left out in any case. */
const counts =
  (format: keyof typeof tableReaders, titles: readonly string[]) =>
  (at: number): boolean =>
    format !== "plain-csv" || headingOf(titles[at] ?? "") !== undefined;

function withFaults(rows: readonly SheetRow[], count: (at: number) => boolean): Table {
  const sound: SheetRow[] = [];
  const faults: Table["faults"] = [];
  for (const row of rows) {
    const reason = [...row.faults].find(([at]) => count(at))?.[1];
    if (reason === undefined) sound.push(row);
    else faults.push({ line: row.line, reason });
  }
  return tableOf(sound, faults);
}
