/**
 * Waking endpoints. It is a hint and may fail: an endpoint reads the feed from its own cursor whenever it wakes, and the
 * schedule wakes those that lag. Who has nothing else to do is handed what the deed is to it, and how far it came is told to the
 * database for all of them: so a deed costs the database a few round trips, however many are called.
 */
import { framesOf } from "../core/frames.ts";
import { limits } from "../core/limits.ts";
import { instant } from "../core/time.ts";
import { type Env, exchangeOf } from "../exchange/exchange.ts";
import { type HandedOver, handOver } from "../exchange/hand-over.ts";
import { eventOf } from "../exchange/read-feed.ts";
import { all, batch } from "../store/database.ts";
import { noteCaughtUp, selectConcerned, selectLagging } from "../store/subscriptions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Endpoint } from "./endpoint.ts";
import { messageOf } from "./message.ts";

/** Events that one deed may add, its own the first. */
const eventsOfDeed = 4;
export const waking = {
  /** To fewer nothing is handed over: it takes the database as long as three of them that read for themselves. */
  fewest: 8,
};
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
    await wakeFor(env, ids.slice(0, directly), seq, seq + events - 1);
  } catch (error) {
    console.error("wake", framesOf(error as Error));
  }
}

/** The dispatcher's step: those after one, and the last of them where there may be more. */
export async function wakeNext(env: Env, seq: number, after: string): Promise<string | undefined> {
  const { at_once } = limits.wakes;
  const to = seq + eventsOfDeed - 1;
  const found = await all(env.DB, selectConcerned(seq, to, after, at_once));
  const ids = found.map((row) => row.subscription);
  await wakeFor(env, ids, seq, to);
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

/** With what the deed's events are to them. Where that cannot be had they read for themselves. */
async function wakeFor(env: Env, ids: readonly string[], from: number, to: number): Promise<void> {
  if (ids.length < waking.fewest) return void (await wake(env, ids));
  const handed = await take(env, ids, from, to).catch((error: unknown) => {
    console.error("hand over", framesOf(error as Error));
    return new Map<string, HandedOver>();
  });
  const came = await wake(env, ids, handed);
  if (came.length > 0) await batch(env.DB, [noteCaughtUp(came)]);
}

async function take(env: Env, subscriptions: readonly string[], from: number, to: number) {
  const exchange = await exchangeOf(env, Date.now(), () => {});
  return handOver(exchange, { from, to, subscriptions }, async (row, payload) =>
    messageOf(exchange.url, payload, await eventOf(exchange, row, undefined)),
  );
}

/** Gives how far those came that have nothing else to do. */
async function wake(
  env: Env,
  ids: readonly string[],
  handed?: ReadonlyMap<string, HandedOver>,
): Promise<[string, number][]> {
  const came = await Promise.allSettled(ids.map((id) => endpointOf(env, id).wake(id, handed?.get(id))));
  return came.flatMap((each, at): [string, number][] =>
    each.status === "fulfilled" && each.value !== undefined ? [[ids[at]!, each.value]] : [],
  );
}
