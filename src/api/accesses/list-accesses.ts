/** `GET /v1/accesses` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { slug, uuid } from "../../core/names.ts";
import { problem } from "../../core/problem.ts";
import { err } from "../../core/result.ts";
import { listAccesses } from "../../exchange/list-accesses.ts";
import { access } from "../answers/accesses.ts";
import { page } from "../answers/tips.ts";
import { answerPage, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";

export const listAccessesOperation = operation({
  id: "listAccesses",
  method: "GET",
  path: "/v1/accesses",
  tag: "Records",
  access: "any",
  summary: "See what you were handed; the steward, what everybody was",
  description:
    "The newest day first. Your own with `tips:read`, of law enforcement with the case; with `admin` every partner's, one partner after the other, without the cases.",
  query: z.strictObject({
    tip: uuid.optional().describe("Of this tip."),
    since: z.iso.date().optional().describe("From this day on."),
    until: z.iso.date().optional().describe("Up to this day, which is included."),
    partner: slug.optional().describe("Of this partner; for the steward."),
    limit: limitParameter(limits.accesses_page, 100),
    after: cursor,
  }),
  answers: {
    200: {
      description: "A page of records.",
      schema: z.strictObject({ accesses: z.array(access), ...page }),
      example: {
        accesses: [
          {
            day: "2026-11-24",
            partner: "cyber-unit",
            tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
            version: 1,
            door: "tip",
            country: "XA",
            purpose: "HN8zeKf0iljhRkYZui0DX57CsoeIiomeY6OksCLv7tc",
            legal_basis: "court-order",
            case: "XA-2026-17",
            unit: "Unit 3",
          },
        ],
        next: null,
        more: false,
      },
    },
  },
  problems: ["missing-scope", "old-cursor"],
  async run({ exchange, caller, query }) {
    const steward = caller.scopes.includes("admin");
    const scope = query.partner && query.partner !== caller.partner ? "admin" : "tips:read";
    if (!steward && !caller.scopes.includes(scope))
      return err({ ...problem("missing-scope", `Ask for a token with the scope ${scope}.`), scope });
    return answerPage("accesses", await listAccesses(exchange, caller, query, steward));
  },
});
