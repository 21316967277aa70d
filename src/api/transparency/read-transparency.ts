/** `GET /v1/transparency` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { readReports } from "../../exchange/report-month.ts";
import { month, report } from "../answers/accesses.ts";
import { give, operation } from "../operation.ts";

export const readTransparencyOperation = operation({
  id: "readTransparency",
  method: "GET",
  path: "/v1/transparency",
  tag: "Records",
  access: "open",
  summary: "Read what the exchange publishes of each month",
  description: `For everybody, without an account; as a page at \`/transparency\`. Months that are over, the newest first, ${limits.transparency.months} at a time. Figures are rounded to multiples of ${limits.transparency.step}, and none is published that is too few, or of too few partners, cases or tips; each month's were made once and stay.`,
  query: z.strictObject({ before: month.default("9999-12").describe("Only months before this one.") }),
  answers: {
    200: {
      description: "Months.",
      schema: z.strictObject({
        months: z.array(report),
        more: z.boolean().describe("Whether there are earlier ones."),
      }),
      headers: { "cache-control": "An hour." },
      example: {
        months: [
          {
            month: "2026-10",
            made_at: "2026-11-01T01:00:12.000Z",
            tips: 160,
            indicators: 20_000,
            partners: { platform: 20, research: 10, law_enforcement: 10 },
            law_enforcement_reads: { apart: [{ country: "XA", legal_basis: "court-order", reads: 120 }], other: 40 },
            refusals: null,
            withdrawn: 10,
            recalled: null,
          },
        ],
        more: false,
      },
    },
  },
  async run({ exchange, query }) {
    const read = give(200, await readReports(exchange, query.before, limits.transparency.months));
    if (read.ok && read.value) read.value.headers = { "cache-control": "public, max-age=3600" };
    return read;
  },
});
