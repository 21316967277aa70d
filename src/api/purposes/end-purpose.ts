/** `POST /v1/purposes/{purpose}/end` */
import { endPurpose } from "../../exchange/manage-purposes.ts";
import { registeredPurpose } from "../answers/purposes.ts";
import { answer, operation } from "../operation.ts";
import { findOwnPurpose, purposePath, sampleApproved } from "./sample.ts";

export const endPurposeOperation = operation({
  id: "endPurpose",
  method: "POST",
  path: "/v1/purposes/{purpose}/end",
  tag: "Purposes",
  access: "purposes",
  summary: "End one of your purposes",
  description:
    "Nothing is read for it from now on: its tokens, read tokens, subscriptions and streams end with it. It cannot be begun again.",
  at: purposePath,
  answers: {
    200: {
      description: "Ended.",
      schema: registeredPurpose,
      example: { ...sampleApproved, state: "ended", ended_at: "2026-12-01T09:00:00.000Z", ended_by: "partner" },
    },
  },
  problems: ["key-not-active"],
  find: findOwnPurpose,
  run: async ({ exchange, caller, found }) => answer(200, await endPurpose(exchange, caller, found)),
});
