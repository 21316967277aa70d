/** What the tips' doors answer with. The worker tests hold every answer against these. */
import * as z from "zod";
import { tlps, withdrawalReasons } from "../../core/audience.ts";
import { indicatorSchema } from "../../core/indicators/registry.ts";
import { limits } from "../../core/limits.ts";
import { eventTypes, legalProcessUrl, slug, time, uuid } from "../../core/names.ts";
import {
  askFor,
  contactSchema,
  embargoSchema,
  handlingSchema,
  open,
  relation,
  relationsSchema,
  tipHeading,
  tipSchema,
  tipStates,
  urgencies,
} from "../../core/tip.ts";
import { documentDigest, receipt, signedAudience, signedTip } from "./envelope.ts";
import { summary, word } from "./feedback.ts";
import { fault } from "./problem.ts";
import { triageShown } from "./triage.ts";

const version = z.int().min(1);
export const seq = z.int().min(1).describe("Place in the exchange's commit order.");
export const author = slug.describe("The tip's author.");
const handling = handlingSchema.describe("What its author forbids or wants minded; empty where nothing is stated.");
export const through = z
  .string()
  .describe('The one token by which it reached you, e.g. "group:election-cell"; "author" where it is yours.');
const operation = z.strictObject({ id: uuid, name: z.string() });
/** Beside the signed document, which they never change. */
const mark = {
  disputed: z
    .literal(true)
    .optional()
    .describe("The platform that hosts it, or two unrelated partners, hold it to be a false positive."),
  undecided: z.literal(true).optional().describe("So for 14 days, and its author has not decided."),
  appealed: z.literal(true).optional().describe("A partner upheld an appeal against what was done on it."),
};
/** As of indicators, of which most are others'. */
const end = z
  .enum(tipStates)
  .exclude(["live"])
  .optional()
  .describe("Of your own tip, where it has ended: nobody else sees it.");
const counts = z.int().min(1).optional();
export const marked = z
  .strictObject({ disputed: counts, undecided: counts, appealed: counts })
  .meta({ id: "Marked", description: "How many of its indicators the exchange marks; absent where none is." });
const ordinals = z.array(z.int().min(0)).min(1).optional();
export const marks = z
  .strictObject({ disputed: ordinals, undecided: ordinals, appealed: ordinals })
  .meta({ id: "Marks", description: "Ordinals of the indicators that the exchange marks: for a person to look at." });
const warnings = z.array(fault).max(100).describe("Doubtful values; they refuse nothing.");

export const forYou = z
  .strictObject({
    indicators: z.int().min(0).describe("How many of its indicators lie on your own platforms and domains."),
    ask: askFor.optional(),
    respond_by: time.optional(),
  })
  .meta({ id: "ForYou", description: "How much of it is yours, what is asked, by when." });

export const claim = z
  .strictObject({
    relation: relation.describe("What the one is to the other."),
    tip: uuid,
    related: uuid.describe("Both are tips you may see."),
    claimed_by: slug.describe("Whose word it is: nobody has judged it."),
  })
  .meta({ id: "Claim", description: "That a tip relates to another, as the author of either says." });

export const page = {
  next: z.string().nullable().describe("Pass it as `after`; null at the end."),
  more: z.boolean().describe("Whether to go on. A page may be short, or empty, while this is true."),
};

export const submitted = z
  .strictObject({ tip: uuid, version, digest: documentDigest, seq, accepted_at: time, receipt, warnings })
  .meta({ id: "Receipt", description: "A tip as it was accepted: kept from now on." });

export const differenceCounts = z
  .strictObject({ added: z.int().min(0), changed: z.int().min(0), removed: z.int().min(0) })
  .meta({
    id: "DifferenceCounts",
    description: "Indicators that a new version adds, tells otherwise, and leaves out.",
  });

const item = {
  tip: uuid,
  version,
  from: author,
  accepted_at: time,
  first_accepted_at: time.describe("When its first version was."),
  expires_at: time,
  ...tipHeading,
  handling,
  indicators: z.strictObject({
    total: z.int().min(0),
    by_type: z.record(z.string(), z.int().min(1)).describe("How many of each type."),
  }),
  marked: marked.optional(),
  through,
  state: z.enum(tipStates).optional().describe("How it stands with your own tip. For the author alone."),
  for_you: forYou,
  relates_to: relationsSchema.optional().describe("Only relations to tips you may see."),
  claims: z
    .array(claim)
    .max(limits.operation.claims)
    .optional()
    .describe("What its document does not say: others' tips relate to it, or a relation was claimed without a tip."),
  triage: triageShown.optional().describe("Your own word on it. Of your own tips only where you said something."),
  legal_process_url: legalProcessUrl
    .optional()
    .describe("Where its author takes legal process: records are had there, not here."),
  digest: documentDigest,
  seq,
  receipt,
};

export const tipItem = open(item).meta({
  id: "TipItem",
  description: "A tip in a list: its heading as written, and what the exchange derives from it.",
});

export const tipWhole = open({
  ...item,
  envelope: signedTip,
  document: tipSchema,
  warnings,
  feedback: summary.optional(),
  marks: marks.optional(),
  difference: differenceCounts.optional().describe("Of a later version: against the one before."),
  audience: signedAudience.optional().describe("For the author alone."),
  audience_digest: documentDigest.optional().describe("For the author alone: `previous` of the next audience."),
  revision: z.int().min(1).optional().describe("For the author alone: the current audience's."),
}).meta({ id: "Tip", description: "A tip with its signed bytes, the decoded document and warnings." });

export const erasedTip = z
  .strictObject({
    tip: uuid,
    version,
    from: author,
    state: z.literal("erased"),
    erased_at: time,
    operation: z.strictObject({ id: uuid }).describe("With which a next version goes on."),
    accepted_at: time,
    digest: documentDigest,
    seq,
    receipt,
    revision: z.int().min(1).describe("The current audience's."),
    audience_digest: documentDigest.describe("`previous` of the next audience."),
  })
  .meta({ id: "ErasedTip", description: "What its author is told of a tip whose content was erased." });

export const event = z
  .strictObject({
    id: z.string().regex(/^evt_/),
    type: z.enum(eventTypes).describe("Kinds may be added: pass over what you do not know."),
    at: time,
    tip: uuid.optional(),
    version: version.optional(),
    from: author.optional(),
    through: through.optional(),
    for_you: forYou.optional(),
    marked: marked.optional(),
    urgency: z.enum(urgencies).optional(),
    respond_by: time.optional(),
    reason: z
      .enum(withdrawalReasons)
      .optional()
      .describe("Of `withdrawn`: why its author took it back, as long as the exchange keeps that."),
    feedback: documentDigest
      .optional()
      .describe("Of `feedback`: which document, as `GET /v1/tips/{tip}/feedback` shows it."),
    by: z
      .union([slug, z.array(slug)])
      .optional()
      .describe("Of `feedback`: who gave it. Of `disputed` and `appealed`, for the author alone: whose word it is."),
    indicators: z
      .array(z.int().min(0))
      .optional()
      .describe(
        "Of `disputed`, `undisputed`, `appealed`: which, by their places; of `dropped` those in the version before.",
      ),
    undecided: z.literal(true).optional().describe("Of `disputed`: for 14 days, and its author has not decided."),
    outcome: z.enum(["confirmed", "corrected", "dropped", "taken-back"]).optional().describe("Of `undisputed`."),
    decided_on: z.string().optional().describe("Of `appealed`: the day."),
    ...word,
    difference: differenceCounts.optional().describe("Of `revised`."),
    envelope: signedTip.optional().describe("With `documents=true`, where the event's version is the current one."),
    receipt: receipt.optional(),
    marks: marks.optional(),
    subscription: uuid.optional().describe("Of `subscription_paused`: which of your own."),
  })
  .meta({ id: "Event", description: "What happened to a tip you may see, or were handed." });

export const indicatorItem = z
  .strictObject({
    tip: uuid,
    version,
    ordinal: z.int().min(0).describe("Its place in the document's `indicators`."),
    from: author,
    operation: uuid,
    through,
    state: end,
    tlp: z.enum(tlps),
    handling,
    embargo: embargoSchema.optional(),
    ...mark,
    human_review: z.literal(true).optional().describe("Where it is marked: do not act on it automatically."),
    indicator: indicatorSchema,
  })
  .meta({ id: "IndicatorItem", description: "One indicator in canonical form, with what binds its reader." });

const how = ["exact", "in-range", "parent-domain", "on-host", "former-handle", "similar", "by-author"] as const;

const match = z
  .strictObject({
    tip: uuid,
    version,
    ordinal: z.int().min(0),
    from: author,
    operation,
    through,
    state: end,
    tlp: z.enum(tlps),
    handling,
    embargo: embargoSchema.optional(),
    contact: contactSchema.optional(),
    control: z.string().describe("Whose it is; everything but `operated` is for human review."),
    confidence: z.int().min(0).max(100).optional(),
    how: z.enum(how),
    distance: z.int().min(0).max(31).optional().describe("Hamming distance of a similar image hash."),
    human_review: z.boolean().describe("Do not act on this automatically."),
    ...mark,
    common: z.literal(true).optional().describe("The value is everyone's, a public resolver say."),
    indicator: indicatorSchema,
  })
  .meta({ id: "Match", description: "An indicator that answers a question, and why." });

export const matchAnswer = z
  .strictObject({
    read_as: indicatorSchema.optional().describe("How the question was understood."),
    unreadable: z.string().optional().describe("Why it was not."),
    hits: z.array(match),
    context: z.array(match).describe("In a range that belongs to everyone: never a match by itself."),
    more_hits: z.literal(true).optional(),
  })
  .meta({ id: "MatchAnswer", description: "The answer to the question of the same position." });
