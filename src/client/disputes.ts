/**
 * Undoing mistakes: reporting an upheld appeal, seeing what of a tip is disputed, standing by one's own. To dispute an indicator,
 * give feedback: `false_positive` on it.
 */
import type { Connection } from "./connect.ts";

export interface Dispute {
  /** The indicator's place in that version. */
  ordinal: number;
  version: number;
  state: "open" | "undecided" | "confirmed" | "corrected" | "dropped" | "taken-back";
  opened_at: string;
  decided_at?: string;
  /** Why its author stands by it. */
  reason?: string;
  /** Of one's own tip: whose voices carry it. */
  by?: string[];
}

/**
 * Reports that you upheld appeals against what you did on these indicators of the tip's current version. They are marked, and
 * everyone who has the tip or had it is told, so that each can look again; only its author learns that it was you. The same again
 * changes nothing. Send nothing of the person. Throws ExchangeProblem 404 where the tip was never yours to see, or you wrote it.
 *
 * @example
 * ```js
 * await reportAppeal(exchange, id, { version: 1, indicators: [3], decided_on: "2026-11-25" });
 * ```
 */
export const reportAppeal = (
  connection: Connection,
  tip: string,
  appeal: { version: number; indicators: number[]; decided_on?: string },
): Promise<{ tip: string; version: number; indicators: number[] }> =>
  connection.call("POST", `/v1/tips/${tip}/appeals`, appeal);

/**
 * What of a tip is or was disputed, the newest first. Throws ExchangeProblem 404 where it is not yours to see.
 *
 * @example
 * ```js
 * const { disputes } = await listDisputes(exchange, id);
 * const open = disputes.filter(({ state }) => state === "open" || state === "undecided");
 * ```
 */
export const listDisputes = (
  connection: Connection,
  tip: string,
): Promise<{ tip: string; version: number; from: string; disputes: Dispute[] }> =>
  connection.call("GET", `/v1/tips/${tip}/disputes`);

/**
 * Stands by a disputed indicator of your tip, with a reason that everyone who sees it may read. To correct or drop it, submit a new
 * version. Throws ExchangeProblem 404 where it is not disputed, or the tip is not yours.
 *
 * @example
 * ```js
 * await confirmIndicator(exchange, id, 3, "It paid for the other accounts.");
 * ```
 */
export const confirmIndicator = (
  connection: Connection,
  tip: string,
  ordinal: number,
  reason: string,
): Promise<{ tip: string; version: number; ordinal: number; state: "confirmed"; decided_at: string }> =>
  connection.call("POST", `/v1/tips/${tip}/disputes/${ordinal}/confirmation`, { reason });
