/** Problem details (RFC 9457) as every door answers with them. */
import * as z from "zod";

export const fault = z
  .strictObject({
    pointer: z
      .string()
      .regex(/^(\/.*)?$/s)
      .describe("JSON pointer into the body or the signed document; empty for the whole."),
    detail: z.string().min(1),
  })
  .meta({ id: "Fault" });

export const problemSchema = z
  .strictObject({
    type: z.url().describe("`<exchange>/problems/<slug>`: what to branch on. It never changes, and it is a page."),
    title: z.string().min(1),
    status: z.int().min(400).max(599),
    detail: z.string().min(1).describe("What to do in this case; for people."),
    faults: z.array(fault).max(100).optional().describe("Every fault found, a hundred at most."),
  })
  .meta({ id: "Problem", description: "Problem details (RFC 9457)." });
