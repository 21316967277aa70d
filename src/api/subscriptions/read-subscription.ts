/** `GET /v1/subscriptions/{subscription}` */
import { showSubscription } from "../../exchange/manage-subscriptions.ts";
import { subscription } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { findOwn, sampleSubscription, subscriptionPath } from "./sample.ts";

export const readSubscriptionOperation = operation({
  id: "readSubscription",
  method: "GET",
  path: "/v1/subscriptions/{subscription}",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Read a subscription",
  at: subscriptionPath,
  answers: { 200: { description: "As it is now.", schema: subscription, example: sampleSubscription } },
  find: findOwn,
  run: ({ exchange, found }) => give(200, showSubscription(exchange, found)),
});
