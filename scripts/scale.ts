/** Makes the tables of docs/scale.md from docs/scale/*.json: node scripts/scale.ts. A test says when they are out of date. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { rendered } from "./scale/document.ts";

const file = path.join(import.meta.dirname, "../docs/scale.md");
writeFileSync(file, rendered(readFileSync(file, "utf8")));
