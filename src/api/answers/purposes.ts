/** What the doors for purposes answer with: to the agency and to the steward alike. */
import * as z from "zod";
import { digest, time } from "../../core/names.ts";
import { purposeSchema } from "../../core/purpose.ts";

export const registeredPurpose = z
  .strictObject({
    purpose: digest.describe("Its id, which follows from what it says. Records of access name it."),
    state: z
      .enum(["waiting", "active", "over", "ended"])
      .describe("Only while it is `active` anything is read for it. `waiting`: the steward has not approved it."),
    ...purposeSchema.shape,
    made_at: time,
    approved_at: time.optional(),
    ended_at: time.optional(),
    ended_by: z.enum(["partner", "steward"]).optional().describe("`steward`: declined, or taken back."),
  })
  .meta({ id: "RegisteredPurpose" });
