/**
 * Files of takedown reports into one report: canonical indicators, each once, with the procedures of all its rows united.
 * Each row is of exactly one class, the first that fits: it names an indicator not seen before, or only such as were, or
 * prose, or it could not be read. `rows = with_indicators + duplicates + prose + unread` holds for every file.
 */
import { type Tlp, tlps } from "../core/audience.ts";
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { staticSites } from "../core/indicators/platforms.ts";
import { canonicalise } from "../core/indicators/registry.ts";
import type { Actor } from "./actor.ts";
import { readText } from "./detect.ts";
import { identityOf, merge } from "./merge.ts";
import { readWorkbookFile } from "./read-workbook.ts";
import type { Contents, Context, Measure, Observation } from "./reading.ts";
import { looksPacked } from "./xlsx-parts.ts";

/** A file by its text, or by its bytes: a workbook (`.xlsx`) has no text, and what else is told from them is UTF-8. */
export type SourceFile = { name: string } & ({ text: string } | { bytes: Uint8Array });

export interface ImportOptions {
  /** Whose accounts an export lists, and where bare handles are. */
  platform?: string;
  /** Defaults to the table of well-known platforms. */
  sites?: Sites;
}

export interface FileReport {
  file: string;
  rows: number;
  with_indicators: number;
  prose: number;
  duplicates: number;
  /** Indicators first named in this file; over all files they add up to the report's. */
  values: number;
  by_type: Record<string, number>;
  measures: number;
  observations: number;
  unread: { line: number; reason: string }[];
  /** How the file is marked: the strictest level of TLP in it, and statements in words. */
  tlp?: Tlp;
  statements?: string[];
  /** Why a file has no rows, or none that is read. */
  note?: string;
  /** Columns whose headings are not known: what stands in them is left out. */
  ignored_columns?: string[];
  /** Of a workbook: the sheet that was read, and those that were not. */
  sheet?: string;
  other_sheets?: string[];
}

export interface Report {
  files: FileReport[];
  indicators: Indicator[];
  measures: Measure[];
  observations: Observation[];
  /** The indicators again, by whom their rows name; those of rows that name nobody without `actor`. One may be in several. */
  by_actor: { actor?: Actor; indicators: Indicator[] }[];
  /** The first summary and name that a file states, and what the first file to state more says of the operation. */
  summary?: string;
  operation_name?: string;
  operation?: Record<string, unknown>;
  /** The strictest level of TLP that a file is marked with. */
  tlp?: Tlp;
}

/**
 * Reads takedown reports and exports: kill-chain CSV, typed rows, Markdown, account exports, CSV with our fields, workbooks
 * (`.xlsx`) of any of these, our JSON, STIX 2.1 bundles, MISP events, one value a line; which one is told from what the file
 * holds. Never throws for what a file holds: a row that could not be read stands
 * in its file's `unread`, with its line (from 1) and the reason.
 *
 * @example
 * ```js
 * const report = importReport([{ name: "leads.csv", text }], { platform: "chirper" });
 * console.log(report.indicators.length, report.files[0].unread);
 * ```
 */
export function importReport(files: readonly SourceFile[], options: ImportOptions = {}): Report {
  const sites = options.sites ?? staticSites;
  const context = { sites, ...(options.platform ? { platform: options.platform } : {}) };
  const collected = new Collected(sites);
  const report: Report = { files: [], indicators: [], measures: [], observations: [], by_actor: [] };
  for (const file of files) {
    const read = readFile(file, context);
    report.files.push(collected.add(file.name, read));
    report.summary ??= read.summary;
    report.operation_name ??= read.operation_name;
    report.operation ??= read.operation;
    if (read.tlp && (!report.tlp || tlps.indexOf(read.tlp) < tlps.indexOf(report.tlp))) report.tlp = read.tlp;
  }
  return { ...report, ...collected.result() };
}

function readFile(file: SourceFile, context: Context): Contents {
  if ("text" in file) return readText(file.name, file.text, context);
  if (looksPacked(file.bytes)) return readWorkbookFile(file.bytes, context);
  return readText(file.name, new TextDecoder().decode(file.bytes), context);
}

/** What has been read so far, each thing once. */
class Collected {
  readonly #sites: Sites;
  readonly #indicators = new Map<string, Indicator>();
  readonly #byActor = new Map<string | undefined, { actor?: Actor; found: Map<string, Indicator> }>();
  readonly #measures = new Map<string, Measure>();
  readonly #observations = new Map<string, Observation>();

  constructor(sites: Sites) {
    this.#sites = sites;
  }

  add(file: string, read: Contents): FileReport {
    const before = { measures: this.#measures.size, observations: this.#observations.size };
    const found: FileReport = {
      file,
      rows: read.readings.length,
      with_indicators: 0,
      prose: 0,
      duplicates: 0,
      values: 0,
      by_type: {},
      measures: 0,
      observations: 0,
      unread: [],
    };
    for (const one of read.readings) {
      const fresh = one.indicators.filter((indicator) => this.#put(indicator, one.actor));
      for (const { type } of fresh) found.by_type[type] = (found.by_type[type] ?? 0) + 1;
      found.values += fresh.length;
      if (fresh.length > 0) found.with_indicators++;
      else if (one.indicators.length > 0) found.duplicates++;
      else if (one.measures.length + one.observations.length > 0) found.prose++;
      else found.unread.push({ line: one.line, reason: one.reason ?? "Nothing was recognised." });
      this.#tell(file, one.measures, one.observations);
    }
    this.#tell(file, read.measures, read.observations);
    found.measures = this.#measures.size - before.measures;
    found.observations = this.#observations.size - before.observations;
    return {
      ...found,
      ...(read.tlp && { tlp: read.tlp }),
      ...(read.statements && { statements: read.statements }),
      ...(read.note && { note: read.note }),
      ...(read.ignored_columns && { ignored_columns: read.ignored_columns }),
      ...(read.sheet !== undefined && { sheet: read.sheet }),
      ...(read.other_sheets && { other_sheets: read.other_sheets }),
    };
  }

  /** True where the indicator was not there yet. */
  #put(read: Indicator, actor: Actor | undefined): boolean {
    const parsed = canonicalise(read, this.#sites);
    // Readers give canonical values; members they added beside (a note, a role) do not change that.
    const indicator = parsed.ok ? parsed.value.indicator : read;
    const identity = identityOf(indicator);
    const part = this.#byActor.get(actor?.key) ?? { ...(actor && { actor }), found: new Map<string, Indicator>() };
    this.#byActor.set(actor?.key, part);
    add(part.found, identity, indicator);
    return add(this.#indicators, identity, indicator);
  }

  /** The same count in two files is two facts; the same in one file is one, under several procedures. */
  #tell(file: string, measures: readonly Measure[], observations: readonly Observation[]): void {
    for (const measure of measures) this.#measures.set(`${file} ${JSON.stringify(measure)}`, measure);
    for (const { procedure, text, lang } of observations) {
      this.#observations.set(`${procedure} ${text}`, {
        ...(procedure ? { procedure } : {}),
        text,
        ...(lang ? { lang } : {}),
      });
    }
  }

  result(): Pick<Report, "indicators" | "measures" | "observations" | "by_actor"> {
    return {
      indicators: [...this.#indicators.values()],
      measures: [...this.#measures.values()],
      observations: [...this.#observations.values()],
      by_actor: [...this.#byActor.values()].map(({ found, ...part }) => ({ ...part, indicators: [...found.values()] })),
    };
  }
}

/** True where it was not there yet. */
function add(found: Map<string, Indicator>, identity: string, indicator: Indicator): boolean {
  const known = found.get(identity);
  found.set(identity, known ? merge(known, indicator) : indicator);
  return known === undefined;
}
