/** Telling an exchange what became of one's copy of a tip that was taken back. */
import type { Connection } from "./connect.ts";

/**
 * `deleted`: every copy is gone. `kept_under_law`: a duty forbids deleting it. `never_stored`: what was handed out was not kept.
 */
export type Outcome = "deleted" | "kept_under_law" | "never_stored";

/**
 * Tells a tip's author, through the exchange, what became of your copy: do it when the deletion is done, not before. `event` is the
 * id of the event that told you. Saying it again changes nothing. Throws ExchangeProblem 404 or 409 where there is nothing to
 * acknowledge.
 *
 * @example
 * ```js
 * await acknowledge(exchange, event.tip, { outcome: "deleted", event: event.id });
 * ```
 */
export async function acknowledge(
  connection: Connection,
  tip: string,
  said: { outcome: Outcome; event?: string },
): Promise<void> {
  const path = `/v1/tips/${encodeURIComponent(tip)}/acknowledgements`;
  await connection.call<unknown>("POST", path, said, { repeatable: true });
}
