/** A refusal as TAXII 2.1 has it (section 3.6.1): under `/taxii2/` every one is of this form. */
import * as z from "zod";
import { type Problem, problems } from "../../core/problem.ts";
import { fault } from "./problem.ts";

export const taxiiType = "application/taxii+json;version=2.1";

export const isTaxii = (path: string): boolean => path === "/taxii2" || path.startsWith("/taxii2/");

export const taxiiErrorSchema = z
  .strictObject({
    title: z.string().min(1),
    description: z.string().min(1).describe("What to do in this case; for people."),
    error_code: z.string().describe("The slug of the problem."),
    http_status: z.string().regex(/^[45]\d\d$/),
    external_details: z.url().describe("`<exchange>/problems/<slug>`: a page."),
    details: z.strictObject({ faults: z.array(fault).max(100) }).optional(),
  })
  .meta({ id: "TaxiiError", description: "An error message (TAXII 2.1, section 3.6.1)." });

/** No `error_id`: what is not there and what is not the caller's answer with one body. The request's id is in a header. */
export function taxiiError({ slug, detail, faults }: Problem, exchange: string): z.infer<typeof taxiiErrorSchema> {
  const { status, title } = problems[slug];
  return {
    title,
    description: detail,
    error_code: slug,
    http_status: String(status),
    external_details: `${exchange}/problems/${slug}`,
    ...(faults && { details: { faults: faults.slice(0, 100) } }),
  };
}
