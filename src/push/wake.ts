/**
 * Waking endpoints. It is a hint and may fail: an endpoint reads the feed from its own cursor whenever it wakes, and the
 * schedule wakes those that lag.
 */
import { framesOf } from "../core/frames.ts";
import { limits } from "../core/limits.ts";
import { instant } from "../core/time.ts";
import type { Env } from "../exchange/exchange.ts";
import { all } from "../store/database.ts";
import { selectConcerned, selectLagging } from "../store/subscriptions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Endpoint } from "./endpoint.ts";

/** Events that one deed may add, its own the first. */
const eventsOfDeed = 4;
/** A try is overdue where its alarm should have come so long ago. */
const overdueMs = 60_000;

export const endpointOf = (env: Env, subscription: string): DurableObjectStub<Endpoint> => {
  const namespace = env.ENDPOINT as DurableObjectNamespace<Endpoint>;
  return namespace.get(namespace.idFromName(subscription));
};

const dispatcherOf = (env: Env): DurableObjectStub<Dispatcher> => {
  const namespace = env.DISPATCHER as DurableObjectNamespace<Dispatcher>;
  return namespace.get(namespace.idFromName("dispatcher"));
};

/** After a deed: some at once, the rest by the dispatcher. Never throws. */
export async function wakeConcerned(env: Env, seq: number, events = eventsOfDeed): Promise<void> {
  const { directly } = limits.wakes;
  try {
    const found = await all(env.DB, selectConcerned(seq, seq + events - 1, "", directly + 1));
    const ids = found.map((row) => row.subscription);
    if (ids.length > directly) await dispatcherOf(env).wake(seq, ids[directly - 1]!);
    await wake(env, ids.slice(0, directly));
  } catch (error) {
    console.error("wake", framesOf(error as Error));
  }
}

/** The dispatcher's step: those after one, and the last of them where there may be more. */
export async function wakeNext(env: Env, seq: number, after: string): Promise<string | undefined> {
  const { at_once } = limits.wakes;
  const found = await all(env.DB, selectConcerned(seq, seq + eventsOfDeed - 1, after, at_once));
  const ids = found.map((row) => row.subscription);
  await wake(env, ids);
  return ids.length < at_once ? undefined : ids.at(-1);
}

/** The schedule's step: those that lag, a random one first, so that none is always the one left out. */
export async function wakeLagging(env: Env, now: number): Promise<void> {
  const { a_run } = limits.wakes;
  const overdue = instant(now - overdueMs);
  const from = crypto.randomUUID();
  const behind = await all(env.DB, selectLagging(instant(now), overdue, from, a_run));
  const before = behind.length < a_run ? await all(env.DB, selectLagging(instant(now), overdue, "", a_run)) : [];
  const ids = new Set([...behind, ...before].map((row) => row.subscription));
  await wake(env, [...ids].slice(0, a_run));
}

const wake = async (env: Env, ids: readonly string[]): Promise<void> =>
  void (await Promise.allSettled(ids.map((id) => endpointOf(env, id).wake(id))));
