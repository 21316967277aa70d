/** What stands beside the values of an imported file: how its author marked it, and which values are everyone's. */
import path from "node:path";
import type { Tlp } from "../core/audience.ts";
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { isLaxer, strictestTlp } from "../formats/misp/marks.ts";
import { type Listed, onLists, readWarninglist } from "../formats/misp/warninglist.ts";
import type { Report } from "../formats/report.ts";
import { readText } from "./session.ts";
import { Refused, tell, UsageError } from "./terminal.ts";

/** Refuses to send under a laxer TLP than a file is marked with, unless that TLP was stated. */
export function checkMarks(report: Report, tlp: Tlp, stated: boolean): void {
  for (const { file, marks = [] } of report.files) {
    const marked = strictestTlp(marks);
    if (marked === undefined || !isLaxer(tlp, marked)) continue;
    const says = `${path.basename(file)} is marked tlp:${marked}`;
    if (!stated) throw new Refused(`Nothing was sent: ${says}. State the TLP of the tip with --tlp.`);
    tell(`Note: ${says}; the tip is tlp:${tlp}.`);
  }
}

/** The values that stand on one of the warninglists. */
export function listedIn(indicators: readonly Indicator[], files: readonly string[], sites: Sites): Listed[] {
  const lists = files.map((file) => {
    const read = readWarninglist(readText(file), sites);
    if (!read.ok) throw new UsageError(`${path.basename(file)}: ${read.error}`);
    return read.value;
  });
  return onLists(indicators, lists);
}

const most = 20;

export const marksText = ({ files }: Report): string[] =>
  files.flatMap(({ file, marks = [] }) =>
    marks.length > 0 ? [`${path.basename(file)} is marked ${marks.join(", ")}`] : [],
  );

export function listedText(listed: readonly Listed[]): string[] {
  if (listed.length === 0) return [];
  const values = new Set(listed.map(({ type, value }) => `${type} ${value}`)).size;
  return [
    `${values} value${values === 1 ? " stands" : "s stand"} on a warninglist; think of who else is found by ${values === 1 ? "it" : "them"}:`,
    ...listed.slice(0, most).map(({ value, list }) => `  ${value}: ${list}`),
    ...(listed.length > most ? [`  … and ${listed.length - most} more`] : []),
  ];
}
