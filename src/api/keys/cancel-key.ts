/** `POST /v1/keys/{kid}/cancel` */
import { cancelKey } from "../../exchange/manage-keys.ts";
import { key } from "../answers/partners.ts";
import { answer, operation } from "../operation.ts";
import { keyPath, sampleAdded } from "./sample.ts";

export const cancelKeyOperation = operation({
  id: "cancelKey",
  method: "POST",
  path: "/v1/keys/{kid}/cancel",
  tag: "Keys",
  access: "keys",
  summary: "Cancel a waiting key",
  description: "By a token of another of your keys.",
  at: keyPath,
  answers: {
    200: {
      description: "The key, which never becomes active.",
      schema: key,
      example: { ...sampleAdded, state: "cancelled" },
    },
  },
  problems: ["key-state"],
  run: async ({ exchange, caller, at }) => answer(200, await cancelKey(exchange, caller, at.kid)),
});
