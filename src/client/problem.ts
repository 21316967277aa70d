/** What the exchange refused, as an error: `slug` is stable, the message is for people. */
import type { Fault } from "../core/problem.ts";

export class ExchangeProblem extends Error {
  readonly status: number;
  readonly slug: string;
  readonly faults: readonly Fault[];
  readonly retry_after: number | undefined;

  constructor(status: number, slug: string, detail: string, faults: readonly Fault[] = [], retryAfter?: number) {
    super(detail);
    this.name = "ExchangeProblem";
    this.status = status;
    this.slug = slug;
    this.faults = faults;
    this.retry_after = retryAfter;
  }
}

/** The exchange could not be reached, after retries where repeating is safe. */
export class Unreachable extends Error {
  constructor(url: string, cause: unknown) {
    super(`${url} cannot be reached`, { cause });
    this.name = "Unreachable";
  }
}
