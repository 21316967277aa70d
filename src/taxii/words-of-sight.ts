/**
 * What was said of a tip as the STIX objects that its reader is brought, each at the place of its word: who says it at the first
 * word of a document, then a sighting, then an opinion. Guarantees: of each partner and ordinal the newest word that the reader
 * was told stands at its own place alone, and the places of others do not move by it; what it had and is told no more is revoked.
 */
import { sharedTipOf } from "../api/shared-tip-of.ts";
import { readSpoken } from "../core/feedback.ts";
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
  const newest = newestOf(sight);
  const firsts = new Map(said.toReversed().map(({ by, accepted_at }) => [by.slug, accepted_at]));
  for (const one of said) {
    const { start, by, document } = one;
    if (start === undefined) continue;
    const words = document && new Map(spokenWords(document));
    const isTold = words !== undefined && !row.ended && !one.isVoid;
    for (const [place, { ordinal, isPast }] of placesOf(sight, one)) {
      const spot = start + place;
      if (place === 0 && isTold) {
        const object = identity({ from: directoryOf(by), modified: row.at }, identityId(exchange, by.slug));
        yield { object, ordinal: spot, index: 0 };
      }
      const found = newest.get(by.slug)!.get(ordinal)!;
      if (found.seq !== one.seq) continue;
      const of: WordOf = { by: by.slug, ordinal, created: firsts.get(by.slug)!, modified: row.at };
      const counts = isTold && !isPast && (ordinal === -1 || one.counts_in === row.version);
      const objects = counts ? wordObjects(tip, of, words.get(ordinal)!) : [];
      for (const type of wordTypes) {
        const object =
          objects.find((each) => each.type === type) ?? (found.made.has(type) && revokedWord(tip, type, of));
        if (object) yield { object, ordinal: spot, index: placeOfType[type] };
      }
    }
  }
}

/** Of what is handed out of a document: the place of each word in it, and what it is. */
const placesOf = ({ row }: Sight, { start, spoken }: Said): [place: number, word: ReturnType<typeof readSpoken>][] =>
  start === undefined
    ? []
    : spoken
        .slice(Math.max(row.done - start, 0), Math.max(row.stop - start, 0))
        .map((each, at) => [Math.max(row.done - start, 0) + at, readSpoken(each)]);

/** The seq of the document with the newest word, and what any of its giver's words made. */
interface Newest {
  seq: number;
  made: Set<WordType>;
}

/** By partner and ordinal, of what is handed out: whoever says much of other indicators makes that no dearer. */
function newestOf(sight: Sight): Map<string, Map<number, Newest>> {
  const newest = new Map<string, Map<number, Newest>>();
  for (const one of sight.said) {
    const own = newest.get(one.by.slug) ?? new Map<number, Newest>();
    newest.set(one.by.slug, own);
    for (const [, { ordinal }] of placesOf(sight, one)) own.set(ordinal, { seq: one.seq, made: new Set() });
  }
  for (const { by, seq, spoken } of sight.said) {
    const own = newest.get(by.slug)!;
    for (const { ordinal, status } of spoken.map(readSpoken)) {
      const found = own.get(ordinal);
      if (!found) continue;
      found.seq = seq;
      for (const type of madeOf(status)) found.made.add(type);
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
