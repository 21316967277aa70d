/** `tipoff feedback`: what became of a tip, said and read. */
import type { Command } from "commander";
import type { Connection } from "../client/connect.ts";
import {
  type FeedbackContent,
  type FeedbackItem,
  type FeedbackSummary,
  feedbackOfMatches,
  type GivenFeedback,
  listFeedback,
  signFeedback,
  spokenOf,
  type TipFeedback,
} from "../client/feedback.ts";
import type { MatchAnswer } from "../client/match.ts";
import { type FeedbackStatus, feedbackStatuses } from "../core/feedback.ts";
import { circumstances } from "./home.ts";
import { labelsOf, placesIn } from "./places.ts";
import { list, oneOf, readJson, type Session, sendKept, session, wholeNumber } from "./session.ts";
import { Refused, show, table, tell, UsageError } from "./terminal.ts";
import { voiceText } from "./voice-text.ts";

interface FeedbackOptions {
  status?: FeedbackStatus;
  indicators?: string[];
  fromMatch?: string;
  count?: string;
  firstSeen?: string;
  lastSeen?: string;
  alreadyKnown?: boolean;
  note?: string;
  share?: boolean;
  withLawEnforcement?: boolean;
  replyTo?: string;
}

const wordOf = ({ status, alreadyKnown, count, firstSeen, lastSeen }: FeedbackOptions) => {
  const seen = {
    ...(count !== undefined && { count: wholeNumber("--count", count) }),
    ...(firstSeen && { first: firstSeen }),
    ...(lastSeen && { last: lastSeen }),
  };
  return {
    ...(status && { status }),
    ...(alreadyKnown && { already_known: true }),
    ...(Object.keys(seen).length > 0 && { seen }),
  };
};

const restOf = ({ note, share, withLawEnforcement }: FeedbackOptions) => ({
  ...(note !== undefined && { note }),
  ...((share || withLawEnforcement) && { share: "sight" as const }),
  ...(withLawEnforcement && { law_enforcement: true as const }),
});

function contentOf(options: FeedbackOptions, ordinals: number[] | undefined): FeedbackContent {
  const word = wordOf(options);
  const reply = options.replyTo && { reply_to: options.replyTo };
  if (!ordinals) return { ...word, ...restOf(options), ...reply };
  const ofIndicators = { ordinals, ...word, status: options.status! };
  return { ...restOf(options), ...reply, indicators: [ofIndicators] };
}

/** The same words again send the same document where no answer came. */
async function give(current: Session, tip: string, said: FeedbackContent, version?: number): Promise<GivenFeedback> {
  const { answer } = await sendKept<unknown, GivenFeedback>(current, ["feedback", tip, version, said], async () => ({
    method: "POST",
    path: `/v1/tips/${tip}/feedback`,
    body: await signFeedback(current.connection, await spokenOf(current.connection, tip, version), said),
  }));
  return answer;
}

/** Who reads it. `answers`: as the tip's author. An agency's word names it; under a non-disclosure it is refused. */
const heardBy = ({ share, law_enforcement }: FeedbackContent, { profile }: Connection, answers: boolean): string =>
  `${
    share === "sight"
      ? `its author and those with sight now read it, ${law_enforcement ? "" : "not "}law enforcement among them`
      : `${answers ? "whom it answers" : "its author"} alone reads it`
  }${profile.purpose === undefined ? "" : `, as the word of ${profile.partner}`}`;

/** What is answered, of whose id the beginning is enough; and whether the tip is one's own. */
async function answered(
  { connection }: Session,
  tip: string,
  start: string,
): Promise<{ reply_to: string; own: boolean }> {
  const { feedback, from } = await listFeedback(connection, tip);
  const found = feedback.filter((item) => item.feedback.startsWith(start));
  if (found.length === 1) return { reply_to: found[0]!.feedback, own: from === connection.profile.partner };
  throw new Refused(
    `${found.length === 0 ? "No feedback" : "More than one feedback"} on this tip begins with ${start}: tipoff feedback ${tip} shows their ids.`,
  );
}

async function giveFromMatch(current: Session, file: string, options: FeedbackOptions): Promise<void> {
  if (!options.status) throw new UsageError("--from-match goes with --status.");
  if (options.indicators || options.replyTo !== undefined)
    throw new UsageError("--from-match takes indicators from the file: leave --indicators and --reply-to out.");
  const { answers } = readJson(file) as { answers?: MatchAnswer[] };
  if (!Array.isArray(answers)) throw new UsageError(`${file} is not what tipoff match --json prints.`);
  const words = feedbackOfMatches(answers, { ...wordOf(options), status: options.status }, restOf(options));
  if (words.length === 0) throw new Refused(`${file} has no match: there is nothing to say.`);
  if (answers.some((answer) => answer.more_hits))
    tell("There were more matches than the file holds: nothing is said of those.");
  const given: (GivenFeedback & { indicators: number })[] = [];
  for (const { tip, version, said } of words) {
    const indicators = said.indicators[0]!.ordinals.length;
    given.push({ ...(await give(current, tip, said, version)), indicators });
  }
  show(current.json, { feedback: given }, () =>
    given.flatMap((each) => [
      `${options.status}: ${each.indicators} indicators of tip ${each.tip}, seq ${each.seq}.`,
      ...(each.dispute ? voiceText(each.dispute) : []),
    ]),
  );
}

export const countsText = (counts: Record<string, number> = {}): string =>
  Object.entries(counts)
    .map(([status, count]) => `${status} ${count}`)
    .join(", ");

export const summaryText = ({ reporters, by_status }: FeedbackSummary): string =>
  `${reporters} partner${reporters === 1 ? "" : "s"}: ${countsText(by_status)}`;

const itemLines = (item: FeedbackItem): string[] => [
  [
    item.accepted_at.slice(0, 19).replace("T", " "),
    item.by,
    ...(item.status ? [item.status] : []),
    ...(item.statuses ? [`indicators: ${countsText(item.statuses)}`] : []),
    ...(item.reply_to ? [`replies to ${item.reply_to}`] : []),
    ...(item.share === "sight" ? ["shared"] : []),
    ...(item.void
      ? ["void: its key was compromised"]
      : item.stands !== false || item.reply_to
        ? []
        : ["replaced since"]),
    item.feedback,
  ].join("  "),
  ...(item.document?.note ? [`  ${item.document.note}`] : []),
  ...(item.document?.indicators ?? []).flatMap(({ note, ordinals }) => (note ? [`  ${ordinals.join()}: ${note}`] : [])),
];

const mostPlaces = 20;

function textOf({ summary, feedback, version }: TipFeedback, labels: Awaited<ReturnType<typeof labelsOf>>): string[] {
  const places = summary.indicators ?? [];
  if (!summary.tip && feedback.length === 0) return ["Nothing was said of it yet, as far as you are told."];
  return [
    ...(summary.tip ? [summaryText(summary.tip)] : []),
    ...(places.length > 0
      ? table(
          ["place", "indicator", "partners", "said"],
          places
            .slice(0, mostPlaces)
            .map((row) => [row.ordinal, labels(row.ordinal, version), row.reporters, countsText(row.by_status)]),
        )
      : []),
    ...(places.length > mostPlaces ? [`… and ${places.length - mostPlaces} more (--json shows all)`] : []),
    ...feedback.flatMap(itemLines),
  ];
}

/** The command `feedback`, for others to add to. */
export function addFeedbackCommand(program: Command): Command {
  return program
    .command("feedback [tip]")
    .description("say what became of a tip, or of single indicators; without --status, read what was said of it")
    .option("--status <status>", feedbackStatuses.join(", "))
    .option("--indicators <places>", "of these alone: places from 0 (0,3-7), or values; tip show has both", list)
    .option("--from-match <file>", "of what tipoff match --json found; one word for each tip")
    .option("--count <n>", "how many there were on your side")
    .option("--first-seen <time>", "there; RFC 3339, or a day")
    .option("--last-seen <time>")
    .option("--already-known", "with found and actioned: you knew before the tip came")
    .option("--note <text>")
    .option("--share", "also with those who have sight of the tip now, but not law enforcement")
    .option("--with-law-enforcement", "with law enforcement among them too")
    .option("--reply-to <feedback>", "answer this feedback, with --note; the beginning of its id is enough")
    .addHelpText(
      "after",
      '\nExamples:\n  tipoff feedback TIP --status found --indicators 0,3-7 --count 12\n  tipoff feedback TIP --status false_positive --indicators @harbour.bakery --note "A bakery."\n  tipoff match --file accounts.csv --json > found.json && tipoff feedback --from-match found.json --status actioned\n  tipoff feedback TIP',
    )
    .action(async (id: string | undefined, options: FeedbackOptions, command: Command) => {
      oneOf("--status", options.status, feedbackStatuses);
      if ((id === undefined) === (options.fromMatch === undefined))
        throw new UsageError("Give a tip, or --from-match and a file.");
      if (options.status === "needs_context" && options.note === undefined)
        throw new UsageError("needs_context goes with --note: say what you lack, and the author answers.");
      const current = await session(command);
      if (options.fromMatch !== undefined) return giveFromMatch(current, options.fromMatch, options);
      const tip = id!;
      if (options.indicators && !options.status) throw new UsageError("--indicators goes with --status.");
      circumstances.reading = true;
      if (Object.keys(contentOf(options, undefined)).length === 0) {
        const found = await listFeedback(current.connection, tip);
        const labels = !current.json && found.summary.indicators ? await labelsOf(current.connection, tip) : () => "";
        return show(current.json, found, () => textOf(found, labels));
      }
      if (!options.status && !options.replyTo) throw new UsageError("Give --status, or --reply-to and --note.");
      const places = options.indicators && (await placesIn(current.connection, tip, options.indicators));
      const answer = options.replyTo !== undefined ? await answered(current, tip, options.replyTo) : undefined;
      const said = contentOf({ ...options, replyTo: answer?.reply_to }, places?.ordinals);
      const given = await give(current, tip, said, places?.version);
      show(current.json, given, () => [
        `Said: ${given.feedback}, seq ${given.seq}; ${heardBy(said, current.connection, answer?.own ?? false)}.`,
        ...(given.dispute ? [...voiceText(given.dispute), `What is disputed: tipoff dispute list ${tip}`] : []),
      ]);
    });
}
