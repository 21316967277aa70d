/** `tipoff appeal`, `tipoff dispute list|confirm`. Disputing is feedback: `tipoff feedback TIP --status false_positive`. */
import type { Command } from "commander";
import { confirmIndicator, type Dispute, listDisputes, reportAppeal } from "../client/disputes.ts";
import { spokenOf } from "../client/feedback.ts";
import { listTips } from "../client/read-tip.ts";
import { limits } from "../core/limits.ts";
import { circumstances } from "./home.ts";
import { labelsOf, placesIn } from "./places.ts";
import { list, type Session, session } from "./session.ts";
import { show, table, UsageError } from "./terminal.ts";

type Labels = Awaited<ReturnType<typeof labelsOf>>;

/** The day after which it is marked as undecided. */
const decideBy = ({ state, opened_at }: Dispute): string =>
  state === "open"
    ? new Date(Date.parse(opened_at) + limits.disputes.undecided_days * 86_400_000).toISOString().slice(0, 10)
    : state === "undecided"
      ? "overdue"
      : "";

const head = ["place", "indicator", "version", "state", "since", "decide by", "by", "reason"];
const rowOf = (dispute: Dispute, labels: Labels) => [
  dispute.ordinal,
  labels(dispute.ordinal, dispute.version),
  dispute.version,
  dispute.state,
  dispute.opened_at.slice(0, 10),
  decideBy(dispute),
  dispute.by?.join(", "),
  dispute.reason,
];

const decide =
  "Decide each: tipoff dispute confirm TIP PLACE --reason …, or correct or drop it: tipoff tip submit FILE --revise TIP";

/** Of one's own tips, what is not decided. */
async function listOwn({ connection, json }: Session): Promise<void> {
  const open: { tip: string; dispute: Dispute; label: string }[] = [];
  for await (const { tip, marked } of listTips(connection, { from: connection.profile.partner })) {
    if (!marked?.disputed && !marked?.undecided) continue;
    const { disputes } = await listDisputes(connection, tip);
    const labels = await labelsOf(connection, tip);
    for (const dispute of disputes)
      if (decideBy(dispute) !== "") open.push({ tip, dispute, label: labels(dispute.ordinal, dispute.version) });
  }
  show(json, { disputes: open.map(({ tip, dispute }) => ({ tip, ...dispute })) }, () =>
    open.length === 0
      ? "Nothing of yours waits for your decision."
      : [
          ...table(
            ["tip", ...head],
            open.map(({ tip, dispute, label }) => [tip, ...rowOf(dispute, () => label)]),
          ),
          decide,
        ],
  );
}

export function addDisputeCommands(program: Command): void {
  program
    .command("appeal <tip>")
    .description("report that you upheld appeals against what you did on indicators: everyone who has them is told")
    .requiredOption("--indicators <places>", "which: places from 0 (0,3-7), or values; tip show has both", list)
    .option("--decided-on <day>", "when; send nothing of the person")
    .action(async (tip: string, options: { indicators: string[]; decidedOn?: string }, command: Command) => {
      const { connection, json } = await session(command);
      const { ordinals: indicators, version: read } = await placesIn(connection, tip, options.indicators);
      circumstances.missing =
        "Report on a tip that you may see, or were handed; not on your own: correct that by a new version (tipoff tip submit --revise).";
      const { version } = await spokenOf(connection, tip, read);
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
    .command("list [tip]")
    .description(
      "what of a tip is or was disputed; of your own tip also by whom. Without a tip: what of all your own waits for you, and until when",
    )
    .action(async (tip: string | undefined, _options: unknown, command: Command) => {
      const current = await session(command);
      const { connection, json } = current;
      if (tip === undefined) return listOwn(current);
      circumstances.reading = true;
      const found = await listDisputes(connection, tip);
      const labels = json || found.disputes.length === 0 ? () => "" : await labelsOf(connection, tip);
      show(json, found, () =>
        found.disputes.length === 0
          ? "Nothing of it is disputed."
          : [
              ...table(
                head,
                found.disputes.map((dispute) => rowOf(dispute, labels)),
              ),
              ...(found.from === connection.profile.partner && found.disputes.some((row) => decideBy(row) !== "")
                ? [decide]
                : []),
            ],
      );
    });
  dispute
    .command("confirm <tip> <place>")
    .description(
      "stand by a disputed indicator of your tip, named by place or value; to correct or drop it, submit a new version (tip submit --revise)",
    )
    .requiredOption("--reason <text>", "everyone who sees the tip may read it")
    .action(async (tip: string, place: string, options: { reason: string }, command: Command) => {
      const { connection, json } = await session(command);
      const { ordinals } = await placesIn(connection, tip, [place]);
      if (ordinals.length !== 1) throw new UsageError("Confirm one indicator at a time.");
      const ordinal = ordinals[0]!;
      circumstances.missing = `Only an open dispute of your own tip can be confirmed: tipoff dispute list ${tip}`;
      const done = await confirmIndicator(connection, tip, ordinal, options.reason);
      show(json, done, () => `Confirmed: indicator ${ordinal} of version ${done.version}. Its mark is gone.`);
    });
}
