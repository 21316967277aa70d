/** `POST /v1/partners/{slug}/held-tips/{digest}/release` */
import { findHeld, releaseHeld } from "../../exchange/held-tips.ts";
import { settled } from "../answers/held-tips.ts";
import { answer, operation } from "../operation.ts";
import { partnersHeldPath, sampleCounts } from "./sample.ts";

export const releaseHeldTipOperation = operation({
  id: "releaseHeldTip",
  method: "POST",
  path: "/v1/partners/{slug}/held-tips/{digest}/release",
  tag: "Disputes",
  access: "admin",
  summary: "Let a held tip go",
  description:
    "It is submitted in its author's name as of now: keys, audience and version are judged again. Where that is refused it stays held, and its author is told why; you are told which problem it met.",
  at: partnersHeldPath,
  answers: {
    200: {
      description: "What became of it.",
      schema: settled,
      example: { digest: sampleCounts.digest, state: "released" },
    },
  },
  find: ({ exchange, at }) => findHeld(exchange, at.slug, at.digest),
  run: async ({ exchange, caller, found }) => answer(200, await releaseHeld(exchange, caller, found)),
});
