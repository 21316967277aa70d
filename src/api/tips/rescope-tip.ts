/** `PUT /v1/tips/{tip}/audience` */
import * as z from "zod";
import { uuid } from "../../core/names.ts";
import { rescopeTip } from "../../exchange/rescope-tip.ts";
import { documentDigest, documentProblems, signedAudience } from "../answers/envelope.ts";
import { seq } from "../answers/tips.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { findOwnTip, tipPath } from "./own-tip.ts";

export const rescopeTipOperation = operation({
  id: "rescopeTip",
  method: "PUT",
  path: "/v1/tips/{tip}/audience",
  tag: "Tips",
  access: "tips:write",
  summary: "Rescope your tip",
  description:
    "Replaces the audience. Who gains sight is told `published`, who loses it `recalled`, by name; the rest hear nothing. The tip's TLP and handling are judged again. For everyone but the author the tip is not there.",
  at: tipPath,
  body: { schema: signedAudience, read: z.unknown(), example: examples.nextAudience },
  answers: {
    200: {
      description: "The audience as it now is; the identical current audience changes nothing.",
      schema: z
        .strictObject({ tip: uuid, revision: z.int().min(1), digest: documentDigest, seq })
        .meta({ id: "Rescoped" }),
      example: { tip: examples.accepted.tip, revision: 2, digest: examples.next_audience_digest, seq: 4718 },
    },
  },
  problems: [...documentProblems, "unknown-recipient", "withdrawn", "audience-conflict", "version-conflict"],
  find: findOwnTip,
  run: async ({ exchange, caller, found, body }) => answer(200, await rescopeTip(exchange, caller, found, body)),
});
