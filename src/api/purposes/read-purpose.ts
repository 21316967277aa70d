/** `GET /v1/purposes/{purpose}` */
import { showPurpose } from "../../exchange/manage-purposes.ts";
import { registeredPurpose } from "../answers/purposes.ts";
import { give, operation } from "../operation.ts";
import { findOwnPurpose, purposePath, sampleApproved } from "./sample.ts";

export const readPurposeOperation = operation({
  id: "readPurpose",
  method: "GET",
  path: "/v1/purposes/{purpose}",
  tag: "Purposes",
  access: "purposes",
  summary: "Read one of your purposes",
  at: purposePath,
  answers: { 200: { description: "As it is now.", schema: registeredPurpose, example: sampleApproved } },
  find: findOwnPurpose,
  run: ({ exchange, found }) => give(200, showPurpose(exchange, found)),
});
