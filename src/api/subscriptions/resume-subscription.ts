/** `POST /v1/subscriptions/{subscription}/resume` */
import { resumeSubscription, showSubscription } from "../../exchange/manage-subscriptions.ts";
import { endpointOf } from "../../push/wake.ts";
import { subscription } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { findOwn, sampleSubscription, subscriptionPath } from "./sample.ts";

export const resumeSubscriptionOperation = operation({
  id: "resumeSubscription",
  method: "POST",
  path: "/v1/subscriptions/{subscription}/resume",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Resume a subscription",
  description:
    "Goes on where it stopped: what came meanwhile is sent, as far as it is still yours. What was given up before is sent again by `recover`.",
  at: subscriptionPath,
  answers: { 200: { description: "Active, once it is proved.", schema: subscription, example: sampleSubscription } },
  problems: ["key-not-active", "changed-meanwhile"],
  find: findOwn,
  async run({ context, exchange, caller, found }) {
    const resumed = await resumeSubscription(exchange, caller, found);
    if (!resumed.ok) return resumed;
    await endpointOf(context.env, found.subscription).wake(found.subscription);
    return give(200, showSubscription(exchange, resumed.value));
  },
});
