/**
 * An operation across tips: those of its id that the caller may see, and what is connected to them, whoever wrote them. Each
 * page says the same of the whole, and all of that is recorded as handed out. What somebody claims is shown as its claim.
 */
import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { recordAccess, recordTips, tipNumbers } from "../store/accesses.ts";
import { all, batch } from "../store/database.ts";
import { type GatheredRow, selectAliases, selectClaims, selectGathered, selectSummands } from "../store/operations.ts";
import { selectItems } from "../store/reading.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { forYou, tipItem } from "./tip-item.ts";

/** Names shown, and aliases. */
const namesShown = 100;

/** Undefined: nothing of it may be seen, which is as if there were nothing. */
export async function readOperation(
  exchange: Exchange,
  caller: Caller,
  operation: string,
  { limit, after }: { limit: number; after?: string },
): Promise<Result<Record<string, unknown> | undefined, Problem>> {
  const { db, now } = exchange;
  const busy = await caller.work.begin(limits.large.answer_bytes);
  if (busy) return err(busy);
  const gathered = await all(db, selectGathered(caller, operation, now));
  const own = gathered.filter(({ linked }) => !linked).length;
  if (own === 0) return ok(undefined);
  const cursor = after ? await readCursor(exchange, caller, "operation", after, 1) : ok([Number.MAX_SAFE_INTEGER]);
  if (!cursor.ok) return cursor;
  const numbers = gathered.map(({ tip_no }) => tip_no).sort((a, b) => b - a);
  const behind = numbers.filter((tip_no) => tip_no < cursor.value[0]!);
  const page = behind.slice(0, limit);
  const [rows, summands, aliases, claims] = await batch(db, [
    selectItems(caller, page, {}, now),
    selectSummands(caller, numbers, now),
    selectAliases(caller, numbers, namesShown, now),
    selectClaims(caller, page, numbers, now),
    recordTips(caller, "list", now, tipNumbers(numbers)),
    recordAccess(caller, "list", now),
  ]);
  // Taken back since it was gathered.
  if (!summands.some((row) => row.operation === operation)) return ok(undefined);
  const more = behind.length > page.length;
  return ok({
    operation,
    ...sumOf(summands),
    aliases: aliases.map(({ alias }) => alias),
    ...((own === limits.operation.tips || gathered.length - own === limits.operation.tips) && { truncated: true }),
    tips: await Promise.all(rows.map((row) => tipItem(exchange, row))),
    claims,
    next: more ? await writeCursor(exchange, caller, "operation", [page.at(-1)!]) : null,
    more,
  });
}

const sorted = (values: Iterable<string | null>): string[] =>
  [...new Set(values)].filter((value) => value !== null).sort();

function sumOf(rows: readonly GatheredRow[]): Record<string, unknown> {
  const authors = new Map<string, number>();
  const types = new Map<string, number>();
  const asks = rows.flatMap(({ ask }) => (ask ? [JSON.parse(ask) as { for: string[]; respond_by?: string }] : []));
  for (const { author, types: counts } of rows) {
    authors.set(author, (authors.get(author) ?? 0) + 1);
    for (const [type, count] of Object.entries(JSON.parse(counts ?? "{}") as Record<string, number>)) {
      types.set(type, (types.get(type) ?? 0) + count);
    }
  }
  const seen = {
    first: sorted(rows.map((row) => row.first_seen))[0],
    last: sorted(rows.map((row) => row.last_seen)).at(-1),
  };
  const accepted = sorted(rows.map((row) => row.accepted_at));
  const respond_by = sorted(asks.map((ask) => ask.respond_by ?? null))[0];
  const mine = rows.reduce((sum, row) => sum + row.mine, 0);
  return {
    names: sorted(rows.map((row) => row.name)).slice(0, namesShown),
    from: [...authors].map(([partner, tips]) => ({ partner, tips })),
    first_accepted_at: accepted[0],
    last_accepted_at: accepted.at(-1),
    ...(seen.first && { first_seen: seen.first }),
    ...(seen.last && { last_seen: seen.last }),
    indicators: { total: [...types.values()].reduce((sum, n) => sum + n, 0), by_type: Object.fromEntries(types) },
    for_you: forYou(
      mine,
      asks.length === 0
        ? undefined
        : { for: sorted(asks.flatMap((ask) => ask.for)), ...(respond_by && { respond_by }) },
    ),
  };
}
