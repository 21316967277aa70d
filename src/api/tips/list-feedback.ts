/** `GET /v1/tips/{tip}/feedback` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { listFeedback } from "../../exchange/list-feedback.ts";
import { feedbackPage } from "../answers/feedback.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { tipPath } from "./own-tip.ts";
import { decoded } from "./sample.ts";

export const listFeedbackOperation = operation({
  id: "listFeedback",
  method: "GET",
  path: "/v1/tips/{tip}/feedback",
  tag: "Tips",
  access: "tips:read",
  summary: "Read what became of a tip",
  description:
    "The newest first. For the tip's author every feedback, and how many partners said what. For another who may see the tip: its own, also what it said before; the author's answers to it; what was shared while it had sight; and counts where five partners have spoken. The reading is recorded.",
  at: tipPath,
  query: z.strictObject({
    limit: limitParameter(limits.feedback.page, 20),
    after: cursor,
    ordinal_after: z
      .string()
      .regex(/^[0-9]{1,5}$/, "Use a whole number.")
      .transform(Number)
      .pipe(z.int().min(0))
      .optional()
      .describe("Of the summary's indicators: behind this one."),
  }),
  answers: {
    200: {
      description: "A page of feedback.",
      schema: feedbackPage,
      example: {
        tip: examples.accepted.tip,
        version: 1,
        from: "chirper",
        digest: examples.accepted.digest,
        summary: {
          tip: { reporters: 1, by_status: { found: 1 } },
          indicators: [{ ordinal: 0, reporters: 1, by_status: { found: 1 } }],
        },
        feedback: [
          {
            feedback: examples.feedback_digest,
            by: "facepage",
            version: 1,
            accepted_at: "2026-11-23T14:10:00.204Z",
            seq: 4719,
            share: "author",
            statuses: { found: 1 },
            stands: true,
            envelope: examples.feedback,
            document: decoded(examples.feedback),
          },
        ],
        next: null,
        more: false,
      },
    },
  },
  problems: ["old-cursor"],
  run: async ({ exchange, caller, at, query: { ordinal_after = -1, ...query } }) =>
    answer(200, await listFeedback(exchange, caller, at.tip, { ...query, ordinal_after })),
});
