/** `tipoff feedback` against a running exchange: from a match to what its author reads, a reply, and a lost answer. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, losingAnswers, type Ran, type Started, sample, start, tipoff } from "./world.ts";

type Row = Record<string, any>;

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-feedback-"));
const home = path.join(folder, "state/home");
let exchange: Started;
let tip: string;

const run = (as: string, ...words: string[]): Promise<Ran> => tipoff(home, "--as", as, ...words);
const json = async (as: string, ...words: string[]): Promise<Row> => {
  const { code, out, err } = await run(as, "--json", ...words);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Row;
};

beforeAll(async () => {
  exchange = await start(path.join(folder, "state"), await freePort());
  const named = ["--operation", "Harbour Lantern", "--to", "platforms", "--submit"];
  tip = (await json("chirper", "import", sample("harbour-lantern-leads.csv"), ...named)).tips[0].tip;
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("what a match found is said at once, and its author reads how much of it", async () => {
  const found = path.join(folder, "found.json");
  const { answers } = await json("facepage", "match", "--file", sample("facepage-accounts.csv"));
  writeFileSync(found, JSON.stringify({ answers }));
  const said = await json("facepage", "feedback", "--from-match", found, "--status", "found", "--already-known");
  const places = new Set(answers.flatMap(({ hits }: Row) => hits.map(({ ordinal }: Row) => ordinal)));
  expect(said.feedback).toMatchObject([{ tip, indicators: places.size }]);
  const heard = await json("chirper", "feedback", tip);
  expect(heard.summary.tip).toEqual({ reporters: 1, by_status: { found: 1 } });
  expect(heard.summary.indicators).toHaveLength(places.size);
  expect((await run("chirper", "feed")).out).toMatch(
    new RegExp(`feedback .*${tip}.*by facepage  ${places.size} found`),
  );
});

test("one asks, the author answers, and only the two read it", async () => {
  const { feedback } = await json("facepage", "feedback", tip, "--status", "needs_context", "--note", "Which post?");
  expect(await run("chirper", "feedback", tip)).toMatchObject({ out: expect.stringContaining("Which post?") });
  expect(await run("chirper", "feedback", tip, "--reply-to", feedback, "--note", "The first two.")).toMatchObject({
    code: 0,
  });
  expect((await run("facepage", "feedback", tip)).out).toContain("The first two.");
  expect((await run("observatory", "feedback", tip)).code).toBe(1);
  expect(await run("chirper", "feedback", tip, "--status", "found")).toMatchObject({
    code: 1,
    err: expect.stringContaining("does not speak on its own tip"),
  });
});

test("after a lost answer the same words are the same feedback", async () => {
  const words = ["feedback", tip, "--status", "actioned", "--indicators", "0,3-7", "--count", "6", "--share"];
  const proxy = await losingAnswers(exchange.url, (method, at) => method === "POST" && at.endsWith("/feedback"));
  expect(await run("facepage", "--exchange", proxy.url, ...words)).toMatchObject({ code: 3 });
  proxy.close();
  expect(readdirSync(path.join(home, "outbox/facepage"))).toHaveLength(1);
  const given = await json("facepage", ...words);
  const { feedback } = await json("chirper", "feedback", tip);
  const shared = feedback.filter(({ share }: Row) => share === "sight");
  expect(shared).toMatchObject([{ feedback: given.feedback, statuses: { actioned: 6 } }]);
});

test("as STIX what was found is sightings, for which a tip that is made of that has no place", async () => {
  const file = path.join(folder, "tip.json");
  await run("chirper", "export", "--format", "stix", "--tip", tip, "--feedback", "--out", file);
  const { objects } = JSON.parse(readFileSync(file, "utf8"));
  const types = objects.map(({ type }: Row) => type);
  expect(types.filter((type: string) => type === "sighting").length).toBeGreaterThan(40);
  const [read] = (await json("observatory", "import", file)).files;
  expect(read.with_indicators).toBe(138);
  expect(new Set(read.unread.map(({ reason }: Row) => reason.split(" ").at(-1)))).toEqual(
    new Set(["sighting.", "opinion."]),
  );
});

test("words that do not go together are said to be so before anything is sent", async () => {
  for (const words of [[], [tip, "--note", "x"], ["--from-match", path.join(folder, "none.json"), "--status", "found"]])
    expect((await run("facepage", "feedback", ...words)).code, words.join(" ")).toBe(2);
});
