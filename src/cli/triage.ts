/** `tipoff triage`: what a team says to itself of one tip, or of all that a filter leaves. */
import type { Command } from "commander";
import type { TipFilter } from "../client/read-tip.ts";
import { type TriageChange, triageTip, triageTips } from "../client/triage.ts";
import { tlps } from "../core/audience.ts";
import { parseTime } from "../core/time.ts";
import { urgencies } from "../core/tip.ts";
import { triageFilters, triageStates } from "../core/triage.ts";
import { circumstances } from "./home.ts";
import { oneOf, session } from "./session.ts";
import { show, UsageError } from "./terminal.ts";

interface Options extends Omit<TipFilter, "state"> {
  state?: TriageChange["state"];
  assignee?: string;
  snoozeUntil?: string;
  forYou?: boolean;
  all?: boolean;
}

/** "none" takes away what stands. */
const given = (text: string | undefined): string | null | undefined => (text === "none" ? null : text);

export function addTriageCommand(program: Command): void {
  program
    .command("triage [tip]")
    .description("how a tip stands with your team, or all tips that a filter leaves; nobody else is shown it")
    .option("--state <state>", `${triageStates.join(", ")}; by default it stays`)
    .option("--assignee <name>", 'who works on it; "none" for nobody')
    .option("--snooze-until <time>", 'not among the open ones until then (RFC 3339); "none" to end that')
    .option("--from <partner>", "all by this author")
    .option("--operation <id>", "all about this operation")
    .option("--since <time>", "all accepted since (RFC 3339, or a day)")
    .option("--through <token>", "all that reached you so: platforms, group:…")
    .option("--type <type>", "all with an indicator of this type")
    .option("--platform <name>", "all with an indicator on this platform")
    .option("--tlp <level>", "all of this level")
    .option("--urgency <level>", "all of this urgency")
    .option("--for-you", "all with indicators on your own platforms and domains")
    .option("--triage <state>", `all that stand so: ${triageFilters.join(", ")}`)
    .option("--all", "all tips there are, where no filter is meant")
    .addHelpText(
      "after",
      `
Examples:
  tipoff triage TIP --state working --assignee ana
  tipoff triage TIP --snooze-until 2026-11-30T09:00:00Z
  tipoff triage --from chirper --since 2026-11-01 --triage open --state done`,
    )
    .action(async (tip: string | undefined, options: Options, command: Command) => {
      const { state, assignee, snoozeUntil, forYou, all, ...filter } = options;
      oneOf("--state", state, triageStates);
      oneOf("--triage", filter.triage, triageFilters);
      oneOf("--tlp", filter.tlp, tlps);
      oneOf("--urgency", filter.urgency, urgencies);
      const snooze_until = given(snoozeUntil);
      if (snooze_until && (!snooze_until.includes("T") || parseTime(snooze_until) === undefined))
        throw new UsageError("--snooze-until takes an RFC 3339 time, such as 2026-11-23T09:00:00Z.");
      const which: TipFilter = { ...filter, ...(forYou && { for_you: true }) };
      const filters = Object.keys(which).length;
      if (tip !== undefined && (filters > 0 || all)) throw new UsageError("Name a tip, or filters: not both.");
      if (tip === undefined && filters === 0 && !all)
        throw new UsageError("Name a tip, or filters; --all is for every tip there is.");
      if (state === undefined && assignee === undefined && snoozeUntil === undefined)
        throw new UsageError("Say what is to change: --state, --assignee or --snooze-until.");
      const change: TriageChange = {
        ...(state !== undefined && { state }),
        ...(assignee !== undefined && { assignee: given(assignee) }),
        ...(snooze_until !== undefined && { snooze_until }),
      };
      const { connection, json } = await session(command);
      if (tip !== undefined) {
        circumstances.reading = true;
        const now = await triageTip(connection, tip, change);
        return show(json, now, () =>
          [
            `${tip} is ${now.state}`,
            ...(now.assignee ? [`with ${now.assignee}`] : []),
            ...(now.snooze_until ? [`snoozed until ${now.snooze_until}`] : []),
          ].join(", "),
        );
      }
      const changed = await triageTips(connection, which, change);
      show(json, { changed }, () =>
        state === undefined
          ? `${changed} tip${changed === 1 ? " is" : "s are"} changed.`
          : `${changed} tip${changed === 1 ? " is" : "s are"} ${state}.`,
      );
    });
}
