/** What the subscriptions' doors answer with. */
import * as z from "zod";
import { deliveryStates, digest, eventTypes, slug, time, uuid } from "../../core/names.ts";
import { filterSchema } from "../../core/subscription.ts";
import { contactSchema } from "../../core/tip.ts";

const outcome = z
  .enum(["delivered", "refused", "timeout", "unreachable", "forbidden"])
  .describe(
    "`refused`: it answered, but not with 2xx. `forbidden`: it was not called, since webhooks may not go there.",
  );
const call = { outcome, status: z.int().optional(), milliseconds: z.int().min(0) };

const members = {
  subscription: uuid,
  url: z.string(),
  payload: z.enum(["thin", "full", "notice"]),
  filters: filterSchema,
  description: z.string().optional(),
  contact: contactSchema.optional(),
  state: z.enum(["unproven", "active", "paused"]).describe("Nothing is sent unless it is active."),
  paused_at: time.optional(),
  paused_for: z
    .enum(["owner", "gone", "failing"])
    .optional()
    .describe("`gone`: it answered 410. `failing`: for 120 hours nothing but failures."),
  purpose: digest.optional().describe("Of law enforcement: with its end the sending ends."),
  key: digest.describe("That made it, or changed it last: where that key is compromised, nothing is sent."),
  made_at: time,
  changed_at: time,
  former_secret_until: time.optional().describe("Until then messages are signed by the former secret too."),
};

export const subscription = z.strictObject(members).meta({ id: "Subscription" });

export const proof = z
  .strictObject(call)
  .describe("How the challenge went: `delivered` with the state unproven means that the answer was not the challenge.");

export const secret = z
  .string()
  .regex(/^whsec_/)
  .describe("Signs the messages (Standard Webhooks). Shown once.");

export const subscriptionMade = z.strictObject({ ...members, proof, secret }).meta({ id: "NewSubscription" });
export const subscriptionChanged = z
  .strictObject({ ...members, proof: proof.optional() })
  .meta({ id: "ChangedSubscription" });
export const subscriptionRotated = z.strictObject({ ...members, secret }).meta({ id: "RotatedSubscription" });

export const eventId = z.string().regex(/^evt_[A-Za-z0-9]{1,20}_[0-9]{1,15}$/);

export const delivery = z
  .strictObject({
    event: eventId.describe("The `webhook-id` of each attempt."),
    state: z
      .enum(deliveryStates)
      .describe(
        "`exhausted`: tried for days; ask for it again. `withheld`: when its time came it was not yours any more.",
      ),
    type: z.enum(eventTypes).optional(),
    tip: uuid.optional().describe("As far as you may be told at this moment."),
    version: z.int().optional(),
    from: slug.optional(),
    failures: z.int().min(0),
    first_at: time,
    next_try_at: time.optional(),
    attempts: z.array(z.strictObject({ at: time, ...call })).describe("The newest, oldest first."),
  })
  .meta({ id: "Delivery" });

export const sample = z.strictObject({ type: z.enum(eventTypes), ...call }).meta({ id: "Sample" });
