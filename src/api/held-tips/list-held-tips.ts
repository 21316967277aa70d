/** `GET /v1/held-tips` */
import * as z from "zod";
import { listHeldTips } from "../../exchange/held-tips.ts";
import { held } from "../answers/held-tips.ts";
import { give, operation } from "../operation.ts";
import { sampleHeld } from "./sample.ts";

export const listHeldTipsOperation = operation({
  id: "listHeldTips",
  method: "GET",
  path: "/v1/held-tips",
  tag: "Disputes",
  access: "tips:write",
  summary: "See which of your tips are held",
  description:
    "The newest first, with why. What was released is a tip like any other, and not listed; what is not released is erased after 14 days.",
  answers: {
    200: {
      description: "Your held tips.",
      schema: z.strictObject({ held_tips: z.array(held) }),
      example: { held_tips: [sampleHeld] },
    },
  },
  run: async ({ exchange, caller }) => give(200, { held_tips: await listHeldTips(exchange, caller) }),
});
