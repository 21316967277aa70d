/** What the purposes' operations share. */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { digest, slug } from "../../core/names.ts";
import { findPurpose } from "../../exchange/manage-purposes.ts";
import { registeredPurpose } from "../answers/purposes.ts";
import { page } from "../answers/tips.ts";
import type { Request } from "../operation.ts";
import { limitParameter } from "../parameters.ts";

export const purposePath = { purpose: digest };
export const partnerPurposePath = { slug, purpose: digest };

/** The caller's own, or nothing: judged before the body is read. */
export const findOwnPurpose = ({ exchange, caller, at }: Request<typeof purposePath>) =>
  findPurpose(exchange, caller.partner, at.purpose);
export const findPartnerPurpose = ({ exchange, at }: Request<typeof partnerPurposePath>) =>
  findPurpose(exchange, at.slug, at.purpose);

export const purposesQuery = z.strictObject({
  limit: limitParameter(limits.purposes_page, 50),
  after: digest.optional().describe("The `next` of the page before."),
});
export const purposesPage = z.strictObject({ purposes: z.array(registeredPurpose), ...page });

export const samplePurpose = {
  type: "tipoff_purpose",
  legal_basis: "court-order",
  case: "XA-2026-17",
  unit: "Unit 3",
  until: "2027-01-31T00:00:00.000Z",
};
export const sampleRegistered = {
  purpose: "3f0FcW6SEBqZOu9Xr5xwh5jFhZPxO5zB0xqVJ0yLDfk",
  state: "waiting",
  ...samplePurpose,
  made_at: "2026-11-23T09:00:00.000Z",
};
export const sampleApproved = { ...sampleRegistered, state: "active", approved_at: "2026-11-23T11:00:00.000Z" };
