/** `GET /v1/tips/{tip}/accesses` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { listHanded } from "../../exchange/list-accesses.ts";
import { handed } from "../answers/accesses.ts";
import { page } from "../answers/tips.ts";
import { answerPage, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { findOwnTip, tipPath } from "../tips/own-tip.ts";

export const listTipAccessesOperation = operation({
  id: "listTipAccesses",
  method: "GET",
  path: "/v1/tips/{tip}/accesses",
  tag: "Records",
  access: "tips:write",
  summary: "See to whom your tip was handed",
  description:
    "Which partner on which day, the newest first, also after the tip's end. Whoever was handed it only as the answer to a question is not listed. What law enforcement reads under a stated non-disclosure is listed when that has ended.",
  at: tipPath,
  query: z.strictObject({ limit: limitParameter(limits.accesses_page, 100), after: cursor }),
  answers: {
    200: {
      description: "A page of days and partners.",
      schema: z.strictObject({ accesses: z.array(handed), ...page }),
      example: {
        accesses: [
          {
            day: "2026-11-24",
            partner: "cyber-unit",
            kind: "law_enforcement",
            country: "XA",
            legal_bases: ["court-order"],
          },
          { day: "2026-11-23", partner: "facepage", kind: "platform" },
        ],
        next: null,
        more: false,
      },
    },
  },
  problems: ["old-cursor"],
  find: findOwnTip,
  run: async ({ exchange, caller, found, query }) =>
    answerPage("accesses", await listHanded(exchange, caller, found, query)),
});
