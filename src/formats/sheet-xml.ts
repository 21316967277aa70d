/**
 * The parts of a workbook as XML (ECMA-376, part 1): as little as Excel, LibreOffice and Numbers ask for. Text stands in its cell
 * (`inlineStr`), never as a number or a formula, so that an id of 19 digits is what it was; what XML 1.0 cannot hold is dropped.
 */

/** A cell of Excel holds no more characters; what is longer ends with the mark. */
const cellLength = 32_767;
const cutMark = "… [cut]";
/** As many digits a spreadsheet keeps of a number. */
const number = /^(?:0|[1-9]\d{0,14})$/;

/** Text is what a cell is that says nothing else: edited, it stays one. */
export const styles = { text: 0, heading: 1, number: 2, title: 3, wrapped: 4 } as const;

/** What is no character of XML 1.0 (2.2): control characters but three, lone surrogates, U+FFFE and U+FFFF. */
const forbidden = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const plain = /^[\x20-\x25\x27-\x3B\x3D\x3F-\x5E`-\x7E]*$/;

/** What a cell of a workbook can hold of a text. */
export function cellText(text: string): string {
  const whole = plain.test(text) ? text : text.replace(forbidden, "");
  if (whole.length <= cellLength) return whole;
  return `${whole.slice(0, cellLength - cutMark.length).replace(/[\uD800-\uDBFF]$/, "")}${cutMark}`;
}

/** A text as XML; Excel reads `_x0041_` as "A" (22.9.2.19), so an underscore that begins such a form is written as one. */
export function escapeXml(text: string): string {
  if (plain.test(text)) return text;
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;");
}

/** "A", "B" … "AA": the name of a column, from 0. */
export function columnName(at: number): string {
  const rest = String.fromCharCode(65 + (at % 26));
  return at < 26 ? rest : columnName(Math.floor(at / 26) - 1) + rest;
}

/**
 * Writes rows, empty cells left out. Where `numeric` says so, a number that loses no digit is one. A cell that repeats the one
 * above it, as all that speaks of a tip does, is not written anew: it is most of a large export's work.
 */
export function rowWriter(style: number = styles.text, numeric: readonly boolean[] = []) {
  const above: string[] = [];
  const ends: string[] = [];
  const begins: string[] = [];
  return (row: number, cells: readonly string[]): string => {
    let xml = `<row r="${row}">`;
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at]!;
      if (cell === "") continue;
      if (cell !== above[at]) {
        above[at] = cell;
        ends[at] =
          numeric[at] && number.test(cell) ? `" s="${styles.number}"><v>${cell}</v></c>` : textCell(cell, style);
      }
      begins[at] ??= `<c r="${columnName(at)}`;
      xml += begins[at]! + row + ends[at]!;
    }
    return `${xml}</row>`;
  };
}

function textCell(cell: string, style: number): string {
  const space = edges.test(cell) ? ' xml:space="preserve"' : "";
  return `"${style === styles.text ? "" : ` s="${style}"`} t="inlineStr"><is><t${space}>${escapeXml(cellText(cell))}</t></is></c>`;
}

const edges = /^\s|\s$|\s\s|[\n\r\t]/;

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packaged = "http://schemas.openxmlformats.org/package/2006";

/** A sheet's beginning: the first row stays in sight where `frozen`. */
export function sheetHead(widths: readonly number[], frozen: boolean): string {
  const pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  const view = `<sheetView ${frozen ? `tabSelected="1" workbookViewId="0">${pane}</sheetView>` : 'workbookViewId="0"/>'}`;
  const columns = widths.map((width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`);
  return `${head}<worksheet xmlns="${main}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>${view}</sheetViews><cols>${columns.join("")}</cols><sheetData>`;
}

/** A sheet's end. `filter` ("A1:C9") can be filtered by column, and its ids are no mistake; `footer` stands on each printed page. */
export function sheetEnd(footer: string, filter?: string): string {
  const filtered = filter ? `<autoFilter ref="${filter}"/>` : "";
  const ignored = filter
    ? `<ignoredErrors><ignoredError sqref="${filter}" numberStoredAsText="1"/></ignoredErrors>`
    : "";
  return `</sheetData>${filtered}<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/><headerFooter><oddFooter>&amp;L${escapeXml(footer.replaceAll("&", "&&"))}&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter>${ignored}</worksheet>`;
}

const overrides = [
  ["/xl/workbook.xml", "sheet.main"],
  ["/xl/worksheets/sheet1.xml", "worksheet"],
  ["/xl/worksheets/sheet2.xml", "worksheet"],
  ["/xl/styles.xml", "styles"],
].map(
  ([part, type]) =>
    `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`,
);

export const contentTypes = `${head}<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides.join("")}</Types>`;

const relations = (...list: [type: string, target: string][]): string =>
  `${head}<Relationships xmlns="${packaged}/relationships">${list
    .map(([type, target], at) => `<Relationship Id="r${at + 1}" Type="${office}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

export const packageRelations = relations(["officeDocument", "xl/workbook.xml"]);
export const workbookRelations = relations(
  ["worksheet", "worksheets/sheet1.xml"],
  ["worksheet", "worksheets/sheet2.xml"],
  ["styles", "styles.xml"],
);

/** Two sheets; the first one's heading is repeated on each printed page. */
export const workbookXml = (first: string, second: string, filter: string): string => {
  const range = `'${first}'!${filter.replace(/([A-Z]+)(\d+)/g, "$$$1$$$2")}`;
  return `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${first}" sheetId="1" r:id="r1"/><sheet name="${second}" sheetId="2" r:id="r2"/></sheets><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">${range}</definedName><definedName name="_xlnm.Print_Titles" localSheetId="0">'${first}'!$1:$1</definedName></definedNames></workbook>`;
};

const font = (more: string) => `<font>${more}<name val="Calibri"/><family val="2"/></font>`;
/** By `styles`; 49 is "@", text. */
export const stylesXml = `${head}<styleSheet xmlns="${main}"><fonts count="3">${font('<sz val="11"/>')}${font('<b/><sz val="11"/>')}${font('<b/><sz val="16"/>')}</fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE3E8EE"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/><xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
