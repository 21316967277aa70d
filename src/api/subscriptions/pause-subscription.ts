/** `POST /v1/subscriptions/{subscription}/pause` */
import { pauseSubscription, showSubscription } from "../../exchange/manage-subscriptions.ts";
import { endpointOf } from "../../push/wake.ts";
import { subscription } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { findOwn, sampleSubscription, subscriptionPath } from "./sample.ts";

export const pauseSubscriptionOperation = operation({
  id: "pauseSubscription",
  method: "POST",
  path: "/v1/subscriptions/{subscription}/pause",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Pause a subscription",
  description: "Nothing is sent until you resume it; what comes meanwhile waits in the feed.",
  at: subscriptionPath,
  answers: {
    200: {
      description: "Paused.",
      schema: subscription,
      example: { ...sampleSubscription, state: "paused", paused_at: "2026-11-24T09:00:00.000Z", paused_for: "owner" },
    },
  },
  problems: ["key-not-active", "changed-meanwhile"],
  find: findOwn,
  async run({ context, exchange, caller, found }) {
    const paused = await pauseSubscription(exchange, caller, found);
    if (!paused.ok) return paused;
    // So that it looks before it sends what a wake on its way hands it.
    await endpointOf(context.env, found.subscription).wake(found.subscription);
    return give(200, showSubscription(exchange, paused.value));
  },
});
