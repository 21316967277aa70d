/** `POST /v1/tips` */
import * as z from "zod";
import { submissionsLeft } from "../../exchange/quota-used.ts";
import { submitTip } from "../../exchange/submit-tip.ts";
import { documentProblems, signedAudience, signedTip } from "../answers/envelope.ts";
import { held } from "../answers/held-tips.ts";
import { submitted } from "../answers/tips.ts";
import { examples } from "../examples.ts";
import { sampleHeld } from "../held-tips/sample.ts";
import { give, operation } from "../operation.ts";
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
    202: {
      description:
        "Held, now or before: you published far more than you used to, or too much of it is disputed. Nobody else learns of it until the steward, who sees counts and not content, lets it go. There is no `seq`.",
      schema: held,
      example: sampleHeld,
    },
  },
  problems: [
    "held-full",
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
    if (done.value.held) return give(202, done.value.held);
    return give(done.value.created ? 201 : 200, done.value.submitted);
  },
});
