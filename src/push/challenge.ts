/**
 * Calls of an endpoint on its owner's request: the challenge by which it proves itself, and samples. An endpoint answers the
 * challenge with it, or with its signature; in a chat a person reads it and confirms it.
 */
import { limits } from "../core/limits.ts";
import type { EventType } from "../core/names.ts";
import { instant } from "../core/time.ts";
import { signText } from "../core/webhook.ts";
import type { Env, Exchange } from "../exchange/exchange.ts";
import { challengeOf, secretsOf } from "../exchange/webhook-secrets.ts";
import type { SubscriptionRow } from "../store/subscriptions.ts";
import { allowedBy, type Called, callEndpoint } from "./call.ts";
import { message, messageOf } from "./message.ts";

/** Whether the endpoint answered the challenge, and how the call went. */
export async function challenge(
  env: Env,
  exchange: Exchange,
  row: SubscriptionRow,
): Promise<Called & { proved: boolean }> {
  const code = await challengeOf(exchange, row);
  const secrets = await secretsOf(exchange, row);
  const about = { subscription: row.subscription, challenge: code };
  const body =
    row.payload === "notice"
      ? JSON.stringify({
          text: `Tipoff may post here once somebody confirms it: tipoff subscription prove ${row.subscription} ${code}`,
        })
      : message("challenge", exchange.now, about);
  const call = { url: row.url, secrets, id: `chl_${crypto.randomUUID()}`, body };
  const { text = "", ...called } = await callEndpoint(call, allowedBy(env), limits.webhook.challenge_bytes);
  const right = [code, ...(await Promise.all(secrets.map((secret) => signText(secret, code))))];
  return { ...called, proved: right.includes(text.trim()) || right.includes(memberOf(text)) };
}

function memberOf(text: string): string {
  try {
    const answer = JSON.parse(text) as { challenge?: unknown } | null;
    return typeof answer?.challenge === "string" ? answer.challenge : "";
  } catch {
    return "";
  }
}

/** A sample of each of the types, sent side by side; nothing in it is real, and it says so. */
export const sendSamples = async (
  env: Env,
  exchange: Exchange,
  row: SubscriptionRow,
  types: readonly EventType[],
): Promise<(Called & { type: EventType })[]> => {
  const secrets = await secretsOf(exchange, row);
  return Promise.all(
    types.map(async (type) => {
      const event = sampleOf(type, row, exchange.now);
      const body = messageOf(exchange.url, row.payload, event, true);
      return { type, ...(await callEndpoint({ url: row.url, secrets, id: event.id, body }, allowedBy(env))) };
    }),
  );
};

const sampleTip = "00000000-0000-4000-8000-000000000000";
const carriesContent = new Set<EventType>(["published", "revised", "expiring", "embargo_lifted"]);

const sampleOf = (type: EventType, { partner, subscription }: SubscriptionRow, now: number) => ({
  id: `evt_test_${crypto.randomUUID()}`,
  type,
  at: instant(now),
  ...(type === "subscription_paused" ? { subscription } : { tip: sampleTip, version: 1, from: partner }),
  ...(carriesContent.has(type) && {
    through: `partner:${partner}`,
    for_you: { indicators: 14, ask: ["preserve"], respond_by: instant(now + 3_600_000) },
    urgency: "priority",
    respond_by: instant(now + 3_600_000),
  }),
});
