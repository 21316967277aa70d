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

test("over all its tips the author sees what was said, and what still waits for its answer", async () => {
  const list = (as: string, ...words: string[]) => run(as, "feedback", "list", ...words);
  expect((await list("chirper")).out).toMatch(
    new RegExp(
      `^${tip}  Harbour Lantern · 1 partner: found 1, needs_context 1 · 2 said, .* by facepage: needs_context\n`,
    ),
  );
  expect((await list("chirper", "--unanswered")).out).toBe("Nothing.\n");
  await run("facepage", "feedback", tip, "--status", "needs_context", "--note", "And the third?");
  const waiting = await json("chirper", "feedback", "list", "--unanswered", "--status", "needs_context");
  expect(waiting.tips).toMatchObject([{ tip, unanswered: 1, words: 3, newest: { by: "facepage" } }]);
  expect((await list("chirper", "--unanswered")).out).toContain("1 waits for your answer");
  expect((await list("facepage")).out).toBe("Nothing.\n");
  expect((await list("chirper", "--status", "outdated")).out).toBe("Nothing.\n");
  for (const wrong of [
    ["--status", "maybe"],
    ["--note", "x"],
  ])
    expect((await list("chirper", ...wrong)).code).toBe(2);
});

test("an indicator is named by what it is, a feedback by how its id begins; a tip's id that is cut short is told here", async () => {
  const words = ["--status", "outdated", "--indicators", "harbour-news.example", "--note", "Parked."];
  const { feedback } = await json("facepage", "feedback", tip, ...words);
  const heard = await run("chirper", "feedback", tip);
  expect(heard.out).toMatch(/^35 +harbour-news\.example +1 +outdated 1$/m);
  const answer = ["--reply-to", feedback.slice(0, 12), "--note", "Since when?"];
  expect(await run("chirper", "feedback", tip, ...answer)).toMatchObject({
    code: 0,
    out: expect.stringContaining("whom it answers alone reads it"),
  });
  expect(await run("facepage", "feedback", tip, "--status", "found", "--indicators", "nobody.example")).toMatchObject({
    code: 1,
    err: expect.stringContaining(`tipoff tip show ${tip}`),
  });
  expect(await run("facepage", "feedback", tip.slice(0, 8))).toMatchObject({
    code: 2,
    err: expect.stringContaining("all 36 characters"),
  });
});

test("a feedback's id that begins with a hyphen is still the value of --reply-to", async () => {
  const id = `-${"A".repeat(42)}`;
  expect(await run("chirper", "feedback", tip, "--reply-to", id, "--note", "Since when?")).toMatchObject({
    code: 1,
    err: expect.stringContaining(`begins with ${id}`),
  });
});

test("what waits for the author's decision is listed over all its tips, with the day", async () => {
  expect((await run("chirper", "dispute", "list")).out).toContain("Nothing of yours");
  const { answers } = await json("facepage", "match", "https://facepage.example/@harbour.quarter.neighbours");
  const [{ ordinal }] = answers[0].hits;
  const mistaken = ["feedback", tip, "--status", "false_positive"];
  expect((await run("facepage", ...mistaken, "--indicators", "@harbour.quarter.neighbours")).out).toContain(
    `\nDisputed by your word alone, since you host it: ${ordinal}.\n`,
  );
  expect((await run("facepage", ...mistaken)).out).toMatch(/no voice in a dispute \(it is of the tip as a whole; name/);
  const waiting = await run("chirper", "dispute", "list");
  const { disputes } = await json("chirper", "dispute", "list");
  expect(disputes).toMatchObject([{ tip, ordinal, by: ["facepage"] }]);
  const day = new Date(Date.parse(disputes[0].opened_at) + 14 * 86_400_000).toISOString().slice(0, 10);
  expect(waiting.out).toMatch(
    new RegExp(`^${tip}  ${ordinal} .*@harbour\\.quarter\\.neighbours .* ${day} .*facepage`, "m"),
  );
  expect((await run("chirper", "feed")).out).toContain(`indicators ${ordinal}`);
  expect((await run("chirper", "dispute", "confirm", tip, "harbour-news.example", "--reason", "x")).err).toContain(
    `tipoff dispute list ${tip}`,
  );
  expect(
    await run("chirper", "dispute", "confirm", tip, "@harbour.quarter.neighbours", "--reason", "It posts for it."),
  ).toMatchObject({ code: 0 });
  expect((await run("chirper", "dispute", "list")).out).toContain("Nothing of yours");
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
  for (const words of [
    [],
    [tip, "--note", "x"],
    [tip, "--status", "needs_context"],
    ["--from-match", path.join(folder, "none.json"), "--status", "found"],
    ["--from-match", path.join(folder, "found.json"), "--status", "found", "--indicators", "0"],
  ])
    expect((await run("facepage", "feedback", ...words)).code, words.join(" ")).toBe(2);
});

test("an option that is as long as an invitation's code is still an option", async () => {
  const words = ["--status", "reviewing", "--share", "--with-law-enforcement"];
  const { code, out, err } = await run("facepage", "feedback", tip, ...words);
  expect([code, out + err]).toEqual([0, expect.stringContaining("read it, law enforcement among them")]);
});
