/** `PATCH /v1/partners/{slug}` */
import { changePartner, changeSchema, showPartner } from "../../exchange/enrol-partner.ts";
import { partner } from "../answers/partners.ts";
import { answer, operation } from "../operation.ts";
import { partnerPath, sampleForSteward } from "./sample.ts";

export const changePartnerOperation = operation({
  id: "changePartner",
  method: "PATCH",
  path: "/v1/partners/{slug}",
  tag: "Partners",
  access: "admin",
  summary: "Change, suspend or restore a partner",
  description: "Members that are not sent stay. It acts at once: a suspended partner's next request is refused.",
  at: partnerPath,
  body: { schema: changeSchema, example: { suspended: true } },
  answers: {
    200: {
      description: "The partner as it now is.",
      schema: partner,
      example: { ...sampleForSteward, suspended_at: "2026-11-24T09:00:00.000Z" },
    },
  },
  problems: ["taken"],
  find: ({ exchange, at }) => showPartner(exchange, at.slug, true),
  run: async ({ exchange, at, body }) => answer(200, await changePartner(exchange, at.slug, body)),
});
