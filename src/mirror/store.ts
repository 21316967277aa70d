/**
 * The mirror's SQL. A page of the feed and its cursor are one transaction. What is deleted is gone from every page of the file and
 * of its log once `forget` has said so; that this is still to be done outlasts a crash. Everything belongs to a generation: one answers, and a copy that is read anew is another until it
 * is whole; then they change places in one transaction. Nothing here knows the network.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Partner } from "../client/directory.ts";
import type { KeySet } from "../client/verify.ts";
import type { IndicatorRow, KeyRow } from "../core/derive-tip.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf } from "../core/indicators/registry.ts";
import type { Candidate } from "../core/matching/judge-matches.ts";
import type { Answering, Heading } from "../core/matching/view-match.ts";

/** Raised when a table changes: what is there is then read anew from the exchange. */
const layout = 1;

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
-- keys: how many of its keys are in the index.
CREATE TABLE IF NOT EXISTS indicator (
  tip_no INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  keys INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tip_no, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS index_key (
  key TEXT NOT NULL,
  tip_no INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (key, tip_no, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS prefix_length (prefix TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
-- When a tip whose document has not come yet was first told.
CREATE TABLE IF NOT EXISTS told (
  generation INTEGER NOT NULL, tip TEXT NOT NULL, rank INTEGER NOT NULL, PRIMARY KEY (generation, tip)
) STRICT, WITHOUT ROWID;
-- What the exchange says of an indicator beside its document.
CREATE TABLE IF NOT EXISTS mark (
  generation INTEGER NOT NULL, tip TEXT NOT NULL, version INTEGER NOT NULL, ordinal INTEGER NOT NULL, bits INTEGER NOT NULL,
  PRIMARY KEY (generation, tip, version, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unverified (
  generation INTEGER NOT NULL, tip TEXT NOT NULL, version INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (generation, tip)
) STRICT, WITHOUT ROWID;
-- Deletions the exchange has not been told of.
CREATE TABLE IF NOT EXISTS acknowledgement (
  tip TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (tip, event)
) STRICT, WITHOUT ROWID;
`;

/** What one event changes. */
export type Change =
  | { what: "put"; tip: StoredTip }
  | { what: "told"; tip: string; rank: number }
  | { what: "gone"; tip: string; event: string; acknowledge: boolean }
  | { what: "unverified"; tip: string; version: number; reason: string }
  | { what: "marked"; tip: string; version: number; ordinals: readonly number[]; set: number; clear: number };

export interface StoredTip extends Answering {
  digest: string;
  rank: number;
  expires_at: number;
  heading: string;
  rows: IndicatorRow[];
  keys: KeyRow[];
  prefixes: string[];
}

/** Where reading goes on: a generation, behind a cursor. */
export interface Place {
  generation: number;
  cursor: string;
}

export interface Held {
  tips: number;
  indicators: number;
  unverified: { tip: string; version: number; reason: string }[];
  /** When the feed's end was reached last; undefined where it never was. */
  synced_at?: string;
}

export class Store {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON");
    db.exec("PRAGMA temp_store = MEMORY");
    // A page of the feed changes pages all over the index: they are written once, and not read again for each.
    db.exec(`PRAGMA cache_size = -${cacheKiB}; PRAGMA wal_autocheckpoint = ${logPages}`);
    const found = () => (this.#get("PRAGMA user_version") as { user_version: number }).user_version;
    if (found() === layout) return;
    this.write(() => {
      if (found() !== 0 && found() !== layout)
        for (const { name } of this.#all<{ name: string }>(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        ))
          db.exec(`DROP TABLE "${name}"`);
      db.exec(`${schema}PRAGMA user_version = ${layout}`);
    });
  }

  close(): void {
    this.#db.close();
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
    return (this.#get("PRAGMA data_version") as { data_version: number }).data_version;
  }

  // Whose it is, and where reading goes on

  setting(name: "partner" | "synced_at"): string | undefined {
    return this.#setting(name);
  }

  keep(name: "partner" | "synced_at", value: string): void {
    this.#keep(name, value);
  }

  directory(): { partners: Partner[]; keys: KeySet } | undefined {
    const text = this.#setting("directory");
    return text === undefined ? undefined : (JSON.parse(text) as { partners: Partner[]; keys: KeySet });
  }

  keepDirectory(partners: readonly Partner[], keys: KeySet): void {
    const text = JSON.stringify({ partners, keys });
    // Who matches need not read it again where it says the same.
    if (text !== this.#setting("directory")) this.#keep("directory", text);
  }

  /** The generation that answers; undefined before the first is whole. */
  answering(): number | undefined {
    const place = this.#setting("place");
    return place === undefined ? undefined : (JSON.parse(place) as Place).generation;
  }

  /** Where reading goes on: in the generation that is being read anew, where one is. */
  place(): Place & { whole: boolean } {
    const [building, place] = [this.#setting("building"), this.#setting("place")];
    if (building !== undefined) return { ...(JSON.parse(building) as Place), whole: false };
    return place === undefined ? this.begin() : { ...(JSON.parse(place) as Place), whole: true };
  }

  /** A new generation, read from the feed's start, while the one that answers goes on. */
  begin(): Place & { whole: false } {
    return this.write(() => {
      const building = this.#setting("building");
      if (building !== undefined) this.#deleteGeneration((JSON.parse(building) as Place).generation);
      const generation = Number(this.#setting("generations") ?? 0) + 1;
      this.#keep("generations", String(generation));
      this.#keep("building", JSON.stringify({ generation, cursor: "" }));
      return { generation, cursor: "", whole: false };
    });
  }

  /** It is whole: from here on it answers, and what was there before is gone. */
  finish(place: Place): void {
    this.write(() => {
      const before = this.answering();
      if (before !== undefined) this.#deleteGeneration(before);
      this.#keep("place", JSON.stringify(place));
      this.#run("DELETE FROM setting WHERE name = 'building'");
    });
  }

  /** The changes and the cursor behind them: both, or neither. How many tips were deleted. */
  apply(place: Place & { whole: boolean }, changes: readonly Change[]): number {
    return this.write(() => {
      let deleted = 0;
      for (const change of changes) deleted += this.#change(place.generation, change);
      if (deleted > 0) this.#keep("deleted", "1");
      const { generation, cursor } = place;
      this.#keep(place.whole ? "place" : "building", JSON.stringify({ generation, cursor }));
      return deleted;
    });
  }

  // What is deleted

  /** What has ended by that time: indicators, and tips whole. How many indicators. */
  deleteEnded(now: number): number {
    return this.write(() => {
      let ended = 0;
      for (const { tip_no, expires_at } of this.#all<{ tip_no: number; expires_at: number }>(
        "SELECT tip_no, expires_at FROM tip WHERE next_end <= ?",
        now,
      )) {
        ended += this.#deleteIndicators(tip_no, expires_at <= now ? Number.MAX_SAFE_INTEGER : now);
        if (expires_at <= now) this.#deleteTip(tip_no);
        else
          this.#run(
            "UPDATE tip SET next_end = (SELECT coalesce(min(valid_until), tip.expires_at) FROM indicator i WHERE i.tip_no = tip.tip_no) WHERE tip_no = ?",
            tip_no,
          );
      }
      if (ended > 0) this.#keep("deleted", "1");
      return ended;
    });
  }

  /**
   * Writes the file anew where something was deleted, and empties the log: `secure_delete` alone overwrites what is deleted, but
   * not what a page was left with when its neighbours were divided or joined. False where another process holds it up, and it must
   * be tried again.
   */
  forget(): boolean {
    if (this.#setting("deleted") !== undefined) {
      try {
        // What it makes beside the file holds only what is kept, and may be large.
        this.#db.exec("PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY");
      } catch (error) {
        if (!/locked|busy/i.test((error as Error).message)) throw error;
        return false;
      }
      // Before this is gone, the log is: a crash between makes it be done again.
      if (!this.#emptyLog()) return false;
      this.#run("DELETE FROM setting WHERE name = 'deleted'");
    }
    return this.#emptyLog();
  }

  #emptyLog = (): boolean => (this.#get("PRAGMA wal_checkpoint(TRUNCATE)") as { busy: number }).busy === 0;

  /** Deletions to tell of, of tips of which nothing is left. */
  toAcknowledge(limit: number): { tip: string; event: string }[] {
    return this.#all(
      "SELECT tip, event FROM acknowledgement a WHERE NOT EXISTS (SELECT 1 FROM tip t WHERE t.tip = a.tip) LIMIT ?",
      limit,
    );
  }

  acknowledged(tip: string, event: string): void {
    this.#run("DELETE FROM acknowledgement WHERE tip = ? AND event = ?", tip, event);
  }

  // What is asked

  held(): Held {
    const generation = this.answering() ?? this.place().generation;
    const { tips } = this.#get("SELECT count(*) AS tips FROM tip WHERE generation = ?", generation) as { tips: number };
    const { indicators } = this.#get(
      "SELECT count(*) AS indicators FROM tip t CROSS JOIN indicator i ON i.tip_no = t.tip_no WHERE t.generation = ?",
      generation,
    ) as { indicators: number };
    const unverified = this.#all<Held["unverified"][number]>(
      "SELECT tip, version, reason FROM unverified WHERE generation = ? ORDER BY tip",
      generation,
    );
    const synced_at = this.#setting("synced_at");
    return { tips, indicators, unverified, ...(synced_at !== undefined && { synced_at }) };
  }

  /** The tips that answer, in the order of their ids. */
  tips(): { tip: string; version: number; from: string; through: string; digest: string }[] {
    return this.#all(
      'SELECT tip, version, author AS "from", through, digest FROM tip WHERE generation = ? ORDER BY tip',
      this.answering() ?? 0,
    );
  }

  prefixes(): string[] {
    return this.#all<{ prefix: string }>("SELECT prefix FROM prefix_length").map((row) => row.prefix);
  }

  /** The keys of tips stored behind a number, and the newest of them. */
  keysAfter(tipNo: number, take: (key: string) => void): number {
    const { newest } = this.#get("SELECT coalesce(max(tip_no), 0) AS newest FROM tip") as { newest: number };
    if (newest <= tipNo) return tipNo;
    if (tipNo === 0)
      for (const row of this.#statement("SELECT DISTINCT key FROM index_key").iterate()) take(row.key as string);
    else
      for (const row of this.#statement("SELECT body FROM indicator WHERE tip_no > ? AND keys > 0").iterate(tipNo))
        for (const key of keysOf(JSON.parse(row.body as string) as Indicator)) take(key);
    return newest;
  }

  /** What stands under a key and holds at that time; `tip_no` is the tip's rank. */
  candidates(key: string, generation: number, now: number, limit: number): Candidate[] {
    return this.#all(
      `SELECT k.key, t.rank AS tip_no, t.version, k.ordinal, t.author, i.body
      FROM index_key k CROSS JOIN tip t ON t.tip_no = k.tip_no
        CROSS JOIN indicator i ON i.tip_no = k.tip_no AND i.ordinal = k.ordinal
      WHERE k.key = ? AND t.generation = ? AND t.expires_at > ? AND i.valid_until > ? LIMIT ?`,
      ...[key, generation, now, now, limit],
    );
  }

  /** The same where that is more than may be read: the newest of each author. */
  candidatesFairly(key: string, generation: number, now: number, ofAuthor: number, limit: number): Candidate[] {
    return this.#all(
      `SELECT key, tip_no, version, ordinal, author, body FROM (
        SELECT k.key, t.rank AS tip_no, t.version, k.ordinal, t.author, i.body,
          row_number() OVER (PARTITION BY t.author ORDER BY t.rank DESC, k.ordinal) AS place
        FROM index_key k CROSS JOIN tip t ON t.tip_no = k.tip_no
          CROSS JOIN indicator i ON i.tip_no = k.tip_no AND i.ordinal = k.ordinal
        WHERE k.key = ? AND t.generation = ? AND t.expires_at > ? AND i.valid_until > ?)
      WHERE place <= ? LIMIT ?`,
      ...[key, generation, now, now, ofAuthor, limit],
    );
  }

  /** The tip of a rank, and what is said of its indicators. */
  answeringTip(rank: number, generation: number): { tip: Answering; heading: Heading; bits: Map<number, number> } {
    const { heading, ...tip } = this.#get(
      "SELECT tip, version, author, tlp, through, heading FROM tip WHERE generation = ? AND rank = ?",
      ...[generation, rank],
    ) as unknown as Answering & { heading: string };
    const marked = this.#all<{ ordinal: number; bits: number }>(
      "SELECT ordinal, bits FROM mark WHERE generation = ? AND tip = ? AND version = ?",
      ...[generation, tip.tip, tip.version],
    );
    const bits = new Map(marked.map((row) => [row.ordinal, row.bits]));
    return { tip, heading: JSON.parse(heading) as Heading, bits };
  }

  // One change

  #change(generation: number, change: Change): number {
    switch (change.what) {
      case "put":
        return this.#put(generation, change.tip);
      case "told":
        this.#tell(generation, change.tip, change.rank);
        return 0;
      case "gone":
        return this.#gone(generation, change);
      case "unverified":
        this.#delete(generation, change.tip);
        this.#run(
          "INSERT OR REPLACE INTO unverified (generation, tip, version, reason) VALUES (?, ?, ?, ?)",
          ...[generation, change.tip, change.version, change.reason],
        );
        return 1;
      case "marked":
        for (const ordinal of change.ordinals)
          this.#run(
            `INSERT INTO mark (generation, tip, version, ordinal, bits) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET bits = (bits & ~?) | excluded.bits`,
            ...[generation, change.tip, change.version, ordinal, change.set, change.clear],
          );
        return 0;
    }
  }

  #put(generation: number, tip: StoredTip): number {
    const held = this.#get(
      "SELECT tip_no, version, digest, rank FROM tip WHERE generation = ? AND tip = ?",
      ...[generation, tip.tip],
    ) as { tip_no: number; version: number; digest: string; rank: number } | undefined;
    if (held && held.version > tip.version) return 0;
    // Whatever is still to be told of an earlier deletion: it is rightly here again.
    this.#run("DELETE FROM acknowledgement WHERE tip = ?", tip.tip);
    this.#run("DELETE FROM unverified WHERE generation = ? AND tip = ?", generation, tip.tip);
    if (held?.digest === tip.digest) {
      this.#run("UPDATE tip SET through = ? WHERE tip_no = ?", tip.through, held.tip_no);
      return 0;
    }
    const told = this.#get("SELECT rank FROM told WHERE generation = ? AND tip = ?", generation, tip.tip) as
      | { rank: number }
      | undefined;
    this.#delete(generation, tip.tip, tip.version);
    const rank = Math.min(tip.rank, held?.rank ?? tip.rank, told?.rank ?? tip.rank);
    const until = endsOf(tip.rows);
    const end = until.reduce((least, one) => Math.min(least, one), tip.expires_at);
    const { lastInsertRowid } = this.#run(
      `INSERT INTO tip (generation, tip, version, author, tlp, through, digest, rank, expires_at, next_end, heading)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[generation, tip.tip, tip.version, tip.author, tip.tlp, tip.through, tip.digest],
      ...[rank, tip.expires_at, end, tip.heading],
    );
    const tipNo = Number(lastInsertRowid);
    const counts = new Map<number, number>();
    const key = this.#statement("INSERT INTO index_key (key, tip_no, ordinal) VALUES (?, ?, ?)");
    for (const [text, ordinal] of tip.keys) {
      key.run(text, tipNo, ordinal);
      counts.set(ordinal, (counts.get(ordinal) ?? 0) + 1);
    }
    const row = this.#statement(
      "INSERT INTO indicator (tip_no, ordinal, valid_until, keys, body) VALUES (?, ?, ?, ?, ?)",
    );
    for (const [at, [ordinal, , , , body]] of tip.rows.entries())
      row.run(tipNo, ordinal, until[at]!, counts.get(ordinal) ?? 0, body);
    for (const prefix of tip.prefixes) this.#run("INSERT OR IGNORE INTO prefix_length (prefix) VALUES (?)", prefix);
    return held ? 1 : 0;
  }

  #tell(generation: number, tip: string, rank: number): void {
    this.#run("UPDATE tip SET rank = min(rank, ?) WHERE generation = ? AND tip = ?", rank, generation, tip);
    this.#run(
      `INSERT INTO told (generation, tip, rank) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM tip WHERE generation = ?1 AND tip = ?2)
      ON CONFLICT DO UPDATE SET rank = min(rank, excluded.rank)`,
      ...[generation, tip, rank],
    );
  }

  /** Told of where it was here at all: also where only the generation that still answers has it. */
  #gone(generation: number, { tip, event, acknowledge }: Extract<Change, { what: "gone" }>): number {
    const held = this.#get("SELECT 1 FROM tip WHERE tip = ?", tip) !== undefined;
    this.#delete(generation, tip);
    if (held && acknowledge) this.#run("INSERT OR IGNORE INTO acknowledgement (tip, event) VALUES (?, ?)", tip, event);
    return held ? 1 : 0;
  }

  /** All of a tip in a generation; what is said of the version `keeping`, and later ones, stays. */
  #delete(generation: number, tip: string, keeping = Number.MAX_SAFE_INTEGER): void {
    for (const { tip_no } of this.#all<{ tip_no: number }>(
      "SELECT tip_no FROM tip WHERE generation = ? AND tip = ?",
      ...[generation, tip],
    )) {
      this.#deleteIndicators(tip_no, Number.MAX_SAFE_INTEGER);
      this.#deleteTip(tip_no);
    }
    this.#run("DELETE FROM told WHERE generation = ? AND tip = ?", generation, tip);
    this.#run("DELETE FROM unverified WHERE generation = ? AND tip = ?", generation, tip);
    this.#run("DELETE FROM mark WHERE generation = ? AND tip = ? AND version < ?", generation, tip, keeping);
  }

  #deleteTip(tipNo: number): void {
    this.#run("DELETE FROM tip WHERE tip_no = ?", tipNo);
  }

  /** Those of a tip that end by then, with their keys, which are made again: the index has no second order. */
  #deleteIndicators(tipNo: number, until: number): number {
    const rows = this.#all<{ ordinal: number; keys: number; body: string }>(
      "SELECT ordinal, keys, body FROM indicator WHERE tip_no = ? AND valid_until <= ?",
      ...[tipNo, until],
    );
    let missing = 0;
    const one = this.#statement("DELETE FROM index_key WHERE key = ? AND tip_no = ? AND ordinal = ?");
    for (const { ordinal, keys, body } of rows) {
      missing += keys;
      for (const key of keysOf(JSON.parse(body) as Indicator)) missing -= Number(one.run(key, tipNo, ordinal).changes);
    }
    // An earlier version of this library made other keys: then all are looked through.
    if (missing !== 0)
      this.#run(
        "DELETE FROM index_key WHERE tip_no = ?1 AND ordinal IN (SELECT ordinal FROM indicator WHERE tip_no = ?1 AND valid_until <= ?2)",
        ...[tipNo, until],
      );
    this.#run("DELETE FROM indicator WHERE tip_no = ? AND valid_until <= ?", tipNo, until);
    return rows.length;
  }

  #deleteGeneration(generation: number): void {
    this.#keep("deleted", "1");
    this.#run("DELETE FROM index_key WHERE tip_no IN (SELECT tip_no FROM tip WHERE generation = ?)", generation);
    this.#run("DELETE FROM indicator WHERE tip_no IN (SELECT tip_no FROM tip WHERE generation = ?)", generation);
    for (const table of ["tip", "told", "mark", "unverified"])
      this.#run(`DELETE FROM ${table} WHERE generation = ?`, generation);
  }

  // Statements

  #setting(name: string): string | undefined {
    return (this.#get("SELECT value FROM setting WHERE name = ?", name) as { value: string } | undefined)?.value;
  }

  #keep(name: string, value: string): void {
    this.#run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", name, value);
  }

  #within<Value>(begin: string, deed: () => Value): Value {
    this.#db.exec(begin);
    try {
      const value = deed();
      this.#db.exec("COMMIT");
      return value;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  #statement(text: string): StatementSync {
    const known = this.#prepared.get(text) ?? this.#db.prepare(text);
    this.#prepared.set(text, known);
    return known;
  }

  #run = (text: string, ...values: SQLInputValue[]) => this.#statement(text).run(...values);
  #get = (text: string, ...values: SQLInputValue[]) => this.#statement(text).get(...values);
  #all = <Row>(text: string, ...values: SQLInputValue[]) => this.#statement(text).all(...values) as Row[];
}

/** Most end at one of a few times. */
function endsOf(rows: readonly IndicatorRow[]): number[] {
  const known = new Map<string, number>();
  return rows.map(([, , , text]) => {
    const end = known.get(text) ?? Date.parse(text);
    known.set(text, end);
    return end;
  });
}
