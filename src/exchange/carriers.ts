/**
 * Which tip carries what is asked for by an id that several tips share. An observable's id is made of its value and leads back to
 * nothing, so the ids of all tips' are kept: by the schedule, which spares each submission their making, and before one is
 * looked for. Whether one is found tells nothing of who has read. Which tip a reader is led to is judged by what it may see
 * when it asks.
 */
import type { Indicator } from "../core/indicators/family.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";

import type { Reader } from "../store/accesses.ts";
import { all, batch, first } from "../store/database.ts";
import {
  insertObservables,
  selectCarrier,
  selectNewestBy,
  selectNextStep,
  selectUnkept,
  type Within,
} from "../store/observables.ts";
import { selectSlugs } from "../store/partners.ts";
import { within } from "../store/sights.ts";
import { selectNewestWord } from "../store/told-words.ts";
import type { Exchange } from "./exchange.ts";

export interface Keeping {
  /** The id of the observable that an indicator is based on, where it is on one. */
  idOf(indicator: Indicator): string | undefined;
  /** Steps at most: each is about as much as one large tip. */
  steps: number;
  /** Before a step of so many bytes. */
  begin?(bytes: number): Promise<Problem | undefined>;
}

/** When this returns nothing, the observables of all tips, as far as the steps reach, are found by their ids. */
export async function keepObservables(
  exchange: Exchange,
  { idOf, steps, begin }: Keeping,
): Promise<Problem | undefined> {
  const { db, now } = exchange;
  for (let step = 0; step < steps; step++) {
    const { seq, bytes } = (await first(db, selectNextStep))!;
    if (seq === null) return undefined;
    const refused = await begin?.(bytes ?? 0);
    if (refused) return refused;
    const found = await all(db, selectUnkept(seq, instant(now)));
    const rows = found.flatMap(({ tip_no, version, ordinal, body }) => {
      const id = idOf(JSON.parse(body) as Indicator);
      return id === undefined ? [] : [[id, tip_no, version, ordinal] as const];
    });
    await batch(db, insertObservables(rows, seq));
  }
  return undefined;
}

/** Undefined: none that the reader may see. */
export async function findCarrier(
  exchange: Exchange,
  reader: Reader,
  observable: string,
  part: Within,
  keeping: Keeping,
): Promise<Result<{ tip: string; ordinal: number } | undefined, Problem>> {
  const carrier = selectCarrier(reader, observable, part, exchange.now);
  const [[next], [found]] = await batch(exchange.db, [selectNextStep, carrier]);
  if (next!.seq === null) return ok(found);
  const refused = await keepObservables(exchange, keeping);
  return refused ? err(refused) : ok(await first(exchange.db, carrier));
}

export const findNewestBy = (exchange: Exchange, reader: Reader, author: string, part: Within) =>
  first(exchange.db, selectNewestBy(reader, author, part, exchange.now));

/** Where a partner last told the reader something of a tip that it may see. */
export const findNewestWordBy = (exchange: Exchange, reader: Reader, giver: string, part: Within) =>
  first(
    exchange.db,
    selectNewestWord(reader.partner, giver, within(reader, part, exchange.now), instant(exchange.now)),
  );

/** Every partner there is, in order. */
export const listSlugs = async (exchange: Exchange): Promise<string[]> =>
  (await all(exchange.db, selectSlugs)).map(({ slug }) => slug);
