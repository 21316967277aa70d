/** What a call came to, put down: delivered, to be tried again and when, or given up; and whether its subscription is to be paused. */
import { limits } from "../core/limits.ts";
import type { EndpointLog } from "../store/endpoint-log.ts";
import type { Called } from "./call.ts";
import { nextTry } from "./retry.ts";

/** `changedAt`: of the subscription as it was called. */
export function keepOutcome(log: EndpointLog, seq: number, called: Called, changedAt: string): void {
  const { at, status, outcome, milliseconds } = called;
  const attempt = { seq, at, status: status ?? null, outcome, milliseconds };
  const now = at + milliseconds;
  const delivery = log.delivery(seq);
  if (!delivery) return;
  if (outcome === "delivered") {
    log.finish(attempt, "delivered", delivery.tries, now, null);
    return;
  }
  const tries = delivery.tries + 1;
  const kept = log.kept()!;
  const failingSince = kept.failing_since ?? at;
  const next = nextTry(tries, called, Math.random());
  log.finish(attempt, next === undefined ? "exhausted" : "waiting", tries, now + (next ?? 0), failingSince);
  // What the former URL says is nothing to the new one.
  if (kept.row?.changed_at !== changedAt) return;
  if (status === 410) log.pauseFor("gone", changedAt);
  else if (now - failingSince >= limits.webhook.failing_hours * 3_600_000) log.pauseFor("failing", changedAt);
}
