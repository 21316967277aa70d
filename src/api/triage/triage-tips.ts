/** `PUT /v1/triage` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { triageChange } from "../../core/triage.ts";
import { triageTips } from "../../exchange/triage-tips.ts";
import { page } from "../answers/tips.ts";
import { answer, operation } from "../operation.ts";
import { tipFilter } from "../tips/filter.ts";

const { for_you: _text, ...filter } = tipFilter;

export const triageTipsOperation = operation({
  id: "triageTips",
  method: "PUT",
  path: "/v1/triage",
  tag: "Working on tips",
  access: "feedback",
  summary: "Say how the tips that a filter leaves stand with you",
  description:
    "One bounded step, the newest tips first: send it again with `after` until `more` is false. Each tip is judged as it is written. How many the filter leaves tells of them: recorded as with lists.",
  body: {
    schema: z.strictObject({
      filter: z.strictObject({ ...filter, for_you: z.boolean().optional() }).describe("As of GET /v1/tips."),
      set: triageChange,
      limit: z.int().min(1).max(limits.triage.step).default(limits.triage.step),
      after: z.string().min(1).max(300).optional().describe("The `next` of the step before."),
    }),
    example: { filter: { from: "chirper", triage: "open" }, set: { state: "done" } },
  },
  answers: {
    200: {
      description: "How many were changed in this step.",
      schema: z.strictObject({ changed: z.int().min(0), ...page }),
      example: { changed: 12, next: null, more: false },
    },
  },
  problems: ["key-not-active", "malformed-parameter", "old-cursor"],
  run: async ({ exchange, caller, body }) => answer(200, await triageTips(exchange, caller, body)),
});
