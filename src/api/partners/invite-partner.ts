/** `POST /v1/partners/{slug}/invitations` */
import * as z from "zod";
import { showPartner } from "../../exchange/enrol-partner.ts";
import { invitePartner } from "../../exchange/join.ts";
import { invitation } from "../answers/partners.ts";
import { examples } from "../examples.ts";
import { give, operation } from "../operation.ts";
import { partnerPath } from "./sample.ts";

export const invitePartnerOperation = operation({
  id: "invitePartner",
  method: "POST",
  path: "/v1/partners/{slug}/invitations",
  tag: "Partners",
  access: "admin",
  summary: "Invite a partner to bring its first key",
  description: "Hand the code over on a channel you trust. Who holds it can become the partner.",
  at: partnerPath,
  body: {
    schema: z.strictObject({ hours: z.int().min(1).max(168).default(72).describe("Until it expires.") }),
    example: { hours: 24 },
  },
  answers: {
    201: {
      description: "The code, shown this once.",
      schema: invitation,
      example: { code: examples.invitation, partner: "chirper", expires_at: "2026-09-02T07:58:30.000Z" },
    },
  },
  find: ({ exchange, at }) => showPartner(exchange, at.slug, true),
  run: async ({ exchange, at, body }) => give(201, await invitePartner(exchange, at.slug, body.hours)),
});
