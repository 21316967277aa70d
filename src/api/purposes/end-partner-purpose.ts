/** `POST /v1/partners/{slug}/purposes/{purpose}/end` */
import { endPartnerPurpose } from "../../exchange/manage-purposes.ts";
import { registeredPurpose } from "../answers/purposes.ts";
import { give, operation } from "../operation.ts";
import { findPartnerPurpose, partnerPurposePath, sampleRegistered } from "./sample.ts";

export const endPartnerPurposeOperation = operation({
  id: "endPartnerPurpose",
  method: "POST",
  path: "/v1/partners/{slug}/purposes/{purpose}/end",
  tag: "Purposes",
  access: "admin",
  summary: "Decline an agency's purpose, or take the approval back",
  description: "Nothing is read for it from now on; what is bound to it ends with it. It cannot be begun again.",
  at: partnerPurposePath,
  answers: {
    200: {
      description: "Ended.",
      schema: registeredPurpose,
      example: { ...sampleRegistered, state: "ended", ended_at: "2026-11-23T11:00:00.000Z", ended_by: "steward" },
    },
  },
  find: findPartnerPurpose,
  run: async ({ exchange, found }) => give(200, await endPartnerPurpose(exchange, found)),
});
