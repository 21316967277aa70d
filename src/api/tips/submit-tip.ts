/** `POST /v1/tips` */
import * as z from "zod";
import { submissionsLeft } from "../../exchange/quota-used.ts";
import { submitTip } from "../../exchange/submit-tip.ts";
import { documentProblems, signedAudience, signedTip } from "../answers/envelope.ts";
import { submitted } from "../answers/tips.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { sampleWarnings } from "./sample.ts";

const accepted = { ...examples.accepted, warnings: sampleWarnings };

export const submitTipOperation = operation({
  id: "submitTip",
  method: "POST",
  path: "/v1/tips",
  tag: "Tips",
  access: "tips:write",
  summary: "Submit a tip, or its next version",
  description:
    "A signed tip with its signed audience. Once this answers, document, indicators, audience and event are kept, together or not at all. Sending the same document again is the same tip: if you do not know whether it arrived, send it again. A new version brings the next audience revision.",
  body: {
    schema: z.strictObject({ tip: signedTip, audience: signedAudience }),
    read: z.strictObject({ tip: z.unknown(), audience: z.unknown() }),
    example: { tip: examples.tip, audience: examples.audience },
  },
  admit: ({ exchange, caller }) => submissionsLeft(exchange, caller),
  answers: {
    201: {
      description: "Accepted, and kept.",
      schema: submitted,
      example: accepted,
    },
    200: {
      description: "The same document was accepted before; nothing changed.",
      schema: submitted,
      example: accepted,
    },
  },
  problems: [
    ...documentProblems,
    "unknown-recipient",
    "tip-taken",
    "withdrawn",
    "version-conflict",
    "audience-conflict",
    "full",
  ],
  async run({ exchange, caller, body }) {
    const done = await submitTip(exchange, caller, body);
    if (!done.ok) return done;
    const { created, submitted } = done.value;
    return answer(created ? 201 : 200, { ok: true, value: submitted });
  },
});
