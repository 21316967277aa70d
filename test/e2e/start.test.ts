/** `npm start` and what it leaves alone; what npm runs says of a wrong option. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { freePort, root, start, tipoff } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A home with one profile, of an exchange that is not the one started here. */
function homeWith(place: string, name: string): { file: string; text: string } {
  const profiles = path.join(place, "profiles");
  mkdirSync(profiles, { recursive: true });
  const url = "https://tipoff.example";
  const text = JSON.stringify({ exchange: url, url, partner: name, kid: "k", jwk: { kty: "OKP", d: "secret" } });
  const file = path.join(profiles, `${name}.json`);
  writeFileSync(file, text);
  return { file, text };
}

test("a start with another exchange's TIPOFF_HOME leaves that exchange's keys alone: its own lie in its state", async () => {
  const [elsewhere, state] = [path.join(folder, "real"), path.join(folder, "state")];
  const { file, text } = homeWith(elsewhere, "facepage");
  const exchange = await start(state, await freePort(), { TIPOFF_HOME: elsewhere });
  try {
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(path.join(elsewhere, "profiles"))).toEqual(["facepage.json"]);
    expect(readdirSync(path.join(state, "home/profiles"))).toHaveLength(5);
    expect(exchange.output).toContain(`${exchange.url}/docs`);
    expect(await tipoff(path.join(state, "home"), "--as", "facepage", "feed")).toMatchObject({ code: 0 });
  } finally {
    await exchange.stop();
  }
});

test("a profile of another exchange in the state's own folder ends the start, and is there still", async () => {
  const state = path.join(folder, "taken");
  const { file, text } = homeWith(path.join(state, "home"), "chirper");
  await expect(start(state, await freePort())).rejects.toThrow(/chirper\.json is a profile of another exchange or key/);
  expect(readFileSync(file, "utf8")).toBe(text);
});

const run = (script: string, ...words: string[]) =>
  spawnSync(path.join(root, "node_modules/.bin/node"), [script, ...words], { cwd: root, encoding: "utf8" });

test.each(["scripts/start.ts", "scripts/demo.ts", "test/bench/bench.ts", "test/bench/hostile.ts"])(
  "%s says which options it has, and of a wrong one no more than that",
  (script) => {
    const help = run(script, "--help");
    expect(help).toMatchObject({ status: 0, stderr: "" });
    const wrong = run(script, "--nonsense");
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain(help.stdout);
    expect(wrong.stderr).not.toMatch(/^ {4}at /m);
  },
);
