/**
 * What one deed's events are to many endpoints at once: taken through the same rule as an endpoint takes them by itself, judged
 * for the partner of each, and recorded in the batch that reads them. Only for subscriptions that may be called, and whose
 * endpoints have read all that comes before and have nothing to try again, as far as the database knows. The others, those with
 * filters and those who are sent documents read for themselves.
 */
import { instant } from "../core/time.ts";
import type { Door } from "./accesses.ts";
import { json, type SQL, sql } from "./database.ts";
import { type EventRow, eventColumns, judged, told } from "./feed.ts";
import { selectPlaces } from "./partners.ts";
import { mayBeCalled, type SubscriptionRow } from "./subscriptions.ts";
import { heldByEach, holding } from "./visibility.ts";

/** The events between two seqs, for those of the subscriptions that are so far. */
export interface Deed {
  from: number;
  to: number;
  subscriptions: readonly string[];
}

/** An event that is older has mostly been read, though the database is told of it only when its endpoint goes idle. */
const readWithinMs = 1_000;

const ofRow = { partner: sql`j.partner`, places: selectPlaces(sql`j.partner`) };

/** The last event before the deed of any token that the partner of row `who` holds; 0 where there is none. */
const before = (from: number): SQL => sql`(SELECT coalesce(max((
  SELECT b.seq FROM event_token b WHERE b.token = h.token AND b.seq > h.since AND b.seq < ${from} ORDER BY b.seq DESC LIMIT 1)), 0)
  FROM ${holding(sql`who.partner`)})`;

const ready = ({ from, subscriptions }: Deed, now: number): SQL => sql`
  known AS MATERIALIZED (SELECT s.* FROM json_each(${json(subscriptions)}) n CROSS JOIN subscription s ON s.subscription = n.value
    WHERE ${mayBeCalled(instant(now))} AND s.next_try_at IS NULL AND s.payload <> 'full' AND s.filters = '{}'),
  ${heldByEach(sql`SELECT partner FROM known`)},
  placed AS MATERIALIZED (SELECT who.partner, ${before(from)} AS before FROM (SELECT DISTINCT partner FROM known) who),
  ready AS MATERIALIZED (
    SELECT s.*, p.before FROM known s JOIN placed p ON p.partner = s.partner WHERE s.caught_up < ${from} AND (s.caught_up >= p.before
      OR (SELECT e.at FROM event e WHERE e.seq = p.before) < ${instant(now - readWithinMs)}))`;

/** The deed's events of each partner's tokens. */
const coming = ({ from, to }: Deed): SQL => sql`coming AS MATERIALIZED (
  SELECT DISTINCT who.partner AS partner, a.seq AS value FROM (SELECT DISTINCT partner FROM ready) who
    CROSS JOIN held h ON h.partner = who.partner
    CROSS JOIN event_token a ON a.token = h.token AND a.seq > max(${from - 1}, h.since) AND a.seq <= ${to})`;

const asked = (deed: Deed, now: number): SQL => sql`${ready(deed, now)}, ${coming(deed)},
  judged AS MATERIALIZED (${judged({ partner: sql`n.partner` }, sql`coming`, now, sql`n.partner, `)})`;

/** Of a subscription that is so far: its endpoint has read up to `before`, and is where the deed's events end behind them. */
export type ReadyRow = Pick<SubscriptionRow, "subscription" | "partner" | "payload" | "changed_at"> & {
  before: number;
  end: number;
};

export const selectReady = (deed: Deed, now: number) => sql<ReadyRow>`
  WITH ${ready(deed, now)}, ${coming(deed)}
  SELECT who.subscription, who.partner, who.payload, who.changed_at, who.before, c.end
  FROM ready who JOIN (SELECT partner, max(value) AS end FROM coming GROUP BY partner) c ON c.partner = who.partner`;

/** What their partners may be told, each partner's in order. */
export const selectHanded = (deed: Deed, now: number) => sql<EventRow & { partner: string }>`
  WITH ${asked(deed, now)} SELECT j.partner, ${eventColumns(ofRow)} ${told(ofRow)}`;

/** Records it, as an endpoint that takes by itself does. */
export const recordHanded = (deed: Deed, door: Door, now: number): SQL[] => [
  sql`INSERT INTO access (partner, at, door, purpose, kid)
    WITH ${asked(deed, now)}
    SELECT who.partner, ${instant(now)}, ${door}, who.purpose, who.kid FROM ready who WHERE who.partner IN (SELECT j.partner ${told(ofRow)})`,
  sql`INSERT OR IGNORE INTO access_tip (tip_no, partner, version, day, door, purpose)
    WITH ${asked(deed, now)}
    SELECT DISTINCT g.tip_no, g.partner, g.version, ${instant(now).slice(0, 10)}, ${door}, who.purpose
    FROM (SELECT j.tip_no, j.partner, t.version, t.author, j.sees ${told(ofRow)}) g JOIN ready who ON who.partner = g.partner
    WHERE g.sees AND g.author <> g.partner`,
];
