/** What is exported comes back equal, of every type and member, in every format. */
import { expect, test } from "vitest";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import { commonShape, registry } from "../../../src/core/indicators/registry.ts";
import { memberColumns, objectOf, rowOf } from "../../../src/formats/columns.ts";
import { csvOf, ndjsonOf } from "../../../src/formats/csv-write.ts";
import { importReport } from "../../../src/formats/report.ts";
import { cellText } from "../../../src/formats/sheet-xml.ts";
import { xlsxOf } from "../../../src/formats/xlsx-write.ts";
import { sites } from "../indicators/given.ts";
import { bytesOf, manyIndicators, stream, textOf, tip } from "./export-given.ts";

const indicators = manyIndicators(3_000);
const rows = (of: readonly Indicator[]) => stream(of.map((indicator, at) => rowOf(tip, at, indicator)));
const about = { exchange: "https://tipoff.example", partner: "cyber-unit", at: "2026-11-24T10:00:00Z" };
const back = (file: { text: string } | { bytes: Uint8Array }) => {
  const { files, indicators } = importReport([{ name: "export", ...file }], { sites });
  expect(files[0]).toMatchObject({ unread: [], duplicates: 0 });
  expect(files[0]?.ignored_columns).toBeUndefined();
  return indicators;
};
/** Cells hold no empty lists: an empty one is none. */
const filled = (indicator: Indicator, text = (value: string) => value): Indicator =>
  JSON.parse(JSON.stringify(indicator), (_, value) =>
    Array.isArray(value) && value.length === 0 ? undefined : typeof value === "string" ? text(value) : value,
  );

test("every type and every member has a column, and is among what is tried", () => {
  const names = new Set(memberColumns.map(({ name }) => name));
  const missing = [...Object.keys(commonShape), ...[...registry.values()].flatMap(({ shape }) => Object.keys(shape))];
  expect(missing.filter((name) => !names.has(name))).toEqual([]);
  expect(new Set(indicators.map(({ type }) => type)).size).toBe(registry.size);
  const tried = new Set(indicators.flatMap((indicator) => Object.keys(indicator)));
  expect([...names].filter((name) => name !== "extensions" && !tried.has(name))).toEqual([]);
});

test("as CSV, with line ends as one line feed", async () => {
  const found = back({ text: await textOf(csvOf(rows(indicators))) });
  expect(found).toEqual(indicators.map((indicator) => filled(indicator, (text) => text.replace(/\r\n?/g, "\n"))));
});

test("as a workbook, without the characters that XML forbids", async () => {
  // What is left of an indicator whose own value holds such a character is another one.
  const some = indicators.filter((indicator) => filled(indicator, cellText).value === indicator.value);
  expect(some.length).toBeGreaterThan(indicators.length * 0.9);
  const found = back({ bytes: await bytesOf(xlsxOf(rows(some), about)) });
  expect(found).toEqual(some.map((indicator) => filled(indicator, cellText)));
});

test("as NDJSON, to the letter", async () => {
  const objects = stream(indicators.map((indicator, at) => objectOf(tip, at, indicator)));
  expect(back({ text: await textOf(ndjsonOf(objects)) })).toEqual(indicators);
});

test("one line of NDJSON alone, and lines of bare indicators", () => {
  const domain = { type: "domain", value: "quay.example" };
  expect(back({ text: `${JSON.stringify(objectOf(tip, 0, domain))}\n` })).toEqual([domain]);
  const lines = `${JSON.stringify(domain)}\n{"type":"domain"}\n{"type":"domain","value":"pier.example"}\n`;
  expect(importReport([{ name: "a", text: lines }], { sites })).toMatchObject({
    indicators: [domain, { value: "pier.example" }],
    files: [{ rows: 3, unread: [{ line: 2 }] }],
  });
});

test("with a column taken out it is read as a CSV like others", async () => {
  const text = await textOf(
    csvOf(
      rows([
        { type: "phone", value: "+493012345" },
        { type: "ip", value: "203.0.113.0/24" },
      ]),
    ),
  );
  const without = text.replace(/^\uFEFFseq,ordinal,/, "seq,place,");
  expect(importReport([{ name: "a.csv", text: without }], { sites }).indicators).toEqual([
    { type: "phone", value: "+493012345" },
    { type: "ip", value: "203.0.113.0/24" },
  ]);
});

test("an id that Excel shortened on its way through a CSV is unread", async () => {
  const text = await textOf(csvOf(rows([{ type: "account", platform: "x", id: "1790000005915952762" }])));
  const { files } = importReport([{ name: "a.csv", text: text.replaceAll("1790000005915952762", "1.79E+18") }], {
    sites,
  });
  expect(files[0]?.unread[0]?.reason).toContain("Export it again as text");
});
