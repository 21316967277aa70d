/** What a team says to itself of tips: it is shown to nobody else, the tips' authors and the steward included. */
import type { TriageState } from "../core/triage.ts";
import type { Connection } from "./connect.ts";
import type { TipFilter } from "./read-tip.ts";

/** What is not stated stays as it is; null takes it away. State one of them. */
export interface TriageChange {
  /** `new` where nothing was said yet. */
  state?: TriageState;
  /** At most 120 characters. */
  assignee?: string | null;
  /** RFC 3339: until then the tip is not among the open ones. */
  snooze_until?: string | null;
}

export interface Triage {
  state: TriageState;
  assignee?: string;
  snooze_until?: string;
  /** Absent where nothing was said yet. */
  changed_at?: string;
}

/**
 * Says how a tip stands with one's own team. Throws ExchangeProblem 404 where the tip is not there or one may not see it.
 *
 * @example
 * ```js
 * await triageTip(exchange, id, { state: "working", assignee: "ana" });
 * ```
 */
export const triageTip = (
  connection: Connection,
  tip: string,
  change: TriageChange,
): Promise<Triage & { tip: string }> => connection.call("PUT", `/v1/tips/${tip}/triage`, change);

/**
 * The same for all tips that a filter leaves, step by step; resolves with how many were changed. What was changed stays so
 * where it is broken off.
 *
 * @example
 * ```js
 * await triageTips(exchange, { from: "chirper", triage: "open" }, { state: "done" });
 * ```
 */
export async function triageTips(connection: Connection, filter: TipFilter, set: TriageChange): Promise<number> {
  let changed = 0;
  for (let after: string | undefined; ; ) {
    const step = await connection.call<{ changed: number; next: string | null; more: boolean }>("PUT", "/v1/triage", {
      filter,
      set,
      ...(after && { after }),
    });
    changed += step.changed;
    if (!step.more || !step.next) return changed;
    after = step.next;
  }
}
