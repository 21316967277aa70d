/** Which values of an imported file are everyone's, by lists of such values. */
import path from "node:path";
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { type Listed, onLists, readWarninglist } from "../formats/misp/warninglist.ts";
import { readText } from "./session.ts";
import { UsageError } from "./terminal.ts";

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

export function listedText(listed: readonly Listed[]): string[] {
  if (listed.length === 0) return [];
  const values = new Set(listed.map(({ type, value }) => `${type} ${value}`)).size;
  return [
    `${values} value${values === 1 ? " stands" : "s stand"} on a warninglist; think of who else is found by ${values === 1 ? "it" : "them"}:`,
    ...listed.slice(0, most).map(({ value, list }) => `  ${value}: ${list}`),
    ...(listed.length > most ? [`  … and ${listed.length - most} more`] : []),
  ];
}
