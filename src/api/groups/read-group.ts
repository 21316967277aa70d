/** `GET /v1/groups/{group}` */
import { listGroups } from "../../exchange/manage-groups.ts";
import { group } from "../answers/partners.ts";
import { give, operation } from "../operation.ts";
import { groupPath, sampleGroup } from "./sample.ts";

export const readGroupOperation = operation({
  id: "readGroup",
  method: "GET",
  path: "/v1/groups/{group}",
  tag: "Groups",
  access: "any",
  summary: "Read one of your groups",
  at: groupPath,
  answers: { 200: { description: "The group.", schema: group, example: { ...sampleGroup, members: ["chirper"] } } },
  run: async ({ exchange, caller, at }) => give(200, (await listGroups(exchange, caller, at.group))[0]),
});
