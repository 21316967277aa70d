/** `POST /v1/tips/{tip}/claims` */
import * as z from "zod";
import { time, uuid } from "../../core/names.ts";
import { claimRelation } from "../../exchange/claim-relation.ts";
import { seenTip } from "../../exchange/give-feedback.ts";
import { claim } from "../answers/tips.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { tipPath } from "../tips/own-tip.ts";

const other = "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a12";

export const claimRelationOperation = operation({
  id: "claimRelation",
  method: "POST",
  path: "/v1/tips/{tip}/claims",
  tag: "Working on tips",
  access: "feedback",
  summary: "Claim that two tips are of one operation, or duplicates",
  description:
    "Without a tip: you must see both, and one of them must be yours. It is shown as your claim to whoever sees both, and told to nobody. The same again changes nothing.",
  at: tipPath,
  body: {
    schema: z.strictObject({
      relation: z.enum(["duplicates", "same-operation"]),
      tip: uuid.describe("The other tip."),
    }),
    example: { relation: "duplicates", tip: other },
  },
  answers: {
    200: {
      description: "The claim as it stands.",
      schema: z.strictObject({ ...claim.shape, made_at: time }).meta({ id: "ClaimMade" }),
      example: {
        relation: "duplicates",
        tip: examples.accepted.tip,
        related: other,
        claimed_by: "chirper",
        made_at: "2026-11-23T14:02:11.300Z",
      },
    },
  },
  problems: ["key-not-active", "claims-full"],
  find: ({ exchange, caller, at }) => seenTip(exchange, caller, at.tip),
  run: async ({ exchange, caller, at, body }) =>
    answer(200, await claimRelation(exchange, caller, { ...at, related: body.tip, relation: body.relation })),
});
