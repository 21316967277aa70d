/**
 * What only a tip's author does to it: change who may see it, and take it back. Signed first and sent then, as tips are; the
 * same document again changes nothing.
 */
import type { withdrawalReasons } from "../core/audience.ts";
import { type Envelope, sign } from "../core/envelope.ts";
import type { TipDocument } from "../core/tip.ts";
import type { Connection } from "./connect.ts";
import { ExchangeProblem } from "./problem.ts";
import { type Scope, signer, signScope } from "./tips.ts";

/** The current state of one's own tip, from which a next version or audience goes on. */
export interface OwnTip {
  tip: string;
  version: number;
  revision: number;
  digest: string;
  audience_digest: string;
  operation: { id: string };
  /** Until its content is erased; a next version begins it anew. */
  document?: TipDocument;
}

/**
 * One's own tip as it stands, which revising, rescoping and withdrawing start from. Throws ExchangeProblem 404 where it is
 * not there or another's.
 *
 * @example
 * ```js
 * const mine = await ownTip(exchange, id);
 * ```
 */
export async function ownTip(connection: Connection, tip: string): Promise<OwnTip> {
  const found = await connection.call<Partial<OwnTip> & { from: string }>("GET", `/v1/tips/${tip}`);
  if (found.from !== connection.profile.partner)
    throw new ExchangeProblem(404, "not-found", `Tip ${tip} is ${found.from}'s, not yours.`);
  return found as OwnTip;
}

/**
 * Signs the next audience of one's own tip: the whole of it, not the change. Nothing is sent.
 *
 * @example
 * ```js
 * const audience = await signRescope(exchange, await ownTip(exchange, id), { to: ["platforms", "law-enforcement"] });
 * ```
 */
export const signRescope = (connection: Connection, current: OwnTip, scope: Scope): Promise<Envelope> =>
  signScope(connection, current, { revision: current.revision + 1, previous: current.audience_digest }, scope);

/**
 * Changes who may see a tip, at once: those who gain sight are told, those who lose it are sent a recall by name. The same
 * audience again changes nothing. Throws ExchangeProblem 409 `audience-conflict` where somebody of yours rescoped it
 * meanwhile: sign anew from `ownTip`.
 *
 * @example
 * ```js
 * const { revision } = await rescope(exchange, id, audience);
 * ```
 */
export const rescope = (
  connection: Connection,
  tip: string,
  audience: Envelope,
): Promise<{ tip: string; revision: number; digest: string; seq: number }> =>
  connection.call("PUT", `/v1/tips/${tip}/audience`, audience);

export type WithdrawalReason = (typeof withdrawalReasons)[number];

/**
 * Signs that one's own tip is taken back for good. Nothing is sent.
 *
 * @example
 * ```js
 * const withdrawal = await signWithdrawal(exchange, await ownTip(exchange, id), "mistake", "Two accounts were ours.");
 * ```
 */
export const signWithdrawal = (
  connection: Connection,
  current: OwnTip,
  reason: WithdrawalReason,
  note?: string,
): Promise<Envelope> =>
  sign(
    {
      exchange: connection.profile.exchange,
      from: connection.profile.partner,
      tip: current.tip,
      version: current.version,
      digest: current.digest,
      reason,
      ...(note && { note }),
    },
    "withdrawal+jws",
    signer(connection),
  );

/**
 * Takes a tip back, for good: from then on its author alone sees it, and everyone who has or had it is told by name. Throws
 * ExchangeProblem 409 where it has a newer version: sign anew from `ownTip`.
 *
 * @example
 * ```js
 * const { withdrawn_at } = await withdraw(exchange, id, withdrawal);
 * ```
 */
export const withdraw = (
  connection: Connection,
  tip: string,
  withdrawal: Envelope,
): Promise<{ tip: string; withdrawn_at: string; seq: number }> =>
  connection.call("POST", `/v1/tips/${tip}/withdrawal`, withdrawal);
