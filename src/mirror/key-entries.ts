/**
 * Entries of a mirror's index as they lie in one row: the hash of a key, and the tip and the place there of an indicator that has it;
 * 32 bits each, in this machine's order of bytes, in the order of their hashes, of one hash in the order in which they came.
 */

export type Entries = Uint32Array;
/** Of an indicator: its tip, and where it stands there. */
export type Place = [tip: number, ordinal: number];
export const words = 3;

export const entriesIn = ({ buffer, byteOffset, byteLength }: Uint8Array): Entries =>
  new Uint32Array(buffer, byteOffset, byteLength / Uint32Array.BYTES_PER_ELEMENT);
export const bytesOf = ({ buffer, byteOffset, byteLength }: Entries): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** As many as can be sorted at once, by hash and place in one number that is exact. */
export const sortable = 1 << 20;

/** All in their order, as many in one as can be sorted. */
export function joined(pieces: readonly Entries[]): Entries[] {
  const found: Entries[] = [];
  for (let from = 0; from < pieces.length; ) {
    let [to, length] = [from, 0];
    while (to < pieces.length && (to === from || length + pieces[to]!.length <= sortable * words))
      length += pieces[to++]!.length;
    const part = new Uint32Array(length);
    let end = 0;
    for (const piece of pieces.slice(from, to)) {
      part.set(piece, end);
      end += piece.length;
    }
    found.push(part);
    from = to;
  }
  return found;
}

/** By their hashes; of one hash in their order. */
export function sorted(entries: Entries): Entries {
  const count = entries.length / words;
  const order = new Float64Array(count);
  for (let at = 0; at < count; at++) order[at] = entries[at * words]! * sortable + at;
  order.sort();
  const found = new Uint32Array(entries.length);
  for (let at = 0; at < count; at++) {
    const from = (order[at]! % sortable) * words;
    found[at * words] = entries[from]!;
    found[at * words + 1] = entries[from + 1]!;
    found[at * words + 2] = entries[from + 2]!;
  }
  return found;
}

/** Both in one, those of the first before those of the second. */
export function merged(one: Entries, other: Entries): Entries {
  if (one.length === 0) return other;
  const found = new Uint32Array(one.length + other.length);
  let [a, b] = [0, 0];
  for (let at = 0; at < found.length; at += words) {
    const first = b >= other.length || (a < one.length && one[a]! <= other[b]!);
    const from = first ? one : other;
    const place = first ? a : b;
    found[at] = from[place]!;
    found[at + 1] = from[place + 1]!;
    found[at + 2] = from[place + 2]!;
    if (first) a += words;
    else b += words;
  }
  return found;
}

/** Those that are to stay. */
export function without(entries: Entries, isGone: (tip: number, ordinal: number) => boolean): Entries {
  let length = 0;
  while (length < entries.length && !isGone(entries[length + 1]!, entries[length + 2]!)) length += words;
  if (length === entries.length) return entries;
  const found = entries.slice();
  for (let at = length; at < entries.length; at += words) {
    if (isGone(entries[at + 1]!, entries[at + 2]!)) continue;
    found.copyWithin(length, at, at + words);
    length += words;
  }
  return found.subarray(0, length);
}

/** In parts of about `most` entries where they are more; those of one hash stay together. */
export function divided(entries: Entries, most: number): Entries[] {
  const count = entries.length / words;
  if (count <= most) return [entries];
  const parts: Entries[] = [];
  // With room for those that come later.
  const size = Math.ceil(count / Math.ceil(count / (most * 0.75)));
  for (let from = 0; from < count; ) {
    let to = Math.min(from + size, count);
    while (to < count && entries[to * words] === entries[(to - 1) * words]) to++;
    parts.push(entries.subarray(from * words, to * words));
    from = to;
  }
  return parts;
}

/** Where those of a hash stand, in order. */
export function placesOf(entries: Entries, hash: number): Place[] {
  let [low, high] = [0, entries.length / words];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle * words]! < hash) low = middle + 1;
    else high = middle;
  }
  const found: Place[] = [];
  for (let at = low * words; entries[at] === hash; at += words) found.push([entries[at + 1]!, entries[at + 2]!]);
  return found;
}
