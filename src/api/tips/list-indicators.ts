/** `GET /v1/indicators` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { short, slug, uuid } from "../../core/names.ts";
import { listIndicators } from "../../exchange/list-indicators.ts";
import { indicatorItem, page } from "../answers/tips.ts";
import { answerPage, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { sampleItem } from "./sample.ts";

const found = (ordinal: number, indicator: Record<string, string>) => {
  const { tip, version, from, through, tlp, handling, embargo } = sampleItem();
  const operation = "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11";
  return { tip, version, ordinal, from, operation, through, tlp, handling, embargo, indicator };
};

export const listIndicatorsOperation = operation({
  id: "listIndicators",
  method: "GET",
  path: "/v1/indicators",
  tag: "Tips",
  access: "tips:read",
  summary: "List the indicators of all tips you may see",
  description:
    "Flattened and in canonical form: newest tips first, within a tip in the document's order. Indicators past their `valid_until` are left out. Everything but `control: operated` is for human review.",
  query: z.strictObject({
    type: z.string().max(32).optional().describe("account, domain, ip, …"),
    platform: short.optional(),
    from: slug.optional().describe("By this author."),
    operation: uuid.optional().describe("Of this operation."),
    limit: limitParameter(limits.page, 200),
    after: cursor,
  }),
  answers: {
    200: {
      description: "A page of indicators.",
      schema: z.strictObject({ indicators: z.array(indicatorItem), ...page }),
      example: {
        indicators: [
          found(1, { type: "domain", value: "harbour-news.example", control: "operated", role: "brand-site" }),
        ],
        next: null,
        more: false,
      },
    },
  },
  problems: ["old-cursor"],
  run: async ({ exchange, caller, query }) => answerPage("indicators", await listIndicators(exchange, caller, query)),
});
