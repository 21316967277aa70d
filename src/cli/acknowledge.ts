/** `tipoff acknowledge`, `tipoff tip recall`, `tipoff tip difference`. */
import type { Command } from "commander";
import { acknowledge } from "../client/acknowledge.ts";
import { type Change, listChanges, type Recalls, readAcknowledgements } from "../client/recalls.ts";
import { type Outcome, outcomes } from "../core/acknowledgement.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { labelOf } from "../core/indicators/registry.ts";
import { circumstances } from "./home.ts";
import { oneOf, session, wholeNumber } from "./session.ts";
import { show, table } from "./terminal.ts";

const words: Record<Outcome, string> = {
  deleted: "deleted",
  kept_under_law: "kept under law",
  never_stored: "never stored",
};

export function addAcknowledgeCommands(program: Command, tip: Command): void {
  program
    .command("acknowledge <tip>")
    .description("say what became of your copy of a tip that was taken back; its author sees it, with your name")
    .requiredOption("--outcome <outcome>", outcomes.join(", "))
    .option("--event <event>", "the event it is about; the newest that took the tip back by default")
    .addHelpText("after", "\nExample: tipoff --as facepage acknowledge TIP --outcome deleted")
    .action(async (id: string, options: { outcome: Outcome; event?: string }, command: Command) => {
      oneOf("--outcome", options.outcome, outcomes);
      const { connection, json } = await session(command);
      circumstances.missing = "You were never handed it, or the id is wrong: tipoff feed names what was taken back.";
      await acknowledge(connection, id, options);
      show(json, { tip: id, ...options }, () =>
        connection.profile.purpose === undefined
          ? `Its author sees it: ${words[options.outcome]}.`
          : `Noted: ${words[options.outcome]}. Its author sees it with your agency's name; where you read it under a non-disclosure, not before that has ended.`,
      );
    });

  tip
    .command("recall <tip>")
    .description("who had your tip when it was taken back, and who has said what became of the copy")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      circumstances.missing = "Only its author is told. Your own tips: tipoff tip list --from YOU";
      const found = await readAcknowledgements(connection, id);
      show(json, found, () => recallText(found));
    });

  tip
    .command("difference <tip>")
    .description("what the current version changed of the one before")
    .option("--limit <n>", "changes shown", "1000")
    .action(async (id: string, { limit }: { limit: string }, command: Command) => {
      const most = wholeNumber("--limit", limit, 1);
      const { connection, json } = await session(command);
      circumstances.reading = true;
      const changes: Change[] = [];
      for await (const change of listChanges(connection, id)) if (changes.push(change) === most) break;
      show(json, { changes }, () => differenceText(changes));
    });
}

function recallText({ counts, acknowledgements }: Recalls): string[] {
  if (acknowledgements.length === 0) return ["Nobody had it, as far as you are told, or it was not taken back."];
  return [
    `${counts.had} had it, ${counts.acknowledged} acknowledged (${counts.kept} kept under law), ${counts.late} late.`,
    ...table(
      ["partner", "since", "outcome", "acknowledged"],
      acknowledgements.map((row) => [
        row.partner,
        row.since,
        row.outcome ? words[row.outcome] : row.late ? "late" : "not yet",
        row.acknowledged_at,
      ]),
    ),
  ];
}

const textOf = (indicator: Indicator | undefined): string | undefined =>
  indicator && `${indicator.type} ${labelOf(indicator)}`;

const differenceText = (changes: readonly Change[]): string[] =>
  changes.length === 0
    ? ["There is no difference: it is a first version, or began anew."]
    : table(
        ["change", "place", "indicator", "before"],
        changes.map(({ change, ordinal, indicator, before }) => [
          change,
          ordinal ?? before?.ordinal,
          textOf(indicator) ?? textOf(before?.indicator),
          change === "changed" ? before?.ordinal : undefined,
        ]),
      );
