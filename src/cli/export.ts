/**
 * `tipoff export`: what you may see, for the tools you have. Guarantees: a file has its name once it is whole, and its owner
 * alone can read it; what is not whole ends with an exit code that says so, and the command that goes on with it.
 */
import type { Command } from "commander";
import type { ExportOptions } from "../client/export.ts";
import { tlps } from "../core/audience.ts";
import { parseTime } from "../core/time.ts";
import { exportRows } from "./export-rows.ts";
import { exportTips } from "./export-tips.ts";
import { oneOf, session } from "./session.ts";
import { UsageError } from "./terminal.ts";

export interface Options extends Pick<ExportOptions, "since" | "embargoed" | "group" | "tlp"> {
  format?: string;
  tip?: string;
  out?: string;
  resume?: string;
  feedback?: boolean;
}

const tables = ["xlsx", "csv", "ndjson"] as const;
const documents = ["stix", "misp"] as const;
export type TableFormat = (typeof tables)[number];
export type DocumentFormat = (typeof documents)[number];

export function addExportCommand(program: Command): void {
  program
    .command("export")
    .description(
      "what you may see as a spreadsheet, CSV, NDJSON, STIX 2.1 bundles or MISP events; each tip is recorded",
    )
    .requiredOption("--format <format>", [...tables, ...documents].join(", "))
    .option("--since <time>", "only tips that you gained sight of after that (RFC 3339, or a day)")
    .option("--embargoed", "also tips under an embargo: what it forbids binds you")
    .option("--group <group>", "only tips that reach you through this group")
    .option("--tlp <level>", "only tips of this level")
    .option("--tip <tip>", "stix, misp: this tip alone")
    .option("--feedback", "stix: also what was said of each tip, as far as you read it: sightings and opinions")
    .option("--out <file>", "write there; stix, misp without --tip: a folder with a file for each tip")
    .option("--resume <file>", "csv, ndjson: go on with that file, behind its last whole row")
    .addHelpText(
      "after",
      `
Without --out it goes to standard output: stix and misp a line for each tip.

Examples:
  tipoff --as cyber-unit export --format xlsx --out tips.xlsx
  tipoff --as facepage export --format csv --since 2026-11-01 --out november.csv
  tipoff --as facepage export --format csv --resume november.csv            (what came since, or the rest of it)
  tipoff --as facepage export --format stix --tip TIP --out tip.json
  tipoff --as facepage export --format misp --out events`,
    )
    .action(async ({ format = "", ...options }: Options, command: Command) => {
      oneOf("--format", format, [...tables, ...documents]);
      oneOf("--tlp", options.tlp, tlps);
      if (options.since !== undefined && parseTime(options.since) === undefined)
        throw new UsageError("--since takes an RFC 3339 time or a day, such as 2026-11-23.");
      const isTable = tables.some((one) => one === format);
      if (isTable && options.tip !== undefined) throw new UsageError("--tip is for stix and misp.");
      if (options.feedback && format !== "stix") throw new UsageError("--feedback is for stix.");
      if (options.resume !== undefined && (!isTable || format === "xlsx"))
        throw new UsageError("--resume is for csv and ndjson: anything else is made anew.");
      if (options.resume !== undefined && (options.out !== undefined || options.since !== undefined))
        throw new UsageError("--resume goes on in that file, where it ended: leave out --out and --since.");
      const current = await session(command);
      if (isTable) await exportRows(current, format as TableFormat, options);
      else await exportTips(current, format as DocumentFormat, options);
    });
}
