/**
 * TIPOFF_HOME: profiles, saved key sets, and the outbox: what is to be sent is on disk before it is sent. Folders are their
 * owner's alone (0700), files too (0600), and are made so where they were there before with wider modes.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { JWK } from "jose";
import { loadKey, makeKey, type NewKey } from "../client/join.ts";
import type { Profile } from "../client/profile.ts";
import { tell, UsageError } from "./terminal.ts";

export const home = (): string => process.env.TIPOFF_HOME ?? path.join(homedir(), ".tipoff");

function folder(...parts: string[]): string {
  const made = path.join(home(), ...parts);
  mkdirSync(made, { recursive: true, mode: 0o700 });
  for (let at = 0; at <= parts.length; at++) close(path.join(home(), ...parts.slice(0, at)), 0o700);
  return made;
}

/** Takes from others what they may do there, and says so: what lay open may be known to them. */
function close(place: string, mode: number): void {
  const stated = statSync(place).mode & 0o777;
  if ((stated & ~mode) === 0 || process.platform === "win32") return;
  try {
    chmodSync(place, stated & mode);
  } catch {
    throw new UsageError(`${place} is open to other users and not yours to close.`);
  }
  tell(`${place} was open to other users of this machine; it is closed to them now.`);
}

/** Written whole or not at all; readable by its owner alone. */
export function writePrivate(file: string, value: unknown): void {
  const open = `${file}.${process.pid}.new`;
  // A file that is there keeps its mode, and may be a link: it is never written into.
  rmSync(open, { force: true });
  writeFileSync(open, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(open, file);
}

const namesIn = (part: string): string[] =>
  existsSync(path.join(home(), part))
    ? readdirSync(path.join(home(), part))
        .filter((name) => name.endsWith(".json"))
        .map((name) => name.slice(0, -5))
    : [];
export const profileNames = (): string[] => namesIn("profiles");
export const savedKeySets = (): string[] => namesIn("keys");

/** A profile's name becomes a file's: an exchange that calls its partner "../x" is refused. */
export function checkProfileName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name))
    throw new UsageError(`"${name}" cannot name a profile: use letters, digits, ".", "_" and "-".`);
}

const profileFile = (name: string): string => path.join(home(), "profiles", `${name}.json`);

export const otherProfile = (name: string): UsageError =>
  new UsageError(`${profileFile(name)} is a profile of another exchange or key, and is not overwritten.`);

/** Makes a profile, or changes it: one of another exchange or key is never replaced, since its private key would be gone. */
export function saveProfile(name: string, profile: Profile): void {
  checkProfileName(name);
  folder("profiles");
  if (existsSync(profileFile(name))) {
    const { exchange, kid } = readProfile(name);
    if (exchange !== profile.exchange || kid !== profile.kid) throw otherProfile(name);
  }
  writePrivate(profileFile(name), profile);
}

/** A profile as it lies there; what is none is told with its place. */
function readProfile(name: string): Profile {
  const file = profileFile(name);
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as Partial<Profile> | null;
    const texts = [found?.exchange, found?.url, found?.partner, found?.kid, found?.jwk?.kty];
    if (texts.every((text) => typeof text === "string")) return found as Profile;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(
    `${file} is not a profile: it has exchange, url, partner, kid and jwk, as \`tipoff join\` writes them.`,
  );
}

/** Where an exchange answers, as it was typed. */
export function checkUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw new UsageError(`"${text}" is not an exchange's address: write it whole, as in https://tipoff.example`);
  return text.replace(/\/+$/, "");
}

/** What a failure tells besides: who this command is for, and whether something signed waits to be sent. */
export const circumstances: { profile?: string; waiting?: boolean; reading?: boolean; missing?: string } = {};

/** The profile named, or the only one there is. */
export function loadProfile(name: string | undefined, url: string | undefined): { name: string; profile: Profile } {
  const names = profileNames();
  const chosen = name ?? process.env.TIPOFF_AS ?? (names.length === 1 ? names[0] : undefined);
  if (!chosen)
    throw new UsageError(
      names.length === 0
        ? `No profile in ${home()}. Join an exchange first: tipoff join URL CODE`
        : `Say who you are: --as ${names.join(" | ")} (or set TIPOFF_AS)`,
    );
  if (!names.includes(chosen))
    throw new UsageError(`No profile "${chosen}" in ${home()}. There are: ${names.join(", ") || "none"}`);
  folder("profiles");
  close(profileFile(chosen), 0o600);
  const profile = readProfile(chosen);
  circumstances.profile = chosen;
  return { name: chosen, profile: url ? { ...profile, url: checkUrl(url) } : profile };
}

/** The key with which this code joins: kept from an earlier try, or made and on disk before this returns. */
export async function keyForJoining(code: string): Promise<{ key: NewKey; forget(): void }> {
  const file = path.join(folder("joining"), `${nameOf(code)}.json`);
  const key = existsSync(file) ? await loadKey(JSON.parse(readFileSync(file, "utf8")) as JWK) : await makeKey();
  if (!existsSync(file)) writePrivate(file, key.jwk);
  return { key, forget: () => rmSync(file) };
}

/** Something signed on its way out; the same name finds the same document again after a crash. */
export interface Outgoing<Body> {
  method: string;
  path: string;
  body: Body;
}

const outboxFile = (profile: string, name: string) => path.join(folder("outbox", profile), `${name}.json`);
const sentFile = (profile: string, name: string) => path.join(folder("sent", profile), `${name}.json`);

/**
 * What was kept under the name, or what `make` makes, which is then on disk before this returns. With `again`, what was
 * accepted under the name counts as kept: the same words are the same document.
 */
export async function keepOutgoing<Kept>(
  profile: string,
  name: string,
  make: () => Promise<Kept> | Kept,
  again = false,
): Promise<{ kept: Kept; from: "outbox" | "sent" | "new" }> {
  const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Kept;
  const file = outboxFile(profile, name);
  if (existsSync(file)) return { kept: read(file), from: "outbox" };
  if (again && existsSync(sentFile(profile, name))) return { kept: read(sentFile(profile, name)), from: "sent" };
  const kept = await make();
  writePrivate(file, kept);
  return { kept, from: "new" };
}

/** Accepted, or refused for good: it is no longer to be sent. */
export function settleOutgoing(profile: string, name: string, outcome: "sent" | "refused"): void {
  const file = outboxFile(profile, name);
  if (existsSync(file))
    renameSync(
      file,
      outcome === "sent"
        ? sentFile(profile, name)
        : path.join(folder("refused", profile), `${name}-${Date.now()}.json`),
    );
}

export const nameOf = (...parts: unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);

export const keySetFile = (profile: string): string => path.join(folder("keys"), `${profile}.json`);
export const cursorFile = (profile: string): string => path.join(folder("cursors"), `${profile}.json`);
