/** What can go wrong with a call, as two errors: the exchange refused, or it could not be reached. */
import type { Fault } from "../core/problem.ts";

/**
 * The exchange refused. `slug` is the stable reason (the last part of the problem's `type`, or OAuth's `error`) and what
 * programs decide by; the message is for people. Nothing of a refused request was stored.
 *
 * @example
 * ```js
 * try {
 *   await submit(exchange, signed);
 * } catch (error) {
 *   if (!(error instanceof ExchangeProblem)) throw error;
 *   for (const { pointer, detail } of error.faults) console.error(pointer, detail);
 * }
 * ```
 */
export class ExchangeProblem extends Error {
  /** HTTP status. */
  readonly status: number;
  readonly slug: string;
  /** Every reason at once, at most 100, with JSON pointers into what was sent. */
  readonly faults: readonly Fault[];
  /** Seconds after which it may be tried again; undefined where the exchange named none. */
  readonly retry_after: number | undefined;
  /** To be quoted when reporting a fault to the exchange. */
  readonly request_id: string | undefined;

  constructor(
    status: number,
    slug: string,
    detail: string,
    more: { faults?: readonly Fault[]; retry_after?: number; request_id?: string } = {},
  ) {
    super(detail);
    this.name = "ExchangeProblem";
    this.status = status;
    this.slug = slug;
    this.faults = more.faults ?? [];
    this.retry_after = more.retry_after;
    this.request_id = more.request_id;
  }
}

/**
 * The exchange could not be reached, or did not answer in time, after retries where repeating is safe; `cause` says how.
 * Whether it did what was asked is unknown: send the same signed document again, which is the same tip.
 * Or it redirects, which is never followed: what is sent is for the exchange alone. Then nothing was done.
 */
export class Unreachable extends Error {
  /** Where it redirects to, as far as that is known; undefined where it does not. */
  readonly redirects_to: string | undefined;

  constructor(url: string, cause: unknown, redirectsTo?: string) {
    super(redirectsTo === undefined ? `${url} cannot be reached` : `${url} redirects to ${redirectsTo}`, { cause });
    this.name = "Unreachable";
    this.redirects_to = redirectsTo;
  }
}
