/** Subscriptions of the test world, worked by hand: the clock is the test's, and runs ahead so that no alarm fires by itself. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, vi } from "vitest";
import type { Env } from "../../src/exchange/exchange.ts";
import type { HandedOver } from "../../src/exchange/hand-over.ts";
import type { Endpoint } from "../../src/push/endpoint.ts";
import { timing } from "../../src/push/handed.ts";
import { endpointOf, waking } from "../../src/push/wake.ts";
import type { Member } from "./member.ts";
import { openReceivers, type Receiver, receiver } from "./receiver.ts";

export const bindings = env as unknown as Env & { TEST_CHAOS?: string; TEST_CHAOS_SEED?: string };
export const minute = 60_000;
export const hour = 60 * minute;

let now: number;

const { ENDPOINT } = bindings;
/** What wakes handed over, by subscription, in their order. A test lets it arrive, or not. */
export const onTheWay = new Map<string, HandedOver[]>();

/** Wakes arrive without what they hand over; `held`: those that hand something over do not arrive at all. */
const withoutHandedOver = (held: boolean): DurableObjectNamespace => {
  const stubOf = (id: DurableObjectId) => {
    const stub = ENDPOINT.get(id) as DurableObjectStub<Endpoint>;
    const wake = async (subscription: string, handed?: HandedOver) => {
      if (handed) onTheWay.set(subscription, [...(onTheWay.get(subscription) ?? []), handed]);
      if (!handed || !held) await stub.wake(subscription);
    };
    return new Proxy(stub, { get: (_stub, name) => (name === "wake" ? wake : stub[name as keyof typeof stub]) });
  };
  return new Proxy(ENDPOINT, {
    get(_namespace, name) {
      if (name === "get") return stubOf;
      const member = ENDPOINT[name as keyof typeof ENDPOINT] as unknown;
      return typeof member === "function" && name !== "constructor" ? member.bind(ENDPOINT) : member;
    },
  });
};

/** For each file of tests to call: the modules of files are shared, so hooks do not register by themselves. */
export function workEndpointsByHand(held = false): void {
  const usual = [{ ...timing }, { ...waking }];
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 24 * hour });
    now = Date.now();
    openReceivers();
    onTheWay.clear();
    bindings.ENDPOINT = withoutHandedOver(held);
    timing.settle_ms = 0;
    waking.fewest = 1;
  });
  afterEach(() => {
    Object.assign(timing, usual[0]);
    Object.assign(waking, usual[1]);
    bindings.ENDPOINT = ENDPOINT;
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** Wakes arrive with what they hand over, as they do. */
export const letArrive = (): void => {
  bindings.ENDPOINT = ENDPOINT;
};

/** Time passes; tokens do not outlive it. */
export function pass(milliseconds: number, ...members: Member[]): void {
  now += milliseconds;
  vi.setSystemTime(now);
  for (const member of members) {
    member.token = undefined;
    member.boundToken = undefined;
  }
}

export class Subscribed {
  readonly owner: Member;
  readonly id: string;
  readonly secret: string;
  readonly hook: Receiver;
  constructor(owner: Member, id: string, secret: string, hook: Receiver) {
    this.owner = owner;
    this.id = id;
    this.secret = secret;
    this.hook = hook;
  }

  get stub() {
    return endpointOf({ ...bindings, ENDPOINT }, this.id);
  }

  /** The oldest wake that hands something over, and has not arrived, arrives. */
  async arrive(): Promise<number | undefined> {
    const handed = onTheWay.get(this.id)?.shift();
    return handed && this.stub.wake(this.id, handed);
  }

  get path(): string {
    return `/v1/subscriptions/${this.id}`;
  }

  /** It wakes and works until there is nothing to do at this time. */
  async pump(): Promise<void> {
    await this.stub.wake(this.id);
    for (let rounds = 0; rounds < 40; rounds++) {
      await runDurableObjectAlarm(this.stub);
      if (!((await this.alarmIn()) < 2_000)) return;
      pass(1_000);
    }
    throw new Error("The endpoint does not come to rest.");
  }

  /** Milliseconds until its alarm. */
  alarmIn(): Promise<number> {
    return runInDurableObject(this.stub, async (_endpoint, state) => {
      const at = await state.storage.getAlarm();
      return at === null ? Number.POSITIVE_INFINITY : at - Date.now();
    });
  }

  async show(): Promise<any> {
    return (await this.owner.call("GET", this.path)).body;
  }

  async log(query = ""): Promise<any[]> {
    return (await this.owner.call("GET", `${this.path}/deliveries${query}`)).body.deliveries;
  }
}

export async function subscribe(
  owner: Member,
  options: Record<string, unknown> = {},
  hook = receiver(),
): Promise<Subscribed> {
  const made = await owner.call("POST", "/v1/subscriptions", { url: hook.url, ...options });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return new Subscribed(owner, made.body.subscription, made.body.secret, hook);
}

/** A subscription, taken apart for a test. */
export const bound = (sub: Subscribed) => ({ sub, hook: sub.hook, secret: sub.secret, pump: () => sub.pump() });

export const types = (hook: Receiver): string[] => hook.messages.map((message) => message.type);

/** The alarm a while after the last work, by which the database learns how far it came. */
export async function idle(sub: Subscribed, ...members: Member[]): Promise<void> {
  pass(6_000, ...members);
  await runDurableObjectAlarm(sub.stub);
}
