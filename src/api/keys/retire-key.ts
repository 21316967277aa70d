/** `POST /v1/keys/{kid}/retire` */
import { retireKey } from "../../exchange/manage-keys.ts";
import { key } from "../answers/partners.ts";
import { answer, operation } from "../operation.ts";
import { keyPath, sampleKey } from "./sample.ts";

export const retireKeyOperation = operation({
  id: "retireKey",
  method: "POST",
  path: "/v1/keys/{kid}/retire",
  tag: "Keys",
  access: "keys",
  summary: "Retire an active key",
  description:
    "By a token of the key itself or of an older one. What it signed stays valid, by the receipts. The last active key cannot be retired.",
  at: keyPath,
  answers: {
    200: {
      description: "The key, which signs no more.",
      schema: key,
      example: { ...sampleKey, state: "retired", retired_at: "2026-11-25T10:00:00.000Z" },
    },
  },
  problems: ["key-state"],
  run: async ({ exchange, caller, at }) => answer(200, await retireKey(exchange, caller, at.kid)),
});
