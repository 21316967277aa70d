/** `GET /v1/subscriptions` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { listSubscriptions } from "../../exchange/manage-subscriptions.ts";
import { subscription } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { sampleSubscription } from "./sample.ts";

export const listSubscriptionsOperation = operation({
  id: "listSubscriptions",
  method: "GET",
  path: "/v1/subscriptions",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "List your subscriptions",
  description: `All of them: a partner has at most ${limits.subscriptions}.`,
  answers: {
    200: {
      description: "Yours, the oldest first.",
      schema: z.strictObject({ subscriptions: z.array(subscription) }),
      example: { subscriptions: [sampleSubscription] },
    },
  },
  run: async ({ exchange, caller }) => give(200, { subscriptions: await listSubscriptions(exchange, caller) }),
});
