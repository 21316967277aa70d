/**
 * A tip was taken back: whoever was told so says what became of its copy, and the author sees who has. The author learns of
 * nobody of whom its list of accesses would not tell, but of who says that it never had the tip.
 */
import type { Outcome } from "../core/acknowledgement.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant } from "../core/time.ts";
import { batch, brokenGuard, first, guard } from "../store/database.ts";
import { keyLive } from "../store/keys.ts";
import * as recalls from "../store/recalls.ts";
import type { TipRow } from "../store/tips.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { keyGone } from "./own-document.ts";
import { quotaUsed } from "./quota-used.ts";

/** Undefined, as where there is no such tip: it was never taken back from the caller, who does not see it either. */
export const takenBack = (exchange: Exchange, caller: Caller, tip: string): Promise<recalls.TakenBack | undefined> =>
  first(exchange.db, recalls.selectTakenBack(caller.partner, tip, exchange.now));

export interface Acknowledged {
  event: string;
  outcome: Outcome;
  acknowledged_at: string;
}

export async function acknowledgeRecall(
  exchange: Exchange,
  caller: Caller,
  { tip_no, seq: newest }: recalls.TakenBack,
  { outcome, event }: { outcome: Outcome; event?: string },
): Promise<Result<Acknowledged, Problem>> {
  if (newest === null) return err(problem("nothing-taken-back", "This tip was not taken back from you."));
  const seq = event ? await toldBy(exchange, caller, tip_no, event) : newest;
  if (seq === undefined) {
    const fault = { pointer: "/event", detail: "Not an event that took this tip back from you." };
    return err(problem("invalid-request", "Name the `withdrawn` or `recalled` it is about, or none.", [fault]));
  }
  const word = { tip_no, partner: caller.partner, seq, outcome, kid: caller.kid };
  const now = instant(exchange.now);
  try {
    const kept = await batch(exchange.db, [
      guard("key_live", keyLive(caller.kid, now)),
      guard("quota_left", recalls.mayAcknowledge(word, `${dayOf(exchange.now)}T`)),
      ...recalls.acknowledge(word, now),
      recalls.selectWord(word),
    ]);
    const [{ at }] = kept.at(-1) as [{ at: string }];
    return ok({ event: nameOf(exchange, seq), outcome, acknowledged_at: at });
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "key_live") return err(keyGone);
    if (broken === "quota_left") return err(quotaUsed("acknowledgements of this tip", exchange.now));
    throw error;
  }
}

const nameOf = ({ epoch }: Exchange, seq: number): string => `evt_${epoch}_${seq}`;

async function toldBy(exchange: Exchange, caller: Caller, tipNo: number, event: string): Promise<number | undefined> {
  const seq = Number(event.split("_")[2]);
  if (event !== nameOf(exchange, seq)) return undefined;
  return (await first(exchange.db, recalls.selectTold(caller.partner, tipNo, seq)))?.seq;
}

export interface Recalls {
  counts: Record<string, number>;
  acknowledgements: Record<string, unknown>[];
  next: string | null;
  more: boolean;
}

/** Of the author's own tip. The counts are of all that are listed, on whatever page. */
export async function listRecalls(
  exchange: Exchange,
  caller: Caller,
  { tip_no }: TipRow,
  { limit, after }: { limit: number; after?: string },
): Promise<Result<Recalls, Problem>> {
  const place = after ? await readCursor<string>(exchange, caller, "recalls", after, 1) : ok([""]);
  if (!place.ok) return place;
  const [[counts], rows] = await batch(exchange.db, [
    recalls.countRecalls(tip_no, exchange.now),
    recalls.selectRecalls(tip_no, place.value[0]!, limit + 1, exchange.now),
  ]);
  const page = rows.slice(0, limit);
  const more = rows.length > page.length;
  return ok({
    counts: { ...counts! },
    acknowledgements: page.map(({ kind, country, seq, at, outcome, late, ...row }) => ({
      partner: row.partner,
      kind,
      ...(kind === "law_enforcement" && { country }),
      event: nameOf(exchange, seq),
      since: at,
      ...(outcome && { outcome, acknowledged_at: row.acknowledged_at }),
      late: late === 1,
    })),
    next: more ? await writeCursor(exchange, caller, "recalls", [page.at(-1)!.partner]) : null,
    more,
  });
}
