/** `GET /v1/groups` */
import * as z from "zod";
import { listGroups } from "../../exchange/manage-groups.ts";
import { group } from "../answers/partners.ts";
import { give, operation } from "../operation.ts";
import { sampleGroup } from "./sample.ts";

export const listGroupsOperation = operation({
  id: "listGroups",
  method: "GET",
  path: "/v1/groups",
  tag: "Groups",
  access: "any",
  summary: "List your groups",
  description: "The steward sees all of them, and every roster.",
  answers: {
    200: {
      description: "Your groups, in the order of their slugs.",
      schema: z.strictObject({ groups: z.array(group) }),
      example: { groups: [{ ...sampleGroup, members: ["chirper", "facepage", "observatory"] }] },
    },
  },
  run: async ({ exchange, caller }) => give(200, { groups: await listGroups(exchange, caller) }),
});
