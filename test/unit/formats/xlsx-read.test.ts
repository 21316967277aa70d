/** Workbooks as other programs write them, and as nobody should. */
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { sitesWith } from "../../../src/core/indicators/platforms.ts";
import { importReport } from "../../../src/formats/report.ts";

const sites = sitesWith(new Map([["facepage.example", "facepage"]]));
const bytes = (text: string) => new TextEncoder().encode(text);

interface Given {
  sheets: Record<string, string>;
  hidden?: string[];
  shared?: string;
  workbook?: string;
  parts?: Record<string, string>;
}

/** Sheets by name, each as its rows' XML. */
function workbook({ sheets, hidden = [], shared = "", workbook = "", parts = {} }: Given): Uint8Array {
  const names = Object.keys(sheets);
  return zipSync(
    Object.fromEntries(
      Object.entries({
        "xl/workbook.xml": `<workbook xmlns:r="r">${workbook}<sheets>${names.map((name, at) => `<sheet name="${name}"${hidden.includes(name) ? ' state="veryHidden"' : ""} r:id="r${at}"/>`).join("")}</sheets></workbook>`,
        "xl/_rels/workbook.xml.rels": `<Relationships>${names.map((_, at) => `<Relationship Id="r${at}" Type="http://x/worksheet" Target="/xl/worksheets/s${at}.xml"/>`).join("")}</Relationships>`,
        "xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd\\.mm\\.yyyy"/><numFmt numFmtId="171" formatCode="0.00 &quot;days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="22"/><xf numFmtId="171"/></cellXfs></styleSheet>`,
        "xl/sharedStrings.xml": `<sst>${shared}</sst>`,
        ...Object.fromEntries(
          names.map((name, at) => [
            `xl/worksheets/s${at}.xml`,
            `<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
          ]),
        ),
        ...parts,
      }).map(([name, text]) => [name, bytes(text)]),
    ),
  );
}
const text = (place: string, value: string) => `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
const read = (file: Uint8Array) => {
  const report = importReport([{ name: "a.xlsx", bytes: file }], { sites, platform: "facepage" });
  return { ...report.files[0]!, indicators: report.indicators };
};
const accounts = (rows: string) => read(workbook({ sheets: { Accounts: head + rows } }));
const head = `<row r="1">${text("A1", "Username")}${text("B1", "User ID")}${text("C1", "Created")}${text("D1", "Strange")}</row>`;

test("shared texts, rich text and texts in place are read; what tells how to say them is not", () => {
  const shared =
    "<si><t>Username</t></si><si><t>User ID</t></si><si><r><t>ada</t></r><r><t xml:space='preserve'>.quay</t></r><rPh sb='0'><t>eida</t></rPh></si><si><t>1790000005915952762</t></si>";
  const rows = [0, 1].map((row) => [0, 1].map((at) => `<c t="s"><v>${row * 2 + at}</v></c>`).join(""));
  const found = read(workbook({ sheets: { A: rows.map((row) => `<row>${row}</row>`).join("") }, shared }));
  expect(found).toMatchObject({ rows: 1, unread: [], sheet: "A" });
  expect(found.indicators).toEqual([
    { type: "account", platform: "facepage", handle: "ada.quay", id: "1790000005915952762" },
  ]);
});

test("a text of 19 digits survives; a number past 15 is unread, with its cell and the reason", () => {
  const number = (value: string) => accounts(`<row r="2">${text("A2", "ada")}<c r="B2"><v>${value}</v></c></row>`);
  expect(accounts(`<row r="2">${text("B2", "1790000005915952762")}</row>`).indicators[0]?.id).toBe(
    "1790000005915952762",
  );
  expect(number("100080000415129").indicators[0]?.id).toBe("100080000415129");
  for (const lost of ["1790000005915952762", "1.79000000591595E+18", "1.7900000059159528e18"])
    expect(number(lost)).toMatchObject({
      with_indicators: 0,
      unread: [{ line: 2, reason: expect.stringMatching(/^B2: A spreadsheet has shortened this number/) }],
    });
});

test("days come by their style, by 1900 or 1904, and a number that only looks like a day stays one", () => {
  const created = (cell: string, workbookXml = "") =>
    read(
      workbook({
        sheets: { A: `${head}<row r="2">${text("A2", "ada")}<c r="C2" ${cell}</row>` },
        workbook: workbookXml,
      }),
    ).indicators[0];
  expect(created('s="1"><v>46172</v></c>')?.created_at).toBe("2026-05-30");
  expect(created('s="2"><v>46172</v></c>')?.created_at).toBe("2026-05-30");
  expect(created('s="1"><v>44710</v></c>', '<workbookPr date1904="1"/>')?.created_at).toBe("2026-05-30");
  expect(created('s="3"><v>46172.5</v></c>')?.created_at).toBe("2026-05-30T12:00:00Z");
  expect(created('t="d"><v>2026-05-30T00:00:00</v></c>')?.created_at).toBe("2026-05-30");
  expect(created('s="4"><v>46172</v></c>')).toMatchObject({ note: "Created: 46172" });
});

test("a formula's last result is nobody's word, an error is none: the row is unread, unless the column is unknown", () => {
  const formula = '<f>HYPERLINK("https://evil.example","x")</f><v>ada</v></c>';
  expect(accounts(`<row r="2"><c r="A2" t="str">${formula}${text("B2", "17")}</row>`)).toMatchObject({
    unread: [{ line: 2, reason: expect.stringContaining("A2 is a formula") }],
  });
  expect(accounts(`<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>`).unread[0]?.reason).toContain(
    "A2 holds an error (#REF!)",
  );
  expect(accounts(`<row r="2">${text("A2", "ada")}<c r="D2" t="str">${formula}</row>`)).toMatchObject({
    unread: [],
    ignored_columns: ["Strange"],
  });
});

test("the first sheet in sight with a known heading is read, below a title, and the others are named", () => {
  const title = `<row r="1">${text("A1", "Takedown of June")}</row><row r="3">${text("A3", "handle")}${text("C3", "note")}</row>`;
  const file = workbook({
    sheets: {
      Secret: head,
      Summary: `<row r="1">${text("A1", "Region")}${text("B1", "Count")}</row>`,
      Accounts: `${title}<row r="9">${text("A9", "ada &amp; co")}</row><row r="12">${text("A12", "bea")}${text("C12", "a&#10;b &#128512;")}</row>`,
      More: head,
    },
    hidden: ["Secret"],
  });
  expect(read(file)).toMatchObject({
    rows: 2,
    sheet: "Accounts",
    other_sheets: ["Secret (hidden)", "Summary", "More"],
    unread: [{ line: 9 }],
    indicators: [{ handle: "bea", note: "a\nb 😀" }],
  });
});

test("sheets of columns none of which names anything say so, and which would", () => {
  const file = workbook({ sheets: { A: `<row r="1">${text("A1", "Region")}${text("B1", "Count")}</row>` } });
  expect(read(file)).toMatchObject({
    rows: 0,
    note: expect.stringMatching(/^None of these columns .*Region, Count.*handle/),
  });
});

test("prefixes of other programs' names are passed over, and codes for characters are undone", () => {
  const xml = `<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><!-- > --><x:t><![CDATA[handle]]></x:t></x:is></x:c></x:row><x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>a_x005F_x0041_b_x0043_</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`;
  const file = workbook({ sheets: { A: "" }, parts: { "xl/worksheets/s0.xml": xml } });
  expect(read(file).indicators[0]?.handle).toBe("a_x0041_bc");
});

describe("refused whole, with the reason", () => {
  const sheet = (xml: string) => workbook({ sheets: { A: "" }, parts: { "xl/worksheets/s0.xml": xml } });
  const bomb = () => {
    // The sizes in the list of files are set to what they would be: 2 GB.
    const file = workbook({ sheets: { A: head } });
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    for (let at = 0; at < file.length - 4; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 2 ** 31, true);
    return file;
  };
  const entity = '<!DOCTYPE a [<!ENTITY b "cc">]><worksheet><sheetData>&b;</sheetData></worksheet>';
  test.each<[string, () => Uint8Array, string]>([
    ["an entity that is declared", () => sheet(entity), "declares a document type"],
    ["an entity that is not known", () => sheet("<worksheet>&b;</worksheet>"), "the entity &b; is not known"],
    ["XML that breaks off", () => sheet("<worksheet><sheetData>"), "breaks off"],
    ["tags that cross", () => sheet("<worksheet><a></worksheet></a>"), "closes nothing"],
    ["a tag in an attribute", () => sheet('<worksheet a="<b>"/>'), "not well-formed"],
    ["XML without end in depth", () => sheet("<a>".repeat(1_000)), "too deep"],
    [
      "a text that is not UTF-8",
      () => zipSync({ "xl/workbook.xml": new Uint8Array([0xff]), "xl/_rels/workbook.xml.rels": bytes("<a/>") }),
      "not UTF-8",
    ],
    ["an archive that says it unpacks to gigabytes", bomb, "unpacks to more than is read"],
    ["a row past all sheets", () => workbook({ sheets: { A: '<row r="99999999"/>' } }), "no number that is one"],
    [
      "more columns than anybody has",
      () => workbook({ sheets: { A: `<row r="1">${text("XFD1", "handle")}</row>` } }),
      "1000 columns",
    ],
    ["half an archive", () => workbook({ sheets: { A: head } }).slice(0, 300), "damaged"],
    ["another archive", () => zipSync({ "a.txt": bytes("x") }), "lacks xl/_rels"],
    ["OpenDocument", () => zipSync({ "content.xml": bytes("<a/>") }), "save it as .xlsx"],
    [
      "a workbook of the old kind",
      () => new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1, 2]),
      "old kind, or one with a password",
    ],
    [
      "a workbook without a sheet in sight",
      () => workbook({ sheets: { A: head }, hidden: ["A"] }),
      "no sheet in sight",
    ],
  ])("%s", (_title, file, reason) => {
    const found = read(file());
    expect(found.note).toContain(reason);
    expect(found).toMatchObject({ rows: 0, indicators: [] });
  });
});

test("bytes of a text file are read as text", () => {
  expect(read(bytes("\uFEFFhandle\nada.quay\n")).indicators).toMatchObject([{ handle: "ada.quay" }]);
});
