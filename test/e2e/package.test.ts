/** The package as a stranger meets it: installed from its tarball in an empty project, every example run as it is pasted. */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secretOf, signWebhook } from "../../src/core/webhook.ts";
import { chromium, inChromium } from "./chromium.ts";
import { type Installed, install, ownPath, run } from "./installed.ts";
import { freePort, root, type Started, sample, start, tipoff } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-package-"));
const home = path.join(folder, "state/home");
let exchange: Started;
let installed: Installed;
const inProject = (name: string): string => path.join(installed.project, name);

beforeAll(async () => {
  [exchange, installed] = await Promise.all([start(path.join(folder, "state"), await freePort()), install(folder)]);
  for (const name of ["chirper", "facepage", "cyber-unit"])
    copyFileSync(path.join(home, `profiles/${name}.json`), inProject(`${name}.json`));
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the tarball", () => {
  test("holds built JavaScript with declarations, and neither sources, tests nor anything of the Worker", () => {
    const unwanted = installed.files.filter(
      (file) => !/^(bin|dist|examples)\/|^(package\.json|README\.md|LICENSE)$/.test(file),
    );
    expect(unwanted).toEqual([]);
    expect(installed.files).toContain("dist/client/index.d.ts");
    expect(installed.files.filter((file) => /\/(exchange|store|oauth|api)\//.test(file))).toEqual([]);
  });

  test("brings nothing only the Worker needs, and runs no script when it is installed", () => {
    const packages = readdirSync(inProject("node_modules"));
    expect(packages).toContain("jose");
    for (const name of ["hono", "drizzle-orm", "wrangler"]) expect(packages).not.toContain(name);
    expect(Object.keys(installed.manifest.scripts!)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pre|post)?install$|^prepare$/)]),
    );
  });
});

describe("the installed command", () => {
  test("runs the built JavaScript on this machine's Node", async () => {
    const command = inProject("node_modules/.bin/tipoff");
    expect(await run(folder, command, ["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("import") });
    const words = ["--as", "facepage", "--json", "partner", "list"];
    const listed = await run(folder, command, words, { TIPOFF_HOME: home });
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining("observatory") });
    expect(await run(folder, command, ["bogus"])).toMatchObject({ code: 2 });
  });
});

describe("the examples", () => {
  let tip: string;
  /** What one prints; each is run as its first line says. */
  const example = async (name: string, ...words: string[]): Promise<string> => {
    const { code, out, err } = await run(installed.project, "node", [`${name}.mjs`, ...words]);
    expect(code, err).toBe(0);
    return out;
  };
  const steward = async (...words: string[]) =>
    JSON.parse((await tipoff(home, "--as", "steward", "--json", ...words)).out) as { code: string };

  test("show every public function", async () => {
    const words = readdirSync(path.join(root, "examples")).map((name) => readFileSync(inProject(name), "utf8"));
    const used = new Set(words.join("\n").match(/\w+/g));
    const entry = (await import(path.join(installed.project, "node_modules/tipoff/dist/client/index.js"))) as object;
    expect(Object.keys(entry).filter((name) => !used.has(name))).toEqual([]);
  });

  test("join: the key is kept for its owner alone, and the newcomer is known", async () => {
    await steward("partner", "add", "newcomer", "--name", "Newcomer", "--kind", "platform", "--country", "XB");
    const { code } = await steward("invite", "newcomer");
    expect(await example("join", exchange.url, code, "newcomer.json")).toContain("You are newcomer at");
    expect(statSync(inProject("newcomer.json")).mode & 0o777).toBe(0o600);
    expect(existsSync(inProject("newcomer.json.key"))).toBe(false);
    expect(await example("connect", "newcomer.json")).toMatch(/^newcomer holds .*platforms/);
  });

  test("without arguments those that read take the profile their first line names", async () => {
    expect(await example("connect")).toMatch(/^facepage holds/);
    expect(await example("match")).toContain("no match");
    expect(await example("read-tips")).toBe("");
    expect(await example("problems")).toContain("invalid-document");
  });

  test("sign-tip, feed: a tip is told to the other once, from its cursor on", async () => {
    tip = /Accepted: (\S+),/.exec(await example("sign-tip", "chirper.json", "platforms,group:election-cell"))![1]!;
    expect(await example("feed", "facepage.json", "place.txt")).toMatch(new RegExp(`published ${tip} 1 are ours`));
    expect(await example("feed", "facepage.json", "place.txt")).toBe("");
  });

  test("read-tips, export, match, verify-tip: the other reads, exports, matches and verifies it", async () => {
    expect(await example("read-tips", "facepage.json")).toMatch(
      /chirper: Harbour Lantern, 1 of 3 are ours\n {2}asks: investigate, preserve[\s\S]*account \(operated\): harbour_voice/,
    );
    expect(await example("export", "facepage.json", "tips.csv")).toContain("a row for each indicator");
    expect(readFileSync(inProject("tips.csv"), "utf8")).toContain(`,${tip},`);
    const matched = await example("match", "facepage.json", "203.0.113.9", "harbour-news.example");
    expect(matched).toContain("only in a range that is everyone's");
    expect(matched.match(/exact chirper Harbour Lantern operated/g)).toHaveLength(2);
    expect(await example("verify-tip", "facepage.json", tip)).toMatch(new RegExp(`Verified: ${tip} is chirper's`));
  });

  test("mirror: on a Node with SQLite a file is matched at home, and any other says what is needed", async () => {
    copyFileSync(sample("facepage-accounts.csv"), inProject("accounts.csv"));
    const words = ["mirror.mjs", "facepage.json", "a-mirror", "accounts.csv"];
    const own = await run(installed.project, path.join(root, "node_modules/.bin/node"), words);
    expect(own).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+ indicators of \d+ tips; 0 tips did not verify/),
    });
    expect(own.out).toMatch(/exact chirper Harbour Lantern operated\n[\s\S]*\d+ of 201 matched/);
    const [major = 0, minor = 0] = (await run(folder, "node", ["-p", "process.versions.node"])).out
      .split(".")
      .map(Number);
    if (major > 22 || (major === 22 && minor >= 13)) return;
    const old = await run(installed.project, "node", words);
    expect(old).toMatchObject({
      code: 1,
      err: expect.stringContaining("no-sqlite: A mirror needs Node 22.13 or later"),
    });
  });

  test("give-feedback, read-feedback: its author reads what was found, and answers who asks", async () => {
    const given = await example("give-feedback", "facepage.json", "harbour-news.example", "nothing.example");
    expect(given).toMatch(new RegExp(`^${tip}: found 1 of its indicators`));
    const asks = ["feedback", tip, "--status", "needs_context", "--note", "Since when?"];
    expect(await tipoff(home, "--as", "facepage", ...asks)).toMatchObject({ code: 0 });
    expect(await example("read-feedback", "chirper.json", tip, "Since June.")).toMatch(
      /^indicator \d \{ found: 1 \}\nfacepage needs_context Since when\?\nfacepage {2}All are suspended\.\nfacepage is answered\n$/,
    );
    expect(await example("read-feedback", "facepage.json", tip)).toContain("Since June.");
  });

  test("appeal, disputes: others look again, and the author stands by what is disputed", async () => {
    expect(await example("appeal", "facepage.json", tip, "1")).toBe("an appeal was upheld on the indicators 1\n");
    const disputed = ["feedback", tip, "--status", "false_positive", "--indicators", "0"];
    expect(await tipoff(home, "--as", "facepage", ...disputed)).toMatchObject({ code: 0 });
    expect(await example("disputes", "chirper.json", tip, "It paid for the others.")).toBe(
      "indicator 0 open, by facepage\nindicator 0 is confirmed\n",
    );
  });

  test("held-tips: what is held is its author's to take back", async () => {
    await steward("partner", "set", "newcomer", "--hold", "always");
    const held = await example("sign-tip", "newcomer.json", "platforms");
    const id = /Held: (\S+),/.exec(held)![1]!;
    expect(await example("held-tips", "newcomer.json", "take-back")).toBe(
      `${id} is held: always\n${id} is taken back\n`,
    );
    expect(await example("held-tips", "newcomer.json")).toBe("");
    await steward("partner", "set", "newcomer", "--hold", "auto");
  });

  test("reply, claim: the author alone gets a tip back, of which more is claimed and taken back", async () => {
    writeFileSync(inProject("found.txt"), "https://facepage.example/@harbour.watchers\npier-gazette.example\n");
    const replied = await example("reply", "facepage.json", tip, "found.txt");
    expect(replied).toMatch(/adds 2 indicators to Harbour Lantern, for chirper alone/);
    const words = ["chirper.json", tip, "duplicates", replied.split(" ")[0]!];
    expect(await example("claim", ...words)).toMatch(/^chirper claims it since /);
    expect(await example("claim", ...words.with(2, "back"))).toBe("It is claimed no more\n");
  });

  test("working: what is open is taken up, the rest set aside, and the figures count it", async () => {
    expect(await example("working", "facepage.json", "ana")).toBe(
      "chirper: Harbour Lantern, 2 tips, 2 claims: working with ana\n0 are not about us\n1 tips in 30 days, 1 about us, 1 answered\n",
    );
    expect(readFileSync(inProject("figures.csv"), "utf8")).toContain("\nchirper,1,1,1,1,1,");
  });

  test("revise, rescope, withdraw: each goes on from what holds now, and the last ends it", async () => {
    expect(await example("revise", "chirper.json", tip, "platforms")).toMatch(
      /at version 2, with 2 indicators\nremoved: ip\n$/,
    );
    expect(await example("rescope", "chirper.json", tip, "platforms,law-enforcement")).toContain("revision 3");
    expect(await example("accesses", "chirper.json", tip)).toMatch(/^\d{4}-\d\d-\d\d: facepage$/m);
    expect(await example("withdraw", "chirper.json", tip)).toMatch(
      /is withdrawn since [\s\S]*\nfacepage: has not answered yet\n$/,
    );
    const gone = await run(installed.project, "node", ["verify-tip.mjs", "facepage.json", tip]);
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining("not-found") });
  });

  test("receive: what may no longer be kept is gone, what may be forged is set aside", async () => {
    const received = () => example("receive", "facepage.json", "received");
    const kept = () => readdirSync(inProject("received")).filter((name) => name.includes(theirs));
    await received();
    const sent = await example("sign-tip", "newcomer.json", "platforms");
    const theirs = /Accepted: (\S+),/.exec(sent)![1]!;
    expect(await received()).toBe("published: Harbour Lantern, version 1, 3 indicators\n");
    await example("revise", "newcomer.json", theirs, "platforms");
    expect(await received()).toBe("revised: Harbour Lantern, version 2, 2 indicators\n");
    expect(JSON.parse(readFileSync(inProject(`received/${theirs}.json`), "utf8"))).toMatchObject({
      envelope: { payload: expect.any(String) },
    });
    await example("rescope", "newcomer.json", theirs, "partner:chirper");
    expect(await received()).toMatch(/^recalled: \S+ is deleted/);
    expect(kept()).toEqual([]);
    await example("rescope", "newcomer.json", theirs, "platforms");
    expect(await received()).toBe("published: Harbour Lantern, version 2, 2 indicators\n");
    const { kid } = JSON.parse(readFileSync(inProject("newcomer.json"), "utf8")) as { kid: string };
    await steward("keys", "compromise", kid, "--partner", "newcomer", "--since", "2020-01-01T00:00:00Z");
    expect(await received()).toBe(`suspended: ${theirs} is set aside\n`);
    expect(kept()).toEqual([`${theirs}.suspended.json`]);
    expect(await received()).toBe("");
  });

  test("receive-webhook: proves itself, takes each message once, and nobody else's", async () => {
    const [secret, older] = [secretOf(new Uint8Array(32).fill(1)), secretOf(new Uint8Array(32).fill(2))];
    const port = await freePort();
    const receiver = spawn("node", ["receive-webhook.mjs", String(port)], {
      cwd: installed.project,
      env: { ...process.env, PATH: ownPath(), TIPOFF_WEBHOOK_SECRET: `${secret} ${older}` },
    });
    let out = "";
    receiver.stdout.on("data", (piece) => {
      out += piece;
    });
    const send = async (message: object, by: string) => {
      const body = JSON.stringify({ timestamp: "2026-11-23T13:40:02.118Z", ...message });
      const headers = { ...(await signWebhook([by], "msg_1", Math.floor(Date.now() / 1_000), body)) };
      for (;;) {
        // Until it listens.
        const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body }).catch(
          () => undefined,
        );
        if (answer) return `${answer.status} ${await answer.text()}`;
        expect(receiver.exitCode).toBe(null);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    try {
      const challenge = { type: "challenge", data: { subscription: "s", challenge: "Vb3x" } };
      const event = { type: "published", data: { id: "evt_1", tip: "a-tip", from: "chirper" } };
      expect(await send(challenge, secret)).toBe('200 {"challenge":"Vb3x"}');
      expect(await send(event, older)).toBe("204 ");
      expect(await send(event, secret)).toBe("204 ");
      expect(await send(event, secretOf(new Uint8Array(32)))).toMatch(/^401 No signature verifies/);
      expect(out).toBe("published: a-tip from chirper; now read the feed\n");
    } finally {
      receiver.kill();
    }
  });

  test("subscribe: proves itself once it has the secret, is called, mended, rotated and ended", async () => {
    const url = `http://127.0.0.1:${await freePort()}/hook`;
    const [file, subscribe] = [
      inProject("secret.txt"),
      (...words: string[]) => example("subscribe", "facepage.json", url, "secret.txt", ...words),
    ];
    expect(await subscribe()).toMatch(/Give it to the endpoint, and run this again\.\n\S+ is unproven\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const receiver = spawn("node", ["receive-webhook.mjs", new URL(url).port], {
      cwd: installed.project,
      env: { ...process.env, PATH: ownPath(), TIPOFF_WEBHOOK_SECRET: readFileSync(file, "utf8") },
    });
    let out = "";
    receiver.stdout.on("data", (piece) => {
      out += piece;
    });
    const came = async (text: string) => {
      while (!out.includes(text)) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    try {
      // Until it listens.
      while (!(await fetch(url, { method: "POST" }).catch(() => undefined)))
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await subscribe()).toMatch(/A sample of published: delivered, 204\n[\s\S]*\S+ is active\n$/);
      const sent = await example("sign-tip", "chirper.json", "platforms");
      await came(`published: ${/Accepted: (\S+),/.exec(sent)![1]} from chirper`);
      expect(await subscribe("only-ours")).toMatch(/is active\n$/);
      expect(await subscribe("mend")).toMatch(/is active\n$/);
      expect(await subscribe("rotate")).toMatch(/The new secret is in secret\.txt; the former one signs until 20/);
      expect(await subscribe("end")).toBe("");
    } finally {
      receiver.kill();
    }
  });

  test("read-token: a tool reads by it, until it is revoked", async () => {
    expect(await example("read-token", "facepage.json", "tool.token")).toMatch(
      /is in tool\.token, until 20[\s\S]*never\n$/,
    );
    const token = readFileSync(inProject("tool.token"), "utf8");
    const read = () =>
      fetch(`${exchange.url}/v1/tips`, { headers: { authorization: `Basic ${btoa(`tool:${token}`)}` } });
    expect((await read()).status).toBe(200);
    expect(await example("read-token", "facepage.json", "tool.token", "revoke")).toMatch(/is revoked\.\n$/);
    expect((await read()).status).toBe(401);
  });

  test("purpose: an agency registers why it reads, and ends it", async () => {
    expect(await example("purpose", "cyber-unit.json", "XA-17")).toBe("XA-17 is active.\n");
    expect(await example("purpose", "cyber-unit.json", "XA-17", "end")).toBe("XA-17 is ended.\n");
  });

  test("import-report: every account of an export is in the tip", async () => {
    expect(await example("import-report", "chirper.json", sample("harbour-lantern-accounts.csv"))).toMatch(
      /: 936 indicators\n$/,
    );
  });

  test("problems: every fault of a refused tip at once", async () => {
    expect(await example("problems", "chirper.json")).toMatch(/^422 invalid-document: [\s\S]*\/operation\/name /);
  });
});

describe("types", () => {
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const types = path.join(root, "node_modules/@types");
  const check = (name: string, compilerOptions: object, files: string[]) => {
    writeFileSync(inProject(name), JSON.stringify({ compilerOptions: { noEmit: true, ...compilerOptions }, files }));
    return run(installed.project, process.execPath, [tsc, "-p", name]);
  };

  test.each([
    ["Node16", "Node16"],
    ["ESNext", "Bundler"],
  ])("compile strictly in a project without any types of a runtime, as %s and %s", async (module, moduleResolution) => {
    copyFileSync(path.join(root, "test/e2e/partner/consumer.ts"), inProject("consumer.ts"));
    const lib = ["ES2022", "DOM"];
    const options = { strict: true, target: "ES2022", lib, types: [], module, moduleResolution };
    expect(await check(`tsconfig.${module}.json`, options, ["consumer.ts"])).toMatchObject({ out: "", code: 0 });
  });

  test("fit the examples", async () => {
    const files = readdirSync(path.join(root, "examples")).filter(
      // openid-client.mjs is the way without this package.
      (name) => name.endsWith(".mjs") && name !== "openid-client.mjs",
    );
    const node = {
      types: ["node"],
      typeRoots: [types],
      module: "NodeNext",
      lib: ["ES2022", "DOM", "DOM.AsyncIterable"],
    };
    const options = { checkJs: true, allowJs: true, strict: true, skipLibCheck: true, target: "ES2022", ...node };
    expect(await check("tsconfig.examples.json", options, files)).toMatchObject({ out: "", code: 0 });
  });
});

describe("in a browser", () => {
  const bundle = async (contents: string): Promise<string> => {
    const stdin = { contents, resolveDir: installed.project };
    const built = await build({
      stdin,
      bundle: true,
      platform: "browser",
      format: "esm",
      target: "es2022",
      write: false,
    });
    expect(built.warnings).toEqual([]);
    return built.outputFiles[0]!.text;
  };

  test("the whole entry bundles without a module of Node", async () => {
    expect(await bundle('export * from "tipoff";')).not.toMatch(/from "node:|require\("/);
  });

  test.skipIf(!chromium)(
    `signing, matching, importing and verifying work${chromium ? "" : ": no Chromium here"}`,
    async () => {
      const script = await bundle(readFileSync(path.join(root, "test/e2e/partner/page.js"), "utf8"));
      const [chirper, facepage] = ["chirper", "facepage"].map(
        (name) => JSON.parse(readFileSync(inProject(`${name}.json`), "utf8")) as object,
      );
      expect(await inChromium(script, exchange.url, { chirper, facepage })).toEqual({
        indicators: 2,
        matched: ["exact", "exact"],
        through: "platforms",
        verified: true,
        refused: "invalid-document",
      });
    },
  );
});
