/** `tipoff import`: takedown reports and exports into tips. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { newTipId, signTip } from "../client/tips.ts";
import { staticSites } from "../core/indicators/platforms.ts";
import { parseTime } from "../core/time.ts";
import { headingRows } from "../formats/headings.ts";
import { type PartnerPlaces, toTips, unnamed } from "../formats/to-tips.ts";
import { requiredScope, scopeOf, toHelp } from "./audience.ts";
import { keepOutgoing, nameOf, settleOutgoing } from "./home.ts";
import { listedIn, listedText } from "./import-lists.ts";
import { operationsOf, textOf } from "./import-text.ts";
import { checkSomethingRead, checkWholeRead, readReport, tlpHelp, tlpOf } from "./report.ts";
import { directory, list, oneOf, readJson, session } from "./session.ts";
import { submitSigned } from "./submit.ts";
import { progress, Refused, show, UsageError } from "./terminal.ts";

interface Options {
  operation?: string;
  operationId?: string;
  tlp?: string;
  to?: string[];
  except?: string[];
  embargo?: string;
  splitBy?: string;
  platform?: string;
  members?: string;
  submit?: boolean;
  skipUnread?: boolean;
  warninglist?: string[];
  new?: boolean;
  out?: string;
}

const headingLines = headingRows().map(
  ({ field, headings, says, identifies }) =>
    `  ${identifies ? "*" : " "} ${field.padEnd(15)} ${headings}${says && ` (${says})`}`,
);

export function addImportCommand(program: Command): void {
  program
    .command("import <files...>")
    .description("read takedown reports and account exports; show what was read, and with --submit tip others")
    .option("--operation <name>", "the operation's name")
    .option("--operation-id <uuid>", "an operation that has an id already")
    .option("--tlp <level>", tlpHelp)
    .option("--to <tokens>", toHelp, list)
    .option("--except <partners>", "partners that are not to see it", list)
    .option("--embargo <time>", "no publication, enforcement or user notice before (RFC 3339)")
    .option(
      "--split-by <what>",
      "platform: one tip for each named partner with its own platform's rows; comment: one operation for each actor or campaign that the rows' comments name, and one for the rest",
    )
    .option("--platform <name>", "whose accounts an export lists")
    .option("--members <file>", "JSON with further members: ask, contact, handling, basis …")
    .option("--submit", "sign and send")
    .option("--skip-unread", "with --submit: send the rest where some rows cannot be read")
    .option(
      "--warninglist <file>",
      "a MISP warninglist, as often as there are: show which values stand on it",
      (file: string, before: string[] = []) => [...before, file],
    )
    .option("--new", "make new tips of what was sent before")
    .option("--out <dir>", "write the documents there")
    .addHelpText(
      "after",
      `
Reads kill-chain reports, typed rows, Markdown reports, account exports, CSV, spreadsheets (.xlsx) of these, what tipoff
export writes, our JSON, STIX 2.1 bundles, MISP events, one value a line.
Every row is of one class: rows = with_indicators + duplicates + prose + unread.

A CSV needs one column marked *. Case, spaces, hyphens and underscores of headings do not count; unknown columns are
left out, and named:
${headingLines.join("\n")}

Examples:
  tipoff import report.csv
  tipoff --as chirper import accounts.csv --platform chirper --operation "Harbour Lantern" --to platforms --submit
  tipoff --as chirper import leads.csv --split-by platform --to partner:facepage --submit
  tipoff import quarter.csv --split-by comment                             (shows which operations come out)
  tipoff --as chirper import quarter.csv --split-by comment --operation "Report of Q2" --to platforms --submit`,
    )
    .action(async (files: string[], options: Options, command: Command) => {
      const globals = command.optsWithGlobals();
      const current = options.submit || options.splitBy === "platform" ? await session(command) : undefined;
      const scope = options.submit ? requiredScope(options) : scopeOf(options);
      oneOf("--split-by", options.splitBy, ["platform", "comment"]);
      if (options.splitBy === "comment" && options.operationId)
        throw new UsageError(
          "--split-by comment makes an operation for each actor: --operation-id would name one for all.",
        );
      if (options.embargo && parseTime(options.embargo) === undefined)
        throw new UsageError("--embargo takes an RFC 3339 time, such as 2026-11-23T15:00:00Z.");
      if (options.embargo && parseTime(options.embargo)! <= Date.now())
        throw new UsageError(`--embargo ${options.embargo} has passed: it would forbid nothing.`);
      const members = options.members ? readJson(options.members) : undefined;
      const places = current && (await directory(current));
      const { contents, report } = readReport(files, options.platform, places);
      const tlp = tlpOf(report, options.tlp);
      if (options.submit) checkWholeRead(report, options.skipUnread);
      const listed = listedIn(report.indicators, options.warninglist ?? [], places?.sites ?? staticSites);
      const makeDrafts = () =>
        toTips(report, {
          exchange: current?.connection.profile.exchange ?? "https://tipoff.example",
          from: current?.connection.profile.partner ?? "nobody",
          issued_at: new Date().toISOString(),
          tlp,
          operation: {
            id: options.operationId ?? crypto.randomUUID(),
            ...(options.operation && { name: options.operation }),
          },
          tipId: newTipId,
          members: {
            ...members,
            ...(options.embargo && {
              embargo: { until: options.embargo, no: ["publication", "enforcement", "user-notice"] },
            }),
          },
          ...(options.splitBy === "platform" && {
            split: { by: "platform" as const, partners: named(places?.partners ?? [], scope?.to ?? []) },
          }),
          ...(options.splitBy === "comment" && {
            split: { by: "comment" as const, operationId: () => crypto.randomUUID() },
          }),
          sites: places?.sites,
        });
      // Ids of operations and of tips that refer to each other are fixed on disk before the first is signed, so that an
      // import which was cut short goes on as the same operations.
      // The same content is the same import, wherever its file lies.
      const {
        new: again,
        out: _out,
        members: _file,
        skipUnread: _skip,
        submit: _submit,
        warninglist: _lists,
        ...words
      } = options;
      const plan =
        current && nameOf(current.name, current.connection.profile.kid, "plan", contents, words, scope, members);
      const checked = () => {
        const made = makeDrafts();
        if (made.length === 0) throw new Refused("No row lies on a platform or domain of the partners --to names.");
        if (made.some(({ document }) => document.operation.name === unnamed))
          throw new UsageError("Say what the operation is called: --operation NAME");
        return made;
      };
      const drafts =
        current && plan && options.submit
          ? (await keepOutgoing(current.name, plan, checked, !again)).kept
          : makeDrafts();
      if (options.out) {
        mkdirSync(options.out, { recursive: true });
        for (const draft of drafts)
          writeFileSync(
            path.join(options.out, `${draft.partner ?? "tip"}-${draft.document.tip}.json`),
            JSON.stringify(draft.document, null, 2),
            { mode: 0o600 },
          );
      }
      const receipts: unknown[] = [];
      if (current && options.submit) {
        const bar = progress("Sending tips", drafts.length);
        for (const [index, draft] of drafts.entries()) {
          const whole = draft.partner ? { ...scope!, to: [`partner:${draft.partner}`] } : scope!;
          const { receipt } = await submitSigned(
            current,
            ["import", draft.document, whole],
            () => signTip(current.connection, draft.document, whole),
            true,
          );
          receipts.push({ ...receipt, ...whole, indicators: draft.document.indicators.length });
          bar.at(index + 1);
        }
        bar.end();
        if (plan) settleOutgoing(current.name, plan, "sent");
      }
      const operations = options.splitBy === "comment" ? operationsOf(drafts) : undefined;
      // Only what was sent has an id that stays.
      const shown = operations?.map(({ id, ...rest }) => (options.submit ? { id, ...rest } : rest));
      show(
        globals.json,
        {
          files: report.files,
          ...(shown && { operations: shown }),
          ...(options.warninglist && { on_warninglists: listed }),
          ...(options.submit && { tips: receipts }),
        },
        () => [...textOf(report, drafts.length, operations, receipts as never), ...listedText(listed)],
      );
      if (!options.submit) checkSomethingRead(report);
    });
}

/** With --to, the partners it names; without, every partner that has platforms. */
const named = (partners: PartnerPlaces[], to: string[]): PartnerPlaces[] => {
  const slugs = to.filter((token) => token.startsWith("partner:")).map((token) => token.slice(8));
  return partners.filter((partner) => (slugs.length > 0 ? slugs.includes(partner.slug) : partner.platforms.length > 0));
};
