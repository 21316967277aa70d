/** `DELETE /v1/held-tips/{digest}` */
import { ok } from "../../core/result.ts";
import { findHeld, takeBackHeld } from "../../exchange/held-tips.ts";
import { operation } from "../operation.ts";
import { heldPath } from "./sample.ts";

export const takeBackHeldTipOperation = operation({
  id: "takeBackHeldTip",
  method: "DELETE",
  path: "/v1/held-tips/{digest}",
  tag: "Disputes",
  access: "tips:write",
  summary: "Take a held tip back",
  description: "It is erased at once, and nobody learns that there was one.",
  at: heldPath,
  answers: { 204: { description: "Gone." } },
  find: ({ exchange, caller, at }) => findHeld(exchange, caller.partner, at.digest),
  async run({ exchange, found }) {
    await takeBackHeld(exchange, found);
    return ok({ status: 204 });
  },
});
