/** `POST /v1/tips/{tip}/appeals` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { uuid } from "../../core/names.ts";
import { err } from "../../core/result.ts";
import { parseTime } from "../../core/time.ts";
import { appealIndicators, findAppealable } from "../../exchange/appeal.ts";
import { judgeSilence } from "../../exchange/judge-silence.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { tipPath } from "../tips/own-tip.ts";

const ordinals = z.array(z.int().min(0).max(limits.indicators)).min(1).max(limits.appeals);
const version = z.int().min(1);

export const appealIndicatorsOperation = operation({
  id: "appealIndicators",
  method: "POST",
  path: "/v1/tips/{tip}/appeals",
  tag: "Disputes",
  access: "feedback",
  summary: "Report appeals that you upheld",
  description:
    "You undid what you did on an indicator: it is marked at every door, and the author and everyone who has the tip, or was handed it, are told by name, so that each can look again. Send nothing of the person who appealed. Who reported it is told to the author alone. The same again changes nothing. For the author itself, and for whoever never had the tip, it is not there.",
  at: tipPath,
  body: {
    schema: z.strictObject({
      indicators: ordinals.describe("Their places in the document's `indicators`."),
      version: version.describe("The tip's current one, whose places these are."),
      decided_on: z
        .string()
        .regex(/^\d{4}-\d{2}-\d{2}$/, "Use YYYY-MM-DD.")
        .refine((text) => parseTime(text) !== undefined, "Use a day there is.")
        .meta({ format: "date" })
        .optional(),
    }),
    example: { indicators: [0], version: 1, decided_on: "2026-11-25" },
  },
  answers: {
    200: {
      description: "Reported, now or before.",
      schema: z.strictObject({ tip: uuid, version, indicators: z.array(z.int().min(0)) }).meta({ id: "Appealed" }),
      example: { tip: examples.accepted.tip, version: 1, indicators: [0] },
    },
  },
  problems: ["under-non-disclosure", "version-conflict"],
  find: ({ exchange, caller, at }) => findAppealable(exchange, caller, at.tip),
  async run({ exchange, caller, found, body }) {
    const silent = await judgeSilence(exchange, caller);
    return silent ? err(silent) : answer(200, await appealIndicators(exchange, caller, found, body));
  },
});
