/** Push: from a tip's acceptance to its arrival at endpoints on loopback, one, many, and after an outage. */
import { limits } from "../../../src/core/limits.ts";
import { rate, send } from "../load.ts";
import { alone, type Bench, byTurns, type Measure, round, series, timed } from "../measure.ts";
import { type Arrival, Receiver } from "../receiver.ts";
import { subscribeAll } from "../subscribers.ts";

const to = ["platforms"];
/** After the last arrival. */
const restMs = 2_000;

async function received<Found>(use: (receiver: Receiver) => Promise<Found>): Promise<Found> {
  const receiver = await new Receiver().open();
  try {
    return await use(receiver);
  } finally {
    receiver.close();
  }
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;

export const pushLatency = ({ quick, world: start }: Bench): Promise<Measure> =>
  received(async (receiver) => {
    const exchange = await (await start()).exchange("LATENCY");
    const author = await exchange.enrol("author");
    await subscribeAll(exchange, receiver, 1);
    await alone();
    const tips = quick ? 30 : 200;
    const latencies: number[] = [];
    const bare: number[] = [];
    for (let tip = -5; tip < tips; tip++) {
      const submission = await author.submission(1, to);
      receiver.arrivals.length = 0;
      await send(exchange.url, submission);
      const accepted = performance.now();
      await receiver.until(() => receiver.arrivals.length > 0);
      const [arrival] = receiver.arrivals;
      const called = await timed(() => receiver.call(arrival!.body));
      if (tip < 0) continue;
      latencies.push(Math.max(0, arrival!.at - accepted));
      bare.push(called);
    }
    const [middle, call] = [percentile(latencies, 0.5), percentile(bare, 0.5)];
    return {
      name: "push-latency-p99-ms",
      value: round(percentile(latencies, 0.99)),
      unit: "ms from 201 to arrival, p99",
      target: 1_000,
      better: "lower",
      detail: {
        p50_milliseconds: round(middle),
        milliseconds: series(latencies),
        bare_call_milliseconds: round(call),
        p50_in_bare_calls: round(middle / call),
        tips,
      },
    };
  });

export const pushFanout = ({ quick, world: start }: Bench): Promise<Measure> =>
  received(async (receiver) => {
    const world = await start();
    const exchange = await world.exchange("FANOUT");
    const subscribers = quick ? 60 : 500;
    const author = await exchange.enrol("author");
    await subscribeAll(exchange, receiver, subscribers);
    const connections: number[] = [];
    let twice = 0;
    const product = async () => {
      const submission = await author.submission(1, to);
      receiver.arrivals.length = 0;
      receiver.connections.clear();
      await send(exchange.url, submission);
      const accepted = performance.now();
      const first = new Map<string, Arrival>();
      let looked = 0;
      await receiver.until(() => {
        for (; looked < receiver.arrivals.length; looked++) {
          const arrival = receiver.arrivals[looked]!;
          if (first.has(arrival.path)) twice++;
          else first.set(arrival.path, arrival);
        }
        return first.size === subscribers;
      });
      const arrivals = [...first.values()];
      const perSecond = (subscribers * 1_000) / (arrivals.at(-1)!.at - accepted);
      if (new Set(arrivals.map(({ id }) => id)).size > 1) throw new Error("Another event came.");
      connections.push(receiver.connections.size);
      // Endpoints put down what became of their calls when a burst is over: that is not to weigh on what is measured next.
      await new Promise((resolve) => setTimeout(resolve, restMs));
      const messages = arrivals.map(({ path, body }) => ({ url: receiver.url + path, body }));
      await send(world.ceiling, { method: "POST", path: "/take-messages", body: JSON.stringify(messages) });
      return perSecond;
    };
    const ceiling = async () => {
      const path = `/post-messages?connections=${connections.at(-1)}`;
      return (subscribers * 1_000) / (await timed(() => send(world.ceiling, { method: "GET", path })));
    };
    // What the shape itself allows: an object for each endpoint, which keeps a delivery before and after it is made.
    const objects: number[] = [];
    const shape = async () => {
      const path = `/deliver-messages?connections=${connections.at(-1)}`;
      objects.push((subscribers * 1_000) / (await timed(() => send(world.ceiling, { method: "GET", path }))));
    };
    const found = await byTurns(quick ? 3 : 11, product, async () => {
      await shape();
      return ceiling();
    });
    return {
      name: "push-fanout",
      value: found.ratio.median,
      unit: "of a bare fetch loop",
      target: 0.5,
      better: "higher",
      detail: {
        subscribers,
        deliveries_per_second: found.product,
        bare_calls_per_second: found.ceiling,
        ratio: found.ratio,
        "bare objects that keep each call, deliveries/s": series(objects.slice(1)),
        connections: series(connections),
        twice,
        turns: found.turns,
      },
    };
  });

export const pushDrain = ({ quick, world: start }: Bench): Promise<Measure> =>
  received(async (receiver) => {
    const exchange = await (await start()).exchange("DRAIN");
    const [endpoints, events] = quick ? [4, 100] : [20, 500];
    const author = await exchange.enrol("author");
    const subscribers = await subscribeAll(exchange, receiver, endpoints);
    const since = new Date().toISOString();
    receiver.up = false;
    await rate(exchange.url, await author.submissions(events, 1, to), 8);
    // Each has begun to fail.
    await receiver.until(() => receiver.refused >= endpoints * limits.webhook.in_flight);
    receiver.up = true;
    const began = performance.now();
    for (const { subscription, call } of subscribers) {
      await call("POST", `/v1/subscriptions/${subscription}/recover`, { since });
    }
    const came = new Map(subscribers.map(({ path }) => [path, new Set<string>()]));
    let counted = 0;
    let distinct = 0;
    await receiver.until(() => {
      for (; counted < receiver.arrivals.length; counted++) {
        const { path, id } = receiver.arrivals[counted]!;
        const ids = came.get(path)!;
        distinct += ids.has(id) ? 0 : 1;
        ids.add(id);
      }
      return distinct >= endpoints * events;
    });
    const seconds = (receiver.arrivals.at(-1)!.at - began) / 1_000;
    const ids = new Set(receiver.arrivals.map(({ id }) => id));
    if (ids.size !== events || [...came.values()].some((own) => own.size !== events))
      throw new Error("Events are lost.");
    return {
      name: "push-drain-s",
      value: round(seconds),
      unit: "s until all had arrived",
      target: null,
      better: "lower",
      detail: {
        endpoints,
        events,
        lost: 0,
        twice: receiver.arrivals.length - distinct,
        refused_before: receiver.refused,
        deliveries_per_second: round(distinct / seconds),
        least_seconds_at_the_rate_of_an_endpoint: events / limits.webhook.per_second,
        ...(quick && { quick: "4 endpoints × 100 events instead of 20 × 500." }),
      },
    };
  });
