/** `POST /v1/subscriptions` */
import { newSubscription } from "../../core/subscription.ts";
import { countCalls, makeSubscription, markProved, showSubscription } from "../../exchange/manage-subscriptions.ts";
import { allowedBy } from "../../push/call.ts";
import { challenge } from "../../push/challenge.ts";
import { subscriptionMade } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { sampleSecret, sampleSubscription, showCall } from "./sample.ts";

export const makeSubscriptionOperation = operation({
  id: "makeSubscription",
  method: "POST",
  path: "/v1/subscriptions",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Have your endpoint called",
  description:
    'Your endpoint is a reader of your feed: what comes from now on is sent, judged and recorded at the moment of sending. First it proves itself: it is sent `{ "type": "challenge", "data": { "challenge": … } }` and answers 200 with `{ "challenge": … }`, the text alone, or its signature; in a chat (`notice`) somebody confirms the text. Messages follow Standard Webhooks. The token needs `tips:read` too. Law enforcement binds it to the purpose of its token.',
  body: {
    schema: newSubscription,
    example: { url: sampleSubscription.url, payload: "thin", filters: sampleSubscription.filters },
  },
  answers: {
    201: {
      description:
        "Made. The secret is not shown again. Where `state` is unproven, ask for another challenge when the endpoint is ready.",
      schema: subscriptionMade,
      example: {
        ...sampleSubscription,
        proof: { outcome: "delivered", status: 200, milliseconds: 41 },
        secret: sampleSecret,
      },
    },
  },
  problems: ["subscriptions-full", "key-not-active"],
  async run({ context, exchange, caller, body }) {
    const tooMany = await countCalls(exchange, caller, 1);
    if (tooMany) return { ok: false, error: tooMany };
    const made = await makeSubscription(exchange, caller, allowedBy(context.env), body);
    if (!made.ok) return made;
    const { row, secret } = made.value;
    const { proved, ...called } = await challenge(context.env, exchange, row);
    const now = proved ? await markProved(exchange, caller, row) : row;
    return give(201, { ...showSubscription(exchange, now), proof: showCall(called), secret });
  },
});
