/**
 * What a partner says to itself of tips it may see: one, or those a filter leaves, in bounded steps. Judged in the write; told
 * to nobody, its author and the steward included, and no reading: nothing of a tip is handed out.
 */
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import type { TriageChange } from "../core/triage.ts";
import { batch, brokenGuard, guard, type SQL } from "../store/database.ts";
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
): Promise<Result<TriageRow[], Problem>> {
  try {
    const live = guard("key_live", keyLive(caller.kid, instant(now)));
    return ok((await batch(db, [live, setTriage(caller, tipNos, change, now)]))[1]);
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
  const written = await write(exchange, caller, fitting(caller, chosen, filter, exchange.now), set);
  if (!written.ok) return written;
  return ok({
    changed: written.value.length,
    next: more ? await writeCursor(exchange, caller, "tips", [chosen.at(-1) ?? complete]) : null,
    more,
  });
}
