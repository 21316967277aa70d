/** `GET /v1/partners/{slug}/held-tips` */
import * as z from "zod";
import { showPartner } from "../../exchange/enrol-partner.ts";
import { listHeldCounts } from "../../exchange/held-tips.ts";
import { heldCounts } from "../answers/held-tips.ts";
import { give, operation } from "../operation.ts";
import { partnerPath } from "../partners/sample.ts";
import { sampleCounts } from "./sample.ts";

export const listPartnerHeldTipsOperation = operation({
  id: "listPartnerHeldTips",
  method: "GET",
  path: "/v1/partners/{slug}/held-tips",
  tag: "Disputes",
  access: "admin",
  summary: "See how much of a partner's is held",
  description: "Counts and never content: neither what the tips say nor to whom they are to go.",
  at: partnerPath,
  answers: {
    200: {
      description: "The newest first.",
      schema: z.strictObject({ held_tips: z.array(heldCounts) }),
      example: { held_tips: [sampleCounts] },
    },
  },
  find: ({ exchange, at }) => showPartner(exchange, at.slug, true),
  run: async ({ exchange, at }) => give(200, { held_tips: await listHeldCounts(exchange, at.slug) }),
});
