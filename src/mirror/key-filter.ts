/**
 * Which keys may be in the index, in memory: most questions meet nothing, and need not ask the database. Says "maybe" of every key
 * whose hash was added, and of one in some thousands of others. Holds 32 bits of each key and takes 8 to 16 bytes a key, up to
 * 256 MiB; past that it says "maybe" of all, which is slower and as right. Keys that are gone stay until it is made anew.
 */
import { hashOf, newSeed } from "./key-hash.ts";

const fewest = 1 << 12;
const most = 1 << 26;

export class KeyFilter {
  readonly #seed: number;
  #slots = new Uint32Array(fewest);
  #count = 0;
  #full = false;

  constructor(seed = newSeed()) {
    this.#seed = seed;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  add = (key: string): void => this.addHash(hashOf(key, this.#seed));

  /** Of a key, with this filter's seed. */
  addHash = (hash: number): void => {
    if (this.#full) return;
    if (this.#put(hash) && ++this.#count > this.#slots.length / 2) this.#grow();
  };

  mayHave(key: string): boolean {
    if (this.#full) return true;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = hashOf(key, this.#seed);
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const found = slots[at]!;
      if (found === hash) return true;
      if (found === 0) return false;
    }
  }

  /** True where it was not there. */
  #put(hash: number): boolean {
    const mask = this.#slots.length - 1;
    let at = hash & mask;
    while (this.#slots[at] !== 0) {
      if (this.#slots[at] === hash) return false;
      at = (at + 1) & mask;
    }
    this.#slots[at] = hash;
    return true;
  }

  #grow(): void {
    const before = this.#slots;
    if (before.length >= most) {
      this.#full = true;
      return;
    }
    this.#slots = new Uint32Array(before.length * 2);
    for (const hash of before) if (hash !== 0) this.#put(hash);
  }
}
