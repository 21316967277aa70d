/** The bundle holds what serves; the reference's words and examples are in files beside it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { bundle } from "../../scripts/runtime.ts";
import { icannRules, listed, privateRules } from "../../scripts/suffix-list.ts";
import { examples } from "../../src/api/examples.ts";
import { suffixFile } from "../../src/bundle/suffix-list.ts";
import { operations } from "../../src/operations.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text = readFileSync(bundle(folder), "utf8");

test("every operation's path is in it, whole or from its root on", () => {
  const isIn = (path: string) =>
    text.includes(JSON.stringify(path)) || text.includes(`}${path.replace(/^.*(?=\/)/, "")}\``);
  expect(operations.map(({ path }) => path).filter((path) => !isIn(path))).toEqual([]);
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

test("the public suffix list is beside it, and no rule of it inside", () => {
  const file = readFileSync(path.join(import.meta.dirname, "../../.reference", suffixFile), "utf8");
  expect(JSON.parse(file)).toEqual([icannRules, privateRules]);
  for (const rules of [icannRules, privateRules]) {
    const long = rules.split("\n").filter((line) => line.length > 100 && /^[ -~]+$/.test(line));
    expect(long.length).toBeGreaterThan(10);
    expect(long.filter((line) => text.includes(line))).toEqual([]);
  }
});

test("of parts of libraries that others stand in for there is nothing in it", () => {
  expect(text).not.toContain(listed.labelText.slice(0, 100));
  expect(text).not.toContain("json-schema.org");
  expect(text).not.toContain("PgColumn");
});
