/**
 * Tips of one's own that the exchange holds, because suddenly there were far more of them than before, or too much of them was
 * disputed. Nobody else learns of one until the steward, who sees counts and not content, lets it go.
 */
import type { Connection } from "./connect.ts";

/** The exchange's word that it holds a tip. */
export interface HeldTip {
  held: true;
  tip: string;
  version: number;
  digest: string;
  held_at: string;
  /** `failed`: it was let go, and could not be published; `refused`: its documents are gone. */
  state: "held" | "failed" | "refused";
  reason: "flood" | "disputed" | "always";
  /** Signed by the exchange (`held+jws`); it is no receipt, and has no `seq`. */
  receipt: string;
  problem?: { slug: string; detail: string; faults?: { pointer: string; detail: string }[] };
}

/**
 * Your tips that are held, the newest first.
 *
 * @example
 * ```js
 * for (const { tip, reason, state } of await listHeldTips(exchange)) console.log(tip, reason, state);
 * ```
 */
export const listHeldTips = async (connection: Connection): Promise<HeldTip[]> =>
  (await connection.call<{ held_tips: HeldTip[] }>("GET", "/v1/held-tips")).held_tips;

/**
 * Takes a held tip back: it is erased, and nobody learns that there was one. Throws ExchangeProblem 404 where it is not held.
 *
 * @example
 * ```js
 * await takeBackHeldTip(exchange, digest);
 * ```
 */
export const takeBackHeldTip = (connection: Connection, digest: string): Promise<void> =>
  connection.call("DELETE", `/v1/held-tips/${digest}`);
