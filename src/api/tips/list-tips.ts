/** `GET /v1/tips` */
import * as z from "zod";
import { tlps } from "../../core/audience.ts";
import { limits } from "../../core/limits.ts";
import { short, slug, uuid } from "../../core/names.ts";
import { urgencies } from "../../core/tip.ts";
import { listTips } from "../../exchange/list-tips.ts";
import { page, tipItem } from "../answers/tips.ts";
import { give, operation } from "../operation.ts";
import { cursor, flag, limitParameter, pointInTime } from "../parameters.ts";
import { sampleItem } from "./sample.ts";

export const listTipsOperation = operation({
  id: "listTips",
  method: "GET",
  path: "/v1/tips",
  tag: "Tips",
  access: "tips:read",
  summary: "List tips you may see, newest first",
  description: "A filter may leave a page short or empty while `more` is true: go on until it is false.",
  query: z.strictObject({
    from: slug.optional().describe("By this author."),
    tlp: z.enum(tlps).optional(),
    operation: uuid.optional().describe("About this operation."),
    type: z.string().max(32).optional().describe("Holding an indicator of this type."),
    platform: short.optional().describe("Holding an indicator on this platform or domain."),
    since: pointInTime.optional().describe("Accepted at or after."),
    through: z.string().max(120).optional().describe('Reaching you by this token; "author" for your own.'),
    for_you: flag.describe("Holding indicators on your own platforms or domains."),
    urgency: z.enum(urgencies).optional(),
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
  async run({ exchange, caller, query }) {
    const listed = await listTips(exchange, caller, query);
    if (!listed.ok) return listed;
    const { items, next, more } = listed.value;
    return give(200, { tips: items, next, more });
  },
});
