/** `POST /v1/groups` */
import { groupSchema, makeGroup } from "../../exchange/manage-groups.ts";
import { group } from "../answers/partners.ts";
import { answer, operation } from "../operation.ts";
import { sampleGroup } from "./sample.ts";

export const makeGroupOperation = operation({
  id: "makeGroup",
  method: "POST",
  path: "/v1/groups",
  tag: "Groups",
  access: "admin",
  summary: "Make a group",
  description: "Closed to law enforcement unless made `mixed`; that never changes.",
  body: { schema: groupSchema, example: sampleGroup },
  answers: { 201: { description: "The group, empty.", schema: group, example: { ...sampleGroup, members: [] } } },
  problems: ["taken"],
  run: async ({ exchange, body }) => answer(201, await makeGroup(exchange, body)),
});
