/**
 * The tips a caller may see, newest first. A page reads one bounded range for each token held, so a filter may leave a
 * page short or empty while `more` is true.
 */
import type { Problem } from "../core/problem.ts";
import { ok, type Result } from "../core/result.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch, type SQL } from "../store/database.ts";
import { authorRange, operationRange, placeRange, type Range, tokenRange, triageRange } from "../store/ranges.ts";
import { fitting, isInState, selectItems, type TipFilter } from "../store/reading.ts";
import { standsSo } from "../store/triage.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { tipItem } from "./tip-item.ts";

export interface Page<Item> {
  items: Item[];
  next: string | null;
  more: boolean;
}

/** The narrowest ranges that hold every tip the filter leaves. */
function rangesFor(caller: Caller, filter: TipFilter, range: Range): SQL<{ tip_no: number }>[] {
  const tokens = caller.held.map(({ token }) => token);
  if (filter.operation) return [operationRange(caller, filter.operation, range)];
  const own = authorRange(caller, caller.partner, range);
  if (filter.state && filter.state !== "live") return [own];
  if (filter.assignee) return [triageRange(caller, "assignee", filter.assignee, range)];
  // What is new or open may lack a row.
  if (filter.triage && filter.triage !== "new" && filter.triage !== "open") {
    return [triageRange(caller, "state", filter.triage, range)];
  }
  if (filter.through && filter.through !== "author") {
    return tokens.filter((token) => token === filter.through).map((token) => tokenRange(caller, token, range));
  }
  if (filter.from) return [authorRange(caller, filter.from, range)];
  if (filter.through === "author") return [own];
  if (filter.for_you) return caller.places.map((place) => placeRange(caller, place, range));
  if (filter.platform) return [placeRange(caller, filter.platform, range)];
  return [own, ...tokens.map((token) => tokenRange(caller, token, range))];
}

/** Candidate numbers below `before`, newest first, and down to where they are complete. */
export async function candidates(
  exchange: Exchange,
  caller: Caller,
  filter: TipFilter,
  before: number,
  limit: number,
): Promise<{ numbers: number[]; complete: number }> {
  // What a team has dealt with lies before what it has not, and what has ended among what lives.
  const { now } = exchange;
  const also = [
    ...(filter.triage ? [standsSo(caller, filter.triage, now)] : []),
    ...(filter.state ? [isInState(caller, filter.state, now)] : []),
  ];
  const ranges = rangesFor(caller, filter, { before, limit, now, also });
  const found = ranges.length === 0 ? [] : await batch(exchange.db, ranges);
  let complete = 0;
  const numbers = new Set<number>();
  for (const rows of found) {
    for (const row of rows) numbers.add(row.tip_no);
    if (rows.length === limit) complete = Math.max(complete, rows.at(-1)!.tip_no);
  }
  return { numbers: [...numbers].filter((n) => n >= complete).sort((a, b) => b - a), complete };
}

export async function listTips(
  exchange: Exchange,
  caller: Caller,
  filter: TipFilter & { limit: number; after?: string },
): Promise<Result<Page<Record<string, unknown>>, Problem>> {
  const cursor = filter.after
    ? await readCursor(exchange, caller, "tips", filter.after, 1)
    : ok([Number.MAX_SAFE_INTEGER]);
  if (!cursor.ok) return cursor;
  const { numbers, complete } = await candidates(exchange, caller, filter, cursor.value[0]!, filter.limit + 1);
  const chosen = numbers.slice(0, filter.limit);
  const more = numbers.length > chosen.length || complete > 0;
  const [rows] = await batch(exchange.db, [
    selectItems(caller, chosen, filter, exchange.now),
    recordTips(caller, "list", exchange.now, fitting(caller, chosen, filter, exchange.now)),
    recordAccess(caller, "list", exchange.now),
  ]);
  return ok({
    items: await Promise.all(rows.map((row) => tipItem(exchange, row))),
    next: more ? await writeCursor(exchange, caller, "tips", [chosen.at(-1) ?? complete]) : null,
    more,
  });
}
