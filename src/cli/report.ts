/** Files on the command line as one report, and whether enough of them was read to go on. */
import { isUtf8 } from "node:buffer";
import path from "node:path";
import type { Partner } from "../client/directory.ts";
import { type Tlp, tlps } from "../core/audience.ts";
import type { Sites } from "../core/indicators/family.ts";
import { readPlatform, staticSites } from "../core/indicators/platforms.ts";
import { type FileReport, importReport, type Report } from "../formats/report.ts";
import { readBytes } from "./session.ts";
import { Refused, tell, UsageError } from "./terminal.ts";

export interface Places {
  partners: readonly Partner[];
  sites: Sites;
}

/**
 * `places`: what the exchange knows; without, only well-known platforms are known, and none is doubted. `contents` is what was
 * given, for what is kept of a deed.
 */
export function readReport(
  files: readonly string[],
  platform: string | undefined,
  places: Places | undefined,
): { contents: string[]; report: Report } {
  const sites = places?.sites ?? staticSites;
  if (platform !== undefined) {
    const name = readPlatform(platform, sites);
    if (name === undefined)
      throw new UsageError(`--platform "${platform}" is no platform's name: give a short one, or a site's domain.`);
    const known =
      sites.domainsOf(name).length > 0 ||
      name.includes(".") ||
      places?.partners.some((one) => one.platforms.includes(name));
    if (places && !known) tell(`Note: no partner and no well-known site is called "${name}".`);
  }
  const sources = files.map((file) => ({ name: file, bytes: readBytes(file) }));
  return {
    contents: sources.map(contentOf),
    report: importReport(sources, { ...(platform !== undefined && { platform }), sites }),
  };
}

/** By which the same file is known again, wherever it lies. */
const contentOf = ({ bytes }: { bytes: Buffer }): string =>
  isUtf8(bytes) ? bytes.toString("utf8") : bytes.toString("base64");
export const tlpHelp = "red, amber+strict, amber, green, clear (default: amber, or stricter where a file is marked so)";

/** The level that was asked for; else amber, or what a file is marked with where that is stricter. */
export function tlpOf(report: Report, asked: string | undefined): Tlp {
  if (asked !== undefined && !tlps.includes(asked as Tlp)) throw new UsageError(`--tlp knows: ${tlps.join(", ")}`);
  const strictness = (level: Tlp) => tlps.indexOf(level);
  const marked = report.tlp ?? "amber";
  if (asked === undefined) return strictness(marked) < strictness("amber") ? marked : "amber";
  if (report.tlp && strictness(asked as Tlp) > strictness(marked))
    tell(`Note: the file is marked TLP:${marked.toUpperCase()}, and this is TLP:${asked.toUpperCase()}.`);
  return asked as Tlp;
}

const most = 20;

/** Rows that were not read, with file, line and reason. */
export const unreadLines = (files: readonly FileReport[]): string[] =>
  files.flatMap(({ file, unread }) => unread.map(({ line, reason }) => `${path.basename(file)}:${line}: ${reason}`));

const holdsNothing = (file: FileReport): boolean =>
  file.with_indicators + file.duplicates + file.prose + file.measures + file.observations === 0;

const shortened = (lines: readonly string[]): string[] =>
  lines.length > most ? [...lines.slice(0, most), `… and ${lines.length - most} more`] : [...lines];

/** Refuses where nothing was read, whatever was said besides. */
export function checkSomethingRead(report: Report): void {
  if (report.summary !== undefined || report.files.some((file) => !holdsNothing(file))) return;
  throw new Refused(
    "Nothing was read, so there is nothing to go on with.",
    ...report.files.flatMap((file) => (file.note ? [`${path.basename(file.file)}: ${file.note}`] : [])),
    ...report.files.flatMap((file) => (file.rows === 0 && !file.note ? [`${path.basename(file.file)}: no rows`] : [])),
    ...shortened(unreadLines(report.files)),
  );
}

/** Refuses to send part of what was given, unless that is what was asked for. */
export function checkWholeRead(report: Report, skipUnread: boolean | undefined): void {
  checkSomethingRead(report);
  if (skipUnread) return;
  const lines = unreadLines(report.files);
  const blank = report.files.filter((file) => file.rows === 0 && !file.note && holdsNothing(file));
  if (lines.length + blank.length === 0) return;
  throw new Refused(
    `Nothing was sent: ${lines.length} row${lines.length === 1 ? "" : "s"} could not be read. Mend them, or leave them out with --skip-unread.`,
    ...blank.map(({ file }) => `${path.basename(file)}: no rows`),
    ...shortened(lines),
  );
}
