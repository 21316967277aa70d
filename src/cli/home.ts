/** TIPOFF_HOME: profiles (mode 0600), saved key sets, and the outbox: what is to be sent is on disk before it is sent. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Profile } from "../client/profile.ts";
import { UsageError } from "./terminal.ts";

export const home = (): string => process.env.TIPOFF_HOME ?? path.join(homedir(), ".tipoff");

function folder(...parts: string[]): string {
  const made = path.join(home(), ...parts);
  mkdirSync(made, { recursive: true, mode: 0o700 });
  return made;
}

/** Written whole or not at all; readable by its owner alone. */
export function writePrivate(file: string, value: unknown): void {
  const open = `${file}.${process.pid}.new`;
  writeFileSync(open, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(open, file);
}

export const profileNames = (): string[] =>
  existsSync(path.join(home(), "profiles")) ? readdirSync(path.join(home(), "profiles")).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5)) : [];

export const saveProfile = (name: string, profile: Profile): void => writePrivate(path.join(folder("profiles"), `${name}.json`), profile);

/** The profile named, or the only one there is. */
export function loadProfile(name: string | undefined, url: string | undefined): { name: string; profile: Profile } {
  const names = profileNames();
  const chosen = name ?? process.env.TIPOFF_AS ?? (names.length === 1 ? names[0] : undefined);
  if (!chosen) throw new UsageError(names.length === 0 ? `No profile in ${home()}. Join an exchange first: tipoff join URL CODE` : `Say who you are: --as ${names.join(" | ")}`);
  const file = path.join(home(), "profiles", `${chosen}.json`);
  if (!existsSync(file)) throw new UsageError(`No profile "${chosen}" in ${home()}. There are: ${names.join(", ") || "none"}`);
  const profile = JSON.parse(readFileSync(file, "utf8")) as Profile;
  return { name: chosen, profile: url ? { ...profile, url: url.replace(/\/$/, "") } : profile };
}

/** Something signed on its way out; the same name finds the same document again after a crash. */
export interface Outgoing<Body> {
  method: string;
  path: string;
  body: Body;
}

const outboxFile = (profile: string, name: string) => path.join(folder("outbox", profile), `${name}.json`);

/** What was kept under the name, or what `make` makes, which is then on disk before this returns. */
export async function keepOutgoing<Body>(profile: string, name: string, make: () => Promise<Outgoing<Body>>): Promise<Outgoing<Body>> {
  const file = outboxFile(profile, name);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Outgoing<Body>;
  const made = await make();
  writePrivate(file, made);
  return made;
}

/** Accepted, or refused for good: it is no longer to be sent. */
export const settleOutgoing = (profile: string, name: string, outcome: "sent" | "refused"): void =>
  renameSync(outboxFile(profile, name), path.join(folder(outcome, profile), `${name}-${Date.now()}.json`));

export const nameOf = (...parts: unknown[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);

export const keySetFile = (profile: string): string => path.join(folder("keys"), `${profile}.json`);
export const cursorFile = (profile: string): string => path.join(folder("cursors"), `${profile}.json`);
