/** `POST /v1/partners/{slug}/purposes/{purpose}/approve` */
import { approvePurpose } from "../../exchange/manage-purposes.ts";
import { registeredPurpose } from "../answers/purposes.ts";
import { answer, operation } from "../operation.ts";
import { findPartnerPurpose, partnerPurposePath, sampleApproved } from "./sample.ts";

export const approvePurposeOperation = operation({
  id: "approvePurpose",
  method: "POST",
  path: "/v1/partners/{slug}/purposes/{purpose}/approve",
  tag: "Purposes",
  access: "admin",
  summary: "Approve an agency's purpose",
  description: "The agency reads for it from now on, until it is over or ended.",
  at: partnerPurposePath,
  answers: { 200: { description: "Approved.", schema: registeredPurpose, example: sampleApproved } },
  problems: ["purpose-state"],
  find: findPartnerPurpose,
  run: async ({ exchange, found }) => answer(200, await approvePurpose(exchange, found)),
});
