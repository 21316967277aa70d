/** An operation across tips, and what is claimed of tips without a tip. */
import type { Connection } from "./connect.ts";
import type { Claim, TipItem } from "./read-tip.ts";
import { queryOf } from "./send.ts";

/** An operation as the tips tell it that one may see (`/openapi.json`, schema `OperationView`). */
export interface OperationView {
  operation: string;
  /** Under which it goes in these tips. */
  names: string[];
  aliases: string[];
  /** Who tipped. */
  from: { partner: string; tips: number }[];
  first_accepted_at: string;
  last_accepted_at: string;
  first_seen?: string;
  last_seen?: string;
  /** What two tips hold counts twice. */
  indicators: { total: number; by_type: Record<string, number> };
  for_you: { indicators: number; ask?: string[]; respond_by?: string };
  /** There are more tips than were gathered: the newest were. */
  truncated?: true;
  /** The newest first. */
  tips: TipItem[];
  claims: Claim[];
}

/**
 * All that one may see of an operation: the tips with its id, and those connected to them by a relation. A relation is what its
 * author claims. Throws ExchangeProblem 404 where there is nothing of it, or nothing one may see.
 *
 * @example
 * ```js
 * const { names, from, tips, claims } = await readOperation(exchange, tip.operation.id);
 * ```
 */
export async function readOperation(connection: Connection, operation: string): Promise<OperationView> {
  let whole: OperationView | undefined;
  for (let after = ""; ; ) {
    const { next, more, ...page } = await connection.call<OperationView & { next: string | null; more: boolean }>(
      "GET",
      `/v1/operations/${operation}?${queryOf({ after })}`,
    );
    whole = whole ? { ...page, tips: [...whole.tips, ...page.tips], claims: [...whole.claims, ...page.claims] } : page;
    if (!more || !next) return whole;
    after = next;
  }
}

/**
 * Claims that two tips are of one operation, or duplicates: one must see both, and one of them must be one's own. Whoever sees
 * both sees the claim. Throws ExchangeProblem 404 or 422 where that is not so.
 *
 * @example
 * ```js
 * await claimRelation(exchange, ours, "duplicates", theirs);
 * ```
 */
export const claimRelation = (
  connection: Connection,
  tip: string,
  relation: "duplicates" | "same-operation",
  other: string,
): Promise<Claim & { made_at: string }> =>
  connection.call("POST", `/v1/tips/${tip}/claims`, { relation, tip: other }, { repeatable: true });

/**
 * Takes back what one claimed of two tips. Throws ExchangeProblem 404 where that is nothing.
 *
 * @example
 * ```js
 * await takeBackClaim(exchange, ours, theirs);
 * ```
 */
export const takeBackClaim = (connection: Connection, tip: string, other: string): Promise<void> =>
  connection.call("DELETE", `/v1/tips/${tip}/claims/${other}`);
