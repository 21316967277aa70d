/** What is read of a mirror: whose it is, what it holds, and what stands under the keys of a question. Writes nothing. */
import type { Partner } from "../client/directory.ts";
import type { KeySet } from "../client/verify.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf } from "../core/indicators/registry.ts";
import type { Candidate } from "../core/matching/judge-matches.ts";
import type { Answering, Heading } from "../core/matching/view-match.ts";
import type { Place as IndexPlace } from "./key-entries.ts";
import { hashOf } from "./key-hash.ts";
import { StoreKeys } from "./store-keys.ts";

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

export class StoreLookups extends StoreKeys {
  #seed: number | undefined;

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

  /** What keys are hashed with: this mirror's own. */
  seed(): number {
    this.#seed ??= Number(this.kept("seed"));
    return this.#seed;
  }

  /** The hashes of the keys of tips stored behind a number, and the newest of them. */
  hashesAfter(tipNo: number, take: (hash: number) => void): number {
    const { newest } = this.get("SELECT coalesce(max(tip_no), 0) AS newest FROM tip") as { newest: number };
    if (newest <= tipNo) return tipNo;
    const seed = this.seed();
    if (tipNo === 0) this.allHashes(take);
    else
      for (const row of this.statement("SELECT body FROM indicator WHERE tip_no > ? AND keys > 0").iterate(tipNo))
        for (const key of keysOf(JSON.parse(row.body as string) as Indicator)) take(hashOf(key, seed));
    return newest;
  }

  /** Where keys stand, of those that stand somewhere. Beside it, now and then, where another key of the same hash does. */
  placesUnder(keys: Iterable<string>): Map<string, IndexPlace[]> {
    const hashes = new Map([...keys].map((key) => [key, hashOf(key, this.seed())]));
    const places = this.placesOf(hashes.values());
    const found = new Map<string, IndexPlace[]>();
    for (const [key, hash] of hashes) {
      const some = places.get(hash)!;
      if (some.length > 0) found.set(key, some);
    }
    return found;
  }

  /** What stands at a key's places and holds at that time; `tip_no` is the tip's rank. */
  candidates(key: string, places: readonly IndexPlace[], generation: number, now: number, limit: number): Candidate[] {
    if (places.length === 1)
      return this.all(
        `SELECT ? AS key, t.rank AS tip_no, t.version, i.ordinal, t.author, i.body, i.mark
        FROM tip t CROSS JOIN indicator i ON i.tip_no = t.tip_no AND i.ordinal = ?
        WHERE t.tip_no = ? AND t.generation = ? AND t.expires_at > ? AND i.valid_until > ? LIMIT ?`,
        ...[key, places[0]![1], places[0]![0], generation, now, now, limit],
      );
    return this.all(
      `SELECT ? AS key, t.rank AS tip_no, t.version, i.ordinal, t.author, i.body, i.mark
      FROM json_each(?) place CROSS JOIN tip t ON t.tip_no = place.value ->> 0
        CROSS JOIN indicator i ON i.tip_no = t.tip_no AND i.ordinal = place.value ->> 1
      WHERE t.generation = ? AND t.expires_at > ? AND i.valid_until > ? LIMIT ?`,
      ...[key, JSON.stringify(places), generation, now, now, limit],
    );
  }

  /** The same where that is more than may be read: the newest of each author. */
  candidatesFairly(
    key: string,
    places: readonly IndexPlace[],
    generation: number,
    now: number,
    ofAuthor: number,
    limit: number,
  ): Candidate[] {
    return this.all(
      `SELECT key, tip_no, version, ordinal, author, body, mark FROM (
        SELECT ? AS key, t.rank AS tip_no, t.version, i.ordinal, t.author, i.body, i.mark,
          row_number() OVER (PARTITION BY t.author ORDER BY t.rank DESC, i.ordinal) AS nth
        FROM json_each(?) place CROSS JOIN tip t ON t.tip_no = place.value ->> 0
          CROSS JOIN indicator i ON i.tip_no = t.tip_no AND i.ordinal = place.value ->> 1
        WHERE t.generation = ? AND t.expires_at > ? AND i.valid_until > ?)
      WHERE nth <= ? LIMIT ?`,
      ...[key, JSON.stringify(places), generation, now, now, ofAuthor, limit],
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
