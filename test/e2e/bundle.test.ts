/** The bundle holds what serves; the reference's words and examples are in files beside it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { bundle } from "../../scripts/runtime.ts";
import { examples } from "../../src/api/examples.ts";
import { operations } from "../../src/operations.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text = readFileSync(bundle(folder), "utf8");

test("every operation's path is in it", () => {
  for (const { path } of operations) expect(text).toContain(JSON.stringify(path));
});

test("no words of an operation's description are in it, and no signed example", () => {
  const words = operations.flatMap(({ summary, description = "", answers }) => [
    ...[summary, description].filter(Boolean),
    ...Object.values(answers).map((promised) => promised.description),
  ]);
  expect(words.length).toBeGreaterThan(100);
  const long = words.filter((each) => each.length > 24);
  expect([...long, examples.tip.signature].filter((each) => text.includes(each))).toEqual([]);
});
