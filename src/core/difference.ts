/**
 * What a new version of a tip changes, by its indicators' places in the two documents. Pure. Every place of either version is in
 * exactly one of the four lists, each in the order of the new document, what is removed in that of the old one.
 */
import type { Indicator } from "./indicators/family.ts";
import { keysOf } from "./indicators/registry.ts";

export interface Difference {
  added: number[];
  /** The same thing, told otherwise: old place, new place. */
  changed: [number, number][];
  removed: number[];
  /** Word for word the same. */
  kept: [number, number][];
}

/** How many of each, as it is told with the event. */
export type DifferenceCounts = { added: number; changed: number; removed: number };

/**
 * Of canonical bodies by their place; undefined where one is not known any more. First those with the same body, then those that
 * are the same thing; several alike are paired in order.
 */
export function differenceOf(
  before: readonly (string | undefined)[],
  after: readonly (string | undefined)[],
): Difference {
  const same = pairs(before, after, [...before.keys()], [...after.keys()], (body) => body);
  const like = pairs(before, after, same.old, same.new, identityOf);
  return { added: like.new, changed: like.pairs, removed: like.old, kept: same.pairs };
}

export const countsOf = ({ added, changed, removed }: Difference): DifferenceCounts => ({
  added: added.length,
  changed: changed.length,
  removed: removed.length,
});

/** How many of those that stay stand in another place than before. */
export const movedIn = ({ changed, kept }: Difference): number =>
  [...changed, ...kept].filter(([old, place]) => old !== place).length;

function pairs(
  before: readonly (string | undefined)[],
  after: readonly (string | undefined)[],
  oldPlaces: readonly number[],
  newPlaces: readonly number[],
  nameOf: (body: string) => string | undefined,
): { pairs: [number, number][]; old: number[]; new: number[] } {
  const waiting = new Map<string, number[]>();
  const name = (body: string | undefined) => (body === undefined ? undefined : nameOf(body));
  // The last first, so that the next one is taken from the end.
  for (const place of [...oldPlaces].reverse()) {
    const own = name(before[place]);
    if (own === undefined) continue;
    const others = waiting.get(own);
    if (others) others.push(place);
    else waiting.set(own, [place]);
  }
  const found: [number, number][] = [];
  const rest: number[] = [];
  for (const place of newPlaces) {
    const own = name(after[place]);
    const partner = own === undefined ? undefined : waiting.get(own)?.pop();
    if (partner === undefined) rest.push(place);
    else found.push([partner, place]);
  }
  const paired = new Set(found.map(([old]) => old));
  return { pairs: found, old: oldPlaces.filter((place) => !paired.has(place)), new: rest };
}

/** What it is, whatever is said of it: its first key. Of an image no key by itself says that, but all together do. */
function identityOf(body: string): string | undefined {
  const indicator = JSON.parse(body) as Indicator;
  const keys = keysOf(indicator);
  if (keys.length === 0) return undefined;
  return `${indicator.type} ${indicator.type === "hash" ? keys.join() : keys[0]}`;
}
