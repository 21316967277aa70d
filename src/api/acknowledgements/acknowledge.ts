/** `POST /v1/tips/{tip}/acknowledgements` */
import * as z from "zod";
import { outcomes } from "../../core/acknowledgement.ts";
import { time, uuid } from "../../core/names.ts";
import { acknowledgeRecall, takenBack } from "../../exchange/acknowledge-recall.ts";
import { outcome } from "../answers/acknowledgements.ts";
import { eventId } from "../answers/subscriptions.ts";
import { give, operation } from "../operation.ts";
import { tipPath } from "../tips/own-tip.ts";

export const acknowledgeOperation = operation({
  id: "acknowledge",
  method: "POST",
  path: "/v1/tips/{tip}/acknowledgements",
  tag: "Tips",
  access: "feedback",
  summary: "Say what became of your copy",
  description:
    "Of a tip that was withdrawn, or recalled from you: the author sees it, with your name. It may be said again: the same changes nothing, another word replaces it, and both are kept. Where you gain sight of the tip again and lose it again, say it anew. A tip that was not taken back from you, and that you do not see, is not there.",
  at: tipPath,
  body: {
    schema: z
      .strictObject({
        outcome,
        event: eventId.optional().describe("The `withdrawn` or `recalled` it is about; the newest where absent."),
      })
      .meta({ id: "Acknowledgement" }),
    example: { outcome: outcomes[0] },
  },
  answers: {
    200: {
      description: "The author sees it.",
      schema: z
        .strictObject({ tip: uuid, event: eventId, outcome, acknowledged_at: time })
        .meta({ id: "Acknowledged" }),
      example: {
        tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
        event: "evt_1_4730",
        outcome: "deleted",
        acknowledged_at: "2026-11-23T16:21:07.002Z",
      },
    },
  },
  problems: ["nothing-taken-back", "key-not-active"],
  find: ({ exchange, caller, at }) => takenBack(exchange, caller, at.tip),
  async run({ exchange, caller, at, found, body }) {
    const done = await acknowledgeRecall(exchange, caller, found, body);
    return done.ok ? give(200, { tip: at.tip, ...done.value }) : done;
  },
});
