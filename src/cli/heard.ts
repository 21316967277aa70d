/** `tipoff feedback list`: what became of all one's own tips, on a line each. */
import type { Command } from "commander";
import { type HeardFilter, type HeardTip, listHeard } from "../client/heard.ts";
import { feedbackStatuses } from "../core/feedback.ts";
import { countsText, summaryText } from "./feedback.ts";
import { oneOf, session, wholeNumber } from "./session.ts";
import { show, UsageError } from "./terminal.ts";

const mostListed = 1_000;

const line = ({ tip, operation, state, words, unanswered, summary, marked, newest }: HeardTip): string =>
  [
    `${tip}  ${operation.name ?? "(erased)"}`,
    ...(state === "live" ? [] : [state]),
    ...(summary ? [summaryText(summary)] : []),
    ...Object.entries(marked ?? {}).map(([mark, count]) => `${count} ${mark}`),
    ...(unanswered > 0 ? [`${unanswered} ${unanswered === 1 ? "waits" : "wait"} for your answer`] : []),
    `${words} said, the last ${newest.accepted_at.slice(0, 16).replace("T", " ")} by ${newest.by}: ${
      [newest.status, countsText(newest.statuses), newest.reply_to && "a reply"].filter(Boolean).join(", ") || "nothing"
    }`,
  ].join(" · ");

export function addHeardCommand(feedback: Command): void {
  feedback
    .command("list")
    .description("what became of all your tips: those that others have spoken of, the newest word first")
    .option("--status <status>", "of which a partner says this, of anything in it")
    .option("--since <time>", "spoken of since (RFC 3339, or a day); only what was said then is counted as said")
    .option("--unanswered", "asking for context that you have not given")
    .option("--limit <n>", "tips shown", String(mostListed))
    .action(async ({ limit, ...own }: HeardFilter & { limit: string }, command: Command) => {
      // An option that `feedback` has too is taken by that.
      const { status, ...others } = feedback.opts<HeardFilter>();
      if (Object.keys(others).length > 0)
        throw new UsageError("feedback list takes --status, --since, --unanswered and --limit.");
      const filter = { ...own, ...(status && { status }) };
      const most = wholeNumber("--limit", limit, 1);
      oneOf("--status", filter.status, feedbackStatuses);
      const { connection, json } = await session(command);
      const found: HeardTip[] = [];
      for await (const one of listHeard(connection, filter)) {
        found.push(one);
        if (found.length === most) break;
      }
      show(json, { tips: found }, () =>
        found.length === 0 ? "Nothing." : [...found.map(line), "Who said what: tipoff feedback TIP"],
      );
    });
}
