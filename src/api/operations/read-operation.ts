/** `GET /v1/operations/{operation}` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { day, time, uuid } from "../../core/names.ts";
import { readOperation } from "../../exchange/read-operation.ts";
import { author, claim, forYou, page, tipItem } from "../answers/tips.ts";
import { answer, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { sampleItem } from "../tips/sample.ts";

const operationView = z
  .strictObject({
    operation: uuid,
    names: z.array(z.string()).describe("Under which it goes in these tips."),
    from: z.array(z.strictObject({ partner: author, tips: z.int().min(1) })).describe("Who tipped."),
    first_accepted_at: time.describe("Of the first of these tips."),
    last_accepted_at: time.describe("Of the last; a new version counts as its tip."),
    first_seen: day.optional().describe("The earliest that any of them states of the operation."),
    last_seen: day.optional(),
    indicators: z
      .strictObject({ total: z.int().min(0), by_type: z.record(z.string(), z.int().min(1)) })
      .describe("Of all these tips: what two of them hold counts twice."),
    for_you: forYou.describe("Of all these tips; `respond_by` is the earliest."),
    aliases: z.array(z.string()),
    truncated: z.literal(true).optional().describe("There are more tips than were gathered: the newest were."),
    tips: z.array(tipItem),
    claims: z.array(claim).describe("What is said among these tips, with the page that has the claim's `tip`."),
    ...page,
  })
  .meta({ id: "OperationView", description: "An operation as the tips tell it that you may see." });

/** As the sample's reader sees it. */
function sampleView(): Record<string, unknown> {
  const item = sampleItem() as { operation: { id: string; name: string }; accepted_at: string } & Record<
    string,
    unknown
  >;
  return {
    operation: item.operation.id,
    names: [item.operation.name],
    from: [{ partner: "chirper", tips: 1 }],
    first_accepted_at: item.accepted_at,
    last_accepted_at: item.accepted_at,
    indicators: item.indicators,
    for_you: item.for_you,
    aliases: [],
    tips: [item],
    claims: [],
    next: null,
    more: false,
  };
}

export const readOperationOperation = operation({
  id: "readOperation",
  method: "GET",
  path: "/v1/operations/{operation}",
  tag: "Working on tips",
  access: "tips:read",
  summary: "Read an operation across tips",
  description:
    "All tips with that operation's id which you may see, at their current version, and those that are connected to them by a relation, from either side, also with another operation's id. A relation is what its author claims. Every tip that the page tells of is recorded.",
  at: { operation: uuid },
  query: z.strictObject({ limit: limitParameter(limits.tips_page, 50), after: cursor }),
  answers: {
    200: {
      description: "The operation, and a page of its tips, the newest first.",
      schema: operationView,
      example: sampleView(),
    },
  },
  problems: ["old-cursor"],
  run: async ({ exchange, caller, at, query }) =>
    answer(200, await readOperation(exchange, caller, at.operation, query)),
});
