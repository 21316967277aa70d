/** `npm start`'s own script as a process, the command line as processes, and a proxy that loses answers. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createServer, request, type Server } from "node:http";
import { createServer as createSocket } from "node:net";
import path from "node:path";
import { command } from "./command.ts";

export const root = path.join(import.meta.dirname, "../..");
export const sample = (name: string): string => path.join(root, "samples", name);

/** Below the ports that the system gives away, a range for each of the processes that run tests side by side. */
const first = 20_000 + Number(process.env.VITEST_POOL_ID ?? 0) * 3_000;
let last = first + Math.floor(Math.random() * 2_000);

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const port = ++last;
    const socket = createSocket().listen(port, "127.0.0.1", () => socket.close(() => resolve(port)));
    socket.on("error", () => resolve(freePort()));
  });

export interface Started {
  url: string;
  output: string;
  /** Ends it as Ctrl-C does; resolves with its exit code. */
  stop(signal?: "SIGINT" | "SIGTERM"): Promise<number | null>;
}

export function start(state: string, port: number, more: Record<string, string> = {}): Promise<Started> {
  const { TIPOFF_HOME: _home, ...usual } = process.env;
  const env = { ...usual, ...more };
  const child: ChildProcess = spawn(
    path.join(root, "node_modules/.bin/node"),
    ["scripts/start.ts", "--port", String(port), "--state", state],
    { cwd: root, env },
  );
  let output = "";
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return new Promise((resolve, reject) => {
    const read = (piece: Buffer) => {
      output += piece;
      if (!output.includes("Ctrl-C stops it.")) return;
      resolve({
        url: `http://127.0.0.1:${port}`,
        output,
        stop: (signal = "SIGINT") => {
          child.kill(signal);
          return ended;
        },
      });
    };
    child.stdout!.on("data", read);
    child.stderr!.on("data", read);
    void ended.then(() => reject(new Error(output)));
  });
}

export interface Ran {
  code: number;
  out: string;
  err: string;
}

const execute = (command: string, words: string[], home: string): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(
      command,
      words,
      { env: { ...process.env, TIPOFF_HOME: home }, maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

/** The launcher, as a person runs it. */
export const launch = (home: string, ...words: string[]): Promise<Ran> =>
  execute(path.join(root, "bin/tipoff.mjs"), words, home);

/** What the launcher starts, without its own start-up time. */
export const tipoff = (home: string, ...words: string[]): Promise<Ran> =>
  execute(path.join(root, "node_modules/.bin/node"), [command, ...words], home);

/** Forwards everything; of the requests `lose` picks the answer never comes back, though the exchange did what was asked. */
export function losingAnswers(
  target: string,
  lose: (method: string, path: string) => boolean,
): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((incoming, outgoing) => {
    const lost = lose(incoming.method!, incoming.url!);
    const forwarded = request(
      target + incoming.url,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (lost) {
          answer.resume();
          answer.on("end", () => incoming.socket.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(forwarded);
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
        close: () => void server.close(),
      }),
    ),
  );
}
