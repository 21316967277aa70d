/** `GET /v1/subscriptions/{subscription}/deliveries` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { deliveryStates } from "../../core/names.ts";
import { instant } from "../../core/time.ts";
import { readCursor, writeCursor } from "../../exchange/cursor.ts";
import { nameEvents } from "../../exchange/name-events.ts";
import { endpointOf } from "../../push/wake.ts";
import { delivery } from "../answers/subscriptions.ts";
import { page } from "../answers/tips.ts";
import { give, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { findOwn, subscriptionPath } from "./sample.ts";

export const listDeliveriesOperation = operation({
  id: "listDeliveries",
  method: "GET",
  path: "/v1/subscriptions/{subscription}/deliveries",
  tag: "Subscriptions",
  access: "subscriptions",
  summary: "See what was sent, and how it went",
  description: `The newest event first. Kept ${limits.webhook.log_days} days, ${limits.webhook.log_deliveries} deliveries at most.`,
  at: subscriptionPath,
  query: z.strictObject({
    after: cursor,
    limit: limitParameter(100, 50),
    state: z.enum(deliveryStates).optional().describe("Only those."),
  }),
  answers: {
    200: {
      description: "A page of deliveries.",
      schema: z.strictObject({ deliveries: z.array(delivery), ...page }),
      example: {
        deliveries: [
          {
            event: "evt_1_4711",
            state: "waiting",
            type: "published",
            tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
            version: 1,
            from: "chirper",
            failures: 1,
            first_at: "2026-11-23T13:40:02.301Z",
            next_try_at: "2026-11-23T13:40:07.511Z",
            attempts: [{ at: "2026-11-23T13:40:02.301Z", outcome: "refused", status: 503, milliseconds: 87 }],
          },
        ],
        next: null,
        more: false,
      },
    },
  },
  problems: ["old-cursor"],
  find: findOwn,
  async run({ context, exchange, caller, at, query: { after, limit, state } }) {
    const from = after ? await readCursor(exchange, caller, "deliveries", after, 1) : undefined;
    if (from && !from.ok) return from;
    const before = from?.value[0] ?? Number.MAX_SAFE_INTEGER;
    const found = await endpointOf(context.env, at.subscription).list(before, limit + 1, state);
    const rows = found.slice(0, limit);
    // Which tips they were is for who may read tips.
    const seqs = caller.scopes.includes("tips:read") ? rows.map((row) => row.seq).sort((a, b) => a - b) : [];
    const named = await nameEvents(exchange, caller, seqs);
    const more = found.length > limit;
    return give(200, {
      deliveries: rows.map((row) => ({
        event: `evt_${exchange.epoch}_${row.seq}`,
        state: row.state,
        ...named.get(row.seq),
        failures: row.tries,
        first_at: instant(row.first_at),
        ...(row.state === "waiting" && { next_try_at: instant(row.next_at) }),
        attempts: row.attempts.map(({ at, outcome, status, milliseconds }) => ({
          at: instant(at),
          outcome,
          ...(status !== null && { status }),
          milliseconds,
        })),
      })),
      next: more ? await writeCursor(exchange, caller, "deliveries", [rows.at(-1)!.seq]) : null,
      more,
    });
  },
});
