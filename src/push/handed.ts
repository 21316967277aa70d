/**
 * When an endpoint sends what a wake hands it, instead of reading for itself: where that is exactly what it would take now, and
 * was judged a moment ago. It is sent before it is put down. Where the endpoint falls over meanwhile its cursor stands before the
 * event, and the database knows of none further: the schedule wakes it, and the event is read again, judged again, and sent by
 * the same id.
 */
import type { HandedOver } from "../exchange/hand-over.ts";
import type { Kept } from "../store/endpoint-log.ts";

export const timing = {
  /** What was judged longer ago is read again. */
  fresh_ms: 2_000,
  /** Whoever takes longer to answer is waited for by the alarm, with the event put down as on its way. */
  patience_ms: 1_000,
  /** That it was delivered is put down so much later: no write of one endpoint then waits between the calls of the others. */
  settle_ms: 300,
};

/** Nothing lies between what it read and this, and the subscription is as it knows it. */
export const isNext = (kept: Kept, { epoch, changed_at, before, from, at }: HandedOver, now: number): boolean =>
  kept.epoch === epoch &&
  kept.row?.changed_at === changed_at &&
  kept.pause_for === null &&
  kept.cursor >= before &&
  kept.cursor < from &&
  Math.abs(now - at) <= timing.fresh_ms;

export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, timing.settle_ms));

/** What it comes to in time; undefined where it takes longer. */
export async function inTime<Value>(deed: Promise<Value>): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timing.patience_ms, undefined);
  });
  // Cleared, so that it does not keep the object awake.
  return Promise.race([deed, late]).finally(() => clearTimeout(timer));
}
