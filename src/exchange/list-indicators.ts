/** Indicators of all tips a caller may see, flattened, newest tips first, in the order of the document within a tip. */
import { limits } from "../core/limits.ts";
import { markMembers } from "../core/marks.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { endOf } from "../core/tip.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch } from "../store/database.ts";
import { type IndicatorRow, selectIndicators, tipsIn } from "../store/reading.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { candidates, type Page } from "./list-tips.ts";

export interface IndicatorFilter {
  type?: string;
  platform?: string;
  from?: string;
  operation?: string;
  limit: number;
  after?: string;
}

/** Tips looked into for one page: at most 10,000 indicators each, read in primary-key order and bounded by the page. */
const tipsAPage = 20;
/** Before the newest tip's first indicator. */
const start = [Number.MAX_SAFE_INTEGER - 1, 0];

export async function listIndicators(
  exchange: Exchange,
  caller: Caller,
  filter: IndicatorFilter,
): Promise<Result<Page<Record<string, unknown>>, Problem>> {
  // A filter that nothing fits looks at all that the page's tips hold.
  const busy = await caller.work.begin(limits.large.answer_bytes);
  if (busy) return err(busy);
  // A cursor holds the tip to go on in and the first ordinal of it that was not given yet.
  const cursor = filter.after ? await readCursor(exchange, caller, "indicators", filter.after, 2) : ok(start);
  if (!cursor.ok) return cursor;
  const [tipNo, ordinal] = cursor.value as [number, number];
  const { from, operation } = filter;
  const found = await candidates(exchange, caller, { from, operation }, tipNo + 1, tipsAPage + 1);
  const chosen = found.numbers.slice(0, tipsAPage);
  const place = { tip_no: tipNo, ordinal: ordinal - 1 };
  const select = (limit: number) => selectIndicators(caller, chosen, filter, place, limit, exchange.now);
  const [rows] = await batch(exchange.db, [
    select(filter.limit + 1),
    recordTips(caller, "indicators", exchange.now, tipsIn(select(filter.limit))),
    recordAccess(caller, "indicators", exchange.now),
  ]);
  const page = rows.slice(0, filter.limit);
  const full = rows.length > page.length;
  const more = full || found.numbers.length > chosen.length || found.complete > 0;
  const last = page.at(-1);
  const end = full ? [last!.tip_no, last!.ordinal + 1] : [Math.max((chosen.at(-1) ?? found.complete) - 1, 0), 0];
  return ok({
    items: page.map(itemOf),
    next: more ? await writeCursor(exchange, caller, "indicators", end) : null,
    more,
  });
}

const itemOf = ({
  tip_no: _tipNo,
  body,
  handling,
  embargo,
  mark,
  state,
  ...row
}: IndicatorRow): Record<string, unknown> => ({
  ...row,
  ...endOf({ state }),
  handling: JSON.parse(handling ?? "[]"),
  ...(embargo ? { embargo: JSON.parse(embargo) } : {}),
  ...(mark > 0 && { ...markMembers(mark), human_review: true }),
  indicator: JSON.parse(body),
});
