/** What the doors of feedback answer with. The worker tests hold every answer against these. */
import * as z from "zod";
import { feedbackSchema, feedbackStatuses, voicelessReasons } from "../../core/feedback.ts";
import { slug, time, uuid } from "../../core/names.ts";
import { documentDigest, signedFeedback } from "./envelope.ts";

const version = z.int().min(1);
const seq = z.int().min(1).describe("Place in the exchange's commit order.");

/** The status of a tip, of how many indicators which, and what it answers. */
export const word = {
  status: z.enum(feedbackStatuses).optional().describe("Of the tip as a whole."),
  statuses: z
    .partialRecord(z.enum(feedbackStatuses), z.int().min(1))
    .optional()
    .describe("Of how many indicators which status was said."),
  reply_to: documentDigest.optional().describe("The feedback it answers."),
};

const places = z.array(z.int().min(0)).min(1).optional();
const ownVoice = z
  .strictObject({
    alone: places.describe("You host these: your word disputes them by itself."),
    with_another: places.describe("Your voice counts: it disputes together with that of another unrelated partner."),
    not_counted: z
      .array(z.strictObject({ reason: z.enum(voicelessReasons), indicators: places }))
      .min(1)
      .optional()
      .describe(
        "Feedback, and no voice: it is of the tip as a whole; an agency has none; the indicator has ended; as much as you may dispute in 30 days, or of one tip, is used; you took your voice back, or what it carried was decided; the steward attested no ownership of yours; you are enrolled for less than 30 days; you and the author are of one ownership.",
      ),
  })
  .meta({
    id: "OwnVoice",
    description:
      "Whether your `false_positive` disputes, by the indicators' places. It tells nothing of others' voices.",
  });

export const given = z
  .strictObject({
    feedback: documentDigest,
    tip: uuid,
    version,
    accepted_at: time,
    seq,
    dispute: ownVoice.optional().describe("Where it says `false_positive`: as things are now."),
  })
  .meta({ id: "GivenFeedback", description: "Feedback as it was accepted: kept from now on." });

const counts = {
  reporters: z.int().min(1).describe("How many partners have said something."),
  by_status: z
    .partialRecord(z.enum(feedbackStatuses), z.int().min(1))
    .describe("How many of them said which. A partner counts by its newest word on each indicator."),
};

export const summary = z.strictObject(counts).meta({
  id: "FeedbackSummary",
  description:
    "What partners say of a tip, of it or of any of its indicators. Others than its author see it from five partners on.",
});

const item = z
  .strictObject({
    feedback: documentDigest,
    by: slug.describe("Who gave it."),
    version,
    accepted_at: time,
    seq,
    share: z
      .enum(["author", "sight"])
      .describe("Also for those who had sight of the tip then, or for its author alone."),
    law_enforcement: z.literal(true).optional(),
    ...word,
    stands: z
      .boolean()
      .optional()
      .describe("Something of it is still its giver's newest word. Told to the giver and the tip's author."),
    void: z.literal(true).optional().describe("Signed with a key since declared compromised: it does not count."),
    envelope: signedFeedback.optional().describe("Erased with the tip's content."),
    document: feedbackSchema.optional(),
  })
  .meta({ id: "FeedbackItem", description: "One feedback document, with its signed bytes." });

export const feedbackPage = z
  .strictObject({
    tip: uuid,
    version,
    from: slug.describe("The tip's author."),
    digest: documentDigest.describe("Of the current version's document: what feedback speaks of."),
    summary: z.strictObject({
      tip: summary.optional(),
      indicators: z.array(z.strictObject({ ordinal: z.int().min(0), ...counts })).optional(),
      more_indicators: z.literal(true).optional().describe("Go on with `ordinal_after`, the last one's."),
    }),
    feedback: z.array(item),
    next: z.string().nullable(),
    more: z.boolean(),
  })
  .meta({ id: "FeedbackPage", description: "What was said of a tip, as far as it is the reader's." });
