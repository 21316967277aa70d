/** Workbooks as another library reads them. */
import { unzipSync } from "fflate";
import { readSheet } from "read-excel-file/node";
import { expect, test, vi } from "vitest";
import { streamOf } from "../../../src/formats/chunks.ts";
import { columns, rowOf } from "../../../src/formats/columns.ts";
import { cellText, columnName, escapeXml } from "../../../src/formats/sheet-xml.ts";
import { readMe, xlsxOf } from "../../../src/formats/xlsx-write.ts";
import { crc32 } from "../../../src/formats/zip-write.ts";
import { bytesOf, stream, tip } from "./export-given.ts";

const about = {
  exchange: "https://tipoff.example",
  partner: "cyber-unit",
  at: "2026-11-24T10:00:00Z",
  purpose: "case 12/26",
};
const account = {
  type: "account",
  platform: "x",
  id: "1790000005915952762",
  handle: "ada",
  confidence: 90,
  display_name: "=1+1 <&> Ü 😀",
};
const row = rowOf(tip, 0, account);
const read = async (rows: Iterable<readonly string[]>, sheet: string | number = 1, most?: number) =>
  readSheet(Buffer.from(await bytesOf(xlsxOf(stream(rows), about, most))), sheet);

test("ids of 19 digits are text, what is counted is a number, and no text is a formula", async () => {
  const [heading, first] = await read([row]);
  expect(heading).toEqual(columns.map(({ name }) => name));
  const cell = (name: string) => first![columns.findIndex((column) => column.name === name)];
  expect([cell("id"), cell("confidence"), cell("seq"), cell("display_name"), cell("respond_by")]).toEqual([
    "1790000005915952762",
    90,
    4711,
    "=1+1 <&> Ü 😀",
    null,
  ]);
});

test("a number that a spreadsheet would shorten is text", async () => {
  const [, first] = await read([rowOf({ ...tip, seq: 9_007_199_254_740_991 }, 0, account)]);
  expect(first![0]).toBe("9007199254740991");
});

test("the second sheet says what the file is, what binds its reader, and what each column means", async () => {
  const red = rowOf({ ...tip, tlp: "red", handling: ["no-law-enforcement"], from: "facepage" }, 0, account);
  const lines = await read([row, red, row], readMe);
  const text = lines.map((line) => line.filter(Boolean).join(": ")).join("\n");
  for (const words of [
    "3 indicators of tips by chirper, facepage.",
    "By cyber-unit from https://tipoff.example, 2026-11-24T10:00:00Z.",
    "case 12/26",
    "Intelligence lead, not evidence.",
    "TLP:RED: For the eyes and ears",
    "no-publication: Not to be published.",
    "no-law-enforcement: Not to be passed on to law enforcement.",
    "until 2026-11-23T15:00:00Z",
    "Taken back: A tip can be corrected or taken back",
    ...columns.map(({ name, meaning }) => `${name}: ${meaning}`),
  ])
    expect(text).toContain(words);
  expect(text).not.toContain("NOT WHOLE");
});

test("more rows than a sheet holds: it ends, and says so on both sheets", async () => {
  const rows = await read([row, row, row], 1, 2);
  expect(rows).toHaveLength(4);
  expect(rows[3]![0]).toContain("NOT WHOLE");
  expect(JSON.stringify(await read([row, row, row], readMe, 2))).toContain("NOT WHOLE");
  expect(JSON.stringify(await read([row, row], readMe, 2))).not.toContain("NOT WHOLE");
});

test("an export of nothing is a workbook with a heading", async () => {
  expect(await read([])).toHaveLength(1);
  expect(JSON.stringify(await read([], readMe))).toContain("0 indicators");
});

test("the heading stays in sight, is bold, can be filtered and is printed on each page", async () => {
  const parts = unzipSync(await bytesOf(xlsxOf(stream([row]), about)));
  const text = (name: string) => new TextDecoder().decode(parts[name]);
  expect(text("xl/worksheets/sheet1.xml")).toContain('<pane ySplit="1" topLeftCell="A2"');
  expect(text("xl/worksheets/sheet1.xml")).toContain(`<autoFilter ref="A1:${columnName(columns.length - 1)}2"/>`);
  expect(text("xl/worksheets/sheet1.xml")).toContain("TLP:AMBER. Intelligence lead, not evidence.");
  expect(text("xl/worksheets/sheet1.xml")).toContain('<row r="1"><c r="A1" s="1"');
  expect(text("xl/workbook.xml")).toContain("'Indicators'!$1:$1");
});

test("what XML forbids is dropped, what Excel would take for a code is kept, and long cells are cut with a mark", () => {
  expect(cellText("a\u0000\u0007\uFFFFb\uD800c\td\u0085")).toBe("abc\td\u0085");
  expect(escapeXml('<a b="&">\r_x0041_')).toBe("&lt;a b=&quot;&amp;&quot;&gt;&#13;_x005F_x0041_");
  const long = cellText(`${"a".repeat(32_760)}😀${"b".repeat(100)}`);
  expect(long.length).toBeLessThanOrEqual(32_767);
  expect(long).toMatch(/a… \[cut\]$/);
  expect(["A", "Z", "AA", "BL"]).toEqual([0, 25, 26, 63].map(columnName));
});

test("CRC-32 is that of the zip format, over any pieces", () => {
  const bytes = new TextEncoder().encode("123456789");
  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32(bytes.slice(4), crc32(bytes.slice(0, 4)))).toBe(0xcbf43926);
});

test("a fault of the source ends the file with that fault", async () => {
  async function* broken() {
    yield row;
    throw new Error("the database went away");
  }
  await expect(bytesOf(xlsxOf(broken(), about))).rejects.toThrow("the database went away");
});

test("who stops reading stops the source", async () => {
  let [asked, ended] = [0, false];
  async function* endless() {
    try {
      for (;;) {
        asked++;
        yield rowOf(tip, asked, {
          type: "phrase",
          value: Buffer.from(crypto.getRandomValues(new Uint8Array(900))).toString("base64"),
        });
      }
    } finally {
      ended = true;
    }
  }
  const reader = streamOf(xlsxOf(endless(), about)).getReader();
  while (asked < 100) expect((await reader.read()).done).toBe(false);
  await reader.cancel();
  expect(ended).toBe(true);
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).toBe(before);
});

test("a slow reader holds up the source, though the platform's compression takes whatever it is given", async () => {
  const endless = { highWaterMark: Number.POSITIVE_INFINITY };
  vi.stubGlobal(
    "CompressionStream",
    class extends TransformStream {
      constructor() {
        super({}, endless, endless);
      }
    },
  );
  let asked = 0;
  async function* rows() {
    for (; asked < 20_000; asked++) yield row;
  }
  const reader = streamOf(xlsxOf(rows(), about)).getReader();
  while (asked === 0) await reader.read();
  for (let taken = 0; taken < 5; taken++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await reader.read();
  }
  // A row takes some 2,000 bytes, of which a million may be ahead.
  expect(asked).toBeLessThan(2_000);
  let done = false;
  while (!done) done = (await reader.read()).done;
  expect(asked).toBe(20_000);
  vi.unstubAllGlobals();
});
