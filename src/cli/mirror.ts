/** `tipoff mirror`: a copy at home of all one may see. Ends with code 4 where something was not stored because it does not verify. */
import type { Command } from "commander";
import { isMirror } from "../mirror/files.ts";
import { Mirror } from "../mirror/mirror.ts";
import type { Synced } from "../mirror/sync-options.ts";
import { session, untilStopped } from "./session.ts";
import { progress, show, tell, Unverified, UsageError } from "./terminal.ts";

interface Words {
  follow?: boolean;
  fromStart?: boolean;
  acknowledge: boolean;
}

export function addMirrorCommand(program: Command): void {
  program
    .command("mirror <folder>")
    .description("keep a copy at home of all you may see, to match there: what you match is seen by nobody")
    .option("--follow", "go on with what happens, as it happens, until Ctrl-C")
    .option("--from-start", "read everything again, beside the copy that answers until the new one is whole")
    .option("--no-acknowledge", "do not tell authors that a copy is deleted: you keep others that are not yet")
    .addHelpText(
      "after",
      `
What is taken back or has ended is deleted here, and its author is told so. Needs Node 22.13 or later.

Examples:
  tipoff --as facepage mirror mirror
  tipoff --as facepage mirror mirror --follow
  tipoff match --mirror mirror --file accounts.csv --platform facepage --output matches.csv`,
    )
    .action(async (folder: string, { follow, fromStart, acknowledge }: Words, command: Command) => {
      const { connection, json } = await session(command);
      const mirror = await openMirror(folder, true);
      const bar = progress("Indicators read");
      let live = false;
      let before = { events: 0, deleted: 0 };
      const done = await mirror
        .sync(connection, {
          ...{ follow, acknowledge, signal: untilStopped() },
          trouble: (message) => {
            bar.end();
            tell(message);
          },
          current: ({ indicators, tips }) => {
            bar.end();
            live = true;
            tell(`${folder} holds ${indicators} indicators of ${tips} tips, and follows what happens. Ctrl-C ends it.`);
          },
          ...(fromStart && { from_start: true }),
          // What is deleted here is what somebody took back: whoever watches is told as it happens.
          progress: (all) => {
            if (live) tell(happenedText(all.events - before.events, all.deleted - before.deleted));
            else bar.at(all.indicators);
            before = all;
          },
        })
        .finally(() => {
          bar.end();
          mirror.close();
        });
      show(json, { folder, ...done }, () => textOf(folder, done));
      const { unverified } = done;
      if (unverified.length > 0)
        throw new Unverified(
          `${unverified.length} tips are NOT stored, because they do not verify: ${unverified.map(({ tip, reason }) => `${tip}: ${reason}`).join("; ")}`,
        );
    });
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const happenedText = (events: number, deleted: number): string =>
  [
    new Date().toISOString().slice(0, 19).replace("T", " "),
    `${counted(events, "event")} read`,
    ...(deleted > 0 ? [`${counted(deleted, "tip")} deleted or replaced`] : []),
  ].join("  ");

const textOf = (folder: string, done: Synced): string[] => [
  `${folder} holds ${done.indicators} indicators of ${done.tips} tips${done.synced_at ? `, as of ${done.synced_at}` : "; it is not whole yet, and the same command goes on"}.`,
  ...(done.rebuilding ? ["A new copy is being read beside it, and is not whole: the same command goes on."] : []),
  `${done.events} events read${done.deleted > 0 ? `, ${done.deleted} tips deleted or replaced` : ""}${done.acknowledged > 0 ? `, ${done.acknowledged} deletions told` : ""}.`,
];

/** `make`: where it is not there. */
export async function openMirror(folder: string, make: boolean): Promise<Mirror> {
  if (!make && !isMirror(folder))
    throw new UsageError(`There is no mirror in ${folder}. Make one first: tipoff --as NAME mirror ${folder}`);
  return Mirror.open(folder);
}
