/** `PUT /v1/tips/{tip}/triage` */
import { triageChange } from "../../core/triage.ts";
import { seenTip } from "../../exchange/give-feedback.ts";
import { triageTip } from "../../exchange/triage-tips.ts";
import { triaged } from "../answers/triage.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { tipPath } from "../tips/own-tip.ts";

export const triageTipOperation = operation({
  id: "triageTip",
  method: "PUT",
  path: "/v1/tips/{tip}/triage",
  tag: "Working on tips",
  access: "feedback",
  summary: "Say how a tip stands with you",
  description:
    "For yourself: no other partner is shown it, the author and the steward included. What is not sent stays as it is, null takes it away. It is erased with the tip.",
  at: tipPath,
  body: { schema: triageChange, example: { state: "working", assignee: "ana" } },
  answers: {
    200: {
      description: "As it is now.",
      schema: triaged,
      example: {
        tip: examples.accepted.tip,
        state: "working",
        assignee: "ana",
        changed_at: "2026-11-23T13:52:40.007Z",
      },
    },
  },
  problems: ["key-not-active"],
  find: ({ exchange, caller, at }) => seenTip(exchange, caller, at.tip),
  run: async ({ exchange, caller, at, body }) => answer(200, await triageTip(exchange, caller, at.tip, body)),
});
