/**
 * What the demo is told with: numbered steps, the command line run as a person would, and what is refused. Whatever does not do
 * as it should ends the demo.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { type Connection, connect } from "../../src/client/connect.ts";
import { ExchangeProblem } from "../../src/client/problem.ts";
import type { Profile } from "../../src/client/profile.ts";

export type Json = Record<string, any>;

const root = path.join(import.meta.dirname, "../..");

/** A file of the repository's samples. */
export const sample = (name: string) => path.join(root, "samples", name);

export const say = (text: string) => console.log(process.stdout.isTTY ? `\n\u001b[1m${text}\u001b[0m` : `\n${text}`);
export const note = (text: string) => console.log(`  ${text}`);

export class Stage {
  /** A folder of its own, gone at the end. */
  readonly state: string;
  readonly #home: string;
  #steps = 0;

  constructor(state: string, home: string) {
    this.state = state;
    this.#home = home;
  }

  file(name: string): string {
    return path.join(this.state, name);
  }

  step(text: string): void {
    say(`${++this.#steps}. ${text}`);
  }

  connection(as: string): Promise<Connection> {
    return connect(JSON.parse(readFileSync(path.join(this.#home, "profiles", `${as}.json`), "utf8")) as Profile);
  }

  /** Runs the command line, and shows it. */
  async run(as: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
    const shown = words
      .map((word) => (/\s/.test(word) ? `"${word}"` : word.replace(`${root}/`, "")))
      .join(" ")
      .replaceAll(this.state, "…");
    note(`$ tipoff --as ${as} ${shown}`);
    try {
      const main = path.join(root, "src/cli/main.ts");
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, "--as", as, ...words], {
        env: { ...process.env, TIPOFF_HOME: this.#home },
        maxBuffer: 64 * 1024 * 1024,
      });
      return { code: 0, out: stdout, err: stderr };
    } catch (error) {
      const failed = error as { code: number; stdout: string; stderr: string };
      return { code: failed.code, out: failed.stdout, err: failed.stderr };
    }
  }

  /** What a command that succeeds prints. */
  async text(as: string, ...words: string[]): Promise<string> {
    const { code, out, err } = await this.run(as, ...words);
    assert.equal(code, 0, err);
    return out.trim();
  }

  async json(as: string, ...words: string[]): Promise<Json> {
    return JSON.parse(await this.text(as, "--json", ...words)) as Json;
  }

  /** Shows what the command prints; `only` these lines of it, of which there must be one, without what the feed says each time. */
  async show(as: string, words: string[], only?: RegExp): Promise<string> {
    const lines = (await this.text(as, ...words)).split("\n");
    const chosen = only ? lines.filter((line) => only.test(line)).map(shortened) : lines;
    assert.ok(chosen.length > 0, `tipoff ${words.join(" ")} printed no line of ${only}.`);
    for (const line of chosen) note(line.replaceAll(this.state, "…"));
    return chosen.join("\n");
  }
}

const shortened = (line: string): string =>
  line.replace(/ {2}asks: .*? {2}urgent/, "").replace(/ {2}Harbour Lantern {2}.*/, "  …");

/** Shows that it is refused, with that status. */
export async function refused(status: number, what: string, deed: () => Promise<unknown>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    if (error instanceof ExchangeProblem && error.status === status) return note(`✗ ${what}: ${status} ${error.slug}`);
    throw error;
  }
  assert.fail(`${what} should have been refused with ${status}`);
}
