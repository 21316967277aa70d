/**
 * Rows as a workbook (`.xlsx`), a chunk at a time: nothing of it is held but the chunk in hand. The first sheet has the rows, as
 * text, under a heading that stays in sight and can be filtered; the second, "Read me first", says what the file is. A sheet
 * holds 1,048,576 rows: past `mostRows` it ends in a row that says so, and so does the second sheet. A door refuses before that,
 * and names CSV.
 */
import { encoded } from "./chunks.ts";
import { columns } from "./columns.ts";
import { type About, Bindings, columnLines } from "./read-me.ts";
import {
  columnName,
  contentTypes,
  packageRelations,
  rowWriter,
  sheetEnd,
  sheetHead,
  styles,
  stylesXml,
  workbookRelations,
  workbookXml,
} from "./sheet-xml.ts";
import { notEvidence } from "./words.ts";
import { type ZipFile, zipOf } from "./zip-write.ts";

/** Excel's limit, less the heading and the row that says that there were more. */
export const mostRows = 1_048_574;
/** Bytes of XML at which a sheet ends likewise, below what a zip archive takes of one file (2 ** 32). */
const mostBytes = 4_000_000_000;

const sheet = "Indicators";
export const readMe = "Read me first";
const lastColumn = columnName(columns.length - 1);
const numeric = columns.map(({ form }) => form === "number");
const widths = columns.map(({ width }) => width);

/** `rows` as `rowOf` makes them. `most` is for tests. */
export function xlsxOf(rows: AsyncIterable<readonly string[]>, about: About, most = mostRows) {
  return zipOf(parts(rows, about, most));
}

async function* parts(rows: AsyncIterable<readonly string[]>, about: About, most: number): AsyncGenerator<ZipFile> {
  const written = new Bindings();
  const part = (name: string, xml: string): ZipFile => ({ name, content: encoded(one(xml)) });
  yield part("[Content_Types].xml", contentTypes);
  yield part("_rels/.rels", packageRelations);
  yield part("xl/_rels/workbook.xml.rels", workbookRelations);
  yield part("xl/styles.xml", stylesXml);
  const size = { bytes: 0 };
  const content = weighed(encoded(dataXml(rows, written, size, most)), size);
  yield { name: "xl/worksheets/sheet1.xml", content };
  // Only now it is known what there is to say.
  yield part("xl/worksheets/sheet2.xml", readMeXml(written, about));
  yield part("xl/workbook.xml", workbookXml(sheet, readMe, filterOf(written)));
}

async function* weighed(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>, size: { bytes: number }) {
  for await (const chunk of chunks) {
    size.bytes += chunk.length;
    yield chunk;
  }
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}

const filterOf = ({ rows }: Bindings): string => `A1:${lastColumn}${rows + 1}`;

async function* dataXml(
  rows: AsyncIterable<readonly string[]>,
  written: Bindings,
  size: { bytes: number },
  most: number,
): AsyncGenerator<string> {
  yield sheetHead(widths, true);
  const heading = rowWriter(styles.heading);
  const write = rowWriter(styles.text, numeric);
  yield heading(
    1,
    columns.map(({ name }) => name),
  );
  for await (const row of rows) {
    written.cut = written.rows >= most || size.bytes > mostBytes;
    if (written.cut) break;
    written.see(row);
    yield write(written.rows + 1, row);
  }
  if (written.cut) yield heading(written.rows + 2, ["NOT WHOLE: a sheet holds no more. Export as CSV."]);
  yield sheetEnd(
    `${written.tlp ? `TLP:${written.tlp.toUpperCase()}. ` : ""}Intelligence lead, not evidence.`,
    filterOf(written),
  );
}

function readMeXml(written: Bindings, about: About): string {
  const lines: [style: number, cells: string[]][] = [
    [styles.title, ["Indicators of coordinated operations"]],
    ...written.lines(about).map((cells): [number, string[]] => [styles.wrapped, cells]),
    [styles.heading, ["Column", "What it says"]],
    ...columnLines().map((cells): [number, string[]] => [styles.wrapped, cells]),
  ];
  const rows = lines.map(([style, cells], at) => rowWriter(style)(at + 1, cells));
  return sheetHead([22, 110], false) + rows.join("") + sheetEnd(notEvidence);
}
