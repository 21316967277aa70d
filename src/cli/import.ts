/** `tipoff import`: takedown reports and exports into tips. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { newTipId, signTip } from "../client/tips.ts";
import { tlps } from "../core/audience.ts";
import { staticSites } from "../core/indicators/platforms.ts";
import { parseTime } from "../core/time.ts";
import { importReport } from "../formats/report.ts";
import { type PartnerPlaces, toTips } from "../formats/to-tips.ts";
import { keepOutgoing, nameOf, settleOutgoing } from "./home.ts";
import { operationsOf, textOf } from "./import-text.ts";
import { directory, list, readJson, readText, session } from "./session.ts";
import { progress, show, UsageError } from "./terminal.ts";
import { submitSigned } from "./tip.ts";

interface Options {
  operation?: string;
  operationId?: string;
  tlp: string;
  to?: string[];
  except?: string[];
  embargo?: string;
  splitBy?: string;
  platform?: string;
  members?: string;
  submit?: boolean;
  new?: boolean;
  out?: string;
}

export function addImportCommand(program: Command): void {
  program
    .command("import <files...>")
    .description("read takedown reports and account exports; show what was read, and with --submit tip others")
    .option("--operation <name>", "the operation's name")
    .option("--operation-id <uuid>", "an operation that has an id already")
    .option("--tlp <level>", "red, amber+strict, amber, green, clear", "amber")
    .option("--to <tokens>", "partner:…, group:…, platforms, research, law-enforcement, everyone", list)
    .option("--except <partners>", "partners that are not to see it", list)
    .option("--embargo <time>", "no publication, enforcement or user notice before (RFC 3339)")
    .option(
      "--split-by <what>",
      "platform: one tip for each named partner with its own platform's rows; comment: one operation for each actor or campaign that the rows' comments name, and one for the rest",
    )
    .option("--platform <name>", "whose accounts an export lists")
    .option("--members <file>", "JSON with further members: ask, contact, handling, basis …")
    .option("--submit", "sign and send")
    .option("--new", "make new tips of what was sent before")
    .option("--out <dir>", "write the documents there")
    .addHelpText(
      "after",
      `
Reads kill-chain reports, typed rows, Markdown reports, account exports, CSV with our fields, our JSON, one value a line.
Every row is of one class: rows = with_indicators + duplicates + prose + unread.

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
      if (options.submit && !options.to) throw new UsageError("Say who may see it: --to platforms, group:…, partner:…");
      if (!tlps.includes(options.tlp as never)) throw new UsageError(`--tlp knows: ${tlps.join(", ")}`);
      if (options.splitBy && !["platform", "comment"].includes(options.splitBy))
        throw new UsageError("--split-by knows: platform, comment");
      if (options.splitBy === "comment" && options.operationId)
        throw new UsageError(
          "--split-by comment makes an operation for each actor: --operation-id would name one for all.",
        );
      if (options.embargo && parseTime(options.embargo) === undefined)
        throw new UsageError("--embargo takes an RFC 3339 time, such as 2026-11-23T15:00:00Z.");
      const members = options.members ? readJson(options.members) : undefined;
      const sources = files.map((file) => ({ name: file, text: readText(file) }));
      const { partners, sites } = current ? await directory(current) : { partners: [], sites: staticSites };
      const report = importReport(sources, { platform: options.platform, sites });
      const makeDrafts = () =>
        toTips(report, {
          exchange: current?.connection.profile.exchange ?? "https://tipoff.example",
          from: current?.connection.profile.partner ?? "nobody",
          issued_at: new Date().toISOString(),
          tlp: options.tlp as never,
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
            split: { by: "platform" as const, partners: named(partners, options.to ?? []) },
          }),
          ...(options.splitBy === "comment" && {
            split: { by: "comment" as const, operationId: () => crypto.randomUUID() },
          }),
          sites,
        });
      // Ids of operations and of tips that refer to each other are fixed on disk before the first is signed, so that an
      // import which was cut short goes on as the same operations.
      const { new: again, ...words } = options;
      const plan = current && nameOf(current.name, current.connection.profile.kid, "plan", sources, words, members);
      const drafts =
        current && plan && options.submit
          ? (await keepOutgoing(current.name, plan, makeDrafts, !again)).kept
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
          const to = draft.partner ? [`partner:${draft.partner}`] : options.to!;
          const { receipt } = await submitSigned(
            current,
            ["import", draft.document, to, options.except],
            () => signTip(current.connection, draft.document, { to, except: options.except }),
            true,
          );
          receipts.push({ ...receipt, to, indicators: draft.document.indicators.length });
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
        { files: report.files, ...(shown && { operations: shown }), ...(options.submit && { tips: receipts }) },
        () => textOf(report, drafts.length, operations, receipts as never),
      );
    });
}

/** With --to, the partners it names; without, every partner that has platforms. */
const named = (partners: PartnerPlaces[], to: string[]): PartnerPlaces[] => {
  const slugs = to.filter((token) => token.startsWith("partner:")).map((token) => token.slice(8));
  return partners.filter((partner) => (slugs.length > 0 ? slugs.includes(partner.slug) : partner.platforms.length > 0));
};
