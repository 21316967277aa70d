/** `POST /v1/subscriptions/{subscription}/rotate` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { rotateSecret, showSubscription } from "../../exchange/manage-subscriptions.ts";
import { subscriptionRotated } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { findOwn, sampleSecret, sampleSubscription, subscriptionPath } from "./sample.ts";

export const rotateSecretOperation = operation({
  id: "rotateSecret",
  method: "POST",
  path: "/v1/subscriptions/{subscription}/rotate",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Change a subscription's secret",
  description: `For ${limits.webhook.secret_hours} hours messages are signed by the new secret and the one before, so that none is refused meanwhile.`,
  at: subscriptionPath,
  body: {
    schema: z.strictObject({
      drop_former: z
        .boolean()
        .default(false)
        .describe("Sign by the new one alone, at once: the former is in wrong hands."),
    }),
    example: { drop_former: false },
  },
  answers: {
    200: {
      description: "The new secret. It is not shown again.",
      schema: subscriptionRotated,
      example: { ...sampleSubscription, former_secret_until: "2026-11-25T09:00:00.000Z", secret: sampleSecret },
    },
  },
  problems: ["key-not-active", "changed-meanwhile"],
  find: findOwn,
  async run({ exchange, caller, body, found }) {
    const rotated = await rotateSecret(exchange, caller, found, body.drop_former);
    if (!rotated.ok) return rotated;
    return give(200, { ...showSubscription(exchange, rotated.value.row), secret: rotated.value.secret });
  },
});
