/**
 * One tip's sight by an id that was made of the tip's: such an id names the tip's mark, of which there is one tip or a few. Of
 * a tip that is not there and of one that is not the reader's comes the same, by the same work.
 */
import type { Door, Reader } from "../store/accesses.ts";
import { all, first } from "../store/database.ts";
import { selectHadBefore, selectMarked } from "../store/sights.ts";
import { selectGivers, selectWordPlace, type WordPlace } from "../store/told-words.ts";
import type { Exchange } from "./exchange.ts";
import { readSight, type Sight, type SightOf } from "./read-sights.ts";

export interface Marked {
  marks: readonly string[];
  /** Where the tip's id lies. */
  from: string;
  to: string;
  matches(tip: string): boolean;
}

/** Whoever sees it or not: what the caller is shown of it is judged where it is read. */
export async function findMarked(
  exchange: Exchange,
  { marks, from, to, matches }: Marked,
): Promise<string | undefined> {
  const tips = await all(exchange.db, selectMarked(marks, from, to));
  return tips.find(({ tip }) => matches(tip))?.tip;
}

/** The newest word on an ordinal of a tip by the one partner of those who told the reader words that `isBy` confirms. */
export async function findWord(
  { db }: Exchange,
  { partner }: Reader,
  tip: string,
  { ordinal, isBy }: { ordinal: number; isBy(tip: string, giver: string): boolean },
): Promise<WordPlace | undefined> {
  const givers = await all(db, selectGivers(partner, tip));
  const giver = givers.find((each) => isBy(tip, each.partner))?.partner ?? "";
  return first(db, selectWordPlace(partner, tip, giver, ordinal));
}

/** `before`: how many indicators the reader had of the tip's earlier versions; 0 where it had none of them. */
export async function findSight(
  exchange: Exchange,
  reader: Reader,
  door: Door,
  marked: Marked,
  options: SightOf,
): Promise<{ sight: Sight; before: number } | undefined> {
  const tip = (await findMarked(exchange, marked)) ?? "";
  const sight = await readSight(exchange, reader, door, tip, options);
  if (!sight) return undefined;
  const { row } = sight;
  const had = row.version > 1 && !row.ended ? await first(exchange.db, selectHadBefore(reader, row)) : undefined;
  return { sight, before: had?.had ?? 0 };
}
