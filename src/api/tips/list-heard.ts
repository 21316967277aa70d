/** `GET /v1/feedback` */
import * as z from "zod";
import { feedbackStatuses } from "../../core/feedback.ts";
import { limits } from "../../core/limits.ts";
import { listHeard } from "../../exchange/list-heard.ts";
import { heardTip } from "../answers/heard.ts";
import { page } from "../answers/tips.ts";
import { examples } from "../examples.ts";
import { answerPage, operation } from "../operation.ts";
import { cursor, flag, limitParameter, pointInTime } from "../parameters.ts";

export const listHeardOperation = operation({
  id: "listHeard",
  method: "GET",
  path: "/v1/feedback",
  tag: "Tips",
  access: "tips:read",
  summary: "Read what became of all your tips",
  description:
    "Your own tips that others have spoken of, a row each, those with the newest word first; also tips that have ended, with the counts that stay when their content is erased. What is said while you read on brings its tip to the beginning. A filter may leave a page short or empty while `more` is true: go on until it is false. The reading is recorded.",
  query: z.strictObject({
    status: z
      .enum(feedbackStatuses)
      .optional()
      .describe("Of which a partner's newest word says this, of anything in it."),
    since: pointInTime.optional().describe("Spoken of at or after; `words` counts from then."),
    unanswered: flag.describe("Asking for context that you have not given; or none such."),
    limit: limitParameter(limits.tips_page, 50),
    after: cursor,
  }),
  answers: {
    200: {
      description: "A page of tips.",
      schema: z.strictObject({ tips: z.array(heardTip), ...page }),
      example: {
        tips: [
          {
            tip: examples.accepted.tip,
            version: 1,
            state: "live",
            operation: { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern" },
            words: 1,
            unanswered: 0,
            summary: { reporters: 1, by_status: { found: 1 } },
            newest: {
              feedback: examples.feedback_digest,
              by: "facepage",
              accepted_at: "2026-11-23T14:10:00.204Z",
              statuses: { found: 1 },
            },
          },
        ],
        next: null,
        more: false,
      },
    },
  },
  problems: ["old-cursor"],
  run: async ({ exchange, caller, query }) => answerPage("tips", await listHeard(exchange, caller, query)),
});
