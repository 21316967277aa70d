/**
 * Which tip carries what is asked for by an id that several tips share. An observable is found once somebody was told of it:
 * its id is made of its value, and to keep every id ahead would cost each submission. Which tip a reader is led to is judged
 * by what it may see when it asks.
 */

import type { Reader } from "../store/accesses.ts";
import { all, batch, first } from "../store/database.ts";
import { insertObservables, selectCarrier, selectNewestBy, type Within } from "../store/observables.ts";
import { selectSlugs } from "../store/partners.ts";
import { selectBetween } from "../store/sights.ts";
import type { Exchange } from "./exchange.ts";

/** Kept in the life of a worker: pages are read by many. */
const known = new Set<string>();
const knownAtMost = 50_000;

interface Carried {
  id: string;
  ordinal: number;
  tip: { tip_no: number; version: number; digest: string };
}

/** When this returns, each is found by its id. */
export async function keepObservables(exchange: Exchange, carried: readonly Carried[]): Promise<void> {
  const nameOf = ({ tip, ordinal }: Carried) => `${exchange.epoch} ${tip.digest} ${ordinal}`;
  const fresh = carried.filter((each) => !known.has(nameOf(each)));
  if (fresh.length === 0) return;
  const rows = fresh.map(({ id, ordinal, tip }) => [id, tip.tip_no, tip.version, ordinal] as const);
  await batch(exchange.db, [insertObservables(rows)]);
  if (known.size > knownAtMost) known.clear();
  for (const each of fresh) known.add(nameOf(each));
}

export const findCarrier = (exchange: Exchange, reader: Reader, observable: string, part: Within) =>
  first(exchange.db, selectCarrier(reader, observable, part, exchange.now));

export const findNewestBy = (exchange: Exchange, reader: Reader, author: string, part: Within) =>
  first(exchange.db, selectNewestBy(reader, author, part, exchange.now));

/** Every partner there is, in order. */
export const listSlugs = async (exchange: Exchange): Promise<string[]> =>
  (await all(exchange.db, selectSlugs)).map(({ slug }) => slug);

/** Ids of tips in a range, at most so many: whoever sees them or not. */
export const listBetween = async (exchange: Exchange, from: string, to: string, most: number): Promise<string[]> =>
  (await all(exchange.db, selectBetween(from, to, most))).map(({ tip }) => tip);
