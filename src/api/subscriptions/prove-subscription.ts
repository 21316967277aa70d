/** `POST /v1/subscriptions/{subscription}/prove` */
import * as z from "zod";
import { problem } from "../../core/problem.ts";
import { err } from "../../core/result.ts";
import { countCalls, markProved, showSubscription } from "../../exchange/manage-subscriptions.ts";
import { challengeOf } from "../../exchange/webhook-secrets.ts";
import { challenge } from "../../push/challenge.ts";
import { endpointOf } from "../../push/wake.ts";
import { subscription } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { findOwn, sampleSubscription, subscriptionPath } from "./sample.ts";

export const proveSubscriptionOperation = operation({
  id: "proveSubscription",
  method: "POST",
  path: "/v1/subscriptions/{subscription}/prove",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Have the endpoint prove itself",
  description:
    "Sends another challenge; or, with `code`, confirms the text that arrived there, which is how a chat proves itself.",
  at: subscriptionPath,
  body: {
    schema: z.strictObject({ code: z.string().min(1).max(100).optional() }),
    example: { code: "b1pJrZtJ1m3p2cQ0xw7h5g" },
  },
  answers: { 200: { description: "Proved.", schema: subscription, example: sampleSubscription } },
  problems: ["not-proved"],
  find: findOwn,
  async run({ context, exchange, caller, body, found }) {
    const tooMany = await countCalls(exchange, caller, 1);
    if (tooMany) return err(tooMany);
    if (body.code !== undefined) {
      if (body.code !== (await challengeOf(exchange, found))) {
        return err(
          problem(
            "not-proved",
            "That is not the text of the newest challenge. Any change of the subscription makes a new one.",
          ),
        );
      }
    } else {
      const { proved, outcome, status } = await challenge(context.env, exchange, found);
      const answered = status === undefined ? "It did not answer" : `It answered ${status}`;
      const why = outcome === "delivered" ? `${answered}, but not with the challenge.` : `${answered} (${outcome}).`;
      const next = found.payload === "notice" ? " Confirm the text that arrived there, as `code`." : "";
      if (!proved) return err(problem("not-proved", why + next));
    }
    const row = await markProved(exchange, caller, found);
    await endpointOf(context.env, row.subscription).wake(row.subscription);
    return give(200, showSubscription(exchange, row));
  },
});
