/** `tipoff operation`, `tipoff claim`. */
import type { Command } from "commander";
import { claimRelation, readOperation, takeBackClaim } from "../client/operations.ts";
import type { Claim } from "../client/read-tip.ts";
import { circumstances } from "./home.ts";
import { oneOf, session } from "./session.ts";
import { show, table } from "./terminal.ts";

const relations = ["duplicates", "same-operation"] as const;

/** What one partner says two tips are to each other: its claim. */
export const claimLine = ({ relation, tip, related, claimed_by }: Claim): string =>
  `${claimed_by} claims: ${tip} ${relation} ${related}`;

export function addOperationCommands(program: Command): void {
  program
    .command("operation <operation>")
    .description("an operation across tips: who tipped, under which names, what is yours, how the tips relate")
    .addHelpText("after", "\nThe id stands in each tip: tipoff --json tip show TIP, operation.id")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      circumstances.reading = true;
      const view = await readOperation(connection, id);
      const { indicators, for_you, claims } = view;
      const types = Object.entries(indicators.by_type).sort(([, a], [, b]) => b - a);
      show(json, view, () => [
        `${view.names.join(" / ")}${view.aliases.length > 0 ? ` (also ${view.aliases.join(", ")})` : ""}`,
        `Tipped by ${view.from.map(({ partner, tips }) => `${partner} (${tips})`).join(", ")}, from ${view.first_accepted_at.slice(0, 10)} to ${view.last_accepted_at.slice(0, 10)}`,
        ...(view.first_seen || view.last_seen ? [`Seen ${view.first_seen ?? "…"} to ${view.last_seen ?? "…"}`] : []),
        `${for_you.indicators} of ${indicators.total} are yours: ${types.map(([type, count]) => `${count} ${type}`).join(", ")}`,
        ...(for_you.ask
          ? [`Asks: ${for_you.ask.join(", ")}${for_you.respond_by ? ` by ${for_you.respond_by}` : ""}`]
          : []),
        ...(view.truncated ? ["There are more tips: tipoff tip list --operation ID"] : []),
        "",
        ...table(
          ["tip", "from", "version", "indicators", "yours", "triage", "state"],
          view.tips.map((tip) => [
            tip.tip,
            tip.from,
            tip.version,
            tip.indicators.total,
            tip.for_you.indicators,
            tip.triage?.state,
            tip.state === "live" ? undefined : tip.state,
          ]),
        ),
        ...(claims.length > 0 ? ["", ...claims.map((claim) => `  ${claimLine(claim)}`)] : []),
      ]);
    });

  program
    .command("claim <tip> <relation> <other>")
    .description(`that two tips are of one operation, or duplicates (${relations.join(", ")}); one must be yours`)
    .option("--take-back", "what you claimed of these two is claimed no more")
    .action(
      async (
        tip: string,
        relation: Claim["relation"],
        other: string,
        options: { takeBack?: boolean },
        command: Command,
      ) => {
        oneOf("claim", relation, relations);
        const { connection, json } = await session(command);
        circumstances.reading = true;
        if (options.takeBack) {
          await takeBackClaim(connection, tip, other);
          return show(json, { tip, related: other }, () => `Taken back: ${tip}, ${other}.`);
        }
        const claim = await claimRelation(connection, tip, relation as (typeof relations)[number], other);
        show(json, claim, () => [claimLine(claim), "Whoever sees both tips sees the claim; nobody is told of it."]);
      },
    );
}
