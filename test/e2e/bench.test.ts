/** `npm run bench` runs and writes the form that tools compare. Its figures are not judged here: a test machine is busy. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./world.ts";

const node = path.join(root, "node_modules/.bin/node");
const script = path.join(root, "test/bench/bench.ts");

test("a bench of two measures prints a line of each and writes them as JSON", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tipoff-bench-test-"));
  const file = path.join(folder, "bench.json");
  const printed = execFileSync(node, [script, "--quick", "--only", "bundle-kib,import-rows", "--json", file], {
    encoding: "utf8",
  });
  const { measures } = JSON.parse(readFileSync(file, "utf8")) as { measures: Record<string, unknown>[] };
  rmSync(folder, { recursive: true });
  const detail = expect.any(Object);
  const value = expect.any(Number);
  expect(measures).toEqual([
    { name: "bundle-kib", value, unit: "KiB gzip", target: 200, better: "lower", detail },
    { name: "import-rows", value, unit: "rows/s", target: null, better: "higher", detail },
  ]);
  for (const { name, value } of measures) {
    expect(value).toBeGreaterThan(0);
    expect(printed).toMatch(new RegExp(`^${name} +${value} `, "m"));
  }
  expect(measures[0]!.detail).toMatchObject({ first_answer_milliseconds: { median: value } });
});

test("a measure that does not exist is refused, and those there are are named", () => {
  const { status, stderr } = spawnSync(node, [script, "--only", "submit-5"], { encoding: "utf8" });
  expect(status).toBe(2);
  for (const name of ["submit-5000", "push-latency-p99-ms", "push-fanout", "push-drain-s", "push-rows-per-delivery"])
    expect(stderr).toContain(name);
});
