/** What only the exchange and one endpoint know: derived from the exchange's key where it is needed, and kept nowhere. */
import { encode } from "../core/base64url.ts";
import { parseTime } from "../core/time.ts";
import { secretOf } from "../core/webhook.ts";
import type { SubscriptionRow as Row } from "../store/subscriptions.ts";
import { derive, type Exchange } from "./exchange.ts";

export const formerSigns = ({ now }: Exchange, { former_until }: Row): boolean =>
  former_until !== null && parseTime(former_until)! > now;

/** Secrets that sign at this moment, the newest first. */
export async function secretsOf(exchange: Exchange, row: Row): Promise<string[]> {
  const numbers = formerSigns(exchange, row) ? [row.secret_no, row.former_no!] : [row.secret_no];
  return Promise.all(numbers.map((no) => secretNo(exchange, row.subscription, no)));
}

/** At random: one that was given up must not come again where the row that counted it was restored. */
export const newSecretNo = (): number => Number(crypto.getRandomValues(new BigUint64Array(1))[0]! >> 11n);

export const secretNo = async ({ key }: Exchange, id: string, no: number): Promise<string> =>
  secretOf(await derive(key, `tipoff webhook ${id} ${no}`));

/** What an endpoint shows to prove itself: of this subscription as it is now. */
export const challengeOf = async ({ key }: Exchange, { subscription, url, changed_at }: Row): Promise<string> =>
  encode((await derive(key, `tipoff challenge ${subscription} ${changed_at} ${url}`)).subarray(0, 16));
