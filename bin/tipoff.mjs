#!/usr/bin/env node
// Runs the command line with the Node of this installation, whichever Node started this.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const node = join(root, "node_modules", ".bin", "node");
if (!existsSync(node)) {
  console.error("tipoff is not installed yet: run `npm ci` in its folder (npm start and npm test do it by themselves).");
  process.exit(2);
}
const child = spawn(node, [join(root, "src", "cli", "main.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
