/** Pausing a subscription whose endpoint is gone, or fails for long, where it is kept; its owner is told in the feed. */
import { instant } from "../core/time.ts";
import type { Env } from "../exchange/exchange.ts";
import { batch, brokenGuard, guard } from "../store/database.ts";
import { newest } from "../store/events.ts";
import { isInUse, pauseAndTell } from "../store/subscriptions.ts";
import { wakeConcerned } from "./wake.ts";

/** Once this returns it is paused, or was paused, changed or deleted by its owner since `changedAt`, as it was called. */
export async function pause(
  env: Env,
  subscription: string,
  reason: "gone" | "failing",
  changedAt: string,
): Promise<void> {
  const statements = pauseAndTell(subscription, reason, instant(Date.now()));
  try {
    await batch(env.DB, [guard("still_due", isInUse(subscription, changedAt)), ...statements]);
    const [[last]] = await batch(env.DB, [newest]);
    await wakeConcerned(env, last!.seq!);
  } catch (error) {
    if (brokenGuard(error) !== "still_due") throw error;
  }
}
