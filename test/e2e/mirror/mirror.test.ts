/** The mirror against a running exchange: the same tips in view, the same answers, and nothing left of what was taken back. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Connection } from "../../../src/client/connect.ts";
import { listTips } from "../../../src/client/read-tip.ts";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import { lockFolder } from "../../../src/mirror/files.ts";
import { matchFile } from "../../../src/mirror/match-file.ts";
import { Mirror } from "../../../src/mirror/mirror.ts";
import { tipoff } from "../world.ts";
import {
  type Author,
  authorOf,
  indicatorsOf,
  lifeOf,
  questionsAbout,
  soon,
  startWorld,
  type World,
} from "./history.ts";
import { replay, viewAtHome, viewOf } from "./replay.ts";

let world: World;
let chirper: Author;
let reader: Connection;
const seed = Number(process.env.TIPOFF_SEED ?? Date.now() % 1_000_000);

beforeAll(async () => {
  world = await startWorld("mirror");
  chirper = authorOf(await world.as("chirper"));
  reader = await world.as("observatory");
});
afterAll(() => world?.stop());

const folder = (name: string): string => path.join(world.folder, name);

/** As the exchange answers over its own door. */
const asked = async (questions: unknown[], on_host = false) =>
  (await reader.call<{ answers: unknown[] }>("POST", "/v1/match", { questions, on_host })).answers;

async function inView() {
  const seen: { tip: string; version: number; digest: string; through: string }[] = [];
  for await (const { tip, version, digest, through } of listTips(await world.as("observatory")))
    seen.push({ tip, version, digest, through });
  return seen.sort((a, b) => (a.tip < b.tip ? -1 : 1));
}

const found = async (mirror: Mirror, ...values: string[]) =>
  (await mirror.match(values)).map(({ hits }) => hits.map((hit) => hit.tip));

describe("the exchange's view", () => {
  test("answers are the exchange's, in its order, for questions of every type", async () => {
    await lifeOf([chirper, authorOf(await world.as("facepage"))], seed, false)(25);
    const mirror = await Mirror.open(folder("answers"));
    await mirror.sync(reader);
    expect(mirror.tips().map(({ from: _from, ...tip }) => tip)).toEqual(await inView());
    const questions = questionsAbout(Array.from({ length: 8 }, (_, at) => indicatorsOf(seed + at * 3, 12)).flat());
    let hits = 0;
    for (let at = 0; at < questions.length; at += 150) {
      const some = questions.slice(at, at + 150);
      for (const on_host of [false, true]) {
        const answers = await mirror.match(some, { on_host });
        expect(answers, `seed ${seed}`).toEqual(await asked(some, on_host));
        hits += answers.reduce((sum, answer) => sum + answer.hits.length + answer.context.length, 0);
      }
    }
    expect(hits).toBeGreaterThan(100);
    // Alone: ranges are probed though no question is an address by itself.
    const onAddress = ["https://203.0.113.9/other"];
    expect(await mirror.match(onAddress)).toEqual(await asked(onAddress));
    mirror.close();
  });

  test("a sync after each part of a history, whoever gains or loses sight, ends with it; from the start, too", async () => {
    const live = lifeOf([chirper], seed + 100);
    const questions = questionsAbout(indicatorsOf(seed, 30)).slice(0, 100);
    const mirror = await Mirror.open(folder("parts"));
    for (let part = 0; part < 3; part++) {
      await live(8);
      const now = await world.as("observatory");
      await mirror.sync(now, { page: 5, from_start: part === 2 });
      expect(await viewAtHome(mirror, questions), `seed ${seed}`).toEqual(await viewOf(now, questions));
    }
    mirror.close();
  });

  test("what has ended by its own clock is no answer, and is erased when it is opened", async () => {
    const tip = await chirper.publish([{ type: "domain", value: "ends-soon.example" }], undefined, {
      expires_at: soon(86_400_000),
    });
    const day = [{ type: "domain", value: "day-only.example", valid_until: soon(3_600_000) }] as Indicator[];
    const other = await chirper.publish([...day, { type: "domain", value: "stays.example" }]);
    let now = Date.now();
    const mirror = await Mirror.open(folder("ended"), { now: () => now });
    await mirror.sync(await world.as("observatory"));
    const values = ["ends-soon.example", "day-only.example", "stays.example"];
    expect(await found(mirror, ...values)).toEqual([[tip], [other], [other]]);
    now += 2 * 3_600_000;
    expect(await found(mirror, ...values)).toEqual([[tip], [], [other]]);
    now += 2 * 86_400_000;
    expect(await found(mirror, ...values)).toEqual([[], [], [other]]);
    mirror.close();
    const kept = () => values.filter((value) => bytesOf("ended").includes(value));
    expect(kept()).toEqual(values);
    (await Mirror.open(folder("ended"), { now: () => now })).close();
    expect(kept()).toEqual(["stays.example"]);
  });
});

/** Everything in the mirror's folder. */
const bytesOf = (name: string): string =>
  readdirSync(folder(name))
    .map((file) => readFileSync(path.join(folder(name), file), "latin1"))
    .join("\n");

describe("what is taken back", () => {
  test("leaves no byte in the mirror's files, and is told when it is gone; what stays is whole", async () => {
    const marked = (word: string) =>
      Array.from(
        { length: 200 },
        (_, at): Indicator => ({
          type: "account",
          platform: "x",
          id: `${at}${word}`,
          handle: `${word}_${at}`,
          note: word,
        }),
      );
    const words = ["aardvark", "buzzard", "cormorant", "dormouse"];
    const tips: string[] = [];
    for (const word of words) tips.push(await chirper.publish(marked(word)));
    const mirror = await Mirror.open(folder("forgets"));
    const exchange = replay();
    const now = await world.as("observatory", exchange);
    await mirror.sync(now);
    expect(words.filter((word) => !bytesOf("forgets").includes(word))).toEqual([]);
    await chirper.withdraw(tips[0]!);
    await chirper.rescope(tips[1]!, { to: ["partner:facepage"] });
    await chirper.revise(tips[2]!, marked("dormouse"));
    const done = await mirror.sync(now);
    expect(done).toMatchObject({ acknowledged: 2, deleted: 3, unverified: [] });
    const told = exchange.acknowledged;
    expect([...told.keys()].sort()).toEqual(tips.slice(0, 2).sort());
    expect(told.get(tips[0]!)).toMatch(/^evt_/);
    expect(words.filter((word) => bytesOf("forgets").includes(word))).toEqual(["dormouse"]);
    expect(await found(mirror, "x:@dormouse_7", "x:@aardvark_7")).toEqual([[tips[2], tips[3]].reverse(), []]);
    mirror.close();
  });

  test("a document that was changed on its way is not stored, nor the version it replaces; all else is", async () => {
    const kept = await chirper.publish([{ type: "domain", value: "kept-whole.example" }]);
    const changed = await chirper.publish([{ type: "domain", value: "first-word.example" }]);
    const mirror = await Mirror.open(folder("changed"));
    const forged = replay();
    const now = await world.as("observatory", forged);
    await mirror.sync(now);
    await chirper.revise(changed, [{ type: "domain", value: "second-word.example" }]);
    forged.change = (path, text) => {
      if (!path.startsWith("/v1/feed")) return text;
      const page = JSON.parse(text) as { events: { tip: string; envelope?: { payload: string } }[] };
      for (const { tip, envelope } of page.events) {
        if (tip !== changed || !envelope) continue;
        const document = Buffer.from(envelope.payload, "base64url").toString().replace("second-word", "somebody-else");
        envelope.payload = Buffer.from(document).toString("base64url");
      }
      return JSON.stringify(page);
    };
    const told: string[] = [];
    const done = await mirror.sync(now, { trouble: (message) => told.push(message) });
    expect(done.unverified).toEqual([
      { tip: changed, version: 2, reason: expect.stringContaining("signature does not verify") },
    ]);
    expect(told.join()).toContain(changed);
    const values = ["kept-whole.example", "first-word.example", "somebody-else.example"];
    expect(await found(mirror, ...values)).toEqual([[kept], [], []]);
    forged.change = undefined;
    const mended = await mirror.sync(await world.as("observatory"), { from_start: true });
    expect(mended).toMatchObject({ unverified: [], rebuilt: true });
    expect(await found(mirror, "second-word.example")).toEqual([[changed]]);
    mirror.close();
  });

  test("an exchange that was restored is read anew, while what was there before goes on answering", async () => {
    const tip = await chirper.publish([{ type: "domain", value: "restored.example" }]);
    const mirror = await Mirror.open(folder("restored"));
    const restored = replay();
    const now = await world.as("observatory", restored);
    await mirror.sync(now);
    let pages = 0;
    restored.change = (path, text) => {
      if (!path.startsWith("/v1/feed")) return text;
      const after = /after=/.test(path);
      if (after && pages === 0) return problem(410, "old-cursor");
      if (++pages === 3) throw new TypeError("the connection broke");
      return text;
    };
    await expect(mirror.sync(await world.as("observatory", { ...restored, attempts: 1 }), { page: 8 })).rejects.toThrow(
      "cannot be reached",
    );
    expect(pages).toBe(3);
    expect(await found(mirror, "restored.example")).toEqual([[tip]]);
    // Whoever asks it is told that this is the copy from before.
    expect(mirror.held()).toMatchObject({ rebuilding: true, synced_at: expect.any(String) });
    const home = folder("nobody");
    const words = ["--json", "match", "--mirror", folder("restored"), "restored.example"];
    const told = await tipoff(home, ...words);
    expect(told.err).toContain(
      `being read anew, and until that is whole the copy from before (${mirror.held().synced_at}) answers`,
    );
    expect(JSON.parse(told.out)).toMatchObject({ rebuilding: true, answers: [{ hits: [{ tip }] }] });
    const done = await mirror.sync(now, { page: 8 });
    expect(await found(mirror, "restored.example")).toEqual([[tip]]);
    expect(mirror.held()).toMatchObject({ tips: done.tips });
    for (const whole of [mirror.held(), done, JSON.parse((await tipoff(home, ...words)).out)])
      expect(whole).not.toHaveProperty("rebuilding");
    expect(mirror.tips().map(({ from: _from, ...one }) => one)).toEqual(await inView());
    mirror.close();
  });
});

const problem = (status: number, slug: string) =>
  new Response(JSON.stringify({ type: `https://tipoff.example/problems/${slug}`, detail: "No." }), { status });

describe("a mirror that follows", () => {
  test("has what is published and loses what is withdrawn as it happens, and ends when it is told to", async () => {
    const mirror = await Mirror.open(folder("follows"));
    const exchange = replay();
    const stop = new AbortController();
    const trouble: string[] = [];
    const current: number[] = [];
    const following = mirror.sync(await world.as("observatory", { fetch: exchange.fetch }), {
      ...{ follow: true, signal: stop.signal, trouble: (message: string) => trouble.push(message) },
      current: ({ tips }) => current.push(tips),
    });
    await until(async () => mirror.held().synced_at !== undefined);
    const tip = await chirper.publish([{ type: "domain", value: "as-it-happens.example" }]);
    await until(async () => (await found(mirror, "as-it-happens.example"))[0]!.length === 1);
    await chirper.withdraw(tip);
    await until(async () => exchange.acknowledged.has(tip));
    expect(await found(mirror, "as-it-happens.example")).toEqual([[]]);
    expect(bytesOf("follows").includes("as-it-happens.example")).toBe(false);
    const soon = await chirper.publish([{ type: "domain", value: "soon-after.example" }]);
    await until(async () => (await found(mirror, "soon-after.example"))[0]!.length === 1);
    await chirper.withdraw(soon);
    await until(async () => (await found(mirror, "soon-after.example"))[0]!.length === 0);
    stop.abort();
    expect(await following).toMatchObject({ acknowledged: 1, unverified: [] });
    expect(bytesOf("follows").includes("soon-after.example"), "left in the file when it was stopped").toBe(false);
    expect(trouble).toEqual([]);
    expect(current).toEqual([expect.any(Number)]);
    mirror.close();
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error("It never came.");
}

describe("a mirror's folder", () => {
  test("is its owner's alone, synced by one process at a time, and one partner's", async () => {
    const mirror = await Mirror.open(folder("own"));
    await expect(mirror.match(["a.example"])).rejects.toMatchObject({ code: "not-synced" });
    const release = await lockFolder(folder("own"));
    await expect(mirror.sync(reader)).rejects.toMatchObject({
      code: "busy",
      message: expect.stringContaining("Another"),
    });
    release();
    await mirror.sync(reader);
    await expect(mirror.sync(await world.as("facepage"))).rejects.toMatchObject({ code: "other-partner" });
    expect(statSync(folder("own")).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(folder("own")))
      expect(statSync(path.join(folder("own"), file)).mode & 0o777, file).toBe(0o600);
    mirror.close();
    await expect(Mirror.open(world.folder)).rejects.toMatchObject({ code: "not-a-mirror" });
  });
});

describe("the command line", () => {
  const run = (...words: string[]) => tipoff(world.home, "--as", "observatory", ...words);

  test("makes a mirror, matches a file in it without a network, and goes on where it was stopped", async () => {
    const [tip] = [await chirper.publish([{ type: "account", platform: "x", handle: "harbour_voice" }])];
    const made = await run("--json", "mirror", folder("home"));
    expect(made.code, made.err).toBe(0);
    expect(JSON.parse(made.out)).toMatchObject({ folder: folder("home"), tips: expect.any(Number), unverified: [] });
    const rows = Array.from(
      { length: 60_000 },
      (_, at) => `x,${at % 20_000 === 7 ? "@Harbour_Voice" : `nobody_${at}`},r${at}`,
    );
    writeFileSync(folder("big.csv"), ["platform,handle,row", ...rows].join("\n"));
    // No exchange is asked: there is no profile here, and none is looked for.
    const words = ["match", "--mirror", folder("home"), "--file", folder("big.csv")];
    const whole = await tipoff(folder("nobody"), ...words, "--output", folder("out.csv"));
    expect(whole, whole.err).toMatchObject({ code: 0, out: expect.stringContaining("3 of 60000 values matched") });
    expect(whole.err).toContain("left out: row");
    const lines = readFileSync(folder("out.csv"), "utf8").split("\r\n");
    const hits = lines.filter((line) => line.includes(`,${tip},`));
    expect(hits.map((line) => line.split(",", 4).join())).toEqual(
      [9, 20_009, 40_009].map((line) => `${line},x:'@harbour_voice,hit,exact`.replace("'", "")),
    );
    // Stopped after a block: the part and its place are there, and the next call goes on.
    const mirror = await Mirror.open(folder("home"));
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no network"));
    const stop = new AbortController();
    const output = folder("again.csv");
    await expect(
      matchFile(mirror, folder("big.csv"), { output, signal: stop.signal, progress: () => stop.abort() }),
    ).rejects.toThrow("abort");
    expect(readdirSync(world.folder).filter((name) => name.startsWith("again"))).toEqual([
      "again.csv.part",
      "again.csv.part.json",
    ]);
    const rest = await matchFile(mirror, folder("big.csv"), { output });
    vi.restoreAllMocks();
    expect(rest).toMatchObject({ rows: 60_000, matched: 3, resumed_behind: expect.any(Number) });
    expect(readFileSync(output, "utf8")).toBe(lines.join("\r\n"));
    mirror.close();
  });

  test("explains what is not there", async () => {
    for (const [words, code, says] of [
      [["match", "--mirror", folder("nowhere"), "a.example"], 2, "Make one first: tipoff --as NAME mirror"],
      [["match", "--mirror", folder("home"), "--file", folder("none.csv")], 2, "There is no file"],
      [
        ["match", "--mirror", folder("home"), "--file", folder("big.csv"), "--output", folder("out.csv")],
        2,
        "is there already",
      ],
      [["match", "--output", folder("x.csv"), "a.example"], 2, "--output is for --mirror"],
      [["mirror", world.folder], 2, "holds other things"],
    ] as const)
      expect(await run(...words)).toMatchObject({ code, err: expect.stringContaining(says) });
  });
});
