/**
 * Subscriptions: endpoints of yours that the exchange calls as things happen (`verifyWebhook` is the receiver's side). Their token
 * holds `subscriptions` and `tips:read` and is bound to your key, as every token of a connection is; a bearer never gets them.
 * What waits for an answer of your endpoint (`makeSubscription`, `proveSubscription`, a new URL, `sendSamples`) may take 15 s.
 */
import type { Tlp } from "../core/audience.ts";
import type { DeliveryState, EventType } from "../core/names.ts";
import type { Connection } from "./connect.ts";
import { rowsOf } from "./pages.ts";

/** What is sent: all of them hold. Those on a tip's content are not asked of its end, which is told whatever it was about. */
export interface SubscriptionFilters {
  /** Kinds of events; without it all, also those that are added later. */
  types?: EventType[];
  /** Authors. */
  from?: string[];
  /** `false` leaves out what happens to your own tips. */
  own?: boolean;
  indicator_types?: string[];
  /** Platforms and domains, as indicators name them. */
  platforms?: string[];
  /** By which the tip reached you. */
  groups?: string[];
  operations?: string[];
  /** Of the assessment, 0 to 100; one that is not stated is not low. */
  min_confidence?: number;
  tlp?: Tlp[];
}

export interface SubscriptionSettings {
  url: string;
  /** `thin` (the default): the event and a link. `full`: with the signed document. `notice`: a text for a chat. */
  payload?: "thin" | "full" | "notice";
  filters?: SubscriptionFilters;
  description?: string;
  contact?: Record<string, string>;
}

/** As the exchange has it (`/openapi.json`, schema `Subscription`). Times are RFC 3339 in UTC. */
export interface Subscription extends SubscriptionSettings {
  subscription: string;
  payload: "thin" | "full" | "notice";
  filters: SubscriptionFilters;
  /** Nothing is sent unless it is active. */
  state: "unproven" | "active" | "paused";
  paused_at?: string;
  /** `gone`: your endpoint answered 410. `failing`: for 120 hours nothing but failures. */
  paused_for?: "owner" | "gone" | "failing";
  /** Law enforcement: the purpose with whose end the sending ends. */
  purpose?: string;
  /** The key that made it or changed it last: where that is compromised, nothing is sent. */
  key: string;
  made_at: string;
  changed_at: string;
  /** Until then messages are signed by the former secret too. */
  former_secret_until?: string;
}

/** One call of your endpoint. */
export interface EndpointCall {
  /** `refused`: it answered, but not with 2xx. `forbidden`: it was not called, since webhooks may not go there. */
  outcome: "delivered" | "refused" | "timeout" | "unreachable" | "forbidden";
  /** What it answered, if it did. */
  status?: number;
  milliseconds: number;
}

export interface Delivery {
  /** The event's id, and the `webhook-id` of each attempt. */
  event: string;
  /** `exhausted`: tried for days, ask for it again. `withheld`: when its time came it was not yours any more. */
  state: DeliveryState;
  type?: string;
  /** As far as you may be told at this moment. */
  tip?: string;
  version?: number;
  from?: string;
  failures: number;
  first_at: string;
  next_try_at?: string;
  /** The newest thirty, oldest first. */
  attempts: (EndpointCall & { at: string })[];
}

const at = (id: string, deed = ""): string => `/v1/subscriptions/${encodeURIComponent(id)}${deed}`;

/** Doing it twice is doing it once. */
const repeatable = { repeatable: true };

/**
 * Has an endpoint of yours called from now on. It is sent a challenge first; `state` says whether it proved itself, `proof` how
 * that call went. Keep `secret`, which is shown this once. Where the answer is lost the subscription may be there without you
 * having its secret: see `listSubscriptions`, then `rotateSecret` or `deleteSubscription`. Throws ExchangeProblem 422 where
 * webhooks may not go to that URL, 409 `subscriptions-full` at the 21st.
 *
 * @example
 * ```js
 * const { subscription, state, secret } = await makeSubscription(exchange, { url: "https://facepage.example/hooks/tipoff" });
 * writeFileSync("secret.txt", secret, { mode: 0o600 });
 * ```
 */
export const makeSubscription = (
  connection: Connection,
  settings: SubscriptionSettings,
): Promise<Subscription & { proof: EndpointCall; secret: string }> =>
  connection.call("POST", "/v1/subscriptions", settings);

/**
 * Your subscriptions, the oldest first. Throws as `call` does.
 *
 * @example
 * ```js
 * const paused = (await listSubscriptions(exchange)).filter(({ state }) => state === "paused");
 * ```
 */
export async function listSubscriptions(connection: Connection): Promise<Subscription[]> {
  return (await connection.call<{ subscriptions: Subscription[] }>("GET", "/v1/subscriptions")).subscriptions;
}

/**
 * One of your subscriptions. Throws ExchangeProblem 404 where it is not there or another's, as the functions below do.
 *
 * @example
 * ```js
 * const { state, paused_for } = await readSubscription(exchange, id);
 * ```
 */
export const readSubscription = (connection: Connection, id: string): Promise<Subscription> =>
  connection.call("GET", at(id));

/**
 * Changes what is given, and leaves the rest. A new URL has to prove itself before anything is sent there: `proof` says how that
 * went. Key and purpose become those of this connection, so that it also takes over what was made under others.
 *
 * @example
 * ```js
 * await changeSubscription(exchange, id, { filters: { own: false, tlp: ["amber", "green"] } });
 * ```
 */
export const changeSubscription = (
  connection: Connection,
  id: string,
  change: Partial<SubscriptionSettings>,
): Promise<Subscription & { proof?: EndpointCall }> => connection.call("PATCH", at(id), change);

/**
 * Sends the endpoint another challenge; with `code`, confirms the text that arrived there, which is how a chat (`notice`) proves
 * itself. Throws ExchangeProblem 409 `not-proved`, whose message says what the endpoint answered.
 *
 * @example
 * ```js
 * const { state } = await proveSubscription(exchange, id);
 * ```
 */
export const proveSubscription = (connection: Connection, id: string, code?: string): Promise<Subscription> =>
  connection.call("POST", at(id, "/prove"), code === undefined ? {} : { code }, repeatable);

/**
 * Nothing is sent until it is resumed; what comes meanwhile waits in the feed.
 *
 * @example
 * ```js
 * await pauseSubscription(exchange, id);
 * ```
 */
export const pauseSubscription = (connection: Connection, id: string): Promise<Subscription> =>
  connection.call("POST", at(id, "/pause"), undefined, repeatable);

/**
 * Goes on where it stopped, whoever paused it: what came meanwhile is sent, as far as it is still yours. What was given up before
 * is sent again by `recoverDeliveries`.
 *
 * @example
 * ```js
 * await resumeSubscription(exchange, id);
 * ```
 */
export const resumeSubscription = (connection: Connection, id: string): Promise<Subscription> =>
  connection.call("POST", at(id, "/resume"), undefined, repeatable);

/**
 * A new secret, shown this once. The one before signs beside it for 24 hours, unless `drop_former` says that it is in wrong
 * hands. Two secrets sign at most: where the answer is lost, rotate again and put the new one in place at once.
 *
 * @example
 * ```js
 * const { secret, former_secret_until } = await rotateSecret(exchange, id);
 * ```
 */
export const rotateSecret = (
  connection: Connection,
  id: string,
  options: { drop_former?: boolean } = {},
): Promise<Subscription & { secret: string }> => connection.call("POST", at(id, "/rotate"), options);

/**
 * Deletes it with its log and its secrets: nothing is sent any more but what is on its way.
 *
 * @example
 * ```js
 * await deleteSubscription(exchange, id);
 * ```
 */
export const deleteSubscription = (connection: Connection, id: string): Promise<void> =>
  connection.call("DELETE", at(id));

/**
 * What was sent and how it went, the newest event first, page by page as they are wanted. Kept for 30 days.
 *
 * @example
 * ```js
 * for await (const { event, attempts } of listDeliveries(exchange, id, { state: "exhausted" })) console.log(event, attempts);
 * ```
 */
export const listDeliveries = (
  connection: Connection,
  id: string,
  filter: { state?: DeliveryState } = {},
): AsyncGenerator<Delivery, void, undefined> =>
  rowsOf(connection, at(id, "/deliveries"), "deliveries", { ...filter, limit: 100 });

/**
 * Sends an event again, whatever became of it, with the same `webhook-id`; any of your feed's will do, also one that the filters
 * left out. Resolves before it is sent. Throws ExchangeProblem 404 where it is not, or no more, one you may be told.
 *
 * @example
 * ```js
 * await resendEvent(exchange, id, "evt_1_4711");
 * ```
 */
export const resendEvent = (
  connection: Connection,
  id: string,
  event: string,
): Promise<{ event: string; state: "waiting" }> =>
  connection.call("POST", at(id, `/deliveries/${encodeURIComponent(event)}/resend`), undefined, repeatable);

/**
 * Sends again what happened since a time (RFC 3339, at most 14 days ago) and was not delivered: what was given up, and what came
 * before the subscription was made. Resolves before it is sent.
 *
 * @example
 * ```js
 * await recoverDeliveries(exchange, id, new Date(Date.now() - 86_400_000).toISOString());
 * ```
 */
export const recoverDeliveries = (connection: Connection, id: string, since: string): Promise<{ since: string }> =>
  connection.call("POST", at(id, "/recover"), { since }, repeatable);

/**
 * Has samples sent, of each kind of event or of those named: signed as real ones, with `test: true` and nothing real in them. They
 * are not tried again and not in the log; how each went is the answer. Throws ExchangeProblem 409 `not-proved` before the proof.
 *
 * @example
 * ```js
 * for (const { type, outcome, status } of await sendSamples(exchange, id)) console.log(type, outcome, status);
 * ```
 */
export async function sendSamples(
  connection: Connection,
  id: string,
  types?: readonly EventType[],
): Promise<(EndpointCall & { type: string })[]> {
  const body = types ? { types } : {};
  return (await connection.call<{ samples: (EndpointCall & { type: string })[] }>("POST", at(id, "/test"), body))
    .samples;
}
