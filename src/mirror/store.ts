/**
 * What is written of a mirror. A page of the feed and its cursor are one transaction. What is deleted is gone from every page of
 * the file and of its log once `forget` has said so; that this is still to be done outlasts a crash. Everything belongs to a
 * generation: one answers, and a copy that is read anew is another until it is whole; then they change places in one transaction.
 */
import type { Partner } from "../client/directory.ts";
import type { KeySet } from "../client/verify.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf } from "../core/indicators/registry.ts";
import type { Answering } from "../core/matching/view-match.ts";
import type { Columns } from "./columns.ts";
import { hashOf } from "./key-hash.ts";
import { type Place, StoreLookups } from "./store-lookups.ts";

/** What one event changes. */
export type Change =
  | { what: "put"; tip: StoredTip }
  | { what: "told"; tip: string; rank: number }
  | { what: "gone"; tip: string; event: string; acknowledge: boolean }
  | { what: "unverified"; tip: string; version: number; reason: string };

export interface StoredTip extends Answering {
  digest: string;
  rank: number;
  expires_at: number;
  heading: string;
  columns: Columns;
  /** What the exchange says of indicators, as `markBits`, by ordinal. */
  marks: ReadonlyMap<number, number>;
}

/** Rows of one statement: a statement costs as much as some of them. */
const rowsAtOnce = 50;

export class Store extends StoreLookups {
  keep(name: "partner" | "synced_at", value: string): void {
    this.put(name, value);
  }

  keepDirectory(partners: readonly Partner[], keys: KeySet): void {
    const text = JSON.stringify({ partners, keys });
    // Who matches need not read it again where it says the same.
    if (text !== this.kept("directory")) this.put("directory", text);
  }

  /** Where reading goes on: in the generation that is being read anew, where one is. */
  place(): Place & { whole: boolean } {
    const [building, place] = [this.building(), this.kept("place")];
    if (building) return { ...building, whole: false };
    return place === undefined ? this.begin() : { ...(JSON.parse(place) as Place), whole: true };
  }

  /** A new generation, read from the feed's start, while the one that answers goes on. */
  begin(): Place & { whole: false } {
    return this.writeKeys(() => {
      const building = this.building();
      if (building) this.#deleteGeneration(building.generation);
      const generation = Number(this.kept("generations") ?? 0) + 1;
      this.put("generations", String(generation));
      this.put("building", JSON.stringify({ generation, cursor: "" }));
      return { generation, cursor: "", whole: false };
    });
  }

  /** It is whole: from here on it answers, and what was there before is gone. */
  finish(place: Place): void {
    this.writeKeys(() => {
      this.bringIn();
      const before = this.answering();
      if (before !== undefined) this.#deleteGeneration(before);
      this.put("place", JSON.stringify(place));
      this.run("DELETE FROM setting WHERE name = 'building'");
    });
  }

  /** The changes and the cursor behind them: both, or neither. How many tips were deleted. */
  apply(place: Place & { whole: boolean }, changes: readonly Change[]): number {
    return this.writeKeys(() => {
      let deleted = 0;
      for (const change of changes) deleted += this.#change(place.generation, change);
      if (deleted > 0) this.put("deleted", "1");
      const { generation, cursor } = place;
      this.put(place.whole ? "place" : "building", JSON.stringify({ generation, cursor }));
      return deleted;
    }, !place.whole);
  }

  /** What has ended by that time: indicators, and tips whole. Of how many tips. */
  deleteEnded(now: number): number {
    return this.writeKeys(() => {
      const ended = this.all<{ tip_no: number; expires_at: number }>(
        "SELECT tip_no, expires_at FROM tip WHERE next_end <= ?",
        now,
      );
      for (const { tip_no, expires_at } of ended) {
        this.#deleteIndicators(tip_no, expires_at <= now ? Number.MAX_SAFE_INTEGER : now);
        if (expires_at <= now) this.#deleteTip(tip_no);
        else
          this.run(
            "UPDATE tip SET next_end = (SELECT coalesce(min(valid_until), tip.expires_at) FROM indicator i WHERE i.tip_no = tip.tip_no) WHERE tip_no = ?",
            tip_no,
          );
      }
      if (ended.length > 0) this.put("deleted", "1");
      return ended.length;
    });
  }

  /**
   * Where something was deleted, writes the file anew and empties the log: `secure_delete` alone overwrites what is deleted, but
   * not what a page was left with when its neighbours were divided or joined. False where another process holds it up, and it must
   * be tried again.
   */
  forget(): boolean {
    if (this.kept("deleted") === undefined) return true;
    try {
      // What it makes beside the file holds only what is kept, and may be large.
      this.db.exec("PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY");
    } catch (error) {
      if (!/locked|busy/i.test((error as Error).message)) throw error;
      return false;
    }
    // Before this is gone, the log is: a crash between makes it be done again.
    if (!this.#emptyLog()) return false;
    this.run("DELETE FROM setting WHERE name = 'deleted'");
    return true;
  }

  #emptyLog = (): boolean => (this.get("PRAGMA wal_checkpoint(TRUNCATE)") as { busy: number }).busy === 0;

  /** Deletions to tell of, of tips of which nothing is left. */
  toAcknowledge(limit: number): { tip: string; event: string }[] {
    return this.all(
      "SELECT tip, event FROM acknowledgement a WHERE NOT EXISTS (SELECT 1 FROM tip t WHERE t.tip = a.tip) LIMIT ?",
      limit,
    );
  }

  acknowledged(tip: string, event: string): void {
    this.run("DELETE FROM acknowledgement WHERE tip = ? AND event = ?", tip, event);
  }

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
        if (this.#held(change.tip)) this.run("INSERT OR IGNORE INTO once_held (tip) VALUES (?)", change.tip);
        this.#delete(generation, change.tip);
        this.run(
          "INSERT OR REPLACE INTO unverified (generation, tip, version, reason) VALUES (?, ?, ?, ?)",
          ...[generation, change.tip, change.version, change.reason],
        );
        return 1;
    }
  }

  #put(generation: number, tip: StoredTip): number {
    const held = this.get(
      "SELECT tip_no, version, digest, rank FROM tip WHERE generation = ? AND tip = ?",
      ...[generation, tip.tip],
    ) as { tip_no: number; version: number; digest: string; rank: number } | undefined;
    if (held && held.version > tip.version) return 0;
    // Whatever is still to be told of an earlier deletion: it is rightly here again.
    this.run("DELETE FROM acknowledgement WHERE tip = ?", tip.tip);
    this.run("DELETE FROM unverified WHERE generation = ? AND tip = ?", generation, tip.tip);
    if (held?.digest === tip.digest) {
      this.run("UPDATE tip SET through = ? WHERE tip_no = ?", tip.through, held.tip_no);
      this.#mark(held.tip_no, tip.marks);
      return 0;
    }
    const told = this.get("SELECT rank FROM told WHERE generation = ? AND tip = ?", generation, tip.tip) as
      | { rank: number }
      | undefined;
    this.#delete(generation, tip.tip);
    const rank = Math.min(tip.rank, held?.rank ?? tip.rank, told?.rank ?? tip.rank);
    const end = tip.columns.ends.reduce((least, one) => Math.min(least, one), tip.expires_at);
    const { lastInsertRowid } = this.run(
      `INSERT INTO tip (generation, tip, version, author, tlp, through, digest, rank, expires_at, next_end, heading)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[generation, tip.tip, tip.version, tip.author, tip.tlp, tip.through, tip.digest],
      ...[rank, tip.expires_at, end, tip.heading],
    );
    const tipNo = Number(lastInsertRowid);
    this.#insert(tipNo, tip.columns);
    this.addKeys(tipNo, tip.columns.hashes, tip.columns.hash_ordinals);
    this.#mark(tipNo, tip.marks);
    for (const prefix of tip.columns.prefixes)
      this.run("INSERT OR IGNORE INTO prefix_length (prefix) VALUES (?)", prefix);
    return held ? 1 : 0;
  }

  #insert(tipNo: number, { ordinals, ends, key_counts, bodies }: Columns): void {
    const lines = bodies.split("\n");
    for (let from = 0; from < ordinals.length; from += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, ordinals.length - from);
      const values: (number | string)[] = [];
      for (let at = from; at < from + count; at++)
        values.push(tipNo, ordinals[at]!, ends[at]!, key_counts[at]!, lines[at]!);
      this.run(
        `INSERT INTO indicator (tip_no, ordinal, valid_until, keys, body) VALUES ${Array(count).fill("(?, ?, ?, ?, ?)").join()}`,
        ...values,
      );
    }
  }

  #mark(tipNo: number, marks: StoredTip["marks"]): void {
    this.run("UPDATE indicator SET mark = 0 WHERE tip_no = ? AND mark > 0", tipNo);
    for (const [ordinal, bits] of marks)
      this.run("UPDATE indicator SET mark = ? WHERE tip_no = ? AND ordinal = ?", bits, tipNo, ordinal);
  }

  #tell(generation: number, tip: string, rank: number): void {
    this.run("UPDATE tip SET rank = min(rank, ?) WHERE generation = ? AND tip = ?", rank, generation, tip);
    this.run(
      `INSERT INTO told (generation, tip, rank) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM tip WHERE generation = ?1 AND tip = ?2)
      ON CONFLICT DO UPDATE SET rank = min(rank, excluded.rank)`,
      ...[generation, tip, rank],
    );
  }

  /** In any generation. */
  #held(tip: string): boolean {
    return this.get("SELECT 1 FROM tip WHERE tip = ?", tip) !== undefined;
  }

  /** Told of where it was here at all: also where only the generation that still answers has it. */
  #gone(generation: number, { tip, event, acknowledge }: Extract<Change, { what: "gone" }>): number {
    const held = this.#held(tip);
    const once = this.get("SELECT 1 FROM once_held WHERE tip = ?", tip) !== undefined;
    this.#delete(generation, tip);
    if (held && !acknowledge) this.run("INSERT OR IGNORE INTO once_held (tip) VALUES (?)", tip);
    if ((held || once) && acknowledge) {
      this.run("INSERT OR IGNORE INTO acknowledgement (tip, event) VALUES (?, ?)", tip, event);
      this.run("DELETE FROM once_held WHERE tip = ?", tip);
    }
    return held ? 1 : 0;
  }

  /** All of a tip in a generation. */
  #delete(generation: number, tip: string): void {
    for (const { tip_no } of this.all<{ tip_no: number }>(
      "SELECT tip_no FROM tip WHERE generation = ? AND tip = ?",
      ...[generation, tip],
    )) {
      this.#deleteIndicators(tip_no, Number.MAX_SAFE_INTEGER);
      this.#deleteTip(tip_no);
    }
    this.run("DELETE FROM told WHERE generation = ? AND tip = ?", generation, tip);
    this.run("DELETE FROM unverified WHERE generation = ? AND tip = ?", generation, tip);
  }

  #deleteTip(tipNo: number): void {
    this.run("DELETE FROM tip WHERE tip_no = ?", tipNo);
  }

  /** Those of a tip that end by then, with their keys, which are made again: the index has no second order. */
  #deleteIndicators(tipNo: number, until: number): void {
    const rows = this.all<{ ordinal: number; keys: number; body: string }>(
      "SELECT ordinal, keys, body FROM indicator WHERE tip_no = ? AND valid_until <= ?",
      ...[tipNo, until],
    );
    const seed = this.seed();
    for (const { ordinal, keys, body } of rows) {
      const made = keys > 0 ? keysOf(JSON.parse(body) as Indicator) : [];
      this.removeKeys(
        ...([tipNo, ordinal] as const),
        made.map((key) => hashOf(key, seed)),
        keys,
      );
    }
    this.run("DELETE FROM indicator WHERE tip_no = ? AND valid_until <= ?", tipNo, until);
  }

  #deleteGeneration(generation: number): void {
    this.put("deleted", "1");
    const tips = this.all<{ tip_no: number }>("SELECT tip_no FROM tip WHERE generation = ?", generation);
    this.removeTips(tips.map(({ tip_no }) => tip_no));
    this.run("DELETE FROM indicator WHERE tip_no IN (SELECT tip_no FROM tip WHERE generation = ?)", generation);
    for (const table of ["tip", "told", "unverified"])
      this.run(`DELETE FROM ${table} WHERE generation = ?`, generation);
  }
}
