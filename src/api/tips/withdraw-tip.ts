/** `POST /v1/tips/{tip}/withdrawal` */
import * as z from "zod";
import { time, uuid } from "../../core/names.ts";
import { withdrawTip } from "../../exchange/withdraw-tip.ts";
import { documentProblems, signedWithdrawal } from "../answers/envelope.ts";
import { seq } from "../answers/tips.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { findOwnTip, tipPath } from "./own-tip.ts";

export const withdrawTipOperation = operation({
  id: "withdrawTip",
  method: "POST",
  path: "/v1/tips/{tip}/withdrawal",
  tag: "Tips",
  access: "tips:write",
  summary: "Withdraw your tip, for good",
  description:
    "From then on the tip is visible to you alone, and everyone who has sight of it or was ever handed it is told by name. Withdrawal is final. For everyone but the author the tip is not there.",
  at: tipPath,
  body: { schema: signedWithdrawal, read: z.unknown(), example: examples.withdrawal },
  answers: {
    200: {
      description: "Withdrawn; the same withdrawal again changes nothing.",
      schema: z.strictObject({ tip: uuid, withdrawn_at: time, seq }).meta({ id: "Withdrawn" }),
      example: { tip: examples.accepted.tip, withdrawn_at: "2026-11-23T16:20:00.410Z", seq: 4730 },
    },
  },
  problems: [...documentProblems, "withdrawn", "version-conflict"],
  find: findOwnTip,
  run: async ({ exchange, caller, found, body }) => answer(200, await withdrawTip(exchange, caller, found, body)),
});
