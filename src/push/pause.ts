/** Pausing a subscription whose endpoint is gone, or fails for long, where it is kept; its owner is told in the feed. */
import { instant } from "../core/time.ts";
import type { Env } from "../exchange/exchange.ts";
import { batch, brokenGuard, guard } from "../store/database.ts";
import type { EndpointLog } from "../store/endpoint-log.ts";
import { newest } from "../store/events.ts";
import { isInUse, pauseAndTell } from "../store/subscriptions.ts";
import { wakeConcerned } from "./wake.ts";

/** Where the log says so. Once this returns it is paused, or was paused, changed or deleted by its owner since it was called. */
export async function pauseIfDue(env: Env, log: EndpointLog): Promise<void> {
  const kept = log.kept();
  if (!kept?.pause_for) return;
  const { subscription, pause_for, pause_changed_at } = kept;
  const statements = pauseAndTell(subscription, pause_for, instant(Date.now()));
  try {
    await batch(env.DB, [guard("still_due", isInUse(subscription, pause_changed_at!)), ...statements]);
    const [[last]] = await batch(env.DB, [newest]);
    await wakeConcerned(env, last!.seq!);
  } catch (error) {
    if (brokenGuard(error) !== "still_due") throw error;
  }
  log.pauseFor(null, null);
}
