/**
 * Holds a submission with which nothing is wrong, where its author suddenly publishes far more than it used to, or too much of
 * what it published is disputed. When this returns, the two signed documents are kept, and nobody else can tell that there are any.
 */
import { limits } from "../core/limits.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayMs, dayOf, instant } from "../core/time.ts";
import { batch, brokenGuard, first, guard, json } from "../store/database.ts";
import { type HeldRow, hasRoom, hold, holdingReason, selectHeld } from "../store/held-tips.ts";
import { keyLive } from "../store/keys.ts";
import { quotaLeft, use } from "../store/quotas.ts";
import { type Caller, type Exchange, heldReceipt } from "./exchange.ts";
import type { Submission } from "./judge-submission.ts";
import { keyGone, notChanged } from "./own-document.ts";
import { quotaOfTips, quotaUsed } from "./quota-used.ts";

/** As its author is told of it. */
export interface Held {
  held: true;
  tip: string;
  version: number;
  digest: string;
  held_at: string;
  state: HeldRow["state"];
  reason: HeldRow["reason"];
  receipt: string;
  /** Why its release failed. */
  problem?: { slug: string; detail: string; faults?: Fault[] };
}

export const heldView = async (exchange: Exchange, row: HeldRow): Promise<Held> => ({
  held: true,
  tip: row.tip,
  version: row.version,
  digest: row.digest,
  held_at: row.held_at,
  state: row.state,
  reason: row.reason,
  receipt: await heldReceipt(exchange, row),
  ...(row.problem && { problem: JSON.parse(row.problem) as Required<Held>["problem"] }),
});

const full = problem(
  "held-full",
  `${limits.held.tips} tips, or ${limits.held.bytes} bytes of them, are held already. Ask the steward to release them, or take some back.`,
);

/** `fresh`: how many indicators it brings that were not published in it before. */
export async function holdTip(
  exchange: Exchange,
  caller: Caller,
  { tip, audience, document, scope, derived, expires }: Submission,
  fresh: number,
): Promise<Result<{ held: Held }, Problem>> {
  const now = instant(exchange.now);
  const day = dayOf(exchange.now);
  const text = json({ tip: tip.envelope, audience: audience.envelope });
  const used = { bytes: tip.envelope.payload.length, index_keys: derived.keys.length };
  const row = {
    partner: caller.partner,
    digest: tip.digest,
    tip: document.tip,
    version: document.version,
    held_at: now,
    types: json(Object.fromEntries(derived.types)),
    bytes: text.length,
    recipients: scope.to.length,
    until: instant(Math.min(expires, exchange.now + limits.held.days * dayMs)),
  };
  let failure: unknown;
  try {
    await batch(exchange.db, [
      guard("key_live", ...[tip.opened.kid, audience.opened.kid, caller.kid].map((kid) => keyLive(kid, now))),
      guard("quota_left", quotaLeft(caller.partner, day, used)),
      guard("room_left", hasRoom(caller.partner, row.bytes)),
      ...hold(row, holdingReason(caller.partner, fresh, exchange.now), text),
      use(caller.partner, day, used),
    ]);
  } catch (error) {
    failure = error;
  }
  // Also where the outcome is unknown, or the same came twice at once.
  const kept = await first(exchange.db, selectHeld(caller.partner, tip.digest)).catch(() => undefined);
  if (kept && kept.state !== "refused") return ok({ held: await heldView(exchange, kept) });
  const broken = brokenGuard(failure);
  if (broken === "key_live") return err(keyGone);
  if (broken === "quota_left") return err(quotaUsed(quotaOfTips, exchange.now));
  return err(broken === "room_left" ? full : notChanged);
}
