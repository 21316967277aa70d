/** `PATCH /v1/subscriptions/{subscription}` */
import { subscriptionChange } from "../../core/subscription.ts";
import { changeSubscription, countCalls, markProved, showSubscription } from "../../exchange/manage-subscriptions.ts";
import { allowedBy } from "../../push/call.ts";
import { challenge } from "../../push/challenge.ts";
import { endpointOf } from "../../push/wake.ts";
import { subscriptionChanged } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { findOwn, sampleSubscription, showCall, subscriptionPath } from "./sample.ts";

export const changeSubscriptionOperation = operation({
  id: "changeSubscription",
  method: "PATCH",
  path: "/v1/subscriptions/{subscription}",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Change a subscription",
  description:
    "Members that are not sent stay. A new URL has to prove itself before anything is sent there. Key and, for law enforcement, purpose become those of this request: that is how a subscription is taken over from a purpose that ends.",
  at: subscriptionPath,
  body: { schema: subscriptionChange, example: { payload: "notice" } },
  answers: {
    200: {
      description: "As it is now; with the proof where the URL changed.",
      schema: subscriptionChanged,
      example: { ...sampleSubscription, payload: "notice" },
    },
  },
  problems: ["key-not-active", "changed-meanwhile"],
  find: findOwn,
  async run({ context, exchange, caller, body, found }) {
    const moves = body.url !== undefined && body.url !== found.url;
    const tooMany = moves ? await countCalls(exchange, caller, 1) : undefined;
    if (tooMany) return { ok: false, error: tooMany };
    const changed = await changeSubscription(exchange, caller, allowedBy(context.env), found, body);
    if (!changed.ok) return changed;
    // Also before it is proved again: so that it looks before it sends what a wake on its way hands it.
    await endpointOf(context.env, found.subscription).wake(found.subscription);
    if (!moves) return give(200, showSubscription(exchange, changed.value));
    const { proved, ...called } = await challenge(context.env, exchange, changed.value);
    const row = proved ? await markProved(exchange, caller, changed.value) : changed.value;
    if (proved) await endpointOf(context.env, row.subscription).wake(row.subscription);
    return give(200, { ...showSubscription(exchange, row), proof: showCall(called) });
  },
});
