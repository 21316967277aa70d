/** `tipoff match`: at the exchange, which stores no question; with `--mirror` in a copy at home. */
import type { Command } from "commander";
import { match, type Question } from "../client/match.ts";
import { questionOf } from "../formats/question.ts";
import { matchInMirror } from "./match-mirror.ts";
import { matchText, shortened } from "./match-text.ts";
import { checkSomethingRead, readReport, unreadLines } from "./report.ts";
import { directory, session } from "./session.ts";
import { progress, Refused, show, tell, UsageError } from "./terminal.ts";

export interface MatchWords {
  file?: string;
  platform?: string;
  mirror?: string;
  output?: string;
  onHost?: boolean;
}

export function addMatchCommand(program: Command): void {
  program
    .command("match [values...]")
    .description("ask which values are in tips you may see; the questions are stored nowhere")
    .option("--file <file>", "a CSV, an export or one value a line")
    .option("--platform <name>", "whose accounts the file lists")
    .option("--mirror <folder>", "ask your own copy (tipoff mirror): nothing leaves this machine")
    .option("--out, --output <file>", "with --mirror and --file: write the matches there, as CSV or .ndjson")
    .option("--on-host", "of a domain: also the URLs on its host")
    .addHelpText(
      "after",
      `
With --mirror a file may have any size: matches are written as they are found, and the same command goes on where it was
stopped. Without --output they go to standard output, a line each (--json: an object each).

Examples:
  tipoff match 203.0.113.9 https://x.com/someone
  tipoff --as facepage match --file accounts.csv --platform facepage --json
  tipoff match --mirror mirror --file accounts.csv --platform facepage --output matches.csv`,
    )
    .action(async (values: string[], options: MatchWords, command: Command) => {
      if (options.mirror !== undefined)
        return matchInMirror(options.mirror, values, options, command.optsWithGlobals());
      if (options.output !== undefined)
        throw new UsageError("--output is for --mirror: here, send standard output to a file.");
      const current = await session(command);
      const { connection, json } = current;
      const asked: Question[] = [...values];
      if (options.file !== undefined) {
        const { report } = readReport([options.file], options.platform, await directory(current));
        checkSomethingRead(report);
        asked.push(...report.indicators.map(questionOf));
        const unread = unreadLines(report.files);
        if (unread.length > 0)
          tell([`${unread.length} rows could not be read, and were not asked:`, ...shortened(unread)]);
      }
      if (asked.length === 0)
        throw options.file === undefined
          ? new UsageError("Give values, or --file.")
          : new Refused(`${options.file} holds prose and no value to ask about.`);
      const bar = progress("Asking", asked.length);
      const answers = await match(connection, asked, { progress: bar.at, ...(options.onHost && { on_host: true }) });
      bar.end();
      show(json, { answers }, () => matchText(asked, answers));
      if (answers.every((answer) => answer.unreadable)) throw new Refused("Nothing was asked: no value could be read.");
    });
}
