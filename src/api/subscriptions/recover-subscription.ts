/** `POST /v1/subscriptions/{subscription}/recover` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { time } from "../../core/names.ts";
import { countCalls, mayRead, seqSince } from "../../exchange/manage-subscriptions.ts";
import { endpointOf } from "../../push/wake.ts";
import { give, operation } from "../operation.ts";
import { pointInTime } from "../parameters.ts";
import { findOwn, subscriptionPath } from "./sample.ts";

export const recoverSubscriptionOperation = operation({
  id: "recoverSubscription",
  method: "POST",
  path: "/v1/subscriptions/{subscription}/recover",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Send again what was missed",
  description: `Everything since that time, at most ${limits.webhook.recover_days} days ago, that was not delivered, as far as it is still yours and the filters want it: what was given up, and what came before the subscription was made.`,
  at: subscriptionPath,
  body: {
    schema: z.strictObject({ since: pointInTime }),
    example: { since: "2026-11-20T00:00:00Z" },
  },
  answers: {
    200: {
      description: "It is going to be sent.",
      schema: z.strictObject({ since: time }),
      example: { since: "2026-11-20T00:00:00.000Z" },
    },
  },
  find: findOwn,
  async run({ context, exchange, caller, at, body }) {
    const refused = mayRead(caller) ?? (await countCalls(exchange, caller, 1));
    if (refused) return { ok: false, error: refused };
    const seq = await seqSince(exchange, body.since);
    if (!seq.ok) return seq;
    await endpointOf(context.env, at.subscription).recover(at.subscription, seq.value);
    return give(200, body);
  },
});
