/**
 * One tip's sight by an id that was made of the tip's: such an id names a range of tips and tells which of them it is. Of a
 * tip that is not there and of one that is not the reader's comes the same, by the same work.
 */
import { limits } from "../core/limits.ts";
import type { Door, Reader } from "../store/accesses.ts";
import { all, first } from "../store/database.ts";
import { selectBetween, selectHadBefore } from "../store/sights.ts";
import type { Exchange } from "./exchange.ts";
import { readSight, type Sight, type SightOf } from "./read-sights.ts";

export interface TipRange {
  from: string;
  to: string;
  matches(tip: string): boolean;
}

/** Whoever sees it or not: what the caller is shown of it is judged where it is read. */
async function tipIn(exchange: Exchange, { from, to, matches }: TipRange): Promise<string | undefined> {
  const tips = await all(exchange.db, selectBetween(from, to, limits.tips_of_prefix));
  return tips.find(({ tip }) => matches(tip))?.tip;
}

/** `before`: how many indicators the reader had of the tip's earlier versions; 0 where it had none of them. */
export async function findSight(
  exchange: Exchange,
  reader: Reader,
  door: Door,
  range: TipRange,
  options: SightOf,
): Promise<{ sight: Sight; before: number } | undefined> {
  const tip = (await tipIn(exchange, range)) ?? "";
  const sight = await readSight(exchange, reader, door, tip, options);
  if (!sight) return undefined;
  const { row } = sight;
  const had = row.version > 1 && !row.ended ? await first(exchange.db, selectHadBefore(reader, row)) : undefined;
  return { sight, before: had?.had ?? 0 };
}
