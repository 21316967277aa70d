/** Keys after the first: added with a delay or the steward's approval, cancelled, retired. */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayMs, instant } from "../core/time.ts";
import { all, batch, brokenGuard, first, guard, isTaken } from "../store/database.ts";
import * as keys from "../store/keys.ts";
import { keyView } from "./enrol-partner.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { proveKey } from "./proof-of-possession.ts";

type View = Record<string, unknown>;

export async function listKeys(exchange: Exchange, caller: Caller): Promise<View[]> {
  const rows = await all(exchange.db, keys.selectKeysOf(caller.partner));
  return rows.map((row) => ({ ...keyView(row, exchange.now), introduced_by: row.introduced_by }));
}

export async function addKey(
  exchange: Exchange,
  caller: Caller,
  body: { jwk: View; proof: string },
): Promise<Result<View, Problem>> {
  const proven = await proveKey(body.jwk, body.proof, "key+jws", { exchange: exchange.url, partner: caller.partner });
  if (!proven.ok) return proven;
  const now = instant(exchange.now);
  try {
    await batch(exchange.db, [
      guard("key_live", keys.keyLive(caller.kid, now)),
      guard("not_last", keys.hasRoom(caller.partner, limits.keys_of_partner, instant(exchange.now - dayMs))),
      keys.insertKey(
        {
          kid: proven.value.kid,
          partner: caller.partner,
          jwk: proven.value.jwk,
          active_from: instant(exchange.now + limits.key_delay_hours * 3_600_000),
          introduced_by: caller.kid,
        },
        now,
      ),
    ]);
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "not_last")
      return err(
        problem(
          "key-state",
          `A partner has at most ${limits.keys_of_partner} open keys, and adds that many a day. Retire one, or wait.`,
        ),
      );
    if (broken) return err(problem("unauthenticated", "The key behind your token ceased to be active."));
    if (isTaken(error))
      return err(
        problem("taken", "This key is registered already; a key belongs to one partner for ever. Make a new one."),
      );
    throw error;
  }
  return ok(await show(exchange, proven.value.kid));
}

const show = async (exchange: Exchange, kid: string): Promise<View> =>
  keyView((await first(exchange.db, keys.selectKey(kid)))!, exchange.now);

export const ownKey = async (exchange: Exchange, partner: string, kid: string): Promise<keys.KeyRow | undefined> => {
  const row = await first(exchange.db, keys.selectKey(kid));
  return row?.partner === partner ? row : undefined;
};

/** Undefined: not the caller's. Only a waiting key can be cancelled, by another key. */
export async function cancelKey(
  exchange: Exchange,
  caller: Caller,
  kid: string,
): Promise<Result<View | undefined, Problem>> {
  const key = await ownKey(exchange, caller.partner, kid);
  if (!key) return ok(undefined);
  const now = instant(exchange.now);
  try {
    await batch(exchange.db, [
      guard("key_live", keys.keyLive(caller.kid, now), keys.isWaiting(kid, now)),
      keys.cancelWaiting(kid, now),
    ]);
  } catch (error) {
    if (brokenGuard(error))
      return err(problem("key-state", "The key no longer waits. Retire it, or declare it compromised."));
    throw error;
  }
  return ok(await show(exchange, kid));
}

export async function retireKey(
  exchange: Exchange,
  caller: Caller,
  kid: string,
): Promise<Result<View | undefined, Problem>> {
  const key = await ownKey(exchange, caller.partner, kid);
  if (!key) return ok(undefined);
  const now = instant(exchange.now);
  if (key.state !== "active" || key.active_from > now)
    return err(problem("key-state", "Only an active key can be retired."));
  try {
    await batch(exchange.db, [
      // A stolen newer key must not retire the older one that could undo it.
      guard("key_live", keys.keyLive(caller.kid, now), keys.isItselfOrOlder(caller.kid, key)),
      guard("not_last", keys.hasOther(caller.partner, kid, now)),
      keys.retireActive(kid, now),
    ]);
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "not_last") return err(problem("key-state", "This is your last active key. Add another first."));
    if (broken) return err(problem("key-state", "A key is retired by itself, or by an older live key."));
    throw error;
  }
  return ok(await show(exchange, kid));
}

/** By the steward: a waiting key becomes active now. Undefined: there is none such. */
export async function approveKey(
  exchange: Exchange,
  partner: string,
  kid: string,
): Promise<Result<View | undefined, Problem>> {
  const key = await ownKey(exchange, partner, kid);
  if (!key) return ok(undefined);
  const now = instant(exchange.now);
  if (key.state !== "active" || key.active_from <= now)
    return err(problem("key-state", "Only a waiting key can be approved."));
  await batch(exchange.db, [keys.approveWaiting(kid, now)]);
  return ok(await show(exchange, kid));
}
