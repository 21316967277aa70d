/** `tipoff listen` as a subscriber runs it: what it printed, and waiting for lines of a form. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { command } from "./command.ts";
import { root } from "./world.ts";

export interface Listener {
  url: string;
  /** Lines printed so far. */
  lines(): string[];
  /** The first `count` lines of that form, once they are there. */
  saw(form: RegExp, count?: number): Promise<string[]>;
  end(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Once this returns, their ports are free. */
export async function endListeners(): Promise<void> {
  for (const child of running) {
    running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

/** Without a file of secrets it verifies nothing. */
export async function listen(port: number, words: string[] = [], seconds = 30): Promise<Listener> {
  const { TIPOFF_WEBHOOK_SECRET: _, ...env } = process.env;
  const child = spawn(
    path.join(root, "node_modules/.bin/node"),
    [command, "listen", "--port", String(port), ...words],
    { env },
  );
  running.add(child);
  let [out, err] = ["", ""];
  child.stdout.on("data", (piece) => {
    out += piece;
  });
  child.stderr.on("data", (piece) => {
    err += piece;
  });
  const lines = () => out.split("\n").slice(0, -1);
  const waitFor = async (what: string, found: () => boolean): Promise<void> => {
    for (const until = Date.now() + seconds * 1_000; !found(); ) {
      if (Date.now() > until || child.exitCode !== null) throw new Error(`${what} did not come.\n${out}${err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await waitFor("Listening", () => err.includes("Listening on"));
  return {
    url: `http://127.0.0.1:${port}/hook`,
    lines,
    saw: async (form, count = 1) => {
      const such = () => lines().filter((line) => form.test(line));
      await waitFor(`${form} × ${count}`, () => such().length >= count);
      return such().slice(0, count);
    },
    end: async () => {
      running.delete(child);
      if (child.exitCode !== null) return;
      child.kill("SIGINT");
      await once(child, "exit");
    },
  };
}
