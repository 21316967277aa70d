/**
 * A key declared compromised since a time takes every key it introduced since with it and suspends, in the same transaction,
 * what was submitted, rescoped or withdrawn under them since.
 */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { batch, brokenGuard, guard } from "../store/database.ts";
import { compromise, isOlder, keyLive } from "../store/keys.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { ownKey } from "./manage-keys.ts";
import { ring } from "./waiting.ts";

/** By the steward (`by` undefined), or by a live key older than it. Undefined: the partner has no such key. */
export async function compromiseKey(
  exchange: Exchange,
  partner: string,
  kid: string,
  since: string,
  by: Caller | undefined,
): Promise<Result<{ keys: string[]; tips_suspended: number } | undefined, Problem>> {
  const key = await ownKey(exchange, partner, kid);
  if (!key) return ok(undefined);
  const now = instant(exchange.now);
  if (since > now) {
    const fault = { pointer: "/since", detail: "Give when the key may first have been misused." };
    return err(problem("invalid-request", "since lies in the future.", [fault]));
  }
  if (key.state === "cancelled") return err(problem("key-state", "The key never was active."));
  const allowed = by ? [guard("key_live", keyLive(by.kid, now), isOlder(by.kid, key))] : [];
  try {
    const results = await batch(exchange.db, [...allowed, ...compromise(partner, kid, since, now)]);
    const [fallen, [counted]] = results.slice(-3) as [{ kid: string }[], { tips: number; seq: number }[]];
    const { tips, seq } = counted!;
    ring();
    // Whoever acts on a forgery is told now; behind so many events the schedule goes on.
    if (tips > 0) exchange.wake(seq - tips + 1, Math.min(tips, limits.wakes.events));
    return ok({ keys: fallen.map((row) => row.kid), tips_suspended: tips });
  } catch (error) {
    if (!brokenGuard(error)) throw error;
    return err(problem("key-state", "Only a live key older than it, or the steward, declares a key compromised."));
  }
}
