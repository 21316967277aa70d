/** `POST /v1/tips/{tip}/feedback` */
import * as z from "zod";
import { err } from "../../core/result.ts";
import { giveFeedback, seenTip } from "../../exchange/give-feedback.ts";
import { judgeSilence } from "../../exchange/judge-silence.ts";
import { documentProblems, signedFeedback } from "../answers/envelope.ts";
import { given } from "../answers/feedback.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { tipPath } from "./own-tip.ts";

const example = {
  feedback: examples.feedback_digest,
  tip: examples.accepted.tip,
  version: 1,
  accepted_at: "2026-11-23T14:10:00.204Z",
  seq: 4719,
};

export const giveFeedbackOperation = operation({
  id: "giveFeedback",
  method: "POST",
  path: "/v1/tips/{tip}/feedback",
  tag: "Tips",
  access: "feedback",
  summary: "Say what became of a tip",
  description:
    "Your signed word on a tip you may see, as a whole or on single indicators; of an indicator your newest word counts. It is for the tip's author alone unless it says `share`, then also for those who have sight of the tip at that moment, and for law enforcement among them only where it says so. The author does not speak on its own tip, but answers: `reply_to` and a note. Of a `false_positive` the answer says whether it is a voice in a dispute, and if not, why.",
  at: tipPath,
  body: { schema: signedFeedback, read: z.unknown(), example: examples.feedback },
  answers: {
    200: { description: "The same document was there already; nothing changed.", schema: given, example },
    201: { description: "Kept; the author has an event.", schema: given, example },
  },
  problems: [...documentProblems, "under-non-disclosure", "own-tip", "withdrawn", "version-conflict"],
  find: ({ exchange, caller, at }) => seenTip(exchange, caller, at.tip),
  async run({ exchange, caller, found, body }) {
    const silent = await judgeSilence(exchange, caller);
    if (silent) return err(silent);
    const said = await giveFeedback(exchange, caller, found, body);
    if (!said.ok) return said;
    return answer(said.value?.created ? 201 : 200, { ok: true, value: said.value?.given });
  },
});
