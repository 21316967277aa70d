/** Regressions named for their faults: files that a stranger makes for who imports them. */
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { importReport } from "../../../src/formats/report.ts";
import { isDateFormat } from "../../../src/formats/sheet-cells.ts";
import { readWorkbook } from "../../../src/formats/xlsx-read.ts";

test("a number's format of a hundred thousand brackets is read at once: it took eight seconds, and again for each style", () => {
  const began = performance.now();
  expect(isDateFormat(200, "[".repeat(100_000))).toBe(false);
  expect(performance.now() - began).toBeLessThan(500);
  expect(isDateFormat(200, "[$-409]yyyy")).toBe(true);
});

test("a sheet has no more rows than a sheet can have: the same number again and again filled the memory", () => {
  const related = '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/a.xml"/></Relationships>';
  const packed = zipSync({
    "xl/workbook.xml": strToU8('<workbook xmlns:r="x"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>'),
    "xl/_rels/workbook.xml.rels": strToU8(related),
    "xl/worksheets/a.xml": strToU8(`<worksheet><sheetData>${'<row r="1"/>'.repeat(1_048_577)}</sheetData></worksheet>`),
  });
  expect(packed.length).toBeLessThan(100_000);
  const opened = readWorkbook(packed);
  expect(opened.ok && opened.value[0]!.rows()).toMatchObject({
    ok: false,
    error: "This sheet has more rows than there can be.",
  });
});

test.each([
  ["nothing", { measures: [null] }],
  ["a number", { observations: [1] }],
  ["another form", { observations: [{ text: 5 }] }],
  ["more than a call takes", { measures: Array(200_000).fill(1) }],
])(
  "a report in a stranger's event that states %s adds nothing to a tip: it went into the draft, or ended the import",
  (_, operation) => {
    const content = `x\n\`\`\`json\n${JSON.stringify({ operation })}\n\`\`\`\n`;
    const event = { info: "x", Attribute: [{ type: "domain", value: "a.example" }], EventReport: [{ content }] };
    const read = importReport([{ name: "event.json", text: JSON.stringify({ Event: event }) }]);
    expect([read.measures, read.observations, read.indicators.length]).toEqual([[], [], 1]);
  },
);
