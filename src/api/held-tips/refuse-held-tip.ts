/** `POST /v1/partners/{slug}/held-tips/{digest}/refusal` */
import { findHeld, refuseHeld } from "../../exchange/held-tips.ts";
import { settled } from "../answers/held-tips.ts";
import { give, operation } from "../operation.ts";
import { partnersHeldPath, sampleCounts } from "./sample.ts";

export const refuseHeldTipOperation = operation({
  id: "refuseHeldTip",
  method: "POST",
  path: "/v1/partners/{slug}/held-tips/{digest}/refusal",
  tag: "Disputes",
  access: "admin",
  summary: "Refuse a held tip",
  description: "Its documents are erased. Its author sees that it was refused, for 14 days.",
  at: partnersHeldPath,
  answers: {
    200: { description: "Refused.", schema: settled, example: { digest: sampleCounts.digest, state: "refused" } },
  },
  find: ({ exchange, at }) => findHeld(exchange, at.slug, at.digest),
  run: async ({ exchange, found }) => give(200, await refuseHeld(exchange, found)),
});
