/**
 * The tips a caller may see, newest first. A page reads one bounded range for each token held, so a filter may leave a
 * page short or empty while `more` is true.
 */
import type { Problem } from "../core/problem.ts";
import { ok, type Result } from "../core/result.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch, json, type SQL, sql } from "../store/database.ts";
import { authorRange, type ItemRow, operationRange, placeRange, selectItems, tokenRange } from "../store/reading.ts";
import { held, through } from "../store/visibility.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { tipItem } from "./tip-item.ts";

export interface TipFilter {
  from?: string;
  tlp?: string;
  operation?: string;
  type?: string;
  platform?: string;
  since?: string;
  through?: string;
  for_you?: boolean;
  urgency?: string;
  limit: number;
  after?: string;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
  more: boolean;
}

/** Candidate numbers below `before`, newest first, and down to where they are complete. */
export async function candidates(
  exchange: Exchange,
  caller: Caller,
  filter: Partial<TipFilter>,
  before: number,
  limit: number,
) {
  const range = { before, limit, now: exchange.now };
  const ranges: SQL[] = filter.operation
    ? [operationRange(caller, filter.operation, range)]
    : filter.through && filter.through !== "author"
      ? caller.held.filter((token) => token === filter.through).map((token) => tokenRange(caller, token, range))
      : filter.from
        ? [authorRange(caller, filter.from, range)]
        : filter.through === "author"
          ? [authorRange(caller, caller.partner, range)]
          : filter.for_you
            ? caller.places.map((place) => placeRange(caller, place, range))
            : filter.platform
              ? [placeRange(caller, filter.platform, range)]
              : [
                  authorRange(caller, caller.partner, range),
                  ...caller.held.map((token) => tokenRange(caller, token, range)),
                ];
  const rows = ranges.length === 0 ? [] : await batch(exchange.db, ranges);
  let complete = 0;
  const numbers = new Set<number>();
  for (const range of rows) {
    for (const row of range) numbers.add(row.tip_no as number);
    if (range.length === limit) complete = Math.max(complete, range.at(-1)!.tip_no as number);
  }
  const sorted = [...numbers].filter((n) => n >= complete).sort((a, b) => b - a);
  return { numbers: sorted, complete };
}

export async function listTips(
  exchange: Exchange,
  caller: Caller,
  filter: TipFilter,
): Promise<Result<Page<Record<string, unknown>>, Problem>> {
  const cursor = filter.after ? readCursor(filter.after, exchange.epoch, "tips", 1) : ok([Number.MAX_SAFE_INTEGER]);
  if (!cursor.ok) return cursor;
  const { numbers, complete } = await candidates(exchange, caller, filter, cursor.value[0]!, filter.limit + 1);
  const chosen = numbers.slice(0, filter.limit);
  const more = numbers.length > chosen.length || complete > 0;
  const end = chosen.at(-1) ?? complete;
  // The record holds what the filter leaves, so it is judged by the same statement.
  const matching = sql`SELECT t.tip_no FROM json_each(${json(chosen)}) n CROSS JOIN tip t ON t.tip_no = n.value WHERE ${matches(caller, filter)}`;
  const [, , rows] = await batch(exchange.db, [
    recordAccess(caller, "list", exchange.now),
    recordTips(caller, "list", exchange.now, held(caller.partner), matching),
    sql`${selectItems(caller, chosen, exchange.now)} AND ${matches(caller, filter)} ORDER BY t.tip_no DESC`,
  ]);
  const items = await Promise.all((rows as unknown as ItemRow[]).map((row) => tipItem(exchange, row)));
  return ok({ items, next: more ? writeCursor(exchange.epoch, "tips", [end]) : null, more });
}

/** The filter as a condition on the tip's row `t`. */
const matches = (caller: Caller, filter: TipFilter): SQL => {
  const conditions: SQL[] = [sql`1`];
  if (filter.from) conditions.push(sql`t.author = ${filter.from}`);
  // By the token it is shown to come through, no other: which further tokens a tip goes to is the author's business.
  if (filter.through) conditions.push(sql`${through(caller.partner)} = ${filter.through}`);
  if (filter.tlp) conditions.push(sql`t.tlp = ${filter.tlp}`);
  if (filter.operation) conditions.push(sql`t.operation = ${filter.operation}`);
  if (filter.urgency) conditions.push(sql`t.urgency = ${filter.urgency}`);
  if (filter.since) conditions.push(sql`t.accepted_at >= ${filter.since}`);
  if (filter.type)
    conditions.push(sql`EXISTS (SELECT 1 FROM tip_type y WHERE y.tip_no = t.tip_no AND y.type = ${filter.type})`);
  if (filter.platform)
    conditions.push(sql`EXISTS (SELECT 1 FROM tip_place p WHERE p.tip_no = t.tip_no AND p.place = ${filter.platform})`);
  if (filter.for_you) {
    conditions.push(
      sql`EXISTS (SELECT 1 FROM tip_place p WHERE p.tip_no = t.tip_no AND p.place IN (SELECT value FROM json_each(${json(caller.places)})))`,
    );
  }
  return sql.join(conditions, sql` AND `);
};
