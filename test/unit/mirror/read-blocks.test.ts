/** Files in blocks: every row whole and once, wherever a block ends and wherever reading goes on. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { readTable } from "../../../src/formats/table.ts";
import { readBlocks } from "../../../src/mirror/read-blocks.ts";
import { readerOf } from "../../../src/mirror/read-rows.ts";
import { sites } from "../indicators/given.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-blocks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Rows of more than a block: some with quotes, line breaks, semicolons and letters of several bytes. */
const rows = Array.from({ length: 16_000 }, (_, at) =>
  at % 7 === 0
    ? `x,harbour_${at},"a ""note"",\nin two lines, ü€😀 ${at}"`
    : `x,harbour_${at},plain ${at} ${"é".repeat(at % 70)}`,
);
const text = ["platform,handle,note", ...rows].join("\n");

test("the blocks are the file, and each ends with a row", async () => {
  const file = fileOf("quoted.csv", text);
  const blocks: { text: string; end: number }[] = [];
  for await (const block of readBlocks(file)) blocks.push(block);
  expect(blocks.length).toBeGreaterThan(1);
  expect(blocks.map((block) => block.text).join("")).toBe(text);
  expect(blocks.slice(0, -1).filter((block) => (block.text.split('"').length - 1) % 2 !== 0)).toEqual([]);
  for await (const { text: rest } of readBlocks(file, blocks[0]!.end)) {
    expect(rest).toBe(blocks[1]!.text);
    break;
  }
});

test.each([
  ["commas and line feeds", text],
  ["semicolons and CRLF", text.replaceAll(",", ";").replaceAll("\n", "\r\n")],
  ["no line end but carriage returns", text.replaceAll("\n", "\r")],
])("every row is asked about once, in its line: %s", async (name, written) => {
  const reader = await readerOf(fileOf(`${name}.csv`, written), undefined, sites);
  const asked: [number, unknown][] = [];
  let unread = 0;
  for await (const block of reader.read({ end: 0, lines: 0 })) {
    for (const { line, asked: one } of block.asking) asked.push([line, one.handle]);
    unread += block.unread.length;
  }
  expect(unread).toBe(0);
  const table = readTable(written);
  expect(asked).toEqual(table.rows.map(({ line, cells }) => [line, cells[1]]));
});

test("one value a line, and what is none is told with its line", async () => {
  const lines = Array.from({ length: 60_000 }, (_, at) =>
    at === 45_678 ? "no value at all" : `harbour-${at}.example`,
  );
  const reader = await readerOf(fileOf("values.txt", lines.join("\n")), undefined, sites);
  const asked: string[] = [];
  const unread: number[] = [];
  for await (const block of reader.read({ end: 0, lines: 0 })) {
    asked.push(...block.asking.map((one) => `${one.line} ${one.asked.value}`));
    unread.push(...block.unread.map((one) => one.line));
  }
  expect(unread).toEqual([45_679]);
  expect(asked).toEqual(lines.flatMap((line, at) => (at === 45_678 ? [] : [`${at + 1} ${line}`])));
});

test("a quote that never closes spoils its line, not the file behind it", async () => {
  const broken = ["handle,note", 'a,"opened', ...Array.from({ length: 150_000 }, (_, at) => `b${at},n`)].join("\n");
  const reader = await readerOf(fileOf("broken.csv", broken), "x", sites);
  let asked = 0;
  const unread: { line: number }[] = [];
  for await (const block of reader.read({ end: 0, lines: 0 })) {
    asked += block.asking.length;
    unread.push(...block.unread);
  }
  expect(unread.map(({ line }) => line)).toEqual([2]);
  expect(asked).toBe(150_000);
});

test("a table none of whose columns is known is refused with the headings that are", async () => {
  const file = fileOf("unknown.csv", "colour,shape\nred,round\nblue,square\n");
  await expect(readerOf(file, undefined, sites)).rejects.toMatchObject({
    code: "unreadable",
    message: expect.stringContaining("colour, shape"),
  });
});
