/** Push: what a delivery costs the database, by the number of subscribers and by that of stored tips. */
import { fillCrowd } from "../crowd.ts";
import { send } from "../load.ts";
import { type Bench, type Measure, round } from "../measure.ts";
import type { Partner } from "../partner.ts";
import { Receiver } from "../receiver.ts";
import { subscribeAll } from "../subscribers.ts";
import type { Exchange } from "../world.ts";

interface Counted {
  rows_read: number;
  rows_written: number;
  statements: number;
  round_trips: number;
}

/** Five seconds after its last work an endpoint that read for itself tells the database how far it came: that is counted too. */
const quietMs = 6_000;

export async function pushRows({ quick, world: start }: Bench): Promise<Measure> {
  const receiver = await new Receiver().open();
  try {
    const exchange = await (await start()).exchange("PUSHED");
    const [few, many] = [10, quick ? 60 : 500];
    const [little, much] = [100, quick ? 2_000 : 20_000];
    const { author, grow } = await fillCrowd(exchange, little, exchange.counted);
    const join = (slug: string) => exchange.steward.call("PUT", `/v1/groups/crowd/members/${slug}`) as Promise<void>;
    const options = { url: exchange.counted, join };
    const former = await subscribeAll(exchange, receiver, few, options);
    const byFew = await deliveries(exchange, author, receiver, few);
    // What the exchange grows by is not to be sent to anybody.
    for (const { subscription, call } of former) await call("DELETE", `/v1/subscriptions/${subscription}`);
    await grow(much - little);
    await subscribeAll(exchange, receiver, few, options);
    const byMuch = await deliveries(exchange, author, receiver, few);
    await subscribeAll(exchange, receiver, many - few, options);
    const byMany = await deliveries(exchange, author, receiver, many);
    const growth = (more: Counted): number =>
      Math.max(
        (more.rows_read + more.rows_written) / (byFew.rows_read + byFew.rows_written),
        more.round_trips / byFew.round_trips,
      );
    return {
      name: "push-rows-per-delivery",
      value: round(Math.max(growth(byMuch), growth(byMany))),
      unit: "of those of the smallest exchange",
      target: 1.2,
      better: "lower",
      detail: Object.fromEntries(
        [
          [few, little, byFew],
          [few, much, byMuch],
          [many, much, byMany],
        ].flatMap(([subscribers, tips, found]) =>
          Object.entries(found as Counted).map(([name, value]) => [
            `${name}_${subscribers}_subscribers_${tips}_tips`,
            round(value),
          ]),
        ),
      ),
    };
  } finally {
    receiver.close();
  }
}

/** For each delivery of one tip to all of them, in the mean. The tip before it has woken and taught every endpoint. */
async function deliveries(exchange: Exchange, author: Partner, receiver: Receiver, count: number): Promise<Counted> {
  const counted = async (path: string) =>
    JSON.parse((await send(exchange.counted, { method: "GET", path })).body) as Counted;
  const one = async () => {
    receiver.arrivals.length = 0;
    await send(exchange.counted, await author.submission(1, ["group:crowd"]));
    await receiver.until(() => receiver.arrivals.length >= count);
  };
  const rest = async () => {
    for (let trips = -1, now = 0; now !== trips; ) {
      trips = now;
      await new Promise((resolve) => setTimeout(resolve, trips === 0 ? quietMs : 1_500));
      now = (await counted("/counted")).round_trips;
    }
  };
  await one();
  await rest();
  await counted("/counted?end");
  await one();
  await rest();
  const sums = await counted("/counted?end");
  if (receiver.arrivals.length !== count)
    throw new Error(`${receiver.arrivals.length} messages for ${count} endpoints.`);
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / count])) as unknown as Counted;
}
