/** Private keys and what was signed lie where nobody but their owner reads them. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  keepOutgoing,
  keySetFile,
  loadProfile,
  saveProfile,
  settleOutgoing,
  writePrivate,
} from "../../../src/cli/home.ts";
import type { Profile } from "../../../src/client/profile.ts";

const url = "https://tipoff.example";
const profile: Profile = { exchange: url, url, partner: "facepage", kid: "k", jwk: { kty: "OKP" } };
let folder: string;
let told: string[];

const at = (...parts: string[]): string => path.join(folder, ...parts);
const modeOf = (...parts: string[]): number => statSync(at(...parts)).mode & 0o777;

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), "tipoff-home-")), "home");
  vi.stubEnv("TIPOFF_HOME", folder);
  told = [];
  vi.spyOn(console, "error").mockImplementation((text: string) => void told.push(text));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(path.dirname(folder), { recursive: true, force: true });
});

test("everything kept is its owner's alone, folders and files", async () => {
  saveProfile("facepage", profile);
  await keepOutgoing("facepage", "a", () => "signed");
  await keepOutgoing("facepage", "b", () => "signed");
  settleOutgoing("facepage", "a", "sent");
  settleOutgoing("facepage", "b", "refused");
  writePrivate(keySetFile("facepage"), {});
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  expect(all.filter((entry) => entry.isFile())).toHaveLength(4);
  for (const entry of all)
    expect(statSync(path.join(entry.parentPath, entry.name)).mode & 0o777, entry.name).toBe(
      entry.isDirectory() ? 0o700 : 0o600,
    );
  expect(told).toEqual([]);
});

test("folders that were open to others before are closed, and that is said", async () => {
  mkdirSync(at("outbox/facepage"), { recursive: true });
  for (const place of [".", "outbox", "outbox/facepage"]) chmodSync(at(place), 0o777);
  await keepOutgoing("facepage", "a", () => "signed");
  for (const place of [".", "outbox", "outbox/facepage"]) expect(modeOf(place)).toBe(0o700);
  expect(told).toHaveLength(3);
});

test("a profile that others could read is closed when it is used, and that is said", () => {
  saveProfile("facepage", profile);
  chmodSync(at("profiles/facepage.json"), 0o644);
  expect(loadProfile("facepage", undefined).profile).toEqual(profile);
  expect(modeOf("profiles/facepage.json")).toBe(0o600);
  expect(told).toEqual([expect.stringContaining("open to other users")]);
});

test("a profile of another exchange or key is never replaced", () => {
  saveProfile("facepage", profile);
  for (const other of [{ exchange: "https://other.example" }, { kid: "other" }])
    expect(() => saveProfile("facepage", { ...profile, ...other })).toThrow("is not overwritten");
  saveProfile("facepage", { ...profile, url: "https://moved.example" });
  expect(loadProfile("facepage", undefined).profile).toEqual({ ...profile, url: "https://moved.example" });
});

test.each(["", "{}", "[]", "null", "no JSON", '{"exchange":"a","url":"a","partner":"a","kid":"a","jwk":{}}'])(
  "a file that is no profile is told with its place: %s",
  (text) => {
    saveProfile("facepage", profile);
    writeFileSync(at("profiles/facepage.json"), text);
    expect(() => loadProfile("facepage", undefined)).toThrow(`${at("profiles/facepage.json")} is not a profile`);
  },
);

test("a file or a link that lies where one is being written takes nothing", () => {
  mkdirSync(at("keys"), { recursive: true, mode: 0o700 });
  const file = keySetFile("facepage");
  const elsewhere = at("elsewhere");
  writeFileSync(elsewhere, "before");
  symlinkSync(elsewhere, `${file}.${process.pid}.new`);
  writeFileSync(file, "open", { mode: 0o644 });
  writePrivate(file, { kept: true });
  expect([modeOf("keys/facepage.json"), readFileSync(elsewhere, "utf8")]).toEqual([0o600, "before"]);
  expect(statSync(file).isFile()).toBe(true);
});

test.each(["../facepage", "/tmp/x", "..", ".hidden", "a/b", "a\nb", "a\u202eb", ""])(
  "a profile cannot be named %j, nor one of that name be used",
  (name) => {
    expect(() => saveProfile(name, profile)).toThrow("cannot name a profile");
    writeFileSync(path.join(folder, "../facepage.json"), JSON.stringify(profile), { flag: "a" });
    expect(() => loadProfile(name || "../facepage", undefined)).toThrow(/No profile/);
  },
);
