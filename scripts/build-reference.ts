/**
 * Writes `.reference`, which the Worker has as static assets: the reference's files, made from the declarations that validate,
 * and the public suffix list. Wrangler runs this before it bundles, Vitest before it tests the Worker.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suffixFile } from "../src/bundle/suffix-list.ts";
import { operations } from "../src/operations.ts";
import { referenceFiles } from "../src/reference/files.ts";
import { icannRules, privateRules } from "./suffix-list.ts";

const folder = path.join(import.meta.dirname, "../.reference");
const aside = mkdtempSync(`${folder}-`);

const files = {
  ...(await referenceFiles(operations)),
  [suffixFile]: JSON.stringify([icannRules, privateRules]),
};
// Each file there is whole at any moment: another process may be reading or writing it.
for (const [name, text] of Object.entries(files)) {
  const file = path.join(folder, name);
  const whole = path.join(aside, path.basename(name));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(whole, text);
  renameSync(whole, file);
}
rmSync(aside, { recursive: true });
