/** `npm run hostile` for a few seconds: what must hold on any machine. Its times are not judged here: a test machine is busy. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Proof } from "../bench/hostile/proof.ts";
import { root } from "./world.ts";

test("under a hostile partner quotas and rates hold, its neighbours are all served and nothing is lost", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tipoff-hostile-test-"));
  const file = path.join(folder, "hostile.json");
  const script = path.join(root, "test/bench/hostile.ts");
  const args = [script, "--seconds", "6", "--quiet", "1", "--json", file];
  execFileSync(path.join(root, "node_modules/.bin/node"), args, { stdio: "pipe" });
  const proof = JSON.parse(readFileSync(file, "utf8")) as Proof & { failed: string[] };
  rmSync(folder, { recursive: true });
  expect(proof.failed).toEqual([]);
  expect(proof.broken).toEqual([]);
  expect(proof.neighbours).toMatchObject({ lost: [], failures: [] });
  expect(proof.neighbours.kept).toBeGreaterThan(100);
  expect(proof.times.all!.attacked.requests).toBe(72);
  expect(proof.index_keys.stored).toBeGreaterThan(0);
  expect(proof.index_keys.stored).toBeLessThanOrEqual(proof.index_keys.left);
  for (const [way, { answers }] of Object.entries(proof.hostile)) {
    if (way === "more than 6 MB") expect(Object.keys(answers), way).toContain("413 too-large");
    else expect(Object.keys(answers).join(), way).toMatch(/429 (rate|quota)/);
  }
});
