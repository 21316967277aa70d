/**
 * The package as a partner has it: packed, installed in an empty project, run by this machine's own Node and not by the one
 * the repository brings.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Ran } from "./world.ts";
import { root } from "./world.ts";

/** The environment without what `npm test` puts into it. */
const environment = Object.fromEntries(
  Object.entries({ ...process.env, PATH: ownPath() }).filter(
    ([name]) => !/^npm_(package_|lifecycle_|config_local_prefix)/.test(name) && name !== "TIPOFF_HOME",
  ),
);

export function ownPath(): string {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.filter((folder) => !folder.includes(path.join("node_modules", ".bin"))).join(path.delimiter);
}

export const run = (
  cwd: string,
  command: string,
  words: string[],
  more: Record<string, string> = {},
): Promise<Ran & { ms: number }> => {
  const began = performance.now();
  return new Promise((resolve) => {
    execFile(
      command,
      words,
      { cwd, env: { ...environment, ...more } as NodeJS.ProcessEnv, maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err, ms: performance.now() - began }),
    );
  });
};

async function npm(cwd: string, ...words: string[]): Promise<string> {
  const { code, out, err } = await run(cwd, "npm", words);
  if (code !== 0) throw new Error(`npm ${words.join(" ")}\n${out}${err}`);
  return out;
}

export interface Installed {
  project: string;
  /** Paths in the tarball. */
  files: string[];
  manifest: Record<string, Record<string, string> | undefined>;
}

/** Packs (which builds) and installs, without install scripts and only where every package takes this Node. */
export async function install(folder: string): Promise<Installed> {
  const [packed] = JSON.parse(await npm(root, "pack", "--json", "--silent", "--pack-destination", folder)) as [
    { filename: string; files: { path: string }[] },
  ];
  const project = path.join(folder, "project");
  mkdirSync(project);
  writeFileSync(
    path.join(project, "package.json"),
    JSON.stringify({ name: "a-partner", private: true, type: "module" }),
  );
  const tarball = path.join(folder, packed.filename);
  const quick = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await npm(project, "install", tarball, "--prefix", project, "--ignore-scripts", "--engine-strict", ...quick);
  const home = path.join(project, "node_modules/tipoff");
  // Into the project, as somebody pastes them.
  cpSync(path.join(home, "examples"), project, { recursive: true });
  return {
    project,
    files: packed.files.map((file) => file.path),
    manifest: JSON.parse(readFileSync(path.join(home, "package.json"), "utf8")) as Installed["manifest"],
  };
}
