/** `tipoff appeal`, `tipoff dispute list|confirm`. Disputing is feedback: `tipoff feedback TIP --status false_positive`. */
import type { Command } from "commander";
import { confirmIndicator, type Dispute, listDisputes, reportAppeal } from "../client/disputes.ts";
import { spokenOf } from "../client/feedback.ts";
import { ordinalsOf } from "./feedback.ts";
import { circumstances } from "./home.ts";
import { list, session, wholeNumber } from "./session.ts";
import { show, table } from "./terminal.ts";

const rowOf = ({ ordinal, version, state, opened_at, by, reason }: Dispute) => [
  ordinal,
  version,
  state,
  opened_at.slice(0, 10),
  by?.join(", "),
  reason,
];

export function addDisputeCommands(program: Command): void {
  program
    .command("appeal <tip>")
    .description("report that you upheld appeals against what you did on indicators: everyone who has them is told")
    .requiredOption("--indicators <places>", "which, from 0: 0,3-7", list)
    .option("--decided-on <day>", "when; send nothing of the person")
    .action(async (tip: string, options: { indicators: string[]; decidedOn?: string }, command: Command) => {
      const indicators = ordinalsOf(options.indicators);
      const { connection, json } = await session(command);
      const { version } = await spokenOf(connection, tip);
      const appeal = { version, indicators, ...(options.decidedOn && { decided_on: options.decidedOn }) };
      const done = await reportAppeal(connection, tip, appeal);
      show(
        json,
        done,
        () => `Reported: everyone who has the tip, or had it, is told to look again at ${done.indicators.join(", ")}.`,
      );
    });

  const dispute = program
    .command("dispute")
    .description(
      "what of a tip is disputed; standing by your own. To dispute: feedback TIP --status false_positive --indicators …",
    );
  dispute
    .command("list <tip>")
    .description("what of a tip is or was disputed; of your own tip also by whom")
    .action(async (tip: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      circumstances.reading = true;
      const found = await listDisputes(connection, tip);
      show(json, found, () =>
        found.disputes.length === 0
          ? "Nothing of it is disputed."
          : table(["place", "version", "state", "since", "by", "reason"], found.disputes.map(rowOf)),
      );
    });
  dispute
    .command("confirm <tip> <place>")
    .description(
      "stand by a disputed indicator of your tip; to correct or drop it, submit a new version (tip submit --revise)",
    )
    .requiredOption("--reason <text>", "everyone who sees the tip may read it")
    .action(async (tip: string, place: string, options: { reason: string }, command: Command) => {
      const ordinal = wholeNumber("PLACE", place, 0);
      const { connection, json } = await session(command);
      const done = await confirmIndicator(connection, tip, ordinal, options.reason);
      show(json, done, () => `Confirmed: indicator ${ordinal} of version ${done.version}. Its mark is gone.`);
    });
}
