/** The `tipoff` command. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addAccessCommands } from "./accesses.ts";
import { addAcknowledgeCommands } from "./acknowledge.ts";
import { addDisputeCommands } from "./dispute.ts";
import { addExportCommand } from "./export.ts";
import { addFeedbackCommand } from "./feedback.ts";
import { addHeardCommand } from "./heard.ts";
import { addHeldCommands } from "./held.ts";
import { circumstances } from "./home.ts";
import { addImportCommand } from "./import.ts";
import { addJoinCommands } from "./join.ts";
import { addKeyCommands } from "./keys.ts";
import { addListenCommand } from "./listen.ts";
import { addMatchCommand } from "./match.ts";
import { addMirrorCommand } from "./mirror.ts";
import { addOperationCommands } from "./operation.ts";
import { addPurposeCommands } from "./purpose.ts";
import { addReadCommands } from "./read.ts";
import { addReadTokenCommands } from "./read-token.ts";
import { addReplyCommand } from "./reply.ts";
import { addStatsCommand } from "./stats.ts";
import { addGroupCommands, addPartnerCommands } from "./steward.ts";
import { addSubscriptionCommands } from "./subscription.ts";
import { exitCodes, fail, UsageError } from "./terminal.ts";
import { addTipCommands } from "./tip.ts";
import { addTriageCommand } from "./triage.ts";

// Beside src/ as beside dist/.
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const program = new Command("tipoff")
  .description("Share signed, scoped indicators about coordinated operations")
  .option("--as <profile>", "who you are; the only profile by default (or TIPOFF_AS)")
  .option("--exchange <url>", "where the exchange answers, if not where you joined")
  .option("--json", "JSON on standard output")
  .version(version)
  .addHelpText(
    "after",
    `
Profiles and what was sent lie in TIPOFF_HOME (~/.tipoff).
Exit codes: ${Object.entries(exitCodes)
      .map(([name, code]) => `${code} ${name}`)
      .join(", ")}.

Examples:
  tipoff join https://tipoff.example CODE
  tipoff --as chirper import accounts.csv --platform chirper --to platforms --submit
  tipoff --as facepage feed
  tipoff --as facepage match --file accounts.csv`,
  )
  .showHelpAfterError("(tipoff COMMAND --help shows its options and examples)");

addJoinCommands(program);
addImportCommand(program);
addAcknowledgeCommands(program, addTipCommands(program));
addReplyCommand(program);
addReadCommands(program);
addOperationCommands(program);
addTriageCommand(program);
addStatsCommand(program);
addHeardCommand(addFeedbackCommand(program));
addDisputeCommands(program);
addHeldCommands(program);
addMatchCommand(program);
addMirrorCommand(program);
addExportCommand(program);
addAccessCommands(program);
addSubscriptionCommands(program);
addListenCommand(program);
addReadTokenCommands(program);
addPurposeCommands(program);
addKeyCommands(program);
addPartnerCommands(program);
addGroupCommands(program);

const exitAsDocumented = (command: Command): void => {
  command.exitOverride();
  for (const child of command.commands) exitAsDocumented(child);
};
exitAsDocumented(program);

/** A tip's or operation's id that is cut short or is a name: said here, where the exchange could only say that there is none. */
program.hook("preAction", (_program, command) => {
  command.registeredArguments.forEach((argument, at) => {
    const name = argument.name();
    const given: unknown = command.processedArgs[at];
    if (!["tip", "operation", "other"].includes(name) || typeof given !== "string" || isId(given)) return;
    const where = name === "operation" ? "tipoff --json tip show TIP" : "tipoff tip list";
    throw new UsageError(
      `"${given}" is not ${name === "operation" ? "an operation" : "a tip"}'s id: give all 36 characters, as ${where} shows them.`,
    );
  });
});

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/**
 * One invitation's code, one key's id and one challenge's text in 64 begin with a hyphen and are no options. They are their
 * commands' last operand, so they can stand at the end, behind "--". A feedback's id is the value of `--reply-to`, and stays there.
 */
const words = process.argv.slice(2);
const optionsOf = (command: Command): string[] => [
  ...command.options.map(({ long }) => long ?? ""),
  ...command.commands.flatMap(optionsOf),
];
/** Some are as long as a code: --with-law-enforcement. */
const options = new Set(optionsOf(program));
const isHyphened = (word: string, at: number): boolean =>
  /^-([\w-]{21}|[\w-]{31}|[\w-]{42})$/.test(word) && !options.has(word) && words[at - 1] !== "--reply-to";
const hyphened = words.includes("--") ? [] : words.filter(isHyphened);
const ordered = hyphened.length > 0 ? [...words.filter((word) => !hyphened.includes(word)), "--", ...hyphened] : words;

try {
  await program.parseAsync(ordered, { from: "user" });
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
  fail(error, { ...circumstances, json: program.opts().json });
}
