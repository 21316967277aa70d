/**
 * What was said of a tip as the STIX objects that its reader is brought, each at the place of its word: who says it at the first
 * word of a document, then a sighting, then an opinion. Guarantees: of each partner and ordinal the newest word that the reader
 * was told stands at its own place alone, and the places of others do not move by it; what it had and is told no more is revoked.
 */
import { sharedTipOf } from "../api/shared-tip-of.ts";
import { countsIn, readSpoken } from "../core/feedback.ts";
import type { Kind } from "../core/names.ts";
import type { Said, Sight } from "../exchange/read-sights.ts";
import { madeOf, revokedWord, spokenWords, type WordOf, wordObjects } from "../formats/stix/feedback.ts";
import { identity, identityId } from "../formats/stix/head.ts";
import { type WordType, wordTypes } from "../formats/stix/word-ids.ts";
import type { Made } from "./objects-of-sight.ts";

/** With the identity of who says it. */
export const wordObjectsAtMost = 3;
/** Behind the identity. */
const placeOfType: Record<WordType, number> = { sighting: 1, opinion: 2 };

export function* wordsOfSight(exchange: string, sight: Sight): Generator<Made> {
  const { row, said } = sight;
  if (said.length === 0) return;
  const tip = sharedTipOf(exchange, sight, row.at);
  const newest = newestOf(said);
  const firsts = new Map(said.toReversed().map(({ by, accepted_at }) => [by.slug, accepted_at]));
  for (const one of said) {
    const { start, by, document } = one;
    if (start === undefined) continue;
    const words = document && new Map(spokenWords(document));
    const isTold = (ordinal: number) =>
      words !== undefined && !row.ended && !one.isVoid && countsIn(row.version, one, ordinal);
    const [from, to] = [Math.max(row.done - start, 0), Math.min(row.stop - start, one.spoken.length)];
    for (let place = from; place < to; place++) {
      const { ordinal } = readSpoken(one.spoken[place]!);
      const spot = start + place;
      if (place === 0 && isTold(ordinal)) {
        const object = identity({ from: directoryOf(by), modified: row.at }, identityId(exchange, by.slug));
        yield { object, ordinal: spot, index: 0 };
      }
      const found = newest.get(`${by.slug} ${ordinal}`)!;
      if (found.seq !== one.seq) continue;
      const of: WordOf = { by: by.slug, ordinal, created: firsts.get(by.slug)!, modified: row.at };
      const objects = isTold(ordinal) ? wordObjects(tip, of, words!.get(ordinal)!) : [];
      for (const type of wordTypes) {
        const object =
          objects.find((each) => each.type === type) ?? (found.made.has(type) && revokedWord(tip, type, of));
        if (object) yield { object, ordinal: spot, index: placeOfType[type] };
      }
    }
  }
}

/** By partner and ordinal: the document with its newest word, and what any of its words made. */
function newestOf(said: readonly Said[]): Map<string, { seq: number; made: Set<WordType> }> {
  const newest = new Map<string, { seq: number; made: Set<WordType> }>();
  for (const { by, seq, spoken } of said) {
    for (const { ordinal, status } of spoken.map(readSpoken)) {
      const name = `${by.slug} ${ordinal}`;
      const made = newest.get(name)?.made ?? new Set();
      for (const type of madeOf(status)) made.add(type);
      newest.set(name, { seq, made });
    }
  }
  return newest;
}

const directoryOf = ({ slug, name, kind, contact, legal_process_url }: Said["by"]) => ({
  slug,
  name,
  kind: kind as Kind,
  ...(contact !== null && { contact: JSON.parse(contact) }),
  ...(legal_process_url !== null && { legal_process_url }),
});
