/**
 * The index of a mirror: under a key's hash the indicators that have it. A row holds some hundred entries, from its `first` up to
 * the next row's; so thousands of keys are a few statements, and each row is written once for all that a transaction changes in it.
 * Those of a copy that is read anew are put aside until there are many, or it is whole: each row is then written once for all these.
 */
import {
  bytesOf,
  divided,
  type Entries,
  entriesIn,
  joined,
  merged,
  type Place,
  placesOf,
  sorted,
  without,
  words,
} from "./key-entries.ts";
import { StoreFile } from "./store-file.ts";

/** Entries of a row: it fits a page of the file. */
const most = 336;
/** Entries that are put aside before they are brought in: a few megabytes. */
const aside = 500_000;

interface Row {
  first: number;
  entries: Entries;
  /** Where the next one begins. */
  end: number;
}

/** What a transaction changes. A tip's number is never used again, so that it does not matter in which order. */
class Changes {
  readonly added: { tip: number; hashes: Uint32Array; ordinals: Uint32Array }[] = [];
  /** Of keys that go: where to look. */
  readonly hashes = new Set<number>();
  /** How many go. */
  expected = 0;
  /** Where not all were found, all rows are looked through. */
  everywhere = false;
  readonly tips = new Set<number>();
  readonly indicators = new Set<number>();

  isGone = (tip: number, ordinal: number): boolean =>
    this.tips.has(tip) || (this.indicators.size > 0 && this.indicators.has(numberOf(tip, ordinal)));
}
const numberOf = (tip: number, ordinal: number): number => tip * 2 ** 21 + ordinal;

export class StoreKeys extends StoreFile {
  #changes = new Changes();

  /** One transaction, at whose end the keys change. `later`: what is added need not be found yet. */
  protected writeKeys<Value>(deed: () => Value, later = false): Value {
    this.#changes = new Changes();
    return this.write(() => {
      const value = deed();
      this.#settle(this.#changes, later);
      return value;
    });
  }

  protected addKeys(tip: number, hashes: Uint32Array, ordinals: Uint32Array): void {
    this.#changes.added.push({ tip, hashes, ordinals });
  }

  /** Of an indicator that goes: the hashes of its keys, of which so many are in the index. */
  protected removeKeys(tip: number, ordinal: number, hashes: readonly number[], count: number): void {
    this.#changes.indicators.add(numberOf(tip, ordinal));
    this.#changes.expected += count;
    for (const hash of hashes) this.#changes.hashes.add(hash);
  }

  /** Of whole tips, wherever they are. */
  protected removeTips(tips: readonly number[]): void {
    for (const tip of tips) this.#changes.tips.add(tip);
    this.#changes.everywhere ||= tips.length > 0;
  }

  /** Where the keys of hashes stand, the earliest tip first. Each row is read once for all that are in it. */
  protected placesOf(hashes: Iterable<number>): Map<number, Place[]> {
    const found = new Map<number, Place[]>();
    let entries = none;
    for (const hash of Uint32Array.from(hashes).sort()) {
      if (entries.length === 0 || hash > entries.at(-words)!) {
        const row = this.get("SELECT entries FROM index_key WHERE first <= ? ORDER BY first DESC LIMIT 1", hash);
        entries = row ? entriesIn(row.entries as Uint8Array) : none;
      }
      found.set(hash, placesOf(entries, hash));
    }
    return found;
  }

  /** The hashes of all keys. */
  protected allHashes(take: (hash: number) => void): void {
    for (const row of this.statement("SELECT entries FROM index_key").iterate()) {
      const entries = entriesIn(row.entries as Uint8Array);
      for (let at = 0; at < entries.length; at += words) take(entries[at]!);
    }
  }

  #settle(changes: Changes, later: boolean): void {
    const { isGone } = changes;
    const removes = changes.everywhere || changes.hashes.size > 0;
    if (removes) this.bringIn();
    let found = 0;
    for (const part of partsOf(changes.added)) {
      const entries = without(part, isGone);
      found += (part.length - entries.length) / words;
      if (later && !removes) this.#putAside(entries);
      else this.#walk(sorted(entries), none, isGone);
    }
    if (changes.hashes.size > 0) found += this.#walk(none, Uint32Array.from(changes.hashes).sort(), isGone);
    if (changes.everywhere || found !== changes.expected) this.#sweep(isGone);
  }

  #putAside(entries: Entries): void {
    this.run("INSERT INTO key_aside (entries) VALUES (?)", bytesOf(entries));
    const { bytes } = this.get("SELECT sum(length(entries)) AS bytes FROM key_aside") as { bytes: number };
    if (bytes >= aside * words * Uint32Array.BYTES_PER_ELEMENT) this.bringIn();
  }

  /** What was put aside is found from here on. */
  protected bringIn(): void {
    const rows = this.all<{ entries: Uint8Array }>("SELECT entries FROM key_aside ORDER BY page");
    if (rows.length === 0) return;
    for (const part of joined(rows.map(({ entries }) => entriesIn(entries))))
      this.#walk(sorted(part), none, () => false);
    this.run("DELETE FROM key_aside");
  }

  /** Adds entries, and takes out what is gone wherever one of these hashes is; how many that were. */
  #walk(added: Entries, hashes: Uint32Array, isGone: Changes["isGone"]): number {
    let [a, h, gone] = [0, 0, 0];
    while (a < added.length || h < hashes.length) {
      const next = Math.min(added[a] ?? Number.POSITIVE_INFINITY, hashes[h] ?? Number.POSITIVE_INFINITY);
      const row = this.#rowWith(next);
      const from = a;
      while (a < added.length && added[a]! < row.end) a += words;
      const looked = h;
      while (h < hashes.length && hashes[h]! < row.end) h++;
      const kept = h > looked ? without(row.entries, isGone) : row.entries;
      gone += (row.entries.length - kept.length) / words;
      if (a > from || kept !== row.entries) this.#writeRow(row.first, merged(kept, added.subarray(from, a)));
    }
    return gone;
  }

  /** Takes out what is gone from all rows: an earlier version of this library made other keys, or it is a whole generation. */
  #sweep(isGone: Changes["isGone"]): void {
    for (let row = this.#rowWith(0); ; row = this.#rowWith(row.end)) {
      const kept = without(row.entries, isGone);
      if (kept !== row.entries) this.#writeRow(row.first, kept);
      if (row.end === Number.POSITIVE_INFINITY) return;
    }
  }

  #rowWith(hash: number): Row {
    const row = this.get(
      `SELECT first, entries, (SELECT min(first) FROM index_key n WHERE n.first > k.first) AS "end"
      FROM index_key k WHERE first <= ? ORDER BY first DESC LIMIT 1`,
      hash,
    ) as { first: number; entries: Uint8Array; end: number | null } | undefined;
    // The first row begins with the least.
    if (!row) return { first: 0, entries: none, end: Number.POSITIVE_INFINITY };
    return { first: row.first, entries: entriesIn(row.entries), end: row.end ?? Number.POSITIVE_INFINITY };
  }

  #writeRow(first: number, entries: Entries): void {
    if (entries.length === 0 && first > 0) this.run("DELETE FROM index_key WHERE first = ?", first);
    else
      for (const [at, part] of divided(entries, most).entries())
        this.run(
          "INSERT OR REPLACE INTO index_key (first, entries) VALUES (?, ?)",
          ...[at === 0 ? first : part[0]!, bytesOf(part)],
        );
  }
}

const none: Entries = new Uint32Array();

/** As entries, as many at a time as can be sorted. */
const partsOf = (added: Changes["added"]): Entries[] => joined(added.map(entriesOf));

function entriesOf({ tip, hashes, ordinals }: Changes["added"][number]): Entries {
  const entries = new Uint32Array(hashes.length * words);
  for (let at = 0, to = 0; at < hashes.length; at++) {
    entries[to++] = hashes[at]!;
    entries[to++] = tip;
    entries[to++] = ordinals[at]!;
  }
  return entries;
}
