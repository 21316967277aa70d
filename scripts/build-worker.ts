/**
 * Writes `.worker`: `src` as it is bundled, without what only the reference is made of (withoutReference). Whoever deploys,
 * starts or measures the Worker bundles `.worker/index.ts`; `src/index.ts` is the same Worker, larger.
 */
import { globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withoutReference } from "./without-reference.ts";

const root = path.join(import.meta.dirname, "..");
const aside = mkdtempSync(path.join(root, ".worker-"));

// Each file there is whole at any moment: another process may be writing it, or bundling.
function write(name: string, text: string): void {
  const file = path.join(root, ".worker", name);
  const whole = path.join(aside, path.basename(name));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(whole, text);
  renameSync(whole, file);
}

for (const name of globSync("**/*.ts", { cwd: path.join(root, "src") }))
  write(name, withoutReference(name, readFileSync(path.join(root, "src", name), "utf8")));
rmSync(aside, { recursive: true });
