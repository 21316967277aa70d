/** `POST /v1/keys/{kid}/compromise` */
import { compromiseKey } from "../../exchange/compromise-key.ts";
import { compromised } from "../answers/partners.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { findOwnKey, keyPath, sinceBody } from "./sample.ts";

export const compromiseKeyOperation = operation({
  id: "compromiseKey",
  method: "POST",
  path: "/v1/keys/{kid}/compromise",
  tag: "Keys",
  access: "keys",
  summary: "Declare your key compromised",
  description:
    "By a token of an older live key. Every key it introduced since then falls with it; in the same transaction every tip submitted, rescoped or withdrawn under them since is suspended: hidden from all but you, who publish it anew under a live key or withdraw it.",
  at: keyPath,
  body: sinceBody,
  answers: {
    200: {
      description: "What fell.",
      schema: compromised,
      example: { keys: [examples.keys.added.kid], tips_suspended: 2 },
    },
  },
  problems: ["key-state"],
  find: findOwnKey,
  run: async ({ exchange, caller, at, body }) =>
    answer(200, await compromiseKey(exchange, caller.partner, at.kid, body.since, caller)),
});
