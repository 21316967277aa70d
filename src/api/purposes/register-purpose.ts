/** `POST /v1/purposes` */
import { purposeSchema } from "../../core/purpose.ts";
import { registerPurpose } from "../../exchange/manage-purposes.ts";
import { registeredPurpose } from "../answers/purposes.ts";
import { give, operation } from "../operation.ts";
import { samplePurpose, sampleRegistered } from "./sample.ts";

export const registerPurposeOperation = operation({
  id: "registerPurpose",
  method: "POST",
  path: "/v1/purposes",
  tag: "Purposes",
  access: "purposes",
  summary: "Register why you will read",
  description:
    "Law enforcement only. Where your enrolment asks for the steward's approval it waits for that, and no token carries it before; otherwise it counts at once, as one does that a token request states. The same purpose again is the same one.",
  body: { schema: purposeSchema, example: samplePurpose },
  answers: {
    201: { description: "Registered.", schema: registeredPurpose, example: sampleRegistered },
    200: {
      description: "It was there already; this is what became of it.",
      schema: registeredPurpose,
      example: sampleRegistered,
    },
  },
  problems: ["key-not-active"],
  async run({ exchange, caller, body }) {
    const done = await registerPurpose(exchange, caller, body);
    return done.ok ? give(done.value.created ? 201 : 200, done.value.view) : done;
  },
});
