/** By what lists of tips are filtered, and what is done to those that are left. */
import * as z from "zod";
import { tlps } from "../../core/audience.ts";
import { short, slug, uuid } from "../../core/names.ts";
import { tipStates, urgencies } from "../../core/tip.ts";
import { assignee, triageFilters } from "../../core/triage.ts";
import { flag, pointInTime } from "../parameters.ts";

export const tipFilter = {
  from: slug.optional().describe("By this author."),
  tlp: z.enum(tlps).optional(),
  operation: uuid.optional().describe("About this operation."),
  type: z.string().max(32).optional().describe("Holding an indicator of this type."),
  platform: short.optional().describe("Holding an indicator on this platform or domain."),
  since: pointInTime.optional().describe("Accepted at or after."),
  through: z.string().max(120).optional().describe('Reaching you by this token; "author" for your own.'),
  for_you: flag.describe("Holding indicators on your own platforms or domains."),
  urgency: z.enum(urgencies).optional(),
  state: z.enum(tipStates).optional().describe("Of your own tips those that stand so; others' live, as you see them."),
  triage: z
    .enum(triageFilters)
    .optional()
    .describe(
      "How it stands with you: open is new or working, and not snoozed. Your own tips count where you said so.",
    ),
  assignee: assignee.optional().describe("Assigned by you to exactly this."),
};
