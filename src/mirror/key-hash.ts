/**
 * The number under which a key lies in a mirror: 32 bits, never 0, which follow from the key and from a seed of this mirror's own. A
 * stranger chooses keys, but not which of them meet under one number. What meets there without being asked for is judged, and is no
 * answer.
 */

export const newSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;

/** FNV-1a with a seed, then the last mixing of MurmurHash3. */
export function hashOf(key: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
