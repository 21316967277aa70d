/**
 * A claim that two tips are of one operation, or duplicates, by the author of either and without a tip. It is shown as a claim
 * to whoever sees both, told to nobody, and taken back by whoever made it.
 */
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { all, batch, brokenGuard, guard, type RowOf } from "../store/database.ts";
import { keyLive } from "../store/keys.ts";
import * as store from "../store/relations.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { keyGone } from "./own-document.ts";

/** As of a tip that is not there: whether it is one is nobody's business who may not see it. */
const notYours = problem("invalid-request", "Nothing was claimed.", [
  { pointer: "/tip", detail: "Name another tip that you may see; one of the two must be yours." },
]);
const full = problem("claims-full", "You have claimed as much of this tip as a partner may.");

/** `tip`: one that the caller may see; whether it may was judged before the body was read. */
export async function claimRelation(
  exchange: Exchange,
  caller: Caller,
  claim: { tip: string; related: string; relation: string },
): Promise<Result<store.Claimed, Problem>> {
  const { db, now } = exchange;
  let rows: RowOf<ReturnType<typeof store.selectClaim>>[];
  try {
    [, , rows] = await batch(db, [
      guard("key_live", keyLive(caller.kid, instant(now))),
      store.insertClaim(caller, claim, now),
      store.selectClaim(caller, claim, now),
    ]);
  } catch (error) {
    if (brokenGuard(error)) return err(keyGone);
    throw error;
  }
  const { may, ...made } = rows[0] ?? { may: 0 };
  if (!may) return err(notYours);
  return made.relation ? ok(made as store.Claimed) : err(full);
}

/** The caller's own claims of these two; nothing where there is none. */
export const ownClaim = async ({ db }: Exchange, caller: Caller, tip: string, related: string) =>
  (await all(db, store.selectOwnClaim(caller, tip, related)))[0];

export async function takeBackClaim(
  { db, now }: Exchange,
  caller: Caller,
  tip: string,
  related: string,
): Promise<Result<true, Problem>> {
  try {
    await batch(db, [guard("key_live", keyLive(caller.kid, instant(now))), store.deleteClaims(caller, tip, related)]);
    return ok(true);
  } catch (error) {
    if (brokenGuard(error)) return err(keyGone);
    throw error;
  }
}
