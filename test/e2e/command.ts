/**
 * The command line of the sources in one file, made once in a run of the tests (TIPOFF_BUNDLES, vitest.config.ts): they start
 * it some hundred times, and it is there in half the time. The sources as they are, through the launcher, are what the
 * documents' commands run, and the package's own build what package.test.ts does.
 */
import { copyFileSync, existsSync, mkdtempSync, renameSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";

const root = path.join(import.meta.dirname, "../..");
const sources = path.join(root, "src/cli/main.ts");

/** The file to run. */
export const command = made(process.env.TIPOFF_BUNDLES);

function made(shared: string | undefined): string {
  if (!shared) return sources;
  const place = path.join(shared, "command");
  // It reads the manifest two folders up, as in dist.
  const file = path.join(place, "dist/cli/main.mjs");
  if (existsSync(file)) return file;
  const aside = mkdtempSync(`${place}-`);
  buildSync({
    entryPoints: [sources],
    outfile: path.join(aside, "dist/cli/main.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    // Of libraries in CommonJS, which ask for Node's modules so.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  copyFileSync(path.join(root, "package.json"), path.join(aside, "package.json"));
  // Whole, or not there; where another process was first, its own is taken.
  try {
    renameSync(aside, place);
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
  return file;
}
