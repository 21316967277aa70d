/** A fake account for one test, the command that plays it, and whether real wrangler knows a call's words. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { experimental_getWranglerCommands } from "wrangler";
import type { Account } from "./fake-wrangler.ts";
import { type Ran, root } from "./world.ts";

const node = path.join(root, "node_modules/.bin/node");
const quoted = (text: string): string => `'${text}'`;

export class Operator {
  /** Where its commands run: the repository's programs, its own files. */
  readonly folder = mkdtempSync(path.join(tmpdir(), "tipoff-operator-"));
  readonly home = path.join(this.folder, "home");
  readonly #account = path.join(this.folder, "account");
  readonly #path = path.join(this.folder, "path");

  constructor(account: Partial<Account> = {}) {
    for (const made of [this.#account, this.#path, path.join(this.#account, "secrets")]) mkdirSync(made);
    this.account({ signed_in: true, databases: [], deployed: [], ...account });
    for (const name of ["bin", "samples"]) symlinkSync(path.join(root, name), path.join(this.folder, name));
    this.program("wrangler", `exec ${quoted(node)} ${quoted(path.join(import.meta.dirname, "fake-wrangler.ts"))} "$@"`);
    this.program("npx", `test "$1" = wrangler || exit 9\nexec "$@"`);
    this.program(
      "npm",
      `test "$1" = ci && exit 0\ntest "$1 $2" = "run deploy" || exit 9\nshift 2\ntest "$1" = -- && shift\nexec ${quoted(node)} ${quoted(path.join(root, "scripts/deploy.ts"))} "$@"`,
    );
    this.program("git", "exit 0");
  }

  program(name: string, body: string): void {
    writeFileSync(path.join(this.#path, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }
  read = (name: string): string => readFileSync(path.join(this.folder, name), "utf8");

  account(change: Partial<Account>): void {
    const file = path.join(this.#account, "state.json");
    const now = existsSync(file) ? this.state() : {};
    writeFileSync(file, JSON.stringify({ ...now, ...change }));
  }
  state = (): Account => JSON.parse(readFileSync(path.join(this.#account, "state.json"), "utf8")) as Account;

  secret(name: string): string | undefined {
    const file = path.join(this.#account, "secrets", name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  /** The words of each call so far. */
  calls(): string[][] {
    const file = path.join(this.#account, "calls");
    return existsSync(file)
      ? readFileSync(file, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as string[])
      : [];
  }

  /** Runs shell text; it stops at the first command that fails. */
  sh(text: string, env: Record<string, string> = {}): Promise<Ran> {
    return new Promise((resolve) =>
      execFile(
        "sh",
        ["-eu", "-c", text],
        {
          cwd: this.folder,
          env: {
            HOME: this.folder,
            PATH: `${this.#path}:${path.dirname(node)}:/usr/bin:/bin`,
            TIPOFF_HOME: this.home,
            TIPOFF_WRANGLER: path.join(this.#path, "wrangler"),
            FAKE_ACCOUNT: this.#account,
            // What other processes of the tests compiled.
            NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
            ...env,
          } as never,
        },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out: String(out), err: String(err) }),
      ),
    );
  }
  deploy = (...words: string[]): Promise<Ran> => this.sh(`npm run deploy -- ${words.map(quoted).join(" ")}`);

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Commands {
  registry: { subtree: Map<string, Commands["registry"]>; definition?: { args?: object; positionalArgs?: string[] } };
  globalFlags: object;
}

/** What of a call the installed wrangler does not know; undefined where it knows all. */
export function unknownTo(words: readonly string[]): string | undefined {
  const { registry, globalFlags } = experimental_getWranglerCommands() as unknown as Commands;
  let [at, depth] = [registry, 0];
  while (at.subtree.has(words[depth] ?? "")) at = at.subtree.get(words[depth++]!)!;
  if (!at.definition) return `no command: ${words.join(" ")}`;
  const { args = {}, positionalArgs = [] } = at.definition;
  const known = new Set([...Object.keys(args), ...Object.keys(globalFlags)]);
  const rest = words.slice(depth);
  const flags = rest.filter((word) => word.startsWith("--")).map((word) => word.slice(2).split("=")[0]!);
  const wrong = flags.find((flag) => !known.has(flag));
  if (wrong) return `no option --${wrong}: ${words.join(" ")}`;
  const given = rest.findIndex((word) => word.startsWith("--"));
  return (given < 0 ? rest.length : given) > positionalArgs.length ? `too many words: ${words.join(" ")}` : undefined;
}
