/** `GET /v1/tips/{tip}/disputes` */
import * as z from "zod";
import { slug, time, uuid } from "../../core/names.ts";
import { listDisputes } from "../../exchange/disputes.ts";
import { examples } from "../examples.ts";
import { give, operation } from "../operation.ts";
import { tipPath } from "../tips/own-tip.ts";

const version = z.int().min(1);

const dispute = z
  .strictObject({
    ordinal: z.int().min(0).describe("The indicator's place in that version."),
    version,
    state: z.enum(["open", "undecided", "confirmed", "corrected", "dropped", "taken-back"]),
    opened_at: time,
    decided_at: time.optional(),
    reason: z.string().optional().describe("Why the author stands by it."),
    by: z.array(slug).optional().describe("For the tip's author alone: whose voices carry it, or carried it."),
  })
  .meta({ id: "Dispute", description: "That an indicator is held to be a false positive, and what came of it." });

export const listDisputesOperation = operation({
  id: "listDisputes",
  method: "GET",
  path: "/v1/tips/{tip}/disputes",
  tag: "Disputes",
  access: "tips:read",
  summary: "See what of a tip is or was disputed",
  description:
    "The newest thousand. A platform disputes what it hosts alone; of all else it takes two partners whom the steward attested as unrelated. The way to dispute is feedback: `false_positive` on single indicators. Whose voices they are is told to the tip's author alone. The reading is recorded.",
  at: tipPath,
  answers: {
    200: {
      description: "The disputes.",
      schema: z.strictObject({ tip: uuid, version, from: slug, disputes: z.array(dispute) }),
      example: {
        tip: examples.accepted.tip,
        version: 1,
        from: "chirper",
        disputes: [{ ordinal: 0, version: 1, state: "open", opened_at: "2026-11-24T08:12:40.031Z", by: ["facepage"] }],
      },
    },
  },
  run: async ({ exchange, caller, at }) => give(200, await listDisputes(exchange, caller, at.tip)),
});
