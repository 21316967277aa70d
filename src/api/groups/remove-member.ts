/** `DELETE /v1/groups/{group}/members/{partner}` */

import { ok } from "../../core/result.ts";
import { removeMember } from "../../exchange/manage-groups.ts";
import { operation } from "../operation.ts";
import { memberPath } from "./sample.ts";

export const removeMemberOperation = operation({
  id: "removeMember",
  method: "DELETE",
  path: "/v1/groups/{group}/members/{partner}",
  tag: "Groups",
  access: "admin",
  summary: "Remove a member",
  description: "Sight of what reached it through the group ends at once; the `recalled` events follow within a minute.",
  at: memberPath,
  answers: { 204: { description: "No longer a member." } },
  run: async ({ exchange, at }) =>
    ok((await removeMember(exchange, at.group, at.partner)) ? { status: 204 } : undefined),
});
