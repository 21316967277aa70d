/** What the doors for records of access, and the public report, answer with. */
import * as z from "zod";
import { country, digest, kinds, slug, time, uuid } from "../../core/names.ts";

const date = z.iso.date();
const basis = z.string().describe("Kind of legal basis, as the agency stated it.");

export const handed = z
  .strictObject({
    day: date,
    partner: slug,
    kind: z.enum(kinds),
    country: country.optional().describe("Of law enforcement."),
    legal_bases: z
      .array(basis)
      .optional()
      .describe("Of law enforcement: the kinds of legal basis on which it read that day."),
  })
  .meta({ id: "Handed", description: "A partner was handed the tip on that day." });

export const access = z
  .strictObject({
    day: date,
    partner: slug,
    tip: uuid,
    version: z.int().min(1),
    door: z
      .string()
      .describe("list, tip, feed, event, indicators, match, webhook, taxii, misp, export, print, feedback."),
    country: country.optional().describe("Of law enforcement, as what follows."),
    purpose: digest.optional().describe("The purpose it was read for."),
    legal_basis: basis.optional(),
    case: z.string().optional().describe("To the agency alone."),
    unit: z.string().optional().describe("To the agency alone."),
  })
  .meta({ id: "Access", description: "A record that a partner was handed a tip: one for each day, door and purpose." });

export const month = z
  .string()
  .regex(/^[0-9]{4}-(0[1-9]|1[0-2])$/, "Use YYYY-MM.")
  .meta({ title: "month" });
const figure = z
  .int()
  .min(1)
  .nullable()
  .meta({ id: "Figure", description: "Rounded; null where it is too few, or of too few, to say." });

export const report = z
  .strictObject({
    month,
    made_at: time.describe("Since then it stands as it is."),
    tips: figure.describe("Accepted, each once."),
    indicators: figure.describe("Of these tips."),
    partners: z
      .strictObject({ platform: figure, research: figure, law_enforcement: figure })
      .describe("At the month's end."),
    law_enforcement_reads: z
      .strictObject({
        apart: z.array(z.strictObject({ country, legal_basis: z.string(), reads: figure })),
        other: figure.describe("Of all other countries and kinds of legal basis together."),
      })
      .describe("A tip handed to an agency for a case, however often, is one."),
    refusals: figure.describe("Of law enforcement, for want of a purpose that counts."),
    withdrawn: figure.describe("Tips that their author took back."),
    recalled: figure.describe("Tips of which somebody lost sight."),
  })
  .meta({ id: "TransparencyReport" });
