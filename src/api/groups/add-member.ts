/** `PUT /v1/groups/{group}/members/{partner}` */
import { addMember } from "../../exchange/manage-groups.ts";
import { membership } from "../answers/partners.ts";
import { answer, operation } from "../operation.ts";
import { memberPath } from "./sample.ts";

export const addMemberOperation = operation({
  id: "addMember",
  method: "PUT",
  path: "/v1/groups/{group}/members/{partner}",
  tag: "Groups",
  access: "admin",
  summary: "Add a member",
  description: "A newcomer does not read the past: the membership counts from the `seq` at which it began.",
  at: memberPath,
  answers: {
    200: {
      description: "The membership; a member stays one, since its first day.",
      schema: membership,
      example: { group: "election-cell", partner: "facepage", since: 4700 },
    },
  },
  problems: ["group-closed"],
  run: async ({ exchange, at }) => answer(200, await addMember(exchange, at.group, at.partner)),
});
