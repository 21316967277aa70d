/** Where the real reports lie; they are not part of this repository, so tests on them skip where they are absent. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { SourceFile } from "../../../src/formats/report.ts";

const root = path.join(import.meta.dirname, "../../..");
const folder = path.resolve(root, process.env.TIPOFF_TEST_DATA ?? "../shared/data");
export const absent = !existsSync(path.join(folder, "threat-research"));
/** A title that says what is missing. */
export const real = (title: string): string =>
  absent ? `${title} (skipped: no data at ${folder}; set TIPOFF_TEST_DATA)` : title;

function read(below: string, ending: string): SourceFile[] {
  if (absent) return [];
  const names = readdirSync(path.join(folder, below)).filter((name) => name.endsWith(ending) && name !== "LICENSE");
  return names.sort().map((name) => ({ name, text: readFileSync(path.join(folder, below, name), "utf8") }));
}

export const reports = read("threat-research", ".csv");
export const markdown = read("threat-research/markdown", ".md");
export const ranges = read("vpn-ranges", ".txt");
export const sample = (name: string): SourceFile => ({
  name,
  text: readFileSync(path.join(root, "samples", name), "utf8"),
});
export const listsAbsent = !existsSync(path.join(folder, "warninglists"));
export const lists = listsAbsent ? [] : read("warninglists", ".json");
