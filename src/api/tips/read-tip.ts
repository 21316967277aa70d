/** `GET /v1/tips/{tip}` */
import * as z from "zod";
import { problem } from "../../core/problem.ts";
import { err, ok } from "../../core/result.ts";
import { readTip } from "../../exchange/read-tip.ts";
import { signedTip } from "../answers/envelope.ts";
import { erasedTip, tipWhole } from "../answers/tips.ts";
import { examples } from "../examples.ts";
import { give, operation } from "../operation.ts";
import { tipPath } from "./own-tip.ts";
import { decoded, sampleItem, sampleWarnings } from "./sample.ts";

const jose = "application/jose+json";

export const readTipOperation = operation({
  id: "readTip",
  isOneReading: true,
  method: "GET",
  path: "/v1/tips/{tip}",
  tag: "Tips",
  access: "tips:read",
  summary: "Read a tip",
  description:
    "The signed bytes, untouched, beside what the exchange derives from them; with `accept: application/jose+json` the bare envelope. For its author an erased tip is what is left of it. Verify the signature under the author's key, and the receipt under the exchange's. The reading is recorded.",
  at: tipPath,
  answers: {
    200: {
      description: "The tip.",
      schema: z.union([tipWhole, erasedTip]),
      example: { ...sampleItem(), envelope: examples.tip, document: decoded(examples.tip), warnings: sampleWarnings },
      also: { type: jose, schema: signedTip, example: examples.tip },
    },
  },
  problems: ["not-acceptable"],
  async run({ context, exchange, caller, at }) {
    const accept = context.req.header("accept") ?? "*/*";
    const bare = /application\/jose\+json/i.test(accept);
    if (!bare && !/(\*|application)\/(\*|json)/i.test(accept))
      return err(problem("not-acceptable", `Accept application/json or ${jose}.`));
    const read = await readTip(exchange, caller, at.tip);
    if (!read.ok) return read;
    const found = read.value;
    if (!bare) return give(200, found?.item);
    return ok(found?.envelope && { status: 200, type: jose, body: found.envelope });
  },
});
