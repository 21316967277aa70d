/**
 * Which tip carries what is asked for by an id that several tips share. An observable's id is made of its value and leads back
 * to nothing; to keep ids with each submission would cost that, so the schedule does it. Which tip a reader is led to is
 * judged by what it may see when it asks.
 */

import type { Indicator } from "../core/indicators/family.ts";
import { instant } from "../core/time.ts";
import type { Reader } from "../store/accesses.ts";
import { all, batch, first } from "../store/database.ts";
import { insertObservables, selectAhead, selectCarrier, selectNewestBy, type Within } from "../store/observables.ts";
import { selectSlugs } from "../store/partners.ts";
import { selectBetween } from "../store/sights.ts";
import type { Exchange } from "./exchange.ts";

/** Indicators in one step, and in one run of the schedule. */
const indicatorsAStep = 2_000;
const indicatorsARun = 20_000;
const stepsARun = 10;

/**
 * One run: what was accepted since the last one is found by the ids of its observables from then on. Nothing a reader does
 * makes such a row, so that whether there is one tells of no reading. `idOf`: undefined where an indicator has none.
 */
export async function keepObservables(
  exchange: Exchange,
  idOf: (indicator: Indicator) => string | undefined,
): Promise<void> {
  let looked = 0;
  for (let step = 0; step < stepsARun && looked < indicatorsARun; step++) {
    const ahead = await all(exchange.db, selectAhead(indicatorsAStep, instant(exchange.now)));
    const last = ahead.find(({ body }) => body === null)?.seq;
    if (!last) return;
    const rows = ahead.flatMap(({ body, tip_no, version, ordinal }) => {
      const id = body === null ? undefined : idOf(JSON.parse(body) as Indicator);
      return id === undefined ? [] : [[id, tip_no, version, ordinal] as const];
    });
    await batch(exchange.db, insertObservables(rows, last));
    looked += ahead.length;
  }
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
