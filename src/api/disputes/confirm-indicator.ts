/** `POST /v1/tips/{tip}/disputes/{ordinal}/confirmation` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { time, uuid } from "../../core/names.ts";
import { confirmIndicator } from "../../exchange/disputes.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { findOwnTip, tipPath } from "../tips/own-tip.ts";

const version = z.int().min(1);
const decided = z.strictObject({
  tip: uuid,
  version,
  ordinal: z.int().min(0),
  state: z.literal("confirmed"),
  decided_at: time,
});

export const confirmIndicatorOperation = operation({
  id: "confirmIndicator",
  method: "POST",
  path: "/v1/tips/{tip}/disputes/{ordinal}/confirmation",
  tag: "Disputes",
  access: "tips:write",
  summary: "Stand by a disputed indicator of your tip",
  description:
    "With a reason, which everyone who sees the tip may read. Its mark goes, and those whose voices carried the dispute carry none on it again while it stays as it is. To correct or drop it, submit a new version. For everyone but the author the tip is not there.",
  at: { ...tipPath, ordinal: z.string().regex(/^(?:0|[1-9][0-9]{0,4})$/) },
  body: {
    schema: z.strictObject({ reason: z.string().min(1).max(limits.disputes.reason_characters) }),
    example: { reason: "Registered by the operation's own payment card; two further accounts of it used the address." },
  },
  answers: {
    200: {
      description: "Confirmed, now or before.",
      schema: decided.meta({ id: "Confirmed" }),
      example: {
        tip: examples.accepted.tip,
        version: 1,
        ordinal: 0,
        state: "confirmed",
        decided_at: "2026-11-24T10:01:17.300Z",
      },
    },
  },
  problems: ["withdrawn", "version-conflict", "key-not-active"],
  find: ({ at, ...request }) => findOwnTip({ ...request, at: { tip: at.tip } }),
  run: async ({ exchange, caller, at, found, body }) =>
    answer(200, await confirmIndicator(exchange, caller, found, Number(at.ordinal), body.reason)),
});
