/** When a call that failed is made again: the intervals that Standard Webhooks' senders use, spread, and what the endpoint asks. */
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** After the first failure, the second … Once they are over the delivery is exhausted; its owner may ask for it again. */
export const intervals = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const;

/** Who says so, or does not answer, is left alone at least so long. */
const busyLeast = minute;
const most = 24 * hour;
const spread = 0.2;

export interface Failure {
  /** Undefined where there was no answer. */
  status?: number;
  timeout?: boolean;
  /** Milliseconds that `Retry-After` asked for. */
  retry_after?: number;
}

/** Milliseconds until the next try after so many failures, or undefined after the last. `random` is in [0, 1). */
export function nextTry(failures: number, failure: Failure, random: number): number | undefined {
  const interval = intervals[failures - 1];
  if (interval === undefined) return undefined;
  const spreaded = interval * (1 + spread * (2 * random - 1));
  const busy = failure.status === 429 || failure.timeout ? busyLeast : 0;
  return Math.round(Math.min(most * (1 + spread), Math.max(spreaded, busy, Math.min(failure.retry_after ?? 0, most))));
}

/** `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date; undefined where it is neither. */
export function readRetryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * second;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
