/**
 * Which keys may be in the index, in memory: most questions meet nothing, and need not ask the database. Says "maybe" of every key
 * that was added, and of one in some thousands that was not. Holds 32 bits of each key's hash and takes 8 to 16 bytes a key, up to
 * 256 MiB; past that it says "maybe" of all, which is slower and as right. Keys that are gone stay until it is made anew.
 */

const fewest = 1 << 12;
const most = 1 << 26;

export class KeyFilter {
  /** A stranger chooses keys, but not which of them meet in one place. */
  readonly #seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  #slots = new Uint32Array(fewest);
  #count = 0;
  #full = false;

  get bytes(): number {
    return this.#slots.byteLength;
  }

  add = (key: string): void => {
    if (this.#full) return;
    if (this.#put(this.#hash(key)) && ++this.#count > this.#slots.length / 2) this.#grow();
  };

  mayHave(key: string): boolean {
    if (this.#full) return true;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = this.#hash(key);
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

  /** FNV-1a with a seed, then the last mixing of MurmurHash3; never 0, which is an empty slot. */
  #hash(key: string): number {
    let hash = this.#seed;
    for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0 || 1;
  }
}
