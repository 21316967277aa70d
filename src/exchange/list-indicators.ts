/** Indicators of all tips a caller may see, flattened, newest tips first, in the order of the document within a tip. */
import type { Problem } from "../core/problem.ts";
import { ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch, json, sql } from "../store/database.ts";
import { held, through, visible } from "../store/visibility.ts";
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

export async function listIndicators(
  exchange: Exchange,
  caller: Caller,
  filter: IndicatorFilter,
): Promise<Result<Page<Record<string, unknown>>, Problem>> {
  const cursor = filter.after
    ? readCursor(filter.after, exchange.epoch, "indicators", 2)
    : ok([Number.MAX_SAFE_INTEGER - 1, -1]);
  if (!cursor.ok) return cursor;
  const [tipNo, ordinal] = filter.after ? [cursor.value[0]!, cursor.value[1]! - 1] : [Number.MAX_SAFE_INTEGER - 1, -1];
  const found = await candidates(
    exchange,
    caller,
    { from: filter.from, operation: filter.operation },
    tipNo + 1,
    tipsAPage + 1,
  );
  const chosen = found.numbers.slice(0, tipsAPage);
  const me = caller.partner;
  const now = instant(exchange.now);
  const select = sql`WITH ${held(me)}
    SELECT t.tip_no, t.tip, t.version, i.ordinal, t.author AS "from", t.operation, ${through(me)} AS through, t.tlp,
      v.heading ->> '$.handling' AS handling, v.heading ->> '$.embargo' AS embargo, i.body
    FROM json_each(${json(chosen)}) n CROSS JOIN tip t ON t.tip_no = n.value
      CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
      CROSS JOIN indicator i ON i.tip_no = t.tip_no AND i.version = t.version
    WHERE ${visible(me, now)} AND i.valid_until > ${now} AND (t.tip_no < ${tipNo} OR i.ordinal > ${ordinal})
      AND (${filter.type ?? null} IS NULL OR i.type = ${filter.type ?? null})
      AND (${filter.platform ?? null} IS NULL OR i.platform = ${filter.platform ?? null})
      AND (${filter.from ?? null} IS NULL OR t.author = ${filter.from ?? null})
    ORDER BY n.key, i.ordinal LIMIT ${filter.limit + 1}`;
  const [, , rows] = await batch(exchange.db, [
    recordAccess(caller, "indicators", exchange.now),
    recordTips(caller, "indicators", exchange.now, held(me), sql`SELECT DISTINCT s.tip_no FROM (${select}) s`),
    select,
  ]);
  const page = rows!.slice(0, filter.limit);
  const full = rows!.length > filter.limit;
  const rest = found.numbers.length > chosen.length || found.complete > 0;
  const last = page.at(-1);
  const end = full
    ? [last!.tip_no as number, (last!.ordinal as number) + 1]
    : [Math.max((chosen.at(-1) ?? found.complete) - 1, 0), 0];
  return ok({
    items: page.map(({ tip_no: _tipNo, body, handling, embargo, ...row }) => ({
      ...row,
      handling: JSON.parse((handling as string) ?? "[]"),
      ...(embargo ? { embargo: JSON.parse(embargo as string) } : {}),
      indicator: JSON.parse(body as string),
    })),
    next: full || rest ? writeCursor(exchange.epoch, "indicators", end) : null,
    more: full || rest,
  });
}
