import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keepOutgoing, saveProfile, settleOutgoing } from "../../../src/cli/home.ts";
import type { Profile } from "../../../src/client/profile.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tipoff-home-"));
  process.env.TIPOFF_HOME = path.join(folder, "home");
});
afterEach(() => {
  delete process.env.TIPOFF_HOME;
  rmSync(folder, { recursive: true });
});

const mode = (...parts: string[]): number => statSync(path.join(folder, "home", ...parts)).mode & 0o777;
const outbox = () => readdirSync(path.join(folder, "home", "outbox", "chirper"));

describe("the outbox", () => {
  test("what is to be sent is on disk, for its owner alone, before it is handed to the sender", async () => {
    await keepOutgoing("chirper", "a", () => ({ signed: 1 }));
    expect(outbox()).toEqual(["a.json"]);
    expect(mode("outbox", "chirper", "a.json")).toBe(0o600);
    expect(mode("outbox")).toBe(0o700);
  });

  test("what was not answered is the same document again, and nothing is signed anew", async () => {
    await keepOutgoing("chirper", "a", () => ({ signed: 1 }));
    const again = await keepOutgoing<{ signed: number }>("chirper", "a", () => {
      throw new Error("signed twice");
    });
    expect(again).toEqual({ kept: { signed: 1 }, from: "outbox" });
  });

  test("what was accepted leaves the outbox, and an identical repeat finds it", async () => {
    await keepOutgoing("chirper", "a", () => ({ signed: 1 }));
    settleOutgoing("chirper", "a", "sent");
    expect(outbox()).toEqual([]);
    expect(await keepOutgoing("chirper", "a", () => ({ signed: 2 }), true)).toEqual({
      kept: { signed: 1 },
      from: "sent",
    });
    expect(outbox()).toEqual([]);
  });

  test("without asking for the same again, a repeat is signed anew", async () => {
    await keepOutgoing("chirper", "a", () => ({ signed: 1 }));
    settleOutgoing("chirper", "a", "sent");
    expect(await keepOutgoing("chirper", "a", () => ({ signed: 2 }))).toEqual({ kept: { signed: 2 }, from: "new" });
  });

  test("what was refused is never sent again", async () => {
    await keepOutgoing("chirper", "a", () => ({ signed: 1 }));
    settleOutgoing("chirper", "a", "refused");
    expect(await keepOutgoing("chirper", "a", () => ({ signed: 2 }), true)).toMatchObject({ from: "new" });
  });

  test("a document that could not be made leaves nothing behind", async () => {
    await expect(keepOutgoing("chirper", "a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(outbox()).toEqual([]);
  });
});

describe("a profile", () => {
  const profile = {
    exchange: "https://tipoff.example",
    url: "https://tipoff.example",
    partner: "chirper",
    kid: "k",
    jwk: {},
  } as Profile;

  test("is for its owner alone", () => {
    saveProfile("chirper", profile);
    expect(mode("profiles", "chirper.json")).toBe(0o600);
    expect(mode("profiles")).toBe(0o700);
    expect(mode()).toBe(0o700);
  });

  test.each(["../stolen", "a/b", "", ".hidden", "a\u0000b"])(
    "is not written under the name %j, whoever gave it",
    (name) => {
      expect(() => saveProfile(name, profile)).toThrow(/cannot name a profile/);
      expect(existsSync(path.join(folder, "stolen.json"))).toBe(false);
    },
  );
});
