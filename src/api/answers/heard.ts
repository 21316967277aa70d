/** What the overview of one's own tips answers with. The worker tests hold every answer against it. */
import * as z from "zod";
import { slug, time, uuid } from "../../core/names.ts";
import { tipStates } from "../../core/tip.ts";
import { documentDigest } from "./envelope.ts";
import { summary, word } from "./feedback.ts";
import { marked } from "./tips.ts";

export const heardTip = z
  .strictObject({
    tip: uuid,
    version: z.int().min(1),
    state: z.enum([...tipStates, "erased"]),
    operation: z.strictObject({ id: uuid, name: z.string().optional().describe("Erased with the tip's content.") }),
    words: z.int().min(0).describe("Documents that others gave; with `since`, since then."),
    unanswered: z
      .int()
      .min(0)
      .describe(
        "Documents that ask for context and still stand, whose giver you have answered neither on them nor on anything it said since.",
      ),
    summary: summary.optional().describe("How many partners say what; absent where nothing counts any more."),
    marked: marked.optional(),
    newest: z
      .strictObject({
        feedback: documentDigest,
        by: slug.describe("Who gave it."),
        accepted_at: time,
        ...word,
        void: z.literal(true).optional().describe("Signed with a key since declared compromised: it does not count."),
      })
      .describe("The newest document that somebody else gave."),
  })
  .meta({ id: "HeardTip", description: "One of your own tips, and what became of it." });
