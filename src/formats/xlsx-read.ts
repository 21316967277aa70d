/**
 * A workbook's sheets as rows of text, each with its number. For the client alone. Never throws: what cannot be read is told, with
 * the reason; a cell that cannot is told with its row. Values are as they are stored, whatever is shown; hidden rows are read.
 */
import { err, ok, type Result } from "../core/result.ts";
import { type CellText, cellOf, type Formats, isDateFormat, type RawCell, unescaped } from "./sheet-cells.ts";
import { PartFault, Parts } from "./xlsx-parts.ts";
import { readXml, XmlFault } from "./xml-events.ts";

export interface SheetRow {
  line: number;
  cells: string[];
  /** Why a cell is empty here that is not in the sheet, by its place in the row. */
  faults: Map<number, string>;
}

export interface Sheet {
  name: string;
  hidden: boolean;
  rows: () => Result<SheetRow[], string>;
}

/** What people's sheets stay far below. */
const mostCells = 10_000_000;
const mostColumns = 1_000;
/** Excel's own. */
const mostRows = 1_048_576;

export function readWorkbook(bytes: Uint8Array): Result<Sheet[], string> {
  const opened = Parts.open(bytes);
  if (!opened.ok) return opened;
  const parts = opened.value;
  return attempted(() => {
    const { sheets, from1904 } = readIndex(parts);
    let formats: Formats | undefined;
    return sheets.map(({ name, hidden, part }) => ({
      name,
      hidden,
      rows: () =>
        attempted(() => {
          formats ??= { shared: readShared(parts), dates: readDates(parts), from1904 };
          return readRows(parts.text(part), formats);
        }),
    }));
  });
}

function attempted<Value>(read: () => Value): Result<Value, string> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof PartFault) return err(error.message);
    if (error instanceof XmlFault) return err(`This workbook cannot be read: ${error.message}.`);
    throw error;
  }
}

function readIndex(parts: Parts): { sheets: { name: string; hidden: boolean; part: string }[]; from1904: boolean } {
  const targets = new Map<string, string>();
  readXml(parts.text("xl/_rels/workbook.xml.rels"), {
    open(name, attribute) {
      if (name !== "Relationship" || attribute("TargetMode") === "External") return;
      const target = attribute("Target") ?? "";
      if (attribute("Type")?.endsWith("/worksheet"))
        targets.set(attribute("Id") ?? "", target.startsWith("/") ? target.slice(1) : `xl/${target}`);
    },
  });
  const sheets: { name: string; hidden: boolean; part: string }[] = [];
  let from1904 = false;
  readXml(parts.text("xl/workbook.xml"), {
    open(name, attribute) {
      if (name === "workbookPr") from1904 = /^(?:1|true)$/.test(attribute("date1904") ?? "");
      // Charts and macros are sheets of other kinds.
      const part = name === "sheet" ? targets.get(attribute("id") ?? "") : undefined;
      if (part) sheets.push({ name: attribute("name") ?? "", hidden: /hidden/i.test(attribute("state") ?? ""), part });
    },
  });
  return { sheets, from1904 };
}

/** The texts that cells share. What is said of a reading (`rPh`) is not the text. */
function readShared(parts: Parts): string[] {
  const shared: string[] = [];
  if (!parts.has("xl/sharedStrings.xml")) return shared;
  let [text, taken, aside] = ["", false, 0];
  readXml(parts.text("xl/sharedStrings.xml"), {
    open(name) {
      if (name === "si") text = "";
      else if (name === "rPh") aside++;
      else if (name === "t") taken = aside === 0;
    },
    text(piece) {
      if (taken) text += piece;
    },
    close(name) {
      if (name === "si") shared.push(unescaped(text));
      else if (name === "rPh") aside--;
      else if (name === "t") taken = false;
    },
  });
  return shared;
}

function readDates(parts: Parts): boolean[] {
  const dates: boolean[] = [];
  if (!parts.has("xl/styles.xml")) return dates;
  const codes = new Map<number, string>();
  let within = false;
  readXml(parts.text("xl/styles.xml"), {
    open(name, attribute) {
      if (name === "cellXfs") within = true;
      else if (name === "numFmt") codes.set(Number(attribute("numFmtId")), attribute("formatCode") ?? "");
      else if (name === "xf" && within) {
        const id = Number(attribute("numFmtId") ?? 0);
        dates.push(isDateFormat(id, codes.get(id)));
      }
    },
    close(name) {
      if (name === "cellXfs") within = false;
    },
  });
  return dates;
}

function readRows(xml: string, formats: Formats): SheetRow[] {
  const rows: SheetRow[] = [];
  let [row, cells] = [0, 0];
  let column = -1;
  let cell: RawCell | undefined;
  let [taken, aside] = [false, 0];
  readXml(xml, {
    open(name, attribute) {
      if (name === "row") {
        row = Number(attribute("r") ?? row + 1);
        if (!Number.isInteger(row) || row < 1 || row > mostRows)
          throw new PartFault("A row has no number that is one.");
        if (rows.length >= mostRows) throw new PartFault("This sheet has more rows than there can be.");
        rows.push({ line: row, cells: [], faults: new Map() });
        column = -1;
      } else if (name === "c") {
        const place = attribute("r");
        column = place === undefined ? column + 1 : columnOf(place);
        const style = Number(attribute("s") ?? 0);
        cell = { place: place ?? `row ${row}`, type: attribute("t") ?? "n", style, value: "", formula: false };
      } else if (name === "f" && cell) cell.formula = true;
      else if (name === "rPh") aside++;
      else if (name === "v" || name === "t") taken = cell !== undefined && aside === 0;
    },
    text(piece) {
      if (taken && cell) cell.value += piece;
    },
    close(name) {
      if (name === "v" || name === "t") taken = false;
      else if (name === "rPh") aside--;
      else if (name === "c" && cell) {
        const last = rows.at(-1);
        if (!last || column >= mostColumns)
          throw new PartFault(`A sheet has ${mostColumns} columns at most to be read.`);
        cells += Math.max(1, column + 1 - last.cells.length);
        if (cells > mostCells) throw new PartFault("This sheet has more cells than are read: save it as CSV.");
        put(last, column, cellOf(cell, formats));
        cell = undefined;
      }
    },
  });
  return rows;
}

function put({ cells, faults }: SheetRow, at: number, found: CellText): void {
  while (cells.length < at) cells.push("");
  cells[at] = "text" in found ? found.text : "";
  if ("fault" in found) faults.set(at, found.fault);
}

/** 0 of "A7", 27 of "AB7". */
function columnOf(place: string): number {
  const letters = /^([A-Z]{1,3})\d{1,7}$/.exec(place)?.[1];
  if (!letters) throw new PartFault(`A cell's place is not one: ${place.slice(0, 20)}`);
  return [...letters].reduce((at, letter) => at * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
