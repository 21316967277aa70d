/**
 * The feedback document: a partner's signed word on a tip, and on single indicators of its current version, by their ordinals.
 * Judges it by itself and against what it speaks of; who may say it, and who reads it, is the exchange's business.
 */
import * as z from "zod";
import { always } from "./extensions.ts";
import { limits } from "./limits.ts";
import { day, digest, slug, time, uuid } from "./names.ts";
import type { Fault } from "./problem.ts";
import { instant, parseTime } from "./time.ts";

export const feedbackStatuses = [
  "received",
  "reviewing",
  "not_found",
  "found",
  "actioned",
  "no_violation",
  "false_positive",
  "outdated",
  "needs_context",
] as const;
export type FeedbackStatus = (typeof feedbackStatuses)[number];

const status = z.enum(feedbackStatuses);
const alreadyKnown = z.boolean().describe("Known before the tip came; of `found` and `actioned`.");
const seen = z
  .strictObject({
    count: z.int().min(0).optional().describe("How many there were, of all these indicators together."),
    first: day.optional(),
    last: day.optional(),
  })
  .describe("What was seen on one's own side.");
const note = z.string().min(1).max(limits.feedback.note_characters);

const word = { already_known: alreadyKnown.optional(), seen: seen.optional(), note: note.optional() };

type Word = { status?: FeedbackStatus; already_known?: boolean; seen?: z.infer<typeof seen> };

/** Says what does not go together in one word. */
function checkWord(value: Word, context: z.RefinementCtx): void {
  const fault = (member: string, message: string) => context.addIssue({ code: "custom", path: [member], message });
  if (value.already_known !== undefined && value.status !== "found" && value.status !== "actioned")
    fault("already_known", "This goes with found and actioned alone.");
  if (value.seen !== undefined && value.status === undefined) fault("seen", "Give the status it belongs to.");
  const [first, last] = [value.seen?.first, value.seen?.last].map((text) => parseTime(String(text)));
  if (first !== undefined && last !== undefined && last < first) fault("seen", "last lies before first.");
}

const ofIndicators = z
  .strictObject({
    ordinals: z
      .array(z.int().min(0))
      .min(1)
      .max(limits.indicators)
      .describe("Places in the `indicators` of the tip's current version."),
    status,
    ...word,
  })
  .superRefine(checkWord, always);

export const feedbackSchema = z
  .strictObject({
    exchange: z.string().max(256).describe("The exchange's identity, its issuer URL."),
    from: slug.describe("Who speaks."),
    tip: uuid,
    version: z.int().min(1).describe("The current version."),
    digest: digest.describe("Digest of that version's tip document."),
    issued_at: time,
    status: status.optional().describe("Of the tip as a whole."),
    ...word,
    share: z
      .enum(["author", "sight"])
      .optional()
      .describe("For the author alone, which is usual, or also for those who have sight of the tip at this moment."),
    law_enforcement: z.literal(true).optional().describe("With `sight`: for law enforcement among them too."),
    reply_to: digest
      .optional()
      .describe("Digest of a feedback document on this tip that this one answers, by its note."),
    indicators: z
      .array(ofIndicators)
      .min(1)
      .max(limits.indicators)
      .optional()
      .describe("Of single indicators, each named once; their status replaces what you said of them before."),
  })
  .superRefine((value, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    checkWord(value, context);
    if (value.law_enforcement && value.share !== "sight")
      fault(["law_enforcement"], 'This goes with share "sight" alone.');
    if (value.reply_to !== undefined && value.note === undefined)
      fault(["note"], "A reply says something: give a note.");
    if (value.status === undefined && value.indicators === undefined && value.reply_to === undefined)
      fault([], "Say something: a status, a status of indicators, or a reply.");
    if (!Array.isArray(value.indicators)) return;
    const told = new Set<number>();
    for (const [at, item] of value.indicators.entries()) {
      const ordinals: unknown = item?.ordinals;
      if (!Array.isArray(ordinals)) continue;
      for (const [place, ordinal] of ordinals.entries()) {
        if (told.has(ordinal)) fault(["indicators", at, "ordinals", place], "This indicator is named twice.");
        told.add(ordinal);
      }
    }
    if (told.size > limits.indicators)
      fault(["indicators"], `A feedback names at most ${limits.indicators} indicators.`);
  }, always)
  .meta({ id: "Feedback", description: "A partner's word on a tip: the payload of a signed feedback." });
export type Feedback = z.infer<typeof feedbackSchema>;

/** Against the tip it speaks of and the clock: ordinals that its version has not, a time to come. */
export function feedbackFaults(
  feedback: Partial<Feedback>,
  tip: { version: number; indicators: number },
  now: number,
): Fault[] {
  const faults: Fault[] = [];
  if (feedback.issued_at && parseTime(feedback.issued_at)! > now + limits.future_seconds * 1_000)
    faults.push({ pointer: "/issued_at", detail: "This lies in the future." });
  // Of another version nothing can be said here: it is refused for that.
  if (feedback.version !== tip.version) return faults;
  for (const [at, item] of (feedback.indicators ?? []).entries()) {
    for (const [place, ordinal] of (item?.ordinals ?? []).entries()) {
      if (!(ordinal >= tip.indicators)) continue;
      const detail = `Version ${tip.version} has the indicators 0 to ${tip.indicators - 1}.`;
      faults.push({ pointer: `/indicators/${at}/ordinals/${place}`, detail });
    }
  }
  return faults;
}

/** Each word with the ordinals it is of; -1 is the tip as a whole. */
export const wordsOf = (feedback: Feedback) => [
  ...(feedback.status ? [{ ...feedback, status: feedback.status, ordinals: [-1] }] : []),
  ...(feedback.indicators ?? []),
];

/** What is said of one ordinal. */
export interface Standing {
  ordinal: number;
  status: FeedbackStatus;
  already_known: boolean;
  count?: number;
  /** Instants. */
  first_seen?: string;
  last_seen?: string;
}

/** Every word of a document, one for each ordinal. */
export function standingsOf(feedback: Feedback): Standing[] {
  return wordsOf(feedback).flatMap(({ ordinals, status, already_known, seen }) =>
    ordinals.map((ordinal) => ({
      ordinal,
      status,
      already_known: already_known ?? false,
      // What was counted of several together is of none of them alone.
      ...(seen?.count !== undefined && ordinals.length === 1 && { count: seen.count }),
      ...(seen?.first && { first_seen: instant(parseTime(seen.first)!) }),
      ...(seen?.last && { last_seen: instant(parseTime(seen.last)!) }),
    })),
  );
}

/**
 * What a document says of which ordinal, without notes and times, in its order: a number each, that of an ordinal and of a
 * status's place in the list, which only ever grows at its end.
 */
export const spokenOf = (feedback: Feedback): number[] =>
  wordsOf(feedback).flatMap(({ ordinals, status }) =>
    ordinals.map((ordinal) => statusesAtMost * (ordinal + 1) + feedbackStatuses.indexOf(status)),
  );

/** `isPast`: a later version changed the indicator at that place. */
export const readSpoken = (spoken: number): { ordinal: number; status: FeedbackStatus; isPast: boolean } => ({
  ordinal: Math.floor(Math.abs(spoken) / statusesAtMost) - 1,
  status: feedbackStatuses[Math.abs(spoken) % statusesAtMost]!,
  isPast: spoken < 0,
});

/** Those numbers of one ordinal: the first, and the first behind them. */
export const spokenRange = (ordinal: number): [number, number] => [
  statusesAtMost * (ordinal + 1),
  statusesAtMost * (ordinal + 2),
];

export const statusesAtMost = 16;

/** Why a `false_positive` is feedback and no voice in a dispute: of the giver and the indicator, and nothing of other voices. */
export const voicelessReasons = [
  "whole-tip",
  "law-enforcement",
  "ended",
  "budget-used",
  "no-second-voice",
  "no-ownership",
  "enrolled-recently",
  "related-to-author",
] as const;
export type VoicelessReason = (typeof voicelessReasons)[number];

/** Of how many indicators which status is said. */
export function statusesOf({ indicators = [] }: Feedback): Partial<Record<FeedbackStatus, number>> {
  const counts: Partial<Record<FeedbackStatus, number>> = {};
  for (const { ordinals, status } of indicators) counts[status] = (counts[status] ?? 0) + ordinals.length;
  return counts;
}
