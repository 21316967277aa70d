/** What the doors for copies of tips that were taken back answer with. */
import * as z from "zod";
import { outcomes } from "../../core/acknowledgement.ts";
import { country, kinds, slug, time } from "../../core/names.ts";
import { eventId } from "./subscriptions.ts";

export const outcome = z
  .enum(outcomes)
  .describe("`kept_under_law`: a law obliges you to keep it. That is complete, and nobody reminds you.");

export const recalled = z
  .strictObject({
    partner: slug,
    kind: z.enum(kinds),
    country: country.optional().describe("Of law enforcement."),
    event: eventId.describe("The newest that took it back from this partner."),
    since: time.describe("When that was."),
    outcome: outcome.optional(),
    acknowledged_at: time.optional(),
    late: z.boolean().describe("Three days have passed without a word."),
  })
  .meta({ id: "Recalled", description: "A partner from whom the tip was taken back." });

export const recallCounts = z
  .strictObject({ had: z.int(), acknowledged: z.int(), kept: z.int(), late: z.int() })
  .meta({ id: "RecallCounts", description: "Of the partners that are listed." });
