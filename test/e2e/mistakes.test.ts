/** What people type, forget or repeat: each is refused or said before anybody else sees it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, type Ran, type Started, sample, start, tipoff } from "./world.ts";

type Row = Record<string, any>;

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-mistakes-"));
const home = path.join(folder, "state/home");
let exchange: Started;

const run = (as: string, ...words: string[]): Promise<Ran> => tipoff(home, "--as", as, ...words);
const json = async (as: string, ...words: string[]): Promise<Row> => {
  const { code, out, err } = await run(as, "--json", ...words);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Row;
};
const write = (name: string, content: string): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const draft = (name: string): string =>
  write(
    `${name}.json`,
    JSON.stringify({
      tlp: "amber",
      operation: { name },
      indicators: [{ type: "domain", value: `${name}.example`, control: "operated" }],
    }),
  );
const seen = async (): Promise<Row[]> => (await json("facepage", "tip", "list")).tips;

beforeAll(async () => {
  exchange = await start(path.join(folder, "state"), await freePort());
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("nothing is published of what was not read", () => {
  const submit = ["--operation", "Quay", "--to", "platforms", "--submit"];
  const half = () => write("half.csv", "value\nquay-one.example\nno value\nquay-two.example\n");

  test.each([
    ["unknown headings", "Ticket,Region\n1,North\n", [], "None of these columns names anything: Ticket, Region"],
    ["no platform", "handle,id\nada,1\n", [], "--platform"],
    ["no such platform", "handle,id\nada,1\n", ["--platform", "no such"], "is no platform's name"],
    ["an empty file", "", [], "no rows"],
  ])("%s", async (name, text, more, why) => {
    const file = write(`${name}.csv`, text);
    for (const words of [[], submit]) {
      const { code, err } = await run("chirper", "import", file, ...more, ...words);
      expect(code).toBeGreaterThan(0);
      expect(err).toContain(why);
    }
    expect(await seen()).toEqual([]);
  });

  test("a file that is read in part is listed with lines and reasons, and sent once that is said", async () => {
    const dry = await run("chirper", "import", half());
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining("half.csv:3: unread: No value was recognised") });
    const { code, err } = await run("chirper", "import", half(), ...submit);
    expect(code).toBe(1);
    expect(err).toMatch(/1 row could not be read.*--skip-unread\.\nhalf\.csv:3: No value was recognised/);
    expect(await seen()).toEqual([]);
    const { tips } = await json("chirper", "import", half(), ...submit, "--skip-unread");
    expect((await seen()).map((tip) => tip.tip)).toEqual([tips[0].tip]);
    expect(await run("facepage", "reply", tips[0].tip, write("empty.csv", ""))).toMatchObject({ code: 1 });
    const prose = write("prose.md", "# Quay\n\n## Summary\n\nNobody knows.\n");
    expect(await run("facepage", "reply", tips[0].tip, prose)).toMatchObject({ code: 1 });
    expect(await run("facepage", "match", "--file", prose)).toMatchObject({ code: 1 });
    expect(await run("facepage", "reply", tips[0].tip, half())).toMatchObject({ code: 1 });
    expect(await run("facepage", "reply", tips[0].tip, half(), "--skip-unread")).toMatchObject({ code: 0 });
  });

  test("an operation without a name, an embargo that has passed, and rows of nobody", async () => {
    const file = write("good.csv", "value\nquay-three.example\n");
    expect(await run("chirper", "import", file, "--to", "platforms", "--submit")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--operation NAME"),
    });
    expect(await run("chirper", "import", file, ...submit, "--embargo", "2020-01-01T00:00:00Z")).toMatchObject({
      code: 2,
      err: expect.stringContaining("has passed"),
    });
    const split = ["--split-by", "platform", "--operation", "Quay", "--to", "partner:facepage", "--submit"];
    expect(await run("chirper", "import", file, ...split)).toMatchObject({ code: 1 });
  });
});

describe("the same import again", () => {
  const words = (file: string) => ["import", file, "--operation", "Again", "--to", "platforms", "--submit"];
  const rows = "value\nagain-one.example\n";

  test("is the same tip, wherever the file lies", async () => {
    const { tips } = await json("chirper", ...words(write("again.csv", rows)));
    expect((await json("chirper", ...words(write("elsewhere/copy.csv", rows)))).tips[0].tip).toBe(tips[0].tip);
    expect((await seen()).filter((tip) => tip.operation.name === "Again")).toHaveLength(1);
  });

  test("is refused where the tip goes elsewhere by now, or is withdrawn", async () => {
    const file = write("again.csv", rows);
    const { tip } = (await json("chirper", ...words(file))).tips[0];
    await json("chirper", "tip", "rescope", tip, "--to", "nobody");
    expect(await run("chirper", ...words(file))).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("it goes to nobody but you"),
    });
    await json("chirper", "tip", "rescope", tip, "--to", "platforms");
    expect(await run("chirper", ...words(file))).toMatchObject({ code: 0 });
    await json("chirper", "tip", "withdraw", tip, "--reason", "outdated");
    expect(await run("chirper", ...words(file))).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("is withdrawn since"),
    });
    expect((await json("chirper", ...words(file), "--new")).tips[0].tip).not.toBe(tip);
  });
});

describe("an audience", () => {
  test("is never empty by accident, and nobody is said in words", async () => {
    const file = draft("hushed");
    const { tip } = await json("chirper", "tip", "submit", file, "--to", "platforms");
    for (const words of [
      ["tip", "submit", file, "--new", "--to", ""],
      ["tip", "rescope", tip, "--to", ""],
      ["tip", "rescope", tip, "--to", " , "],
      ["tip", "rescope", tip, "--to", "platforms", "--except", ""],
      ["tip", "rescope", tip, "--to", "nobody,platforms"],
      ["tip", "rescope", tip, "--to", "plattforms"],
    ])
      expect(await run("chirper", ...words), words.join(" ")).toMatchObject({ code: 2 });
    expect((await seen()).some((one) => one.tip === tip)).toBe(true);
    expect((await run("chirper", "tip", "rescope", tip, "--to", "nobody")).out).toContain("It goes to nobody but you.");
    expect((await seen()).some((one) => one.tip === tip)).toBe(false);
  });

  test("is said when a tip is sent, and shown to its author alone", async () => {
    const { out } = await run(
      "chirper",
      ...["tip", "submit", draft("spoken"), "--to", "platforms,group:election-cell", "--except", "observatory"],
    );
    expect(out).toContain("It goes to platforms, group:election-cell, except observatory.");
    const tip = /tip (\S+) version/.exec(out)![1]!;
    const line = "Audience: platforms, group:election-cell, except observatory";
    expect((await run("chirper", "tip", "show", tip)).out).toContain(line);
    expect((await run("facepage", "tip", "show", tip)).out).not.toContain("Audience");
    expect(await json("chirper", "tip", "show", tip)).toMatchObject({ to: ["platforms", "group:election-cell"] });
  });
});

describe("withdrawing", () => {
  test("needs a reason that is one, and tells it", async () => {
    const { tip } = await json("chirper", "tip", "submit", draft("taken-back"), "--to", "platforms");
    for (const more of [[], ["--reason", "whim"]])
      expect(await run("chirper", "tip", "withdraw", tip, ...more)).toMatchObject({ code: 2 });
    await run("facepage", "feed");
    await json("chirper", "tip", "withdraw", tip, "--reason", "mistake", "--note", "oops");
    expect((await run("facepage", "feed")).out).toMatch(new RegExp(`withdrawn .*${tip}.*reason: mistake`));
    expect((await run("chirper", "tip", "list", "--state", "withdrawn")).out).toMatch(
      new RegExp(`${tip}.* · withdrawn · `),
    );
    expect((await run("facepage", "tip", "list", "--state", "withdrawn")).out).toBe("No tips.\n");
  });
});

describe("matching", () => {
  test("a file of which nothing is read is said to be so", async () => {
    const { code, err } = await run("facepage", "match", "--file", write("none.csv", ""));
    expect(code).toBe(1);
    expect(err).toContain("none.csv: no rows");
    expect(err).not.toContain("--file");
  });

  test("values that cannot be read are named with the reason, and nothing asked is no success", async () => {
    const some = await run("facepage", "match", "203.0.113.9", "not a value at all");
    expect(some).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Could not be read\n {2}not a value at all: \S/),
    });
    expect(await run("facepage", "match", "not a value at all")).toMatchObject({ code: 1 });
  });

  test("a platform nobody knows is doubted", async () => {
    const file = write("handles.csv", "handle\nada\n");
    const { code, err } = await run("facepage", "match", "--file", file, "--platform", "nosuch");
    expect(code).toBe(0);
    expect(err).toContain('is called "nosuch"');
    expect((await run("facepage", "match", "--file", file, "--platform", "facepage")).err).toBe("");
  });

  test("rows come in the order of the file", async () => {
    await json(
      "chirper",
      ...["import", sample("harbour-lantern-leads.csv"), "--operation", "Lantern", "--to", "platforms", "--submit"],
    );
    const { out } = await run("facepage", "match", "--file", sample("facepage-accounts.csv"));
    const { answers } = await json("facepage", "match", "--file", sample("facepage-accounts.csv"));
    const asked = (answers as Row[]).filter((answer) => answer.hits.length > 0).map(({ read_as }) => read_as);
    const handles = asked.filter(({ type }) => type === "account").map(({ handle }) => `facepage:@${handle}`);
    const shown = out.split("\n").flatMap((line) => /^facepage:@\S+/.exec(line)?.[0] ?? []);
    expect([...new Set(shown)]).toEqual(handles);
  });
});

describe("options and files", () => {
  test.each([
    ["a type that is none", 2, ["tip", "list", "--type", "nonsense"], "--type knows: account"],
    [
      "a limit that is no number",
      2,
      ["tip", "show", crypto.randomUUID(), "--limit", "abc"],
      "--limit takes a whole number",
    ],
    [
      "a tip's id that is cut short",
      2,
      ["tip", "show", "01a214ba"],
      "all 36 characters, as tipoff tip list shows them",
    ],
    ["a name for an operation's id", 2, ["operation", "Harbour"], "tipoff --json tip show TIP"],
    ["a folder where a file belongs", 2, ["import", path.dirname(sample("x"))], "directory"],
    ["a key set that is not there", 2, ["verify", draft("unverified"), "--keys", "nofile"], "no file nofile"],
    ["what a partner needs, at once", 2, ["partner", "add", "new"], "--name, --kind, --country"],
  ])("%s", async (_what, code, words, why) => {
    const { code: found, err } = await run("chirper", ...words);
    expect(found, err).toBe(code);
    expect(err).toContain(why);
    expect(err).not.toContain("fault of tipoff's own");
  });

  test("an envelope that cannot be written", async () => {
    const { tip } = await json("chirper", "tip", "submit", draft("written"), "--to", "platforms");
    const { code, err } = await run("chirper", "tip", "show", tip, "--envelope", "/nonexistent/x.json");
    expect([code, err]).toEqual([2, "/nonexistent/x.json: no such file or directory.\n"]);
  });

  test("the version, and as many tips as are asked for", async () => {
    expect((await tipoff(home, "--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await json("facepage", "tip", "list", "--limit", "1")).tips).toHaveLength(1);
  });

  test("offline, the only saved key set needs no name", async () => {
    const { tip } = await json("chirper", "tip", "submit", draft("offline"), "--to", "platforms");
    const file = path.join(folder, "offline-envelope.json");
    await run("facepage", "tip", "show", tip, "--envelope", file);
    expect(await tipoff(home, "verify", file)).toMatchObject({ code: 2 });
    await run("facepage", "keys", "save");
    expect(await tipoff(home, "verify", file)).toMatchObject({ code: 0 });
  });
});

describe("partners", () => {
  test("enrolling shows what was entered, and says what is missing", async () => {
    const { out } = await run(
      "steward",
      ...["partner", "add", "photogram", "--name", "Photogram", "--kind", "platform", "--country", "XB"],
      ...["--email", "ti@photogram.example"],
    );
    expect(out).toMatch(/platforms +none\ndomains +none\ncontact +ti@photogram\.example\nscopes +tips:read/);
    expect(out).not.toContain("admin");
    expect(out).toContain("partner set photogram --platforms");
    const set = await run("steward", "partner", "set", "photogram", "--platforms", "photogram");
    expect(set.out).toMatch(/platforms +photogram/);
  });

  test("a second join on one machine is a success, and says where its key is", async () => {
    const { code } = await json("steward", "invite", "facepage");
    const joined = await run("facepage", "join", exchange.url, code);
    expect(joined.code).toBe(0);
    expect(joined.out).toMatch(/You are facepage .*\n.*profiles\/facepage-\S+\.json/);
  });

  test("a suspended partner is told what may be the matter, and with which profile", async () => {
    await run("steward", "partner", "suspend", "observatory");
    const { code, err } = await run("observatory", "feed");
    expect(code).toBe(1);
    expect(err).toMatch(/profile "observatory"[\s\S]*clock[\s\S]*retired[\s\S]*suspended/);
  });
});

test("a token for curl is bound to no key, where the exchange allows that", async () => {
  const { access_token, token_type } = await json("facepage", "token", "--bearer");
  expect(token_type).toBe("Bearer");
  const answer = await fetch(`${exchange.url}/v1/me`, { headers: { authorization: `Bearer ${access_token}` } });
  expect(answer.status).toBe(200);
  expect(await run("cyber-unit", "token", "--bearer")).toMatchObject({ code: 1 });
});

test("an exchange that is down: a read has nothing in the outbox, a tip has", async () => {
  const gone = ["--exchange", "http://127.0.0.1:1"];
  const read = await run("chirper", ...gone, "feed");
  expect(read).toMatchObject({ code: 3, err: expect.stringContaining("Nothing was sent.") });
  const sent = await run("chirper", ...gone, "tip", "submit", draft("unsent"), "--to", "platforms");
  expect(sent).toMatchObject({ code: 3, err: expect.stringContaining("kept in the outbox") });
});
