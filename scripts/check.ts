/** `npm run check`: lint, types, generated files, lock file complete, bundle size. One line each; the first failure's output is shown. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { checkLayers } from "./check-layers.ts";

const root = path.join(import.meta.dirname, "..");
const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true", NO_COLOR: "1" };
const node = (script: string, ...args: string[]): string =>
  execFileSync(process.execPath, [path.join(root, "node_modules", script), ...args], {
    cwd: root,
    env,
    encoding: "utf8",
    stdio: "pipe",
  });
const wrangler = (...args: string[]): string => node("wrangler/bin/wrangler.js", ...args);
const bundleLimit = 200 * 1024;

const checks: [string, () => string][] = [
  ["lint, format", () => node("@biomejs/biome/bin/biome", "check", "--error-on-warnings") && "clean"],
  ["layers", () => checkLayers(root)],
  ["types", () => `${node("typescript/bin/tsc", "--noEmit")}sound`],
  ["package's types", checkPackage],
  ["generated files", () => wrangler("types", "--include-runtime=false", "--check") && "up to date"],
  ["lock file", checkLock],
  ["bundle", checkBundle],
];

/** What is built compiles without a type of Workers, and all of it but the command line without one of Node. */
function checkPackage(): string {
  node("typescript/bin/tsc", "-p", "tsconfig.build.json", "--noEmit");
  node("typescript/bin/tsc", "-p", "tsconfig.browser.json");
  return "sound without Workers; without Node but for the command line";
}

/** Some releases lack other platforms' binaries; npm then writes a lock file that `npm ci` refuses elsewhere. */
function checkLock(): string {
  const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { optionalDependencies?: object }>;
  };
  const names = Object.keys(packages);
  for (const [name, entry] of Object.entries(packages)) {
    for (const optional of Object.keys(entry.optionalDependencies ?? {})) {
      if (!names.some((known) => known.endsWith(`node_modules/${optional}`)))
        throw new Error(`${name} names ${optional}, which the lock file lacks.`);
    }
  }
  return "complete";
}

function checkBundle(): string {
  const out = mkdtempSync(path.join(tmpdir(), "tipoff-bundle-"));
  wrangler("deploy", ".worker/index.ts", "--dry-run", "--outdir", out);
  const size = gzipSync(readFileSync(path.join(out, "index.js"))).length;
  rmSync(out, { recursive: true });
  if (size > bundleLimit) throw new Error(`${(size / 1024).toFixed(1)} KiB gzip; ${bundleLimit / 1024} is the limit.`);
  return `${(size / 1024).toFixed(1)} KiB gzip, of ${bundleLimit / 1024}`;
}

let failed = false;
for (const [name, run] of checks) {
  try {
    console.log(`${name.padEnd(16)} ${run()}`);
  } catch (error) {
    failed = true;
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    console.error(`${name.padEnd(16)} FAILED\n${stdout || stderr ? `${stdout ?? ""}${stderr ?? ""}` : message}\n`);
  }
}
process.exit(failed ? 1 : 0);
