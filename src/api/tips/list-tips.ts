/** `GET /v1/tips` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { listTips } from "../../exchange/list-tips.ts";
import { page, tipItem } from "../answers/tips.ts";
import { answerPage, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { tipFilter } from "./filter.ts";
import { sampleItem } from "./sample.ts";

export const listTipsOperation = operation({
  id: "listTips",
  isOneReading: true,
  method: "GET",
  path: "/v1/tips",
  tag: "Tips",
  access: "tips:read",
  summary: "List tips you may see, newest first",
  description: "A filter may leave a page short or empty while `more` is true: go on until it is false.",
  query: z.strictObject({
    ...tipFilter,
    limit: limitParameter(limits.tips_page, 50),
    after: cursor,
  }),
  answers: {
    200: {
      description: "A page of tips.",
      schema: z.strictObject({ tips: z.array(tipItem), ...page }),
      example: { tips: [sampleItem()], next: null, more: false },
    },
  },
  problems: ["old-cursor"],
  run: async ({ exchange, caller, query }) => answerPage("tips", await listTips(exchange, caller, query)),
});
