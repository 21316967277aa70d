/** `POST /v1/partners` */
import { enrolmentSchema, enrolPartner } from "../../exchange/enrol-partner.ts";
import { partner } from "../answers/partners.ts";
import { answer, operation } from "../operation.ts";
import { sampleForSteward } from "./sample.ts";

function asked() {
  const { keys: _keys, enrolled_at: _enrolled, attested_at: _attested, suspended_at: _, ...rest } = sampleForSteward;
  return rest;
}

export const enrolPartnerOperation = operation({
  id: "enrolPartner",
  method: "POST",
  path: "/v1/partners",
  tag: "Partners",
  access: "admin",
  summary: "Enrol a partner",
  description:
    "Slug, kind and country never change and are never used again. A public authority is enrolled as `law_enforcement` and nothing else. The partner's first key comes with an invitation.",
  body: { schema: enrolmentSchema, example: asked() },
  answers: {
    201: {
      description: "The partner, without a key yet.",
      schema: partner,
      example: { ...sampleForSteward, keys: [] },
    },
  },
  problems: ["taken"],
  run: async ({ exchange, body }) => answer(201, await enrolPartner(exchange, body)),
});
