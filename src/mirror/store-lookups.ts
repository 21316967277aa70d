/** What is read of a mirror: whose it is, what it holds, and what stands under the keys of a question. Writes nothing. */
import type { Partner } from "../client/directory.ts";
import type { KeySet } from "../client/verify.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf } from "../core/indicators/registry.ts";
import type { Candidate } from "../core/matching/judge-matches.ts";
import type { Answering, Heading } from "../core/matching/view-match.ts";
import { StoreFile } from "./store-file.ts";

/** Where reading goes on: a generation, behind a cursor. */
export interface Place {
  generation: number;
  cursor: string;
}

export interface Held {
  tips: number;
  indicators: number;
  unverified: { tip: string; version: number; reason: string }[];
  /**
   * A new copy is being read beside this one, because the exchange was restored or somebody asked for it, and is not whole: this
   * one may hold what has been taken back since.
   */
  rebuilding?: true;
  /** When the feed's end was reached last; undefined where it never was. */
  synced_at?: string;
}

export class StoreLookups extends StoreFile {
  setting(name: "partner" | "synced_at"): string | undefined {
    return this.kept(name);
  }

  directory(): { partners: Partner[]; keys: KeySet } | undefined {
    const text = this.kept("directory");
    return text === undefined ? undefined : (JSON.parse(text) as { partners: Partner[]; keys: KeySet });
  }

  /** The generation that answers; undefined before the first is whole. */
  answering(): number | undefined {
    const place = this.kept("place");
    return place === undefined ? undefined : (JSON.parse(place) as Place).generation;
  }

  /** Where a generation is being read anew. */
  protected building(): Place | undefined {
    const building = this.kept("building");
    return building === undefined ? undefined : (JSON.parse(building) as Place);
  }

  held(): Held {
    const [answering, building] = [this.answering(), this.building()];
    const generation = answering ?? building?.generation ?? 0;
    const { tips } = this.get("SELECT count(*) AS tips FROM tip WHERE generation = ?", generation) as { tips: number };
    const { indicators } = this.get(
      "SELECT count(*) AS indicators FROM tip t CROSS JOIN indicator i ON i.tip_no = t.tip_no WHERE t.generation = ?",
      generation,
    ) as { indicators: number };
    const unverified = this.all<Held["unverified"][number]>(
      "SELECT tip, version, reason FROM unverified WHERE generation = ? ORDER BY tip",
      generation,
    );
    const synced_at = this.kept("synced_at");
    const rebuilding = answering !== undefined && building !== undefined;
    return {
      tips,
      indicators,
      unverified,
      ...(rebuilding && { rebuilding }),
      ...(synced_at !== undefined && { synced_at }),
    };
  }

  /** The tips that answer, in the order of their ids. */
  tips(): { tip: string; version: number; from: string; through: string; digest: string }[] {
    return this.all(
      'SELECT tip, version, author AS "from", through, digest FROM tip WHERE generation = ? ORDER BY tip',
      this.answering() ?? 0,
    );
  }

  prefixes(): string[] {
    return this.all<{ prefix: string }>("SELECT prefix FROM prefix_length").map((row) => row.prefix);
  }

  /** The keys of tips stored behind a number, and the newest of them. */
  keysAfter(tipNo: number, take: (key: string) => void): number {
    const { newest } = this.get("SELECT coalesce(max(tip_no), 0) AS newest FROM tip") as { newest: number };
    if (newest <= tipNo) return tipNo;
    if (tipNo === 0)
      for (const row of this.statement("SELECT DISTINCT key FROM index_key").iterate()) take(row.key as string);
    else
      for (const row of this.statement("SELECT body FROM indicator WHERE tip_no > ? AND keys > 0").iterate(tipNo))
        for (const key of keysOf(JSON.parse(row.body as string) as Indicator)) take(key);
    return newest;
  }

  /** What stands under a key and holds at that time; `tip_no` is the tip's rank. */
  candidates(key: string, generation: number, now: number, limit: number): Candidate[] {
    return this.all(
      `SELECT k.key, t.rank AS tip_no, t.version, k.ordinal, t.author, i.body, i.mark
      FROM index_key k CROSS JOIN tip t ON t.tip_no = k.tip_no
        CROSS JOIN indicator i ON i.tip_no = k.tip_no AND i.ordinal = k.ordinal
      WHERE k.key = ? AND t.generation = ? AND t.expires_at > ? AND i.valid_until > ? LIMIT ?`,
      ...[key, generation, now, now, limit],
    );
  }

  /** The same where that is more than may be read: the newest of each author. */
  candidatesFairly(key: string, generation: number, now: number, ofAuthor: number, limit: number): Candidate[] {
    return this.all(
      `SELECT key, tip_no, version, ordinal, author, body, mark FROM (
        SELECT k.key, t.rank AS tip_no, t.version, k.ordinal, t.author, i.body, i.mark,
          row_number() OVER (PARTITION BY t.author ORDER BY t.rank DESC, k.ordinal) AS place
        FROM index_key k CROSS JOIN tip t ON t.tip_no = k.tip_no
          CROSS JOIN indicator i ON i.tip_no = k.tip_no AND i.ordinal = k.ordinal
        WHERE k.key = ? AND t.generation = ? AND t.expires_at > ? AND i.valid_until > ?)
      WHERE place <= ? LIMIT ?`,
      ...[key, generation, now, now, ofAuthor, limit],
    );
  }

  /** The tip of a rank. */
  answeringTip(rank: number, generation: number): { tip: Answering; heading: Heading } {
    const { heading, ...tip } = this.get(
      "SELECT tip, version, author, tlp, through, heading FROM tip WHERE generation = ? AND rank = ?",
      ...[generation, rank],
    ) as unknown as Answering & { heading: string };
    return { tip, heading: JSON.parse(heading) as Heading };
  }
}
