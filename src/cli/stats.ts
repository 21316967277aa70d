/** `tipoff stats`: what a team shows its management. */
import type { Command } from "commander";
import { readStats, readStatsCsv, type StatsOptions } from "../client/stats.ts";
import type { Figures } from "../core/figures.ts";
import { oneOf, session } from "./session.ts";
import { show, table } from "./terminal.ts";

const percent = (share: number | null): string => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);

const cells = (figures: Figures): unknown[] => [
  figures.tips,
  figures.tips_for_you,
  figures.indicators_for_you,
  figures.answered,
  figures.found,
  figures.new_to_you,
  figures.actioned,
  figures.false_positives,
  percent(figures.false_positive_share),
  figures.median_hours ?? "–",
];

const heads = [
  "tips",
  "for you",
  "indicators",
  "answered",
  "found",
  "new",
  "actioned",
  "false positives",
  "share",
  "hours",
];

export function addStatsCommand(program: Command): void {
  program
    .command("stats")
    .description(
      "your own figures: what came in, what of it was yours, found, new, acted on, wrong, and how soon you said so",
    )
    .option("--from <day>", "from this day on, YYYY-MM-DD; the last 30 days by default")
    .option("--to <day>", "up to this day, which is included")
    .option("--by <what>", "partner: by sender; group: by what the tips came through", "partner")
    .option("--csv", "as CSV, for a spreadsheet")
    .addHelpText(
      "after",
      `
A tip counts on the day you were first handed it, whatever became of it since. Indicators count by your own feedback.

Example: tipoff stats --from 2026-11-01 --to 2026-11-30 --csv > november.csv`,
    )
    .action(async ({ csv, ...options }: StatsOptions & { csv?: boolean }, command: Command) => {
      oneOf("--by", options.by, ["partner", "group"]);
      const { connection, json } = await session(command);
      if (csv) {
        process.stdout.write(await readStatsCsv(connection, options));
        return;
      }
      const stats = await readStats(connection, options);
      show(json, stats, () => [
        `${stats.from} to ${stats.to}${stats.truncated ? " (not all: the last tips of it)" : ""}`,
        ...table(
          [stats.by === "group" ? "through" : "from", ...heads],
          [...stats.rows.map((row) => [row.from ?? row.through ?? "–", ...cells(row)]), ["all", ...cells(stats.total)]],
        ),
      ]);
    });
}
