/** The process killed while a tip's batch stands between two statements, at each place: all of the tip is there, or nothing. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle, identityOf } from "../../scripts/runtime.ts";
import { seed } from "../../scripts/seed.ts";
import { connect } from "../../src/client/connect.ts";
import { ExchangeProblem } from "../../src/client/problem.ts";
import type { Profile } from "../../src/client/profile.ts";
import { type Receipt, signTip } from "../../src/client/tips.ts";
import { openDatabase } from "./inspect.ts";
import { freePort, root } from "./world.ts";

const state = mkdtempSync(path.join(tmpdir(), "tipoff-kill-"));
const home = path.join(state, "home");
let script: string;
let port: number;
let running: ChildProcess | undefined;

beforeAll(async () => {
  port = await freePort();
  script = bundle(path.join(state, "bundle"), "test/e2e/spinning-worker.ts");
  await start();
  await seed(`http://127.0.0.1:${port}`, identityOf(state, port).identity, home);
});

afterAll(() => {
  kill();
  rmSync(state, { recursive: true, force: true });
});

function start(): Promise<void> {
  const args = [path.join(root, "test/e2e/killed-runtime.ts"), state, String(port), script];
  // A group of its own: workerd dies in the same instant.
  const child = spawn(path.join(root, "node_modules/.bin/node"), args, { detached: true, cwd: root });
  running = child;
  return new Promise((resolve, reject) => {
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (piece: Buffer) => {
        said += piece;
        if (said.includes("ready")) resolve();
      });
    }
    child.on("exit", () => reject(new Error(said)));
  });
}

const kill = () => running?.pid && process.kill(-running.pid, "SIGKILL");

const tables = [
  "tip",
  "tip_version",
  "document_piece",
  "audience",
  "tip_token",
  "tip_type",
  "indicator",
  "index_key",
  "event",
  "event_token",
];

/** Rows of every table a tip is kept in, read from the files that the dead process left. */
function rowsLeft(): Record<string, number> {
  const db = openDatabase(path.join(state, "data"));
  const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n);
  const rows = Object.fromEntries(tables.map((table) => [table, count(table)]));
  db.close();
  return rows;
}

test("a tip's batch killed before any of its statements leaves nothing, and the same document is then accepted whole", async () => {
  const profile = JSON.parse(readFileSync(path.join(home, "profiles/chirper.json"), "utf8")) as Profile;
  // What is lost is not to come again by itself, into the next round.
  const chirper = await connect(profile, { attempts: 1 });
  const content = {
    tlp: "amber" as const,
    operation: { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern" },
    indicators: [
      { type: "domain", value: "harbour-news.example" },
      { type: "ip", value: "203.0.113.0/24" },
    ],
  };
  const submission = await signTip(chirper, content, { to: ["platforms", "group:election-cell"] });
  const places: number[] = [];
  for (let at = 1; ; at++) {
    await chirper.token();
    const sent = chirper.call("POST", "/v1/tips", submission, { accept: `*/*;spin=${at}` }).then(
      () => "answered",
      (error: unknown) => (error instanceof ExchangeProblem ? error.slug : "lost"),
    );
    // A batch that has no such statement answers at once; one that spins never does.
    const first = await Promise.race([sent, new Promise((resolve) => setTimeout(() => resolve("spins"), 400))]);
    if (first !== "spins") {
      expect(first).toBe("unavailable");
      break;
    }
    kill();
    expect(Object.values(rowsLeft()), `killed before statement ${at}`).toEqual(tables.map(() => 0));
    places.push(at);
    await start();
  }
  expect(places.length).toBeGreaterThan(12);
  const receipt = await chirper.call<Receipt>("POST", "/v1/tips", submission);
  expect(receipt.seq).toBe(1);
  kill();
  expect(rowsLeft()).toMatchObject({ tip: 1, tip_version: 1, document_piece: 1, indicator: 2, index_key: 2, event: 1 });
}, 180_000);
