/** The schema as all migrations leave it: which tables there are, and whether those that were measured are still the same. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

const folder = path.join(import.meta.dirname, "../../migrations");

function migrated(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort())
    db.exec(readFileSync(path.join(folder, name), "utf8"));
  return db;
}

export const tableNames = (): string[] =>
  (migrated().prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all() as { name: string }[])
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("sqlite_"));

/** A digest of the named tables' columns: measured again when it changes. */
export function definitions(names: readonly string[]): string {
  const db = migrated();
  const all = names.map((name) => [
    name,
    db.prepare("SELECT name, type FROM pragma_table_info(?)").all(name),
    db.prepare("SELECT name FROM pragma_index_info(?)").all(name),
  ]);
  return createHash("sha256").update(JSON.stringify(all)).digest("hex").slice(0, 16);
}
