/**
 * A deed's events for many endpoints at once, by one batch: what each of them would take by itself at this moment, recorded.
 * An endpoint uses what it is handed only where that is exactly what comes next for it, and at once (src/push/endpoint.ts).
 */
import { batch } from "../store/database.ts";
import type { EventRow } from "../store/feed.ts";
import * as store from "../store/hand-over.ts";
import type { SubscriptionRow } from "../store/subscriptions.ts";
import type { Exchange } from "./exchange.ts";

/** What is handed to one endpoint. */
export interface HandedOver {
  epoch: string;
  /** When it was judged. */
  at: number;
  /** The subscription's, as it was judged. */
  changed_at: string;
  /** The last seq before the deed that is anything to the partner, and the deed's first. */
  before: number;
  from: number;
  /** Behind what is handed over, and what was passed over. */
  end: number;
  /** To be sent; undefined where all of it is hidden. */
  event: { seq: number; body: string } | undefined;
}

/** By subscription. `say`: what is sent of an event. */
export async function handOver(
  exchange: Exchange,
  deed: store.Deed,
  say: (row: EventRow, payload: SubscriptionRow["payload"]) => Promise<string>,
): Promise<Map<string, HandedOver>> {
  const { epoch, now } = exchange;
  const [ready, told] = await batch(exchange.db, [
    store.selectReady(deed, now),
    store.selectHanded(deed, now),
    ...store.recordHanded(deed, "webhook", now),
  ]);
  const ofPartner = Map.groupBy(told, ({ partner }) => partner);
  const handed = new Map<string, HandedOver>();
  for (const { subscription, partner, payload, changed_at, before, end } of ready) {
    const [row, another] = ofPartner.get(partner) ?? [];
    // Several to one partner are rare, and an endpoint takes them together.
    if (another) continue;
    const event = row && { seq: row.seq, body: await say(row, payload) };
    handed.set(subscription, { epoch, at: now, changed_at, before, from: deed.from, end, event });
  }
  return handed;
}
