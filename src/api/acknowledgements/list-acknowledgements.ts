/** `GET /v1/tips/{tip}/acknowledgements` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { listRecalls } from "../../exchange/acknowledge-recall.ts";
import { recallCounts, recalled } from "../answers/acknowledgements.ts";
import { page } from "../answers/tips.ts";
import { answer, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { findOwnTip, tipPath } from "../tips/own-tip.ts";

export const listAcknowledgementsOperation = operation({
  id: "listAcknowledgements",
  method: "GET",
  path: "/v1/tips/{tip}/acknowledgements",
  tag: "Tips",
  access: "tips:write",
  summary: "See who had your tip, and whose copy is gone",
  description:
    "From whom it was taken back, by name: who has said what became of its copy, who is late. Whoever was handed it only as the answer to a question is not listed; what law enforcement read under a stated non-disclosure is listed when that has ended, or when the agency has acknowledged. Also after the tip's end.",
  at: tipPath,
  query: z.strictObject({ limit: limitParameter(limits.acknowledgement.page, 100), after: cursor }),
  answers: {
    200: {
      description: "A page of partners.",
      schema: z.strictObject({ counts: recallCounts, acknowledgements: z.array(recalled), ...page }),
      example: {
        counts: { had: 2, acknowledged: 1, kept: 0, late: 1 },
        acknowledgements: [
          {
            partner: "facepage",
            kind: "platform",
            event: "evt_1_4730",
            since: "2026-11-23T16:20:00.410Z",
            outcome: "deleted",
            acknowledged_at: "2026-11-23T16:21:07.002Z",
            late: false,
          },
          {
            partner: "observatory",
            kind: "research",
            event: "evt_1_4730",
            since: "2026-11-23T16:20:00.410Z",
            late: true,
          },
        ],
        next: null,
        more: false,
      },
    },
  },
  problems: ["old-cursor"],
  find: findOwnTip,
  run: async ({ exchange, caller, found, query }) => answer(200, await listRecalls(exchange, caller, found, query)),
});
