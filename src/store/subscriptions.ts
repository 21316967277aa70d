/**
 * Subscriptions: their rows, whom an event wakes, and what an endpoint takes from the feed. It takes through the same rule
 * as every reader, and nothing at all unless the subscription may be called at that moment and is as the endpoint knows it.
 */
import type { Filters } from "../core/subscription.ts";
import { instant } from "../core/time.ts";
import type { Door, Reader } from "./accesses.ts";
import { among, changes, insertInto, json, literal, type SQL, type SQLWrapper, sql } from "./database.ts";
import { addressNames, rising } from "./events.ts";
import { type EventRow, eventColumns, judged, ranged, told } from "./feed.ts";
import { selectPlaces } from "./partners.ts";
import { readsFor } from "./purposes.ts";
import type { subscription } from "./schema.ts";
import { addressed, through } from "./visibility.ts";

export type SubscriptionRow = typeof subscription.$inferSelect;

export const selectSubscriptions = (partner: string) =>
  sql<SubscriptionRow>`SELECT * FROM subscription WHERE partner = ${partner} ORDER BY made_at, subscription`;

export const selectSubscription = (partner: string, id: string) =>
  sql<SubscriptionRow>`SELECT * FROM subscription WHERE subscription = ${id} AND partner = ${partner}`;

export const hasRoom = (partner: string, most: number): SQL =>
  sql`(SELECT count(*) FROM subscription WHERE partner = ${partner}) < ${most}`;

/** It begins with what comes after it. */
export const insertSubscription = (row: Omit<typeof subscription.$inferInsert, "caught_up">): SQLWrapper =>
  insertInto("subscription", { ...row, caught_up: sql`(SELECT coalesce(max(seq), 0) FROM event)` });

export const updateSubscription = (partner: string, id: string, change: Partial<SubscriptionRow>): SQLWrapper =>
  sql`UPDATE subscription SET ${changes(change)} WHERE subscription = ${id} AND partner = ${partner}`;

/** Proved, unless it was changed since it was asked. */
export const prove = (id: string, url: string, changedAt: string, now: string): SQLWrapper => sql`
  UPDATE subscription SET proved_at = ${now}
  WHERE subscription = ${id} AND url = ${url} AND changed_at = ${changedAt} AND proved_at IS NULL`;

export const deleteSubscription = (partner: string, id: string): SQLWrapper =>
  sql`DELETE FROM subscription WHERE subscription = ${id} AND partner = ${partner}`;

/** How far an endpoint came when it went idle. It never goes back. */
export const noteProgress = (id: string, caughtUp: number, nextTryAt: string | null): SQL =>
  sql`UPDATE subscription SET caught_up = max(caught_up, ${caughtUp}), next_try_at = ${nextTryAt} WHERE subscription = ${id}`;

/** The same of many at once, as pairs of id and seq. */
export const noteCaughtUp = (many: readonly (readonly [string, number])[]): SQL => sql`
  UPDATE subscription SET caught_up = max(caught_up, n.value ->> 1) FROM json_each(${json(many)}) n WHERE subscription = n.value ->> 0`;

/** What holds of subscription row `s` while it may be called. */
const inUse = sql`s.proved_at IS NOT NULL AND s.paused_at IS NULL`;

/**
 * Subscription row `s` may be called: proved and not paused, its partner not suspended and still granted both scopes, its
 * purpose not over, and not set under a key that was compromised by then.
 */
export const mayBeCalled = (now: string): SQL => sql`${inUse}
  AND EXISTS (SELECT 1 FROM partner p WHERE p.slug = s.partner AND p.suspended_at IS NULL
    AND ' ' || p.scopes || ' ' LIKE '% subscriptions %' AND ' ' || p.scopes || ' ' LIKE '% tips:read %'
    AND ${readsFor(sql`s.purpose`, now)})
  AND NOT EXISTS (SELECT 1 FROM partner_key k WHERE k.kid = s.kid AND k.compromised_since <= s.changed_at)`;

const callable = (id: string, now: string): SQL =>
  sql`SELECT 1 FROM subscription s WHERE s.subscription = ${id} AND ${mayBeCalled(now)}`;

export type Standing = SubscriptionRow & { callable: number; places: string };

const standing = (id: string, now: string, more: SQL = sql``): SQL => sql`
  SELECT s.*, ${mayBeCalled(now)} AS callable,
    (SELECT json_group_array(place) FROM (${selectPlaces(sql`s.partner`)})) AS places${more}
  FROM subscription s WHERE s.subscription = ${id}`;

/** The subscription as it is, whether it may be called, and its partner's own places. */
export const selectStanding = (id: string, now: string) => sql<Standing>`${standing(id, now)}`;

/** Pauses it and tells its owner, once: where it is paused already the batch is aborted by its guard. */
export const pauseAndTell = (id: string, reason: "gone" | "failing", now: string): SQLWrapper[] => [
  sql`UPDATE subscription SET paused_at = ${now}, paused_for = ${reason} WHERE subscription = ${id}`,
  sql`INSERT INTO event (type, at, tip_no, version, subscription) VALUES ('subscription_paused', ${rising(now)}, 0, 0, ${id})`,
  addressNames(sql`SELECT partner FROM subscription WHERE subscription = ${id}`),
];

/** It is as it was when it was read. */
export const isUnchanged = (id: string, changedAt: string, more: SQL = sql`1`): SQL =>
  sql`EXISTS (SELECT 1 FROM subscription s WHERE s.subscription = ${id} AND s.changed_at = ${changedAt} AND ${more})`;

export const isInUse = (id: string, changedAt: string): SQL => isUnchanged(id, changedAt, inUse);

/**
 * Subscriptions in use, by id after one, whose partner may hold a token of the events between two seqs: a hint, since the
 * endpoint judges for itself.
 */
export const selectConcerned = (from: number, to: number, after: string, limit: number) => sql<{
  subscription: string;
}>`
  WITH said AS MATERIALIZED (SELECT DISTINCT token FROM event_token WHERE seq BETWEEN ${from} AND ${to})
  SELECT subscription FROM (
    SELECT s.subscription FROM said CROSS JOIN subscription s ON s.partner = substr(token, 9)
      WHERE token LIKE 'partner:%' AND ${inUse}
    UNION SELECT s.subscription FROM said CROSS JOIN kind_token k ON k.by_country = 0 AND k.token = said.token
      CROSS JOIN subscription s ON s.kind = k.kind WHERE ${inUse}
    UNION SELECT s.subscription FROM said CROSS JOIN subscription s ON s.kind = 'law_enforcement' AND s.country = substr(token, 17)
      WHERE token LIKE 'law-enforcement:%' AND ${inUse}
    UNION SELECT s.subscription FROM said CROSS JOIN membership m ON m.group_slug = replace(substr(token, 7), '+law-enforcement', '')
      CROSS JOIN subscription s ON s.partner = m.partner WHERE token LIKE 'group:%' AND ${inUse}
  ) WHERE subscription > ${after} ORDER BY subscription LIMIT ${literal(limit)}`;

/**
 * Subscriptions that may be called, by id after one, with events behind what their endpoints read, or a try that is overdue.
 * What all partners hold is worked out once for all of them.
 */
export const selectLagging = (now: string, overdue: string, after: string, limit: number) => sql<{
  subscription: string;
}>`
  SELECT DISTINCT s.subscription FROM (SELECT partner, token, since FROM holds) h JOIN subscription s ON s.partner = h.partner
  WHERE s.subscription > ${after} AND ${mayBeCalled(now)} AND (s.next_try_at < ${overdue}
    OR EXISTS (SELECT 1 FROM event_token a WHERE a.token = h.token AND a.seq > max(s.caught_up, h.since)))
  ORDER BY s.subscription LIMIT ${literal(limit)}`;

/** The last event before a time: events lie in the order of their times, so halving finds it in some forty steps. */
export function selectSeqBefore(time: string) {
  const middle = sql`(low + high + 1) / 2`;
  const early = sql`coalesce((SELECT at FROM event WHERE seq <= ${middle} ORDER BY seq DESC LIMIT 1) < ${time}, 1)`;
  return sql<{ seq: number }>`WITH RECURSIVE half (low, high) AS (
    SELECT 0, (SELECT coalesce(max(seq), 0) FROM event) UNION ALL
    SELECT iif(${early}, ${middle}, low), iif(${early}, high, ${middle} - 1) FROM half WHERE low < high)
  SELECT low AS seq FROM half WHERE low >= high LIMIT 1`;
}

/** What an endpoint asks of the feed. */
export interface Ask {
  subscription: string;
  /** As the endpoint knows it: where it was changed since, nothing is taken. */
  changed_at: string;
  filters: Filters;
  /** Events after this seq, at most so many of them looked at. */
  after: number;
  rows: number;
  /** Events whose time has come again. */
  due: readonly number[];
  /** Events taken. */
  most: number;
}

/**
 * What the partner holds, where the subscription may be called and is as the endpoint knows it; else nothing. As a limit of 0
 * or none that is asked once; as a condition SQLite asks it of each kind of token.
 */
const heldFor = (reader: Reader, ask: Ask, now: number): SQL => sql`held AS MATERIALIZED (
  SELECT token, since FROM holds WHERE partner = ${reader.partner}
  LIMIT -EXISTS (${callable(ask.subscription, instant(now))} AND s.changed_at = ${ask.changed_at}))`;

const dueAgain = (due: readonly number[]): SQL =>
  sql`SELECT e.seq FROM json_each(${json(due)}) n CROSS JOIN event e ON e.seq = n.value WHERE ${addressed}`;

const coming = (reader: Reader, ask: Ask, now: number): SQL => sql`
  ${heldFor(reader, ask, now)},
  coming AS MATERIALIZED (SELECT seq AS value FROM (${ranged(ask.after, ask.rows)}))`;

/** As `selectStanding`; and the seqs that the ranges were read to have, as a JSON list in order. */
export const selectComing = (reader: Reader, ask: Ask, now: number) =>
  sql<Standing & { coming: string }>`WITH ${coming(reader, ask, now)} ${standing(
    ask.subscription,
    instant(now),
    sql`, (SELECT json_group_array(value) FROM coming) AS coming`,
  )}`;

/** What is coming, then what is due again. With a limit, `judged` is worked out by itself and once for each event. */
const asked = (reader: Reader, ask: Ask, now: number): SQL => sql`${coming(reader, ask, now)},
  judged AS (${judged(reader, ask.due.length > 0 ? sql`(SELECT value FROM coming UNION ${dueAgain(ask.due)})` : sql`coming`, now)} LIMIT -1)`;

/** What is due again was wanted before, or is asked for now. */
const wantedOrDue = (reader: Reader, ask: Ask): SQL =>
  sql` AND (j.seq ${among(ask.due)} OR (${wanted(ask.filters, reader.partner)}))`;

/** Of the events of the ask those that the reader may be told and wants. */
const taken = (reader: Reader, ask: Ask): SQL =>
  sql`${told(reader, wantedOrDue(reader, ask))} LIMIT ${literal(ask.most)}`;

/** The events taken, in order. */
export const selectTaken = (reader: Reader, ask: Ask, now: number) => sql<EventRow>`
  WITH ${asked(reader, ask, now)}
  SELECT ${eventColumns(reader)} ${taken(reader, ask)}`;

/**
 * Records what is taken, in the batch that takes it: one row, where there is anything, and one for each tip that is seen and
 * another's.
 */
export const recordTaken = (reader: Reader, ask: Ask, door: Door, now: number): SQL[] => [
  sql`INSERT INTO access (partner, at, door, purpose, kid)
    SELECT ${reader.partner}, ${instant(now)}, ${door}, ${reader.purpose}, ${reader.kid} WHERE EXISTS (
      WITH ${asked(reader, ask, now)} SELECT 1 ${told(reader, wantedOrDue(reader, ask))})`,
  sql`INSERT OR IGNORE INTO access_tip (tip_no, partner, version, day, door, purpose)
    WITH ${asked(reader, ask, now)}
    SELECT tip_no, ${reader.partner}, version, ${instant(now).slice(0, 10)}, ${door}, ${reader.purpose}
    FROM (SELECT j.tip_no, t.version, t.author, j.sees ${taken(reader, ask)}) WHERE sees AND author <> ${reader.partner}`,
];

/**
 * Wanted by the filters. What is said of a tip's content is asked only of events that carry it: that a tip ended is told
 * whatever it was about. A confidence that is not stated is not low.
 */
function wanted(filters: Filters, me: string): SQL {
  const { types, from, own, indicator_types, platforms, groups, operations, min_confidence, tlp } = filters;
  const always: SQL[] = [];
  if (types) always.push(sql`j.type ${among(types)}`);
  if (from) always.push(sql`(t.author ${among(from)} OR t.tip_no IS NULL)`);
  if (own === false) always.push(sql`t.author IS NOT ${me}`);
  const content: SQL[] = [];
  if (indicator_types) {
    content.push(sql`EXISTS (SELECT 1 FROM tip_type y WHERE y.tip_no = t.tip_no AND y.type ${among(indicator_types)})`);
  }
  if (platforms) {
    content.push(sql`EXISTS (SELECT 1 FROM tip_place p WHERE p.tip_no = t.tip_no AND p.place ${among(platforms)})`);
  }
  if (groups) {
    const tokens = groups.flatMap((slug) => [`group:${slug}`, `group:${slug}+law-enforcement`]);
    // By the token it is shown to come through, no other: which further tokens a tip goes to is the author's business.
    content.push(sql`${through(me)} ${among(tokens)}`);
  }
  if (operations) content.push(sql`t.operation ${among(operations)}`);
  if (tlp) content.push(sql`t.tlp ${among(tlp)}`);
  if (min_confidence !== undefined) {
    content.push(sql`coalesce(v.heading ->> '$.operation.assessment.confidence', 100) >= ${min_confidence}`);
  }
  const all = [...always, ...(content.length > 0 ? [sql`(j.content <> 1 OR (${sql.join(content, sql` AND `)}))`] : [])];
  return all.length > 0 ? sql.join(all, sql` AND `) : sql`1`;
}
