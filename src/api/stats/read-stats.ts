/** `GET /v1/stats` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { ok } from "../../core/result.ts";
import { countFigures } from "../../exchange/count-figures.ts";
import { figuresCsv } from "../../formats/figures-csv.ts";
import { author, through } from "../answers/tips.ts";
import { give, operation } from "../operation.ts";

const csv = "text/csv; charset=utf-8; header=present";
const count = z.int().min(0);

const figures = {
  tips: count.describe("First handed to you in the period, whatever became of them since."),
  tips_for_you: count.describe("Of these, with indicators on your own platforms and domains."),
  indicators_for_you: count.describe("How many such indicators, as they were when you were first handed them."),
  answered: count.describe("Tips you gave feedback on."),
  found: count.describe("Indicators that you said you found, or acted on."),
  new_to_you: count.describe("Of these, not already known to you."),
  actioned: count,
  false_positives: count,
  false_positive_share: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe("Of what you found, saw no violation in, or called false positive; null where that is nothing."),
  median_hours: z.number().min(0).nullable().describe("From when you gained sight of a tip to your first feedback."),
};

const stats = z
  .strictObject({
    from: z.iso.date(),
    to: z.iso.date(),
    by: z.enum(["group", "partner"]),
    rows: z.array(
      z.strictObject({
        from: author.optional().describe("By partner."),
        through: through.nullable().optional().describe("By group: as it was then; null where it is not known."),
        ...figures,
      }),
    ),
    total: z.strictObject(figures),
    truncated: z.literal(true).optional().describe("There were more tips than are counted: the last were."),
  })
  .meta({ id: "Stats", description: "A partner's own figures of a period." });

const sample = {
  tips: 3,
  tips_for_you: 2,
  indicators_for_you: 77,
  answered: 2,
  found: 41,
  new_to_you: 30,
  actioned: 38,
  false_positives: 1,
  false_positive_share: 0.024,
  median_hours: 5.5,
};

export const readStatsOperation = operation({
  id: "readStats",
  method: "GET",
  path: "/v1/stats",
  tag: "Working on tips",
  access: "tips:read",
  summary: "Read your own figures of a period",
  description: `What came in and what became of it by your own feedback, for you alone: of the tips you were first handed between two days, by sender or by the token they came through. It counts your records of access and your words on single indicators, and stays as it is when a tip is revised, taken back or erased. Without days the last 30; ${limits.stats.days} at most. With \`format=csv\`, or \`accept: text/csv\`, as CSV in which no cell is a formula.`,
  query: z.strictObject({
    from: z.iso.date().optional().describe("From this day on, in UTC."),
    to: z.iso.date().optional().describe("Up to this day, which is included."),
    by: z.enum(["group", "partner"]).default("partner"),
    format: z.enum(["json", "csv"]).optional(),
  }),
  answers: {
    200: {
      description: "The figures.",
      schema: stats,
      example: {
        from: "2026-11-01",
        to: "2026-11-30",
        by: "partner",
        rows: [{ from: "chirper", ...sample }],
        total: sample,
      },
      also: { type: csv, schema: z.string(), example: "from,tips,tips_for_you,…\r\nchirper,3,2,…\r\ntotal,3,2,…\r\n" },
    },
  },
  async run({ context, exchange, caller, query: { format, ...asked } }) {
    const counted = await countFigures(exchange, caller, asked);
    if (!counted.ok) return counted;
    const accepts = /text\/csv/i.test(context.req.header("accept") ?? "");
    if ((format ?? (accepts ? "csv" : "json")) === "json") return give(200, counted.value);
    const { by, rows, total } = counted.value;
    return ok({ status: 200, type: csv, body: figuresCsv(by === "group" ? "through" : "from", rows, total) });
  },
});
