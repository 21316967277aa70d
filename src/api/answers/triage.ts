/** What the doors of a team's own work answer with. */
import * as z from "zod";
import { time, uuid } from "../../core/names.ts";
import { assignee, triageStates } from "../../core/triage.ts";

const shown = {
  state: z.enum(triageStates),
  assignee: assignee.optional(),
  snooze_until: time.optional(),
  changed_at: time.optional().describe("Absent where nothing was said yet."),
};

export const triageShown = z
  .strictObject(shown)
  .meta({ id: "Triage", description: "Where your own work on a tip stands: shown to you and nobody else." });

export const triaged = z.strictObject({ tip: uuid, ...shown }).meta({ id: "Triaged" });
