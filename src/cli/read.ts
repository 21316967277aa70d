/** `tipoff feed`, `tipoff match`, `tipoff verify`. */
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { type FeedEvent, feed } from "../client/feed.ts";
import { type MatchAnswer, match, type Question } from "../client/match.ts";
import { type KeySet, verifyTip } from "../client/verify.ts";
import { decode } from "../core/base64url.ts";
import { labelOf } from "../core/indicators/registry.ts";
import { importReport } from "../formats/report.ts";
import { cursorFile, keySetFile, loadProfile, writePrivate } from "./home.ts";
import { directory, type Row, readJson, readText, session } from "./session.ts";
import { progress, say, sayJson, show, table, tell, Unverified, UsageError } from "./terminal.ts";

/** What it is about and whom to ring, from the document where the event carries one. */
function aboutOf({ envelope }: FeedEvent): string[] {
  if (!envelope) return [];
  const document = JSON.parse(new TextDecoder().decode(decode(envelope.payload))) as Row;
  const { team, email, phone } = document.contact ?? {};
  return [
    document.operation.name,
    `TLP:${document.tlp}`,
    ...(document.embargo ? [`embargo until ${document.embargo.until}`] : []),
    ...(document.contact ? [`contact ${[team, email, phone].filter(Boolean).join(", ")}`] : []),
  ];
}

const eventLine = (event: FeedEvent): string =>
  [
    event.at.slice(0, 19).replace("T", " "),
    event.type.padEnd(14),
    ...(event.subscription ? [`subscription ${event.subscription}`] : [event.tip, `from ${event.from}`]),
    ...(event.through && event.through !== "author" ? [`through ${event.through}`] : []),
    ...(event.for_you?.indicators ? [`${event.for_you.indicators} are yours`] : []),
    ...(event.for_you?.ask
      ? [`asks: ${event.for_you.ask.join(", ")}${event.respond_by ? ` by ${event.respond_by}` : ""}`]
      : []),
    ...(event.urgency ? [event.urgency] : []),
    ...aboutOf(event),
  ].join("  ");

export function addReadCommands(program: Command): void {
  program
    .command("feed")
    .description("what happened since the last time this command ran: one line an event")
    .option("--follow", "wait for more")
    .option("--documents", "with the signed documents (use with --json)")
    .option("--from-start", "from the beginning, not from where the last reading ended")
    .action(async (options: { follow?: boolean; documents?: boolean; fromStart?: boolean }, command: Command) => {
      const { connection, json, name } = await session(command);
      const file = cursorFile(name);
      const { kid } = connection.profile;
      const kept = existsSync(file)
        ? (JSON.parse(readFileSync(file, "utf8")) as { after: string; kid: string })
        : undefined;
      let after = !options.fromStart && kept?.kid === kid ? kept.after : "";
      let events = 0;
      // A line for people says what the tip is about, which is in the document.
      for await (const { cursor, ...event } of feed(connection, {
        after,
        documents: options.documents || !json,
        follow: options.follow ? 2_000 : undefined,
        trouble: (error) => tell(`${error.message}; trying again.`),
      })) {
        if (json) sayJson(event);
        else say(eventLine(event));
        events++;
        if (cursor === after) continue;
        after = cursor;
        writePrivate(file, { after, kid });
      }
      if (events === 0 && !json) tell("Nothing new.");
    });

  program
    .command("match [values...]")
    .description("ask which values others have tipped you off about; the questions are stored nowhere")
    .option("--file <file>", "a CSV, an export or one value a line")
    .option("--platform <name>", "whose accounts the file lists")
    .addHelpText(
      "after",
      "\nExamples:\n  tipoff match 203.0.113.9 https://x.com/someone\n  tipoff --as facepage match --file accounts.csv --platform facepage --json",
    )
    .action(async (values: string[], options: { file?: string; platform?: string }, command: Command) => {
      const current = await session(command);
      const { connection, json } = current;
      const asked: Question[] = [...values];
      if (options.file) {
        const report = importReport([{ name: options.file, text: readText(options.file) }], {
          platform: options.platform,
          sites: (await directory(current)).sites,
        });
        asked.push(...report.indicators.map(questionOf));
        const unread = report.files.flatMap((file) => file.unread);
        if (unread.length > 0)
          tell(
            `${unread.length} rows could not be read: ${unread
              .slice(0, 5)
              .map((row) => `line ${row.line}: ${row.reason}`)
              .join("; ")}`,
          );
      }
      if (asked.length === 0) throw new UsageError("Give values, or --file.");
      const bar = progress("Asking", asked.length);
      const answers = await match(connection, asked, { progress: bar.at });
      bar.end();
      show(json, { answers }, () => matchText(asked, answers));
    });

  program
    .command("verify <file>")
    .description("verify a signed tip offline, against the saved key set (tipoff keys save) and its receipt")
    .option("--keys <file>", "another key set")
    .action(async (file: string, options: { keys?: string }, command: Command) => {
      const globals = command.optsWithGlobals();
      const saved = options.keys ?? keySetFile(loadProfile(globals.as, globals.exchange).name);
      if (!existsSync(saved)) throw new UsageError("There is no saved key set: tipoff keys save");
      const given = readJson(file) as Row;
      const verified = await verifyTip(
        given.envelope ?? given.tip ?? given,
        readJson(saved) as unknown as KeySet,
        given.receipt,
      );
      if (!verified.ok) throw new Unverified(`NOT verified: ${verified.error}`);
      const { document, ...rest } = verified.value;
      show(
        globals.json,
        { verified: true, ...rest, tip: document.tip, version: document.version },
        () =>
          `Verified: tip ${document.tip} version ${document.version} is ${rest.from}'s, signed by ${rest.kid}${rest.accepted_at ? `, accepted ${rest.accepted_at}` : ""}.`,
      );
    });
}

/** An indicator as a question: what names it, without what is known of it. */
const questionOf = (indicator: Row): Exclude<Question, string> => {
  const { type, platform, kind, id, handle, former_handles, value, digest, algorithm, url, store, chain } = indicator;
  return JSON.parse(
    JSON.stringify({ type, platform, kind, id, handle, former_handles, value, digest, algorithm, url, store, chain }),
  );
};

function matchText(asked: readonly Question[], answers: readonly MatchAnswer[]): string[] {
  const labels = asked.map((question) => (typeof question === "string" ? question : labelOf(question as never)));
  const rows = (list: "hits" | "context") =>
    answers.flatMap((answer, position) =>
      answer[list].map((found) => [
        labels[position],
        found.how + (found.distance === undefined ? "" : ` (distance ${found.distance})`),
        labelOf(found.indicator),
        found.control,
        found.from,
        found.operation.name,
        `TLP:${found.tlp}${found.embargo ? ` embargo ${found.embargo.until}` : ""}${found.human_review ? " human review" : ""}${found.common ? " common" : ""}`,
        found.through,
      ]),
    );
  const head = ["asked", "how", "indicator", "control", "from", "operation", "terms", "through"];
  const [hits, context] = [rows("hits"), rows("context")];
  const cut = labels.filter((_, position) => answers[position]?.more_hits);
  const unreadable = answers.filter((answer) => answer.unreadable).length;
  return [
    `${answers.filter((answer) => answer.hits.length > 0).length} of ${answers.length} matched; ${answers.filter((answer) => answer.context.length > 0).length} have context alone or besides${unreadable > 0 ? `; ${unreadable} could not be read` : ""}.`,
    ...(hits.length > 0 ? ["", "Matches", ...table(head, hits)] : []),
    ...(context.length > 0
      ? ["", "Context: ranges that are everyone's; not a match by itself", ...table(head, context)]
      : []),
    ...(cut.length > 0
      ? ["", "There is more than is shown here of", ...shortened(cut).map((label) => `  ${label}`)]
      : []),
  ];
}

const shortened = (labels: readonly unknown[]): unknown[] =>
  labels.length > 20 ? [...labels.slice(0, 20), `… and ${labels.length - 20} more (--json shows all)`] : [...labels];
