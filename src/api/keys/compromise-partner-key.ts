/** `POST /v1/partners/{slug}/keys/{kid}/compromise` */
import { compromiseKey } from "../../exchange/compromise-key.ts";
import { ownKey } from "../../exchange/manage-keys.ts";
import { compromised } from "../answers/partners.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { partnerKeyPath, sinceBody } from "./sample.ts";

export const compromisePartnerKeyOperation = operation({
  id: "compromisePartnerKey",
  method: "POST",
  path: "/v1/partners/{slug}/keys/{kid}/compromise",
  tag: "Keys",
  access: "admin",
  summary: "Declare a partner's key compromised",
  description: "As the partner itself does it; for when no older key of it is live.",
  at: partnerKeyPath,
  body: sinceBody,
  answers: {
    200: {
      description: "What fell.",
      schema: compromised,
      example: { keys: [examples.keys.chirper.kid, examples.keys.added.kid], tips_suspended: 7 },
    },
  },
  problems: ["key-state"],
  find: ({ exchange, at }) => ownKey(exchange, at.slug, at.kid),
  run: async ({ exchange, at, body }) =>
    answer(200, await compromiseKey(exchange, at.slug, at.kid, body.since, undefined)),
});
