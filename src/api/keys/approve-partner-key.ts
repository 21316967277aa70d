/** `POST /v1/partners/{slug}/keys/{kid}/approve` */
import { approveKey } from "../../exchange/manage-keys.ts";
import { key } from "../answers/partners.ts";
import { answer, operation } from "../operation.ts";
import { partnerKeyPath, sampleAdded } from "./sample.ts";

export const approvePartnerKeyOperation = operation({
  id: "approvePartnerKey",
  method: "POST",
  path: "/v1/partners/{slug}/keys/{kid}/approve",
  tag: "Keys",
  access: "admin",
  summary: "Approve a partner's waiting key",
  description: "It becomes active now. Ask the partner on a channel you trust first.",
  at: partnerKeyPath,
  answers: {
    200: {
      description: "The key, active.",
      schema: key,
      example: { ...sampleAdded, state: "active", active_from: "2026-11-23T10:00:00.000Z" },
    },
  },
  problems: ["key-state"],
  run: async ({ exchange, at }) => answer(200, await approveKey(exchange, at.slug, at.kid)),
});
