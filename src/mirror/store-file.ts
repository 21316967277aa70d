/**
 * The mirror's file: its tables, and statements that are prepared once. The mirror's SQL stands in the four files whose names begin
 * with `store`.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { newSeed } from "./key-hash.ts";

/** Raised when a table changes: what is there is then read anew from the exchange. */
const layout = 2;

/** Memory for pages of the file, and pages of 4 KiB in the log before they are brought into it. */
const cacheKiB = 65_536;
const logPages = 16_384;

const schema = `
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- rank: the seq at which the tip was first told, the order of tips that are alike. next_end: when its next indicator ends.
CREATE TABLE IF NOT EXISTS tip (
  tip_no INTEGER PRIMARY KEY AUTOINCREMENT,
  generation INTEGER NOT NULL,
  tip TEXT NOT NULL,
  version INTEGER NOT NULL,
  author TEXT NOT NULL,
  tlp TEXT NOT NULL,
  through TEXT NOT NULL,
  digest TEXT NOT NULL,
  rank INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  next_end INTEGER NOT NULL,
  heading TEXT NOT NULL,
  UNIQUE (generation, tip)
) STRICT;
CREATE INDEX IF NOT EXISTS tip_by_end ON tip (next_end);
CREATE INDEX IF NOT EXISTS tip_by_rank ON tip (generation, rank);
-- keys: how many of its keys are in the index. mark: what the exchange says of it beside its document.
CREATE TABLE IF NOT EXISTS indicator (
  tip_no INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  keys INTEGER NOT NULL,
  mark INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL,
  PRIMARY KEY (tip_no, ordinal)
) STRICT, WITHOUT ROWID;
-- entries: hashes of keys from \`first\` up to the next row's, each with tip_no and ordinal (key-entries.ts).
CREATE TABLE IF NOT EXISTS index_key (first INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
-- Entries of a copy that does not answer yet, as they came, until there are enough to be brought into the index.
CREATE TABLE IF NOT EXISTS key_aside (page INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS prefix_length (prefix TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
-- When a tip whose document has not come yet was first told.
CREATE TABLE IF NOT EXISTS told (
  generation INTEGER NOT NULL, tip TEXT NOT NULL, rank INTEGER NOT NULL, PRIMARY KEY (generation, tip)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unverified (
  generation INTEGER NOT NULL, tip TEXT NOT NULL, version INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (generation, tip)
) STRICT, WITHOUT ROWID;
-- Tips that were here and are gone though nobody took them back: who does is told all the same.
CREATE TABLE IF NOT EXISTS once_held (tip TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
-- Deletions the exchange has not been told of.
CREATE TABLE IF NOT EXISTS acknowledgement (
  tip TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (tip, event)
) STRICT, WITHOUT ROWID;
`;

export class StoreFile {
  protected readonly db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.db = db;
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON");
    db.exec("PRAGMA temp_store = MEMORY");
    // A page of the feed changes pages all over the index: they are written once, and not read again for each.
    db.exec(`PRAGMA cache_size = -${cacheKiB}; PRAGMA wal_autocheckpoint = ${logPages}`);
    const found = () => (this.get("PRAGMA user_version") as { user_version: number }).user_version;
    if (found() === layout) return;
    this.write(() => {
      if (found() !== 0 && found() !== layout)
        for (const { name } of this.all<{ name: string }>(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        ))
          db.exec(`DROP TABLE "${name}"`);
      db.exec(`${schema}PRAGMA user_version = ${layout}`);
      this.put("seed", String(newSeed()));
    });
  }

  close(): void {
    this.db.close();
  }

  /** One transaction: all of it, or nothing. */
  write<Value>(deed: () => Value): Value {
    return this.#within("BEGIN IMMEDIATE", deed);
  }

  /** As the mirror stands at one moment, whatever another process writes meanwhile. */
  read<Value>(deed: () => Value): Value {
    return this.#within("BEGIN", deed);
  }

  /** Another one each time another connection has written. */
  changes(): number {
    return (this.get("PRAGMA data_version") as { data_version: number }).data_version;
  }

  /** What is kept under a name, as text. */
  protected kept(name: string): string | undefined {
    return (this.get("SELECT value FROM setting WHERE name = ?", name) as { value: string } | undefined)?.value;
  }

  protected put(name: string, value: string): void {
    this.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", name, value);
  }

  #within<Value>(begin: string, deed: () => Value): Value {
    this.db.exec(begin);
    try {
      const value = deed();
      this.db.exec("COMMIT");
      return value;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      throw error;
    }
  }

  protected statement(text: string): StatementSync {
    const known = this.#prepared.get(text) ?? this.db.prepare(text);
    this.#prepared.set(text, known);
    return known;
  }

  protected run = (text: string, ...values: SQLInputValue[]) => this.statement(text).run(...values);
  protected get = (text: string, ...values: SQLInputValue[]) => this.statement(text).get(...values);
  protected all = <Row>(text: string, ...values: SQLInputValue[]) => this.statement(text).all(...values) as Row[];
}
