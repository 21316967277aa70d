/** The command line against a running exchange: joining, tipping, pulling, exit codes, and what survives a restart. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, launch, losingAnswers, type Ran, type Started, sample, start, tipoff } from "./world.ts";

type Row = Record<string, any>;

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-e2e-"));
const state = path.join(folder, "state");
const home = path.join(state, "home");
let exchange: Started;

const run = (as: string, ...words: string[]): Promise<Ran> => tipoff(home, "--as", as, ...words);
const json = async (as: string, ...words: string[]): Promise<Row> => {
  const { code, out, err } = await run(as, "--json", ...words);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Row;
};
const write = (name: string, content: unknown): string => {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};
const draft = (name: string) =>
  write(`${name}.json`, {
    tlp: "amber",
    operation: { id: crypto.randomUUID(), name },
    indicators: [{ type: "domain", value: `${name}.example`, control: "operated" }],
  });
const named = async (as: string, name: string): Promise<Row[]> =>
  (await json(as, "tip", "list")).tips.filter((tip: Row) => tip.operation.name === name);

beforeAll(async () => {
  exchange = await start(state, await freePort());
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("joining", () => {
  test("an invitation makes a partner with a key only its owner can read; the code works once", async () => {
    await json("steward", "partner", "add", "newcomer", "--name", "Newcomer", "--kind", "platform", "--country", "XB");
    const { code } = await json("steward", "invite", "newcomer");
    const elsewhere = path.join(folder, "elsewhere");
    expect(await launch(elsewhere, "join", exchange.url, code)).toMatchObject({ code: 0 });
    expect(statSync(path.join(elsewhere, "profiles/newcomer.json")).mode & 0o777).toBe(0o600);
    // The only profile needs no --as.
    expect(await tipoff(elsewhere, "feed")).toMatchObject({ code: 0 });
    expect(await launch(path.join(folder, "third"), "join", exchange.url, code)).toMatchObject({ code: 1 });
  });
});

describe("one platform tips off another", () => {
  let tip: string;

  test("an import prints every row's class, and submits", async () => {
    const sent = await json(
      "chirper",
      "import",
      sample("harbour-lantern-leads.csv"),
      "--operation",
      "Harbour Lantern",
      "--to",
      "platforms",
      "--submit",
    );
    for (const file of sent.files)
      expect(file.rows).toBe(file.with_indicators + file.duplicates + file.prose + file.unread.length);
    tip = sent.tips[0].tip;
  });

  test("the other sees in one line that it is its own, and what it is about", async () => {
    expect((await run("facepage", "feed")).out).toMatch(
      new RegExp(`published.*${tip}.*from chirper.*are yours.*Harbour Lantern`),
    );
    expect(await run("facepage", "feed")).toMatchObject({ code: 0, out: "" });
  });

  test("it verifies offline with exit 0; changed, or by an unknown key, with exit 4", async () => {
    const [file, keys] = [path.join(folder, "tip.json"), path.join(folder, "keys.json")];
    await json("facepage", "tip", "show", tip, "--envelope", file);
    writeFileSync(keys, JSON.stringify(await json("facepage", "keys", "save")));
    expect(await run("facepage", "verify", file)).toMatchObject({
      code: 0,
      out: expect.stringContaining("is chirper's"),
    });
    const given = JSON.parse(readFileSync(file, "utf8")) as Row;
    const signature = `${given.envelope.signature.startsWith("A") ? "B" : "A"}${given.envelope.signature.slice(1)}`;
    expect(
      await run("facepage", "verify", write("changed.json", { ...given, envelope: { ...given.envelope, signature } })),
    ).toMatchObject({ code: 4 });
    const unknown = { ...(JSON.parse(readFileSync(keys, "utf8")) as Row), partners: {} };
    expect(await run("facepage", "verify", file, "--keys", write("unknown.json", unknown))).toMatchObject({ code: 4 });
  });

  test("a reply's values on the reader's own domain are read as its platform's", async () => {
    const { tip: reply } = await json(
      "facepage",
      "reply",
      tip,
      write("found.txt", "https://chirper.example/@harbour_voice_9\n"),
    );
    expect((await json("chirper", "tip", "show", reply)).document.indicators[0]).toMatchObject({
      type: "account",
      platform: "chirper",
    });
  });

  test("a reply to a reply stays with the operation, which the view shows; triage and figures are each team's own", async () => {
    const [own] = (await json("facepage", "tip", "list", "--through", "author")).tips as Row[];
    const { tip: again } = await json("chirper", "reply", own!.tip, write("more.txt", "quay-gazette.example\n"));
    const view = await json("facepage", "operation", own!.operation.id);
    expect(view.tips.map((item: Row) => item.tip)).toEqual([again, own!.tip, tip]);
    expect(view.claims).toContainEqual({ relation: "reply", tip: again, related: own!.tip, claimed_by: "chirper" });
    await json("facepage", "triage", tip, "--state", "working", "--assignee", "ana");
    expect((await json("facepage", "triage", "--from", "chirper", "--triage", "new", "--state", "done")).changed).toBe(
      1,
    );
    expect((await run("facepage", "tip", "list", "--triage", "open")).out).toMatch(
      new RegExp(`^${tip} .* working with ana · TLP:amber through platforms\n$`),
    );
    expect((await run("chirper", "tip", "show", tip)).out).not.toContain("ana");
    expect((await run("facepage", "stats", "--csv")).out).toMatch(/^\uFEFFfrom,tips,.*\r\nchirper,2,1,63,0,/);
    expect(await run("facepage", "triage", tip, "--snooze-until", "2099-01-01T00:00:00Z")).toMatchObject({
      code: 0,
      out: `${tip} is working, with ana, snoozed until 2099-01-01T00:00:00.000Z\n`,
    });
    for (const words of [["--state", "done"], [tip]])
      expect(await run("facepage", "triage", ...words)).toMatchObject({ code: 2 });
  });

  test("law enforcement gets 404 and exit 1 until the tip is rescoped to it", async () => {
    expect(await run("cyber-unit", "tip", "show", tip)).toMatchObject({ code: 1, err: expect.stringContaining("404") });
    await json("chirper", "tip", "rescope", tip, "--to", "platforms,law-enforcement");
    expect((await json("cyber-unit", "tip", "show", tip)).through).toBe("law-enforcement");
  });

  test("the author sees to whom it was handed, an agency its case beside it, and every reader where records are had", async () => {
    const shown = await run("cyber-unit", "tip", "show", tip);
    expect(shown.out).toContain("Records: serve legal process at https://chirper.example/legal");
    const { out } = await run("chirper", "accesses", "--tip", tip);
    expect(out).toMatch(/^\d{4}-\d\d-\d\d {2}facepage {4}platform$/m);
    expect(out).toMatch(/ {2}cyber-unit {2}law_enforcement {2}XA {7}court-order$/m);
    expect(out).not.toContain("SAMPLE-1");
    expect((await run("cyber-unit", "accesses", "--tip", tip)).out).toContain("SAMPLE-1");
    expect((await run("steward", "accesses", "--partner", "cyber-unit")).out).toMatch(/tip {3}court-order$/m);
    expect(await run("facepage", "accesses", "--partner", "cyber-unit")).toMatchObject({ code: 1 });
    expect((await run("facepage", "transparency")).out).toMatch(/No month is over yet|rounded/);
  });

  test("a withdrawn tip is gone for the reader, who says so, and the author sees that", async () => {
    expect(await run("facepage", "acknowledge", tip, "--outcome", "deleted")).toMatchObject({ code: 1 });
    await json("chirper", "tip", "withdraw", tip, "--reason", "mistake");
    expect(await run("facepage", "tip", "show", tip)).toMatchObject({ code: 1 });
    expect((await run("chirper", "tip", "recall", tip)).out).toMatch(/^2 had it, 0 acknowledged .*\npartner/);
    expect(await run("facepage", "acknowledge", tip, "--outcome", "burnt")).toMatchObject({ code: 2 });
    expect((await run("facepage", "acknowledge", tip, "--outcome", "deleted")).out).toBe(
      "Its author sees it: deleted.\n",
    );
    const { counts, acknowledgements } = await json("chirper", "tip", "recall", tip);
    expect(counts).toEqual({ had: 2, acknowledged: 1, kept: 0, late: 0 });
    expect(acknowledgements.map((row: Row) => [row.partner, row.outcome])).toEqual([
      ["cyber-unit", undefined],
      ["facepage", "deleted"],
    ]);
  });
});

test("what a new version changed is shown, and counted in the feed", async () => {
  const indicators = (...values: string[]) => values.map((value) => ({ type: "domain", value }));
  const content = { tlp: "amber", operation: { name: "changing" } };
  const first = write("first.json", { ...content, indicators: indicators("a.example", "b.example") });
  const { tip } = await json("chirper", "tip", "submit", first, "--to", "platforms");
  await json("facepage", "tip", "show", tip);
  const next = write("next.json", { ...content, indicators: indicators("b.example", "c.example") });
  await json("chirper", "tip", "submit", next, "--to", "platforms", "--revise", tip);
  expect((await run("facepage", "feed", "--from-start")).out).toContain("1 added, 0 changed, 1 removed");
  const { out } = await run("facepage", "tip", "difference", tip);
  expect(out).toMatch(/^added {4}1 {6}domain c\.example$/m);
  expect(out).toMatch(/^removed {2}0 {6}domain a\.example$/m);
});

test("a document without an operation's id is given one, which the next version keeps", async () => {
  const content = { tlp: "amber", operation: { name: "unnumbered" }, indicators: [] };
  const { tip } = await json("chirper", "tip", "submit", write("one.json", content), "--to", "platforms");
  const { id } = (await json("facepage", "tip", "show", tip)).operation;
  const next = write("two.json", { ...content, operation: { name: "numbered" } });
  await json("chirper", "tip", "submit", next, "--to", "platforms", "--revise", tip);
  expect((await json("facepage", "tip", "show", tip)).operation).toEqual({ id, name: "numbered" });
});

test("a match tells of which questions there is more than is shown", async () => {
  const posts = Array.from({ length: 60 }, (_, at) => ({
    type: "post",
    platform: "x",
    id: `${at + 1}`,
    author: "many",
  }));
  for (const name of ["Many posts", "More posts"]) {
    const operation = { id: crypto.randomUUID(), name };
    const indicators = [...posts, { ...posts[0], author: "few" }];
    const file = write("many.json", { tlp: "amber", operation, indicators });
    await json("chirper", "tip", "submit", file, "--to", "platforms");
  }
  const { out } = await run("facepage", "match", "x:@many", "x:@few");
  expect(out.split("\n\n").at(-1)).toBe("There is more than is shown here of\n  x:@many\n");
  expect((await run("facepage", "match", "x:@few")).out).not.toContain("more than");
});

describe("law enforcement's purpose", () => {
  test("is kept in the profile once the exchange took it, and one that has ended is refused and not kept", async () => {
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const stated = { legal_basis: "consent", case: "XA-9", unit: "Unit 3", until };
    expect(await run("cyber-unit", "token", "--purpose", JSON.stringify(stated))).toMatchObject({ code: 0 });
    const ended = await run(
      "cyber-unit",
      "token",
      "--purpose",
      JSON.stringify({ ...stated, case: "XA-10", until: "2020-01-01T00:00:00Z" }),
    );
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining("tipoff purpose use") });
    expect(JSON.parse(readFileSync(path.join(home, "profiles/cyber-unit.json"), "utf8"))).toMatchObject({
      purpose: { case: "XA-9" },
    });
  });
});

describe("exit codes", () => {
  test.concurrent.each([
    ["an unknown command", 2, ["bogus"]],
    ["a file that is not there", 2, ["import", "nowhere.csv"]],
    ["a TLP that is none", 2, ["import", sample("harbour-lantern-leads.csv"), "--tlp", "purple"]],
    ["--submit without --to", 2, ["import", sample("harbour-lantern-leads.csv"), "--submit"]],
    ["an exchange's address without its scheme", 2, ["join", "localhost:8787", "code"]],
    ["a missing scope", 1, ["invite", "facepage"]],
    ["an exchange that is not there", 3, ["--exchange", "http://127.0.0.1:1", "feed"]],
    ["help", 0, ["--help"]],
  ])("%s: %i", async (_what, code, words) => {
    expect(await run("chirper", ...words)).toMatchObject({ code });
  });

  test("a code and a key's id that begin with a hyphen are no options", async () => {
    const [code, kid] = [`-h${"x".repeat(30)}`, `--${"x".repeat(41)}`];
    const elsewhere = path.join(folder, "hyphen");
    const joining = await tipoff(elsewhere, "join", exchange.url, code, "--profile", "mine");
    expect(joining).toMatchObject({ code: 1, err: expect.stringContaining("no such invitation") });
    for (const words of [["cancel"], ["compromise", "--since", "2026-01-01T00:00:00Z"]])
      expect(await run("chirper", "keys", ...words, kid)).toMatchObject({
        code: 1,
        err: expect.stringContaining("404"),
      });
  });

  test("no --as among several profiles: 2, naming them", async () => {
    expect(await tipoff(home, "feed")).toMatchObject({ code: 2, err: expect.stringContaining("facepage") });
  });
});

describe("what is cut short", () => {
  test("a tip whose answer was lost is sent again as the same document: there is one", async () => {
    const file = draft("lost-answer");
    const proxy = await losingAnswers(exchange.url, (method, at) => method === "POST" && at === "/v1/tips");
    expect(await run("chirper", "--exchange", proxy.url, "tip", "submit", file, "--to", "platforms")).toMatchObject({
      code: 3,
    });
    expect(readdirSync(path.join(home, "outbox/chirper"))).toHaveLength(1);
    proxy.close();
    const { tip } = await json("chirper", "tip", "submit", file, "--to", "platforms");
    expect(readdirSync(path.join(home, "outbox/chirper"))).toEqual([]);
    expect((await named("facepage", "lost-answer")).map((row) => row.tip)).toEqual([tip]);
  });

  test("the same words after acceptance are the same tip; --new makes another", async () => {
    const words = ["tip", "submit", draft("twice"), "--to", "platforms"];
    const [one, two] = [await json("chirper", ...words), await json("chirper", ...words)];
    expect(two.digest).toBe(one.digest);
    expect((await json("chirper", ...words, "--new")).tip).not.toBe(one.tip);
  });

  test("a divided import goes on as the same operation, and sends nothing twice", async () => {
    const words = [
      "import",
      sample("harbour-lantern-leads.csv"),
      sample("harbour-lantern-accounts.csv"),
      "--platform",
      "chirper",
      "--operation",
      "Cut short",
      "--split-by",
      "platform",
      "--to",
      "partner:facepage,partner:chirper",
      "--submit",
    ];
    let sent = 0;
    const proxy = await losingAnswers(
      exchange.url,
      (method, at) => method === "POST" && at === "/v1/tips" && ++sent > 1,
    );
    expect(await run("observatory", "--exchange", proxy.url, ...words)).toMatchObject({ code: 3 });
    proxy.close();
    expect((await json("observatory", ...words)).tips).toHaveLength(2);
    const kept = await named("observatory", "Cut short");
    expect(kept).toHaveLength(2);
    expect(new Set(kept.map((row) => row.operation.id)).size).toBe(1);
  });
});

describe("a report that mixes actors", () => {
  const words = ["import", sample("quarter-report.csv"), "--split-by", "comment", "--operation", "Quarter"];
  const counts = {
    "Quarter: Lantern Viper": 4,
    "Quarter: APT 901": 3,
    "Quarter: Buoysoft": 1,
    "Quarter: CIB: Latvia": 1,
  };

  test("shows which operations would come out, without any account", async () => {
    const { code, out } = await tipoff(path.join(folder, "nobody"), ...words);
    expect(code).toBe(0);
    for (const [name, indicators] of Object.entries(counts))
      expect(out).toMatch(new RegExp(`^${name} .* 1 +${indicators}$`, "m"));
    expect(out).toMatch(/^Quarter \(rest\) +1 +3$/m);
    expect(out).toContain("3 indicators stand in rows whose comment names nobody");
  });

  test("an import that was cut short goes on as the same operations, one signed tip each to the same audience", async () => {
    let sent = 0;
    const proxy = await losingAnswers(
      exchange.url,
      (method, at) => method === "POST" && at === "/v1/tips" && ++sent > 2,
    );
    const submit = [...words, "--to", "partner:facepage", "--submit"];
    expect(await run("chirper", "--exchange", proxy.url, ...submit)).toMatchObject({ code: 3 });
    proxy.close();
    const begun = (await json("facepage", "tip", "list")).tips.filter((tip: Row) =>
      /^Quarter/.test(tip.operation.name),
    );
    expect(begun).toHaveLength(3);

    const { operations, tips } = await json("chirper", ...submit);
    expect(Object.fromEntries(operations.map((one: Row) => [one.name, one.indicators]))).toEqual({
      ...counts,
      Quarter: 3,
    });
    expect(operations.filter((one: Row) => one.rest).map((one: Row) => one.name)).toEqual(["Quarter"]);
    expect(tips.map((tip: Row) => tip.to)).toEqual(Array(5).fill(["partner:facepage"]));
    const there = (await json("facepage", "tip", "list")).tips.filter((tip: Row) =>
      /^Quarter/.test(tip.operation.name),
    );
    expect(there.map((tip: Row) => tip.tip).sort()).toEqual(tips.map((tip: Row) => tip.tip).sort());
    expect(there.map((tip: Row) => tip.operation.id).sort()).toEqual(operations.map((one: Row) => one.id).sort());
    expect(begun.every((tip: Row) => there.some((other: Row) => other.operation.id === tip.operation.id))).toBe(true);
  });

  test("one operation's id for several operations is refused", async () => {
    const id = "7b0c9a7e-1111-4222-8333-444455556666";
    expect(await run("chirper", ...words, "--operation-id", id)).toMatchObject({ code: 2 });
  });
});

describe("a second start", () => {
  test("on another port keeps keys, tips and what the steward changed, and profiles find it", async () => {
    const [before, key] = [
      await named("facepage", "lost-answer"),
      readFileSync(path.join(home, "profiles/chirper.json"), "utf8"),
    ];
    await json("steward", "group", "remove", "election-cell", "observatory");
    const old = exchange.url;
    await exchange.stop("SIGTERM");
    await expect(fetch(old)).rejects.toThrow();
    exchange = await start(state, await freePort());
    expect(exchange.output).toContain("kept from before");
    expect((await named("facepage", "lost-answer")).map((row) => row.tip)).toEqual(before.map((row) => row.tip));
    expect(JSON.parse(readFileSync(path.join(home, "profiles/chirper.json"), "utf8"))).toMatchObject({
      kid: (JSON.parse(key) as Row).kid,
      url: exchange.url,
    });
    expect((await json("steward", "group", "show", "election-cell")).members).toEqual(["chirper", "facepage"]);
    expect(existsSync(path.join(state, "seeded"))).toBe(true);
  });
});
