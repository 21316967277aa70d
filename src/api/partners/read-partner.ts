/** `GET /v1/partners/{slug}` */
import { showPartner } from "../../exchange/enrol-partner.ts";
import { partner } from "../answers/partners.ts";
import { give, operation } from "../operation.ts";
import { partnerPath, samplePartner } from "./sample.ts";

export const readPartnerOperation = operation({
  id: "readPartner",
  method: "GET",
  path: "/v1/partners/{slug}",
  tag: "Partners",
  access: "any",
  summary: "Read one partner's entry",
  at: partnerPath,
  answers: { 200: { description: "The entry.", schema: partner, example: samplePartner } },
  run: async ({ exchange, caller, at }) =>
    give(200, await showPartner(exchange, at.slug, caller.scopes.includes("admin"))),
});
