import { readFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { withColumns } from "../../../scripts/exporting.ts";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import type { TipDocument } from "../../../src/core/tip.ts";
import { columns, objectOf, rowOf } from "../../../src/formats/columns.ts";
import { csvHead, csvLine, csvOf, guarded, ndjsonOf, unguarded } from "../../../src/formats/csv-write.ts";
import { headingOf } from "../../../src/formats/headings.ts";
import { readTable } from "../../../src/formats/table.ts";
import { stream, textOf, tip } from "./export-given.ts";

const nasty = fc.string({
  unit: fc.constantFrom(
    "'",
    '"',
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＠",
    ";",
    ",",
    "\t",
    "\r",
    "\n",
    " ",
    "\uFEFF",
    "\u00A0",
    "a",
  ),
  maxLength: 8,
});

test("no cell begins a formula, whatever a spreadsheet passes over or divides cells by", () => {
  const begins = /^['"\s\uFEFF\u200B]*[=+\-@＝＋－＠]/;
  fc.assert(
    fc.property(nasty, (cell) => {
      const safe = guarded(cell);
      expect(safe.startsWith("'") || !begins.test(safe)).toBe(true);
      for (const piece of safe.split(/[;\t\n]|\r(?!\n)/))
        expect(piece.startsWith("'") || !begins.test(piece)).toBe(true);
    }),
    { numRuns: 5_000, seed: 2019 },
  );
});

test("what was guarded is found again, also where line ends were changed on the way", () => {
  fc.assert(
    fc.property(nasty, (cell) => {
      expect(unguarded(guarded(cell))).toBe(cell);
      const changed = (text: string) => text.replace(/\r\n?/g, "\n");
      expect(unguarded(changed(guarded(cell)))).toBe(changed(cell));
    }),
    { numRuns: 5_000, seed: 2019 },
  );
});

test.each([
  ["=1+1", "'=1+1"],
  [" \uFEFF＝1", "' \uFEFF＝1"],
  ["@ada", "'@ada"],
  ["-100123", "'-100123"],
  ["\tx", "'\tx"],
  ["'=1", "''=1"],
  ["a;=1", "a;'=1"],
  ["ada-quay", "ada-quay"],
  ["1790000005915952762", "1790000005915952762"],
  ["https://quay.example/?a=-1", "https://quay.example/?a=-1"],
  ["'tis", "'tis"],
])("%j is written %j", (cell, safe) => expect(guarded(cell)).toBe(safe));

test("a file begins with one byte order mark and the columns' names; what is appended to it does not", async () => {
  const row = rowOf(tip, 0, { type: "phrase", value: 'He said "no",\r\nand left' });
  const text = await textOf(csvOf(stream([row])));
  expect(text.startsWith("\uFEFFseq,ordinal,tlp,")).toBe(true);
  expect(text.lastIndexOf("\uFEFF")).toBe(0);
  expect(text.endsWith("\r\n")).toBe(true);
  expect(await textOf(csvOf(stream([row]), true))).toBe(text.slice(csvHead().length));
  const { titles, rows } = readTable(text);
  expect(titles).toEqual(columns.map(({ name }) => name));
  expect(rows[0]?.cells[titles.indexOf("value")]).toBe('He said "no",\nand left');
});

test("RFC 4180: quotes doubled, CRLF, nothing else quoted", () => {
  expect(csvLine(["a", 'b"c', "d,e", "", "f g", "h\ni"])).toBe('a,"b""c","d,e",,f g,"h\ni"\r\n');
});

test("large files come in chunks of whole lines", async () => {
  const row = rowOf(tip, 0, { type: "domain", value: "quay.example", note: "ü".repeat(2_000) });
  const sizes: number[] = [];
  for await (const chunk of csvOf(stream(Array(200).fill(row)))) {
    sizes.push(chunk.length);
    expect(chunk.at(-1)).toBe(10);
  }
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(131_072);
});

test("NDJSON has one object a line, with lists and numbers as such and nothing that is null", async () => {
  const { legal_process_url: _none, embargo: _either, ...less } = tip;
  const indicator = { type: "account", platform: "x", id: "1790000005915952762", confidence: 90 };
  const lines = (await textOf(ndjsonOf(stream([objectOf(less, 3, indicator)])))).split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).not.toContain("null");
  const object = JSON.parse(lines[0]!);
  expect(object).toMatchObject({
    seq: 4711,
    ordinal: 3,
    version: 2,
    handling: ["human-review", "no-publication"],
    indicator,
  });
  expect(object).not.toHaveProperty("legal_process_url");
});

test("docs/exporting.md has the columns as they are: else run node scripts/exporting.ts", () => {
  const text = readFileSync(path.join(import.meta.dirname, "../../../docs/exporting.md"), "utf8");
  expect(text).toBe(withColumns(text));
  expect(text).toContain("| `seq` | tip | The tip's place in the exchange's order. |");
});

test("no two columns have one name, and those of a tip are no heading of an indicator", () => {
  expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  expect(columns.filter(({ name, of }) => of && headingOf(name)).map(({ name }) => name)).toEqual([]);
});

test("each row says whether a person has to look first, for its control or for its tip's handling", () => {
  const said = (handling: TipDocument["handling"], control?: string) =>
    objectOf({ ...tip, handling }, 0, { type: "domain", value: "a.example", ...(control && { control }) } as Indicator)
      .human_review;
  expect([said(undefined, "operated"), said(["no-publication"], "operated")]).toEqual([undefined, undefined]);
  expect([said(["human-review"], "operated"), said([], "impersonated"), said([])]).toEqual(["yes", "yes", "yes"]);
});
