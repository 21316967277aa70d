/**
 * Webhooks at their receiver: whether a request is the exchange's, and what it says. A webhook is a hint that may come twice,
 * late or never; what it tells of stands in the feed, and the feed is the truth.
 */
import { limits } from "../core/limits.ts";
import { err, ok, type Result } from "../core/result.ts";
import { checkWebhook } from "../core/webhook.ts";
import type { FeedEvent } from "./feed.ts";

/** An event of the feed, told as it happened. */
export interface WebhookEvent {
  /** The same each time this is sent: what one has dealt with is known by it. */
  webhook_id: string;
  /** The event's kind. Kinds are added, so let unknown ones pass. */
  type: string;
  /** When it happened, RFC 3339 in UTC; not when it was sent. */
  timestamp: string;
  /** Sent because you asked for a test: nothing happened. */
  test?: true;
  /** The event as the feed has it, and where the API has its tip. */
  data: FeedEvent & { link: string; challenge?: undefined };
}

/** Sent before anything else: whether whoever receives there wants it. `challengeAnswer` makes the answer. */
export interface WebhookChallenge {
  webhook_id: string;
  type: "challenge";
  timestamp: string;
  test?: undefined;
  data: { subscription: string; challenge: string } & { [Member in keyof FeedEvent | "link"]?: undefined };
}

export type WebhookMessage = WebhookEvent | WebhookChallenge;

export interface WebhookOptions {
  /** Milliseconds since 1970, as of Date.now(). */
  now?: number;
  /** How far the message's time may lie from now, in seconds. Default 300. */
  tolerance_seconds?: number;
}

/**
 * The message, or the sentence that says what is wrong; it never throws for what it is given and never uses the network.
 * `body` is the text of the request as it came: parsed and written again it is another text. `secret` is the subscription's
 * (`whsec_…`), or several while it is rotated. That it verifies says that the exchange sent this within the last five minutes;
 * whether it was here before, `webhook_id` tells.
 *
 * Answer 2xx at once and work afterwards: what takes long is sent again.
 *
 * @example
 * ```js
 * const verified = await verifyWebhook({ headers: request.headers, body: await request.text() }, secret);
 * if (!verified.ok) return new Response(verified.error, { status: 401 });
 * const answer = challengeAnswer(verified.value);
 * if (answer) return Response.json(answer);
 * ```
 */
export async function verifyWebhook(
  request: { headers: Headers | Record<string, string | string[] | undefined>; body: string },
  secret: string | readonly string[],
  options: WebhookOptions = {},
): Promise<Result<WebhookMessage, string>> {
  // As far as the types can be wrong in JavaScript.
  const { headers, body } = (request ?? {}) as Partial<typeof request>;
  if (typeof body !== "string")
    return err("Give the request's body as the text that came, not what was parsed from it.");
  const read = (name: string) => oneHeader(headers, name);
  const [id, timestamp, signature] = [read("webhook-id"), read("webhook-timestamp"), read("webhook-signature")];
  if (id === undefined || timestamp === undefined || signature === undefined)
    return err(
      "This is no webhook: the headers webhook-id, webhook-timestamp and webhook-signature each stand there once.",
    );
  const signed = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  const now = Math.floor((options.now ?? Date.now()) / 1_000);
  const tolerance = options.tolerance_seconds ?? limits.webhook_tolerance_seconds;
  const checked = await checkWebhook([secret].flat() as string[], signed, body, now, tolerance);
  return checked.ok ? readMessage(id, body) : checked;
}

/** What proves that a challenge was received and understood: answer 200 with this as JSON. Undefined for every other message. */
export function challengeAnswer(message: WebhookMessage): { challenge: string } | undefined {
  return message.data.challenge === undefined ? undefined : { challenge: message.data.challenge };
}

/** A header that stands there once, whatever its case; of Headers by any maker. */
function oneHeader(headers: unknown, name: string): string | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const values =
    "get" in headers && typeof headers.get === "function"
      ? [headers.get(name)]
      : Object.entries(headers).flatMap(([key, value]) => (key.toLowerCase() === name ? [value].flat() : []));
  return values.length === 1 && typeof values[0] === "string" ? values[0] : undefined;
}

/** The exchange signed it, so its content is taken as the exchange wrote it; this is not some other sender's message. */
function readMessage(id: string, body: string): Result<WebhookMessage, string> {
  let message: Partial<WebhookMessage> | null;
  try {
    message = JSON.parse(body) as Partial<WebhookMessage> | null;
  } catch {
    return err("The message is signed, and is not JSON.");
  }
  const { type, timestamp, data } = message ?? {};
  const isMessage =
    typeof type === "string" && typeof timestamp === "string" && typeof data === "object" && data !== null;
  if (!isMessage) return err("The message is signed, and is none of an exchange: it lacks type, timestamp or data.");
  const isChallenge = typeof data.challenge === "string";
  if (isChallenge !== (type === "challenge")) return err("The message is signed, and is half a challenge.");
  return ok({ ...message, webhook_id: id } as WebhookMessage);
}
