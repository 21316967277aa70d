/**
 * Measures what a row of each table and index takes: tips are submitted to a local exchange and read there, then SQLite's own
 * page statistics are read (`dbstat`). A table's bytes are whole pages, so half-filled ones count as they would in production.
 * Writes docs/scale/measured.json. Takes about two minutes: node scripts/scale/measure.ts [tips]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Connection, connect } from "../../src/client/connect.ts";
import type { Profile } from "../../src/client/profile.ts";
import { signTip } from "../../src/client/tips.ts";
import { startRuntime } from "../runtime.ts";
import { seed } from "../seed.ts";
import { sampleIndicators } from "./sample-tips.ts";
import { definitions } from "./schema.ts";

const root = path.join(import.meta.dirname, "../..");
const count = Number(process.argv[2] ?? 400);
const { stated, mix } = JSON.parse(readFileSync(path.join(root, "docs/scale/inputs.json"), "utf8"));
const state = mkdtempSync(path.join(tmpdir(), "tipoff-scale-"));

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const socket = createServer().listen(0, "127.0.0.1", () => {
      const { port } = socket.address() as { port: number };
      socket.close(() => resolve(port));
    });
  });

/** Authors take turns; audiences are of three tokens, as stated. Every tip is read by the others through three doors. */
async function fill(connections: Connection[]): Promise<void> {
  for (let made = 0; made < count; made++) {
    const author = connections[made % connections.length]!;
    const indicators = sampleIndicators(stated.indicators_a_tip.value, mix);
    const operation = {
      id: crypto.randomUUID(),
      name: `Harbour Lantern ${made}`,
      summary: "A network that posed as residents.",
    };
    const ask = { for: ["investigate" as const], urgency: "routine" as const };
    const document = { tlp: "amber" as const, operation, indicators: indicators as { type: string }[], ask };
    const to = ["platforms", "research", "group:election-cell"];
    const { tip } = await author.call<{ tip: string }>("POST", "/v1/tips", await signTip(author, document, { to }));
    for (const reader of connections) if (reader !== author) await reader.call("GET", `/v1/tips/${tip}`);
    const questions = indicators.slice(0, 5);
    await connections[(made + 1) % connections.length]!.call("POST", "/v1/match", { questions });
    if (made % 50 === 49) console.log(`${made + 1} of ${count} tips`);
  }
}

interface Measured {
  rows: number;
  bytes: number;
  /** Bytes of whole pages for each row. */
  a_row: number;
}

function pagesOf(file: string): { tables: Record<string, Measured>; sqlite: string } {
  const db = new DatabaseSync(file, { readOnly: true });
  const pages = db.prepare("SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name").all() as {
    name: string;
    bytes: number;
  }[];
  const owner = (name: string) =>
    (db.prepare("SELECT tbl_name FROM sqlite_schema WHERE name = ?").get(name) as { tbl_name: string } | undefined)
      ?.tbl_name;
  const tables: Record<string, Measured> = {};
  for (const { name, bytes } of pages) {
    const table = owner(name);
    if (!table || /^(sqlite_|d1_|_cf_)/.test(table)) continue;
    const { rows } = db.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number };
    // A page or two say nothing of a row.
    if (bytes >= 16_384) tables[name] = { rows, bytes, a_row: Math.round((bytes / rows) * 10) / 10 };
  }
  const { version } = db.prepare("SELECT sqlite_version() AS version").get() as { version: string };
  db.close();
  return { tables, sqlite: version };
}

try {
  const runtime = await startRuntime({ state, port: await freePort() });
  const home = path.join(state, "home");
  try {
    await seed(runtime.url, runtime.identity, home);
    const profile = (as: string) =>
      JSON.parse(readFileSync(path.join(home, "profiles", `${as}.json`), "utf8")) as Profile;
    const steward = await connect(profile("steward"));
    // So many tips in a minute would be held for the steward.
    const authors = ["chirper", "facepage", "observatory"];
    for (const slug of authors) await steward.call("PATCH", `/v1/partners/${slug}`, { hold: "never" });
    await fill(await Promise.all(authors.map((as) => connect(profile(as)))));
    // Keeps the ids of observables.
    for (let run = 0; run < 3; run++) await runtime.tick();
  } finally {
    await runtime.stop();
  }
  const files = readdirSync(path.join(state, "data"), { recursive: true, encoding: "utf8" });
  const { tables, sqlite } = files
    .filter((file) => file.endsWith(".sqlite") && !file.endsWith("metadata.sqlite"))
    .map((file) => pagesOf(path.join(state, "data", file)))
    .find(({ tables }) => tables.index_key)!;
  const measured = {
    measured_on: new Date().toISOString().slice(0, 10),
    sqlite,
    tips: count,
    indicators: tables.indicator!.rows,
    tables: Object.fromEntries(Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1))),
    definitions: definitions(Object.keys(tables)),
  };
  writeFileSync(path.join(root, "docs/scale/measured.json"), `${JSON.stringify(measured, null, 2)}\n`);
  console.log(JSON.stringify(measured.tables, null, 2));
} finally {
  rmSync(state, { recursive: true, force: true });
}
