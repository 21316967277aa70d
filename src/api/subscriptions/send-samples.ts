/** `POST /v1/subscriptions/{subscription}/test` */
import * as z from "zod";
import { eventTypes } from "../../core/names.ts";
import { problem } from "../../core/problem.ts";
import { err } from "../../core/result.ts";
import { countCalls } from "../../exchange/manage-subscriptions.ts";
import { sendSamples } from "../../push/challenge.ts";
import { sample } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { findOwn, showCall, subscriptionPath } from "./sample.ts";

export const sendSamplesOperation = operation({
  id: "sendSamples",
  method: "POST",
  path: "/v1/subscriptions/{subscription}/test",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Send samples",
  description:
    "One event of each type, signed as a real one, with `test: true` and nothing real in it. Not tried again.",
  at: subscriptionPath,
  body: {
    schema: z.strictObject({
      types: z
        .array(z.enum(eventTypes))
        .min(1)
        .max(20)
        .default([...eventTypes]),
    }),
    example: { types: ["published"] },
  },
  answers: {
    200: {
      description: "How each went.",
      schema: z.strictObject({ samples: z.array(sample) }),
      example: { samples: [{ type: "published", outcome: "delivered", status: 204, milliseconds: 38 }] },
    },
  },
  problems: ["not-proved"],
  find: findOwn,
  async run({ context, exchange, caller, body, found }) {
    if (!found.proved_at) return err(problem("not-proved", "Samples go only where the endpoint proved itself."));
    const types = [...new Set(body.types)];
    const tooMany = await countCalls(exchange, caller, types.length);
    if (tooMany) return err(tooMany);
    const samples = await sendSamples(context.env, exchange, found, types);
    return give(200, { samples: samples.map((called) => ({ type: called.type, ...showCall(called) })) });
  },
});
