/**
 * What a partner says to itself of tips it may see: one, or those a filter leaves, in bounded steps. Judged in the write, and
 * told to nobody, its author and the steward included. Which tips a filter leaves is a reading of them, as a list is.
 */
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import type { TriageChange } from "../core/triage.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch, brokenGuard, guard, type SQL, type SQLWrapper } from "../store/database.ts";
import { keyLive } from "../store/keys.ts";
import { fitting, type TipFilter } from "../store/reading.ts";
import { tipNumberOf } from "../store/tips.ts";
import { setTriage, type TriageRow } from "../store/triage.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { candidates } from "./list-tips.ts";
import { keyGone } from "./own-document.ts";
import { triageOf } from "./tip-item.ts";

async function write(
  { db, now }: Exchange,
  caller: Caller,
  tipNos: SQL,
  change: TriageChange,
  record: SQLWrapper[] = [],
): Promise<Result<TriageRow[], Problem>> {
  try {
    const live = guard("key_live", keyLive(caller.kid, instant(now)));
    const rows = await batch(db, [live, ...record, setTriage(caller, tipNos, change, now)]);
    return ok(rows.at(-1) as TriageRow[]);
  } catch (error) {
    if (brokenGuard(error)) return err(keyGone);
    throw error;
  }
}

export async function triageTip(
  exchange: Exchange,
  caller: Caller,
  tip: string,
  change: TriageChange,
): Promise<Result<Record<string, unknown> | undefined, Problem>> {
  const written = await write(exchange, caller, tipNumberOf(tip), change);
  if (!written.ok) return written;
  const [row] = written.value;
  return ok(row && { tip, ...triageOf(row) });
}

/** One step: of the newest tips behind a place those that fit, and where to go on. */
export async function triageTips(
  exchange: Exchange,
  caller: Caller,
  { filter, set, limit, after }: { filter: TipFilter; set: TriageChange; limit: number; after?: string },
): Promise<Result<{ changed: number; next: string | null; more: boolean }, Problem>> {
  const cursor = after ? await readCursor(exchange, caller, "tips", after, 1) : ok([Number.MAX_SAFE_INTEGER]);
  if (!cursor.ok) return cursor;
  const { numbers, complete } = await candidates(exchange, caller, filter, cursor.value[0]!, limit + 1);
  const chosen = numbers.slice(0, limit);
  const more = numbers.length > chosen.length || complete > 0;
  const fit = fitting(caller, chosen, filter, exchange.now);
  // Before they are changed: what is done does not fit `new` any more.
  const record = [recordTips(caller, "list", exchange.now, fit), recordAccess(caller, "list", exchange.now)];
  const written = await write(exchange, caller, fit, set, record);
  if (!written.ok) return written;
  return ok({
    changed: written.value.length,
    next: more ? await writeCursor(exchange, caller, "tips", [chosen.at(-1) ?? complete]) : null,
    more,
  });
}
