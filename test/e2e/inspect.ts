/** What a test sees from outside: the runtime's memory, and whether every tip in the files it left is whole. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The workerd that a process started, by its command line. */
export function workerdOf(parent: number): number {
  const pending = [parent];
  while (pending.length > 0) {
    const pid = pending.shift()!;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number);
    for (const child of children) {
      if (readFileSync(`/proc/${child}/cmdline`, "utf8").includes("workerd")) return child;
    }
    pending.push(...children);
  }
  throw new Error("No workerd below this process.");
}

/** Resident bytes. */
export const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1_024;

/** Opens the exchange's database among the files a runtime left. */
export function openDatabase(folder: string): DatabaseSync {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".sqlite"),
  )) {
    const db = new DatabaseSync(path.join(folder, file));
    if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'tip_version'").get()) return db;
    db.close();
  }
  throw new Error(`No database below ${folder}`);
}

/** Each gives rows only where something is half there. */
const broken: Record<string, string> = {
  "a tip without its version":
    "SELECT tip FROM tip t WHERE NOT EXISTS (SELECT 1 FROM tip_version v WHERE v.tip_no = t.tip_no AND v.version = t.version)",
  "a tip without its audience":
    "SELECT tip FROM tip t WHERE NOT EXISTS (SELECT 1 FROM audience a WHERE a.tip_no = t.tip_no AND a.revision = t.revision)",
  "a version without its event":
    "SELECT digest FROM tip_version v WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = v.seq AND e.tip_no = v.tip_no)",
  "a version without its document":
    "SELECT digest FROM tip_version v WHERE (SELECT coalesce(sum(length(text)), 0) FROM document_piece d WHERE d.tip_no = v.tip_no AND d.version = v.version) <> v.bytes",
  "a key without its indicator":
    "SELECT key FROM index_key k WHERE NOT EXISTS (SELECT 1 FROM indicator i WHERE i.tip_no = k.tip_no AND i.version = k.version AND i.ordinal = k.ordinal)",
  "an event that concerns nobody":
    "SELECT seq FROM event e WHERE NOT EXISTS (SELECT 1 FROM event_token t WHERE t.seq = e.seq)",
  "a token without its event":
    "SELECT seq FROM event_token t WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = t.seq)",
  "a withdrawal of a tip that is not withdrawn":
    "SELECT w.tip_no FROM withdrawal w JOIN tip t USING (tip_no) WHERE t.withdrawn_at IS NULL",
  "scratch left over": "SELECT 1 FROM sight_before UNION SELECT 1 FROM chosen UNION SELECT 1 FROM guard",
  damage: "SELECT integrity_check AS damage FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
};

/** What is half-stored, in words; empty where all is whole. */
export function checkWhole(folder: string): string[] {
  const db = openDatabase(folder);
  try {
    return Object.entries(broken).flatMap(([name, query]) => {
      const rows = db.prepare(`${query} LIMIT 3`).all();
      return rows.length > 0 ? [`${name}: ${JSON.stringify(rows)}`] : [];
    });
  } finally {
    db.close();
  }
}
