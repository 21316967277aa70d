/** Makes the table of headings in docs/importing.md: node scripts/importing.ts. A test says when it is out of date. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { headingRows } from "../src/formats/headings.ts";

const file = path.join(import.meta.dirname, "../docs/importing.md");

/** The document with the table as the source has it. */
export function withHeadings(text: string): string {
  const rows = headingRows().map(
    ({ field, headings, says, identifies }) => `| ${identifies ? "*" : ""} | \`${field}\` | ${headings} | ${says} |`,
  );
  const table = ["| | member | headings | |", "|---|---|---|---|", ...rows].join("\n");
  return text.replace(/(<!-- headings -->\n)[\s\S]*?(<!-- \/headings -->)/, `$1${table}\n$2`);
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, withHeadings(readFileSync(file, "utf8")));
