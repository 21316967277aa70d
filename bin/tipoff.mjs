#!/usr/bin/env node
// The `tipoff` command. Installed as a package it is built JavaScript, run by the Node that runs this (20.19 or later); in the
// repository it is the TypeScript sources, run by the repository's own Node.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const sources = join(root, "src", "cli", "main.ts");
if (existsSync(sources)) runSources();
else await import("../dist/cli/main.js");

function runSources() {
  const node = join(root, "node_modules", ".bin", "node");
  if (!existsSync(node)) {
    console.error(
      "tipoff is not installed yet: run `npm ci` in its folder (npm start and npm test do it by themselves).",
    );
    process.exit(2);
  }
  // What was compiled is kept: a command starts in half the time.
  const env = { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "tipoff"), ...process.env };
  const child = spawn(node, [sources, ...process.argv.slice(2)], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
}
