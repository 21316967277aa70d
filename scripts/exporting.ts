/** Makes the table of columns in docs/exporting.md: node scripts/exporting.ts. A test says when it is out of date. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { columns } from "../src/formats/columns.ts";

const file = path.join(import.meta.dirname, "../docs/exporting.md");

/** The document with the table as the source has it. */
export function withColumns(text: string): string {
  const rows = columns.map(({ name, meaning, of }) => `| \`${name}\` | ${of ? "tip" : "indicator"} | ${meaning} |`);
  const table = ["| column | of the | |", "|---|---|---|", ...rows].join("\n");
  return text.replace(/(<!-- columns -->\n)[\s\S]*?(<!-- \/columns -->)/, `$1${table}\n$2`);
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, withColumns(readFileSync(file, "utf8")));
