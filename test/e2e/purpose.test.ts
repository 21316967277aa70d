/** The command line for purposes and read tokens, against a running exchange: what an agency, its tools and the steward do. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, type Ran, type Started, start, tipoff } from "./world.ts";

type Row = Record<string, any>;

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-purpose-"));
const state = path.join(folder, "state");
const home = path.join(state, "home");
const day = 86_400_000;
const until = new Date(Date.now() + 30 * day).toISOString();
let exchange: Started;

const run = (as: string, ...words: string[]): Promise<Ran> => tipoff(home, "--as", as, ...words);
const json = async (as: string, ...words: string[]): Promise<Row> => {
  const { code, out, err } = await run(as, "--json", ...words);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Row;
};
const stated = (reference: string) => [
  "--case",
  reference,
  "--basis",
  "court-order",
  "--unit",
  "Unit 3",
  "--until",
  until,
];
const kept = (): Row => JSON.parse(readFileSync(path.join(home, "profiles/cyber-unit.json"), "utf8")).purpose;
const readBy = async (authorization: string, more: Record<string, string> = {}): Promise<number> =>
  (await fetch(`${exchange.url}/v1/tips`, { headers: { authorization, ...more } })).status;

beforeAll(async () => {
  exchange = await start(state, await freePort());
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a purpose is registered, used in place of another, and ended with what is bound to it", async () => {
  const first = kept();
  const { out } = await run("cyber-unit", "purpose", "add", ...stated("XA-20"));
  const id = /^(\S{43}) is active/.exec(out)![1]!;
  expect(out).toContain(`tipoff purpose use ${id}`);
  expect(kept()).toEqual(first);
  expect(await json("cyber-unit", "purpose", "use", id)).toMatchObject({ case: "XA-20", state: "active" });
  expect(kept()).toMatchObject({ case: "XA-20", until });
  expect(await run("cyber-unit", "tip", "list")).toMatchObject({ code: 0 });
  expect((await run("cyber-unit", "purpose", "end", id)).out).toMatch(/is ended: nothing is read .*by the agency/);
  expect(await run("cyber-unit", "tip", "list")).toMatchObject({ code: 1, err: expect.stringContaining("was ended") });
  const file = path.join(folder, "tips.csv");
  expect((await run("cyber-unit", "export", "--format", "csv", "--out", file)).err).not.toContain("--resume");
  expect(existsSync(`${file}.part`)).toBe(false);
  expect(await run("cyber-unit", "purpose", "list")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/ended +court-order +XA-20/),
  });
});

test("where the steward approves it waits until then, and a declined one stays ended", async () => {
  await json("steward", "partner", "set", "cyber-unit", "--purpose-approval");
  expect((await run("steward", "partner", "show", "cyber-unit")).out).toContain("approved one by one");
  expect((await run("cyber-unit", "purpose", "add", ...stated("XA-21"), "--use")).out).toMatch(
    /waits for the steward's approval/,
  );
  expect(await run("cyber-unit", "tip", "list")).toMatchObject({
    code: 1,
    err: expect.stringContaining("tipoff purpose add"),
  });
  const { purposes } = await json("steward", "purpose", "list", "--partner", "cyber-unit");
  const id = purposes.find((row: Row) => row.case === "XA-21").purpose;
  expect((await run("steward", "purpose", "approve", "cyber-unit", id)).out).toContain("is active");
  expect(await run("cyber-unit", "tip", "list")).toMatchObject({ code: 0 });
  expect((await run("steward", "purpose", "end", id, "--partner", "cyber-unit")).out).toContain("by the steward");
  expect(await run("steward", "purpose", "approve", "cyber-unit", id)).toMatchObject({ code: 1 });
  await json("steward", "partner", "set", "cyber-unit", "--no-purpose-approval");
  expect(await run("cyber-unit", "tip", "list")).toMatchObject({ code: 1 });
  await json("cyber-unit", "token", ...stated("XA-22"));
});

test("a day is meant to its end, and a non-disclosure has a law and an end", async () => {
  const day = until.slice(0, 10);
  const words = ["--case", "XA-23", "--basis", "x-harbour-act", "--unit", "Unit 3", "--until", day];
  const silent = ["--silent-basis", "Harbour Act, section 12", "--silent-until", day];
  expect(await json("cyber-unit", "purpose", "add", ...words, ...silent)).toMatchObject({
    until: `${day}T23:59:59.000Z`,
    non_disclosure: { basis: "Harbour Act, section 12", until: `${day}T23:59:59.000Z` },
  });
  expect(await run("cyber-unit", "purpose", "add", ...words, ...silent.slice(0, 2))).toMatchObject({ code: 2 });
});

test("a tip shown to an agency says what it is, where legal process goes, and the account's id", async () => {
  const tip = path.join(folder, "tip.json");
  const indicators = [{ type: "account", platform: "chirper", id: "1790000005915952762", handle: "ada" }];
  writeFileSync(tip, JSON.stringify({ tlp: "amber", operation: { name: "Harbour Lantern" }, indicators }));
  const { tip: id } = await json("chirper", "tip", "submit", tip, "--to", "partner:cyber-unit");
  const { out } = await run("cyber-unit", "tip", "show", id);
  for (const words of [
    "Harbour Lantern · 1 indicator ·",
    "Intelligence lead, not evidence",
    "serve legal process at https://chirper.example/legal",
    "Whom to ask: tipoff partner show chirper",
    "1790000005915952762",
  ])
    expect(out).toContain(words);
  expect(out).not.toContain("are yours");
  await json("chirper", "tip", "withdraw", id, "--reason", "mistake");
  expect(await run("cyber-unit", "tip", "show", id)).toMatchObject({
    code: 1,
    err: expect.stringContaining("tipoff feed"),
  });
});

test.concurrent.each([
  ["purpose add", 2],
  ["purpose add --case X", 2],
  [`purpose end ${"A".repeat(43)}`, 1],
  ["read-token add", 1],
  ["read-token add --address 0.0.0.0/0", 1],
  ["read-token add --address 203.0.113.7 --days x", 2],
  ["read-token revoke zz", 2],
  ["read-token revoke 0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11", 1],
])("%s says what is wrong and exits %i", async (words, code) => {
  const ran = await run("cyber-unit", ...words.split(" "));
  expect([ran.code, ran.err.length > 10]).toEqual([code, true]);
});

test("a platform has no purposes", async () => {
  expect(await run("facepage", "purpose", "list")).toMatchObject({ code: 1, err: expect.stringContaining("scope") });
});

test("a read token is in its file alone, reads, is listed with its last day, and is revoked", async () => {
  const file = path.join(folder, "opencti.token");
  const added = await run("facepage", "read-token", "add", "--description", "OpenCTI", "--days", "7", "--file", file);
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining("for you alone") });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const token = readFileSync(file, "utf8").trim();
  expect(added.out).not.toContain(token);
  expect(await readBy(`Basic ${btoa(`any:${token}`)}`)).toBe(200);
  const list = (await run("facepage", "read-token", "list")).out;
  expect(list).toMatch(new RegExp(`OpenCTI +anywhere +\\S+ +${new Date().toISOString().slice(0, 10)}`));
  expect(await run("facepage", "read-token", "add", "--file", file)).toMatchObject({ code: 2 });
  expect((await run("facepage", "read-token", "revoke", list.match(/[0-9a-f]{8}-/)![0])).code).toBe(0);
  expect(await readBy(`Basic ${btoa(`any:${token}`)}`)).toBe(401);
});

test("law enforcement's is taken from where it is bound to; on one's own machine that is the loopback", async () => {
  const bound = async (address: string): Promise<string> =>
    (await json("cyber-unit", "read-token", "add", "--address", address)).token;
  const [here, there] = [await bound("127.0.0.1"), await bound("203.0.113.7")];
  expect([await readBy(`Bearer ${here}`), await readBy(`Bearer ${there}`)]).toEqual([200, 401]);
});
