/** `POST /v1/subscriptions/{subscription}/deliveries/{event}/resend` */
import * as z from "zod";
import { findSubscription, mayRead } from "../../exchange/manage-subscriptions.ts";
import { nameEvents } from "../../exchange/name-events.ts";
import { endpointOf } from "../../push/wake.ts";
import { eventId } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { subscriptionPath } from "./sample.ts";

export const resendEventOperation = operation({
  id: "resendEvent",
  method: "POST",
  path: "/v1/subscriptions/{subscription}/deliveries/{event}/resend",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "Send an event again",
  description:
    "Whatever became of it before, with the same `webhook-id`, and with tries of its own. Any event that you may be told will do, also one the filters left out.",
  at: { ...subscriptionPath, event: eventId },
  answers: {
    200: {
      description: "It is going to be sent.",
      schema: z.strictObject({ event: eventId, state: z.literal("waiting") }),
      example: { event: "evt_1_4711", state: "waiting" },
    },
  },
  async find({ exchange, caller, at }) {
    if (!(await findSubscription(exchange, caller, at.subscription))) return undefined;
    // Whether there is such an event is for who may read tips; `run` says which scope is missing.
    if (mayRead(caller)) return { seq: 0 };
    const [, epoch, number] = at.event.split("_");
    const seq = Number(number);
    if (epoch !== exchange.epoch || !(await nameEvents(exchange, caller, [seq])).has(seq)) return undefined;
    return { seq };
  },
  problems: ["missing-scope"],
  async run({ context, caller, at, found }) {
    const refused = mayRead(caller);
    if (refused) return { ok: false, error: refused };
    await endpointOf(context.env, at.subscription).resend(at.subscription, found.seq);
    return give(200, { event: at.event, state: "waiting" });
  },
});
