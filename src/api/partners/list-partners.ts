/** `GET /v1/partners` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { listPartners } from "../../exchange/list-partners.ts";
import { partner } from "../answers/partners.ts";
import { page } from "../answers/tips.ts";
import { give, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { samplePartner } from "./sample.ts";

export const listPartnersOperation = operation({
  id: "listPartners",
  method: "GET",
  path: "/v1/partners",
  tag: "Partners",
  access: "any",
  summary: "Look into the directory of partners",
  description: "Names, kinds, countries and public keys, by which you verify tips. Rosters of groups are not here.",
  query: z.strictObject({ limit: limitParameter(limits.tips_page, 100), after: cursor }),
  answers: {
    200: {
      description: "A page of partners, in the order of their slugs.",
      schema: z.strictObject({ partners: z.array(partner), ...page }),
      example: { partners: [samplePartner], next: null, more: false },
    },
  },
  async run({ exchange, caller, query }) {
    const { items, next, more } = await listPartners(exchange, caller, query);
    return give(200, { partners: items, next, more });
  },
});
