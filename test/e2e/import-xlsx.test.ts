/** Workbooks on the command line: read like the table they hold, from a file or a pipe, without any account. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { rowOf } from "../../src/formats/columns.ts";
import { xlsxOf } from "../../src/formats/xlsx-write.ts";
import { bytesOf, stream, tip } from "../unit/formats/export-given.ts";
import { command } from "./command.ts";
import { tipoff } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-xlsx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const row = rowOf(tip, 0, { type: "account", platform: "x", id: "1790000005915952762" });
const about = { exchange: "https://tipoff.example", partner: "cyber-unit", at: tip.accepted_at };

test("an exported workbook is read whole, and its other sheet is named", async () => {
  const file = path.join(folder, "export.xlsx");
  const bytes = await bytesOf(xlsxOf(stream([row]), about));
  writeFileSync(file, bytes);
  const { code, out } = await tipoff(folder, "import", file);
  expect(code).toBe(0);
  expect(out).toMatch(/^export\.xlsx +1 +1 +0 +0 +0 +1$/m);
  expect(out).toContain('export.xlsx: sheet "Indicators" was read; not read: Read me first');
  const piped = spawnSync(process.execPath, [command, "--json", "import", "-"], {
    input: bytes,
  });
  expect(JSON.parse(String(piped.stdout)).files).toMatchObject([{ rows: 1, sheet: "Indicators", unread: [] }]);
});

test("a workbook that cannot be read says why, and nothing goes on", async () => {
  const file = path.join(folder, "old.xlsx");
  writeFileSync(file, Buffer.from("d0cf11e0a1b11ae1", "hex"));
  const { code, err } = await tipoff(folder, "import", file);
  expect(code).toBe(1);
  expect(err).toContain(
    "old.xlsx: This is a workbook of the old kind, or one with a password: save it as .xlsx without one.",
  );
});
