/** `tipoff feed`, `tipoff verify`. */

import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { type FeedEvent, feed } from "../client/feed.ts";
import { type KeySet, verifyTip } from "../client/verify.ts";
import { readPayload } from "../core/envelope.ts";
import { cursorFile, keySetFile, loadProfile, savedKeySets, writePrivate } from "./home.ts";
import { type Globals, type Row, readJson, session, untilStopped } from "./session.ts";
import { say, sayJson, show, tell, Unverified, UsageError } from "./terminal.ts";

/** What it is about and whom to ring, from the document where the event carries one. */
function aboutOf({ envelope }: FeedEvent): string[] {
  if (!envelope) return [];
  const document = readPayload(envelope.payload) as Row;
  const { team, email, phone } = document.contact ?? {};
  return [
    document.operation.name,
    `TLP:${document.tlp}`,
    ...(document.embargo ? [`embargo until ${document.embargo.until}`] : []),
    ...(document.contact ? [`contact ${[team, email, phone].filter(Boolean).join(", ")}`] : []),
  ];
}

const differenceText = ({ added, changed, removed }: NonNullable<FeedEvent["difference"]>): string =>
  `${added} added, ${changed} changed, ${removed} removed`;

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
    ...(event.difference ? [differenceText(event.difference)] : []),
    ...(event.indicators ? [`indicators ${event.indicators.join(",")}`] : []),
    ...(event.outcome ? [event.outcome] : []),
    ...(event.reason ? [`reason: ${event.reason}`] : []),
    ...(event.by ? [`by ${event.by}`] : []),
    ...(event.status ? [event.status] : []),
    ...Object.entries(event.statuses ?? {}).map(([status, count]) => `${count} ${status}`),
    ...(event.reply_to ? ["a reply"] : []),
    ...aboutOf(event),
  ].join("  ");

export function addReadCommands(program: Command): void {
  program
    .command("feed")
    .description("what happened since the last time this command ran: one line an event")
    .option("--follow", "go on with what happens, as it happens, until Ctrl-C")
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
      let lost = false;
      const signal = options.follow ? untilStopped() : undefined;
      try {
        // A line for people says what the tip is about, which is in the document.
        for await (const { cursor, ...event } of feed(connection.within({ signal }), {
          after,
          documents: options.documents || !json,
          follow: options.follow || undefined,
          trouble: (error) => tell(`${error.message}; connecting again, behind the last event.`),
        })) {
          if (json) sayJson(event);
          else say(eventLine(event));
          events++;
          lost ||= ["withdrawn", "recalled"].includes(event.type) && event.from !== connection.profile.partner;
          if (cursor === after) continue;
          after = cursor;
          writePrivate(file, { after, kid });
        }
      } catch (error) {
        if (!signal?.aborted) throw error;
      }
      if (events === 0 && !json && !options.follow) tell("Nothing new.");
      if (lost && !json)
        tell(
          "What was withdrawn or recalled: delete your copies, then say so: tipoff acknowledge TIP --outcome deleted",
        );
    });

  program
    .command("verify <file>")
    .description("verify a signed tip offline, against the saved key set (tipoff keys save) and its receipt")
    .option("--keys <file>", "another key set")
    .action(async (file: string, options: { keys?: string }, command: Command) => {
      const globals = command.optsWithGlobals();
      const saved = options.keys ?? keySetOf(globals);
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

/** The saved key set of who is asking; where nobody says who, the only one there is. */
function keySetOf({ as, exchange }: Globals): string {
  const names = savedKeySets();
  const only = as === undefined && !process.env.TIPOFF_AS && names.length === 1 ? names[0] : undefined;
  const name = only ?? loadProfile(as, exchange).name;
  if (!names.includes(name)) throw new UsageError(`${name} has no saved key set yet: tipoff --as ${name} keys save`);
  return keySetFile(name);
}
