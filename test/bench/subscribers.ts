/** Partners with subscriptions whose endpoints are one receiver's paths. */
import { limits } from "../../src/core/limits.ts";
import type { Receiver } from "./receiver.ts";
import type { Exchange } from "./world.ts";

const scopes = ["subscriptions", "tips:read"];
/** A subscription's own calls are few, but each of them is some round trips. */
const atOnce = 8;

export interface Subscriber {
  subscription: string;
  /** At the receiver. */
  path: string;
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** So many, over as many partners as it takes; `join` is told of each partner before it subscribes. `url`: through which door. */
export async function subscribeAll(
  exchange: Exchange,
  receiver: Receiver,
  count: number,
  { url = exchange.url, join = async (_slug: string) => {} } = {},
): Promise<Subscriber[]> {
  const made: Subscriber[] = [];
  const serials = Array.from({ length: count }, (_, serial) => serial);
  for (let from = 0; from < count; from += limits.subscriptions) {
    const slug = `subscriber-${crypto.randomUUID().slice(0, 8)}`;
    const { connection } = await exchange.enrol(slug, scopes, url);
    await join(slug);
    const own = serials.slice(from, from + limits.subscriptions);
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let serial = own.shift(); serial !== undefined; serial = own.shift()) {
          const path = `/${slug}/${serial}`;
          const body = { url: receiver.url + path };
          const answer = await connection.call<{ subscription: string; state: string }>(
            "POST",
            "/v1/subscriptions",
            body,
          );
          if (answer.state !== "active") throw new Error(`The subscription is ${answer.state}.`);
          made.push({ subscription: answer.subscription, path, call: connection.call });
        }
      }),
    );
  }
  return made;
}
