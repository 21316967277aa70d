/** `tipoff reply`: a tip back, to the author of the one it answers. */
import type { Command } from "commander";
import { readTip } from "../client/read-tip.ts";
import { signReply } from "../client/tips.ts";
import type { Tlp } from "../core/audience.ts";
import { scopeOf } from "./audience.ts";
import { checkWholeRead, readReport, tlpHelp, tlpOf } from "./report.ts";
import { directory, list, session } from "./session.ts";
import { accepted, submitSigned } from "./submit.ts";
import { Refused, show } from "./terminal.ts";

interface ReplyOptions {
  to?: string[];
  platform?: string;
  tlp?: Tlp;
  summary?: string;
  skipUnread?: boolean;
  new?: boolean;
}

export function addReplyCommand(program: Command): void {
  program
    .command("reply <tip> <file>")
    .description("send a tip back: what you found on your side, to the author alone unless --to says more")
    .option("--to <tokens>", "who may see the reply; the author by default", list)
    .option("--platform <name>", "whose accounts the file lists")
    .option("--tlp <level>", tlpHelp)
    .option("--summary <text>")
    .option("--skip-unread", "send the rest where some rows cannot be read")
    .option("--new", "make a new tip of what was sent before")
    .action(
      async (id: string, file: string, { new: fresh, skipUnread, ...options }: ReplyOptions, command: Command) => {
        const to = scopeOf(options);
        const current = await session(command);
        const original = await readTip(current.connection, id);
        const { contents, report } = readReport([file], options.platform, await directory(current));
        const tlp = tlpOf(report, options.tlp);
        checkWholeRead(report, skipUnread);
        const { indicators } = report;
        if (indicators.length === 0) throw new Refused(`${file} holds prose and no indicator: a reply needs one.`);
        const { receipt, scope } = await submitSigned(
          current,
          ["reply", id, contents[0]!, options],
          () => signReply(current.connection, original, { tlp, indicators, summary: options.summary }, to),
          !fresh,
        );
        show(current.json, { ...receipt, ...scope }, () => [
          ...accepted(receipt, scope),
          `${receipt.held ? "It is to add" : "It adds"} ${indicators.length} indicators to ${original.operation.name}.`,
        ]);
      },
    );
}
