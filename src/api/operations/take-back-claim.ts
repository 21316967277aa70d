/** `DELETE /v1/tips/{tip}/claims/{related}` */
import { uuid } from "../../core/names.ts";
import { ok } from "../../core/result.ts";
import { ownClaim, takeBackClaim } from "../../exchange/claim-relation.ts";
import { operation } from "../operation.ts";
import { tipPath } from "../tips/own-tip.ts";

export const takeBackClaimOperation = operation({
  id: "takeBackClaim",
  method: "DELETE",
  path: "/v1/tips/{tip}/claims/{related}",
  tag: "Working on tips",
  access: "feedback",
  summary: "Take back what you claimed of two tips",
  description: "Also where you see them no more. What a tip's document says is changed by a new version alone.",
  at: { ...tipPath, related: uuid },
  answers: { 204: { description: "Taken back." } },
  problems: ["key-not-active"],
  find: ({ exchange, caller, at }) => ownClaim(exchange, caller, at.tip, at.related),
  async run({ exchange, caller, at }) {
    const done = await takeBackClaim(exchange, caller, at.tip, at.related);
    return done.ok ? ok({ status: 204 }) : done;
  },
});
