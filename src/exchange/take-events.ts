/**
 * What an endpoint takes from the feed on its partner's behalf: the events behind its cursor and those due again, judged,
 * filtered and recorded in the batch that reads them. Nothing is taken, or recorded, for a subscription that may not be
 * called at that moment or that was changed since the endpoint last read it.
 */
import { limits } from "../core/limits.ts";
import type { Filters } from "../core/subscription.ts";
import { instant } from "../core/time.ts";
import type { Reader } from "../store/accesses.ts";
import { batch } from "../store/database.ts";
import type { KnownRow } from "../store/endpoint-log.ts";
import type { EventRow } from "../store/feed.ts";
import * as store from "../store/subscriptions.ts";
import type { Exchange } from "./exchange.ts";

export interface Taken {
  /** The row as it is now; undefined where the subscription is gone. */
  row: KnownRow | undefined;
  callable: boolean;
  /** The row differs from what was known: what is known now has to be asked with. */
  changed: boolean;
  events: EventRow[];
  /** Of what was due: not the partner's any more. */
  withheld: number[];
  /** Where to go on, and whether there is more at once. */
  end: number;
  more: boolean;
}

interface From {
  after: number;
  due: readonly number[];
  most: number;
}

/** Events looked at in one step: what filters leave out is passed over quickly; without them few are not taken. */
const rowsFor = (filters: Filters, most: number): number =>
  Object.keys(filters).length > 0 ? limits.token_rows / 5 : 2 * most;

export const readerOf = ({ partner, kid, purpose, places }: KnownRow): Reader => ({
  partner,
  kid,
  purpose,
  places: JSON.parse(places) as string[],
});

export async function takeEvents(
  exchange: Exchange,
  subscription: string,
  known: KnownRow | undefined,
  { after, due, most }: From,
): Promise<Taken> {
  const { now } = exchange;
  const nothing = { events: [], withheld: [], end: after, more: false };
  if (!known) {
    const [[found]] = await batch(exchange.db, [store.selectStanding(subscription, instant(now))]);
    return { ...nothing, ...stands(found), changed: true };
  }
  const reader = readerOf(known);
  const filters = JSON.parse(known.filters) as Filters;
  const rows = rowsFor(filters, most);
  const ask: store.Ask = { subscription, changed_at: known.changed_at, filters, after, rows, due, most };
  const [[found], events] = await batch(exchange.db, [
    store.selectComing(reader, ask, now),
    store.selectTaken(reader, ask, now),
    ...store.recordTaken(reader, ask, "webhook", now),
  ]);
  const { row, callable } = stands(found);
  const changed = row?.changed_at !== known.changed_at || row.places !== known.places;
  if (!callable || row?.changed_at !== known.changed_at) return { ...nothing, row, callable, changed };
  const coming = JSON.parse(found!.coming) as number[];
  const last = Math.max(coming.at(-1) ?? after, after);
  // Where as many were taken as may be, what lies behind the last of them is for the next time.
  const full = events.length === most;
  const judged = full ? events.at(-1)!.seq : Number.POSITIVE_INFINITY;
  const end = Math.min(last, Math.max(after, judged));
  const given = new Set(events.map((event) => event.seq));
  return {
    row,
    callable,
    changed,
    events,
    withheld: due.filter((seq) => seq <= judged && !given.has(seq)),
    end,
    more: end < last || coming.length === rows,
  };
}

function stands(found: (store.Standing & { coming?: string }) | undefined) {
  if (!found) return { row: undefined, callable: false };
  const { callable, coming: _coming, ...row } = found;
  return { row, callable: callable === 1 };
}
