/** `DELETE /v1/subscriptions/{subscription}` */
import { endSubscription } from "../../exchange/manage-subscriptions.ts";
import { endpointOf } from "../../push/wake.ts";
import { operation } from "../operation.ts";
import { findOwn, subscriptionPath } from "./sample.ts";

export const deleteSubscriptionOperation = operation({
  id: "deleteSubscription",
  method: "DELETE",
  path: "/v1/subscriptions/{subscription}",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Delete a subscription",
  description: "With its log and its secrets. Nothing is sent from now on but what is on its way.",
  at: subscriptionPath,
  answers: { 204: { description: "Deleted." } },
  find: findOwn,
  async run({ context, exchange, caller, found }) {
    await endSubscription(exchange, caller, found);
    // Where that fails, it finds out when it wakes.
    await endpointOf(context.env, found.subscription)
      .forget()
      .catch(() => {});
    return { ok: true, value: { status: 204 } };
  },
});
