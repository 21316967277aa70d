/**
 * What the documents show people: every command run as it stands, in order, against a running exchange; every piece of code
 * run or a piece of a file that is; every JSON of the form it claims; every link leading somewhere.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { problemSchema } from "../../src/api/answers/problem.ts";
import { event } from "../../src/api/answers/tips.ts";
import { connect } from "../../src/client/connect.ts";
import { listTips } from "../../src/client/read-tip.ts";
import { limits } from "../../src/core/limits.ts";
import { digest, eventTypes, time, uuid } from "../../src/core/names.ts";
import { purposeSchema } from "../../src/core/purpose.ts";
import { intervals } from "../../src/push/retry.ts";
import { anchorsOf, type Block, blocksOf, linksOf, nameOf } from "./documents/blocks.ts";
import { type Outcome, runDocument, shows } from "./documents/run-document.ts";
import { freePort, root, type Started, start } from "./world.ts";

/** Each at an exchange of its own: who reads one need not have read another. */
const documents = [
  "README.md",
  "docs/integrating.md",
  "docs/importing.md",
  "docs/exporting.md",
  "docs/feedback.md",
  "docs/mirror.md",
  "docs/misp.md",
  "docs/taxii.md",
  "docs/opencti.md",
  "docs/law-enforcement.md",
  "docs/disputes.md",
  "docs/api.md",
  "docs/working.md",
];

/** Blocks that cannot be run here, by their first line, and what is done instead. */
const notRun: Record<string, string> = {
  "npm start        # installs what is missing, migrates, seeds, serves on http://127.0.0.1:8787":
    "serves for ever: world.ts starts the same script, below its output is compared; npm test would run this test",
  " chirper                         the exchange                              facepage": "a picture",
};

const blocks = documents.flatMap(blocksOf);
const isListed = (block: Block) => Object.hasOwn(notRun, block.text.split("\n")[0]!);
const isQuote = (block: Block) => block.of !== "";
const isRun = (block: Block) => !isListed(block) && !isQuote(block) && ["sh", "js"].includes(block.language);
const isOutput = (block: Block) => block.language === "text" && !isQuote(block);
const isJson = (block: Block) => block.language === "json" && !isQuote(block);

const said = (command: string, ...words: string[]): string | undefined => {
  try {
    return execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
};
/** The first Python that has Authlib (Debian: python3-authlib). */
const python = ["python3", "/usr/bin/python3"]
  .map((command) => said(command, "-c", "import sys, authlib; print(sys.executable)")?.trim())
  .find(Boolean);
const plainPython = said("python3", "-c", "import hmac") !== undefined;
const openssl = /^OpenSSL 3/.test(said("openssl", "version") ?? "") && said("curl", "--version") !== undefined;
const missing = ({ text }: Block): string | undefined =>
  text.includes("authlib_client.py") && !python
    ? "no Python here has Authlib"
    : text.includes("verify_webhook.py") && !plainPython
      ? "no Python 3 here"
      : /curl-tip\.sh|\bcurl -/m.test(text) && !openssl
        ? "no curl and OpenSSL 3 here"
        : undefined;

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-documents-"));
const bin = path.join(folder, "bin");
const parts = ["README.md", "bin", "docs", "examples", "package.json", "samples", "src", "tsconfig.build.json"];
const exchanges: Started[] = [];
/** Of the tips the documents' commands left. */
const receipts: string[] = [];
const outcomes = new Map<Block, Outcome>();

/** Runs a document's commands in a clone of their own. */
async function read(file: string, at: number): Promise<void> {
  const runnable = blocks.filter((block) => block.file === file && isRun(block) && !missing(block));
  if (runnable.length === 0) return;
  const own = path.join(folder, String(at));
  const clone = path.join(own, "tipoff");
  for (const part of parts) cpSync(path.join(root, part), path.join(clone, part), { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(clone, "node_modules"));
  const exchange = await start(path.join(clone, ".tipoff"), await freePort());
  exchanges[at] = exchange;
  const reader = { clone, home: path.join(own, "home"), exchange: exchange.url, bin, port: await freePort() };
  for (const [block, outcome] of await runDocument(reader, runnable)) outcomes.set(block, outcome);
  const profile = path.join(clone, ".tipoff/home/profiles/facepage.json");
  const facepage = await connect(JSON.parse(readFileSync(profile, "utf8")));
  for await (const { receipt } of listTips(facepage)) receipts.push(receipt);
  await exchange.stop();
}

beforeAll(async () => {
  mkdirSync(bin);
  if (python) symlinkSync(python, path.join(bin, "python3"));
  // Two at a time: where one waits, for a second to pass or for a package, the other goes on.
  const unread = documents.entries();
  const readNext = async () => {
    for (const [at, file] of unread) await read(file, at);
  };
  await Promise.all([readNext(), readNext()]);
  // Three installs and some fifty commands, on a machine that may be busy.
}, 400_000);
afterAll(async () => {
  for (const exchange of exchanges) await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("every block is run, the output of one, a quotation, JSON, or listed with the reason", () => {
  const known = (block: Block) => [isListed, isQuote, isRun, isOutput, isJson].some((is) => is(block));
  expect(blocks.filter((block) => !known(block)).map(nameOf)).toEqual([]);
  const firstLines = blocks.map(({ text }) => text.split("\n")[0]);
  expect(Object.keys(notRun).filter((line) => !firstLines.includes(line))).toEqual([]);
});

describe("commands", () => {
  for (const [at, block] of blocks.entries()) {
    if (!isRun(block)) continue;
    const why = missing(block);
    const next = blocks[at + 1];
    test.skipIf(why)(`${nameOf(block)}${why ? ` (skipped: ${why})` : ""}`, () => {
      const outcome = outcomes.get(block)!;
      expect(outcome, outcome.output).toMatchObject({ ended: "done" });
      if (next && isOutput(next)) expect(outcome.output).toMatch(shows(next.text));
    });
  }

  test("each output shown is that of the commands before it", () => {
    const astray = blocks.filter((block, at) => isOutput(block) && !isRun(blocks[at - 1]!));
    expect(astray.map(nameOf)).toEqual([]);
  });

  test("what npm start prints to try next is what the README shows", () => {
    const shown = blocks.find(({ file, text }) => file === "README.md" && text.includes("--as chirper import"))!;
    const commands = (text: string) => text.match(/bin\/tipoff\.mjs .*/g);
    expect(commands(exchanges[0]!.output)).toEqual(commands(shown.text));
  });
});

describe("quotations", () => {
  test.each(blocks.filter(isQuote).map((block) => [nameOf(block), block] as const))("%s", (_name, block) => {
    expect(block.of).toMatch(/^examples\/[\w-]+\.(sh|mjs|py)$/);
    expect(readFileSync(path.join(root, block.of), "utf8")).toContain(block.text);
    // A quotation's file is run in the same document.
    const whole = blocks.filter((other) => other.file === block.file && isRun(other));
    expect(whole.some(({ text }) => text.includes(path.basename(block.of)))).toBe(true);
  });
});

const receiptClaims = z.strictObject({
  iss: z.url(),
  tip: uuid,
  version: z.int(),
  digest,
  seq: z.int(),
  accepted_at: time,
});
/** Each JSON shown is one of these. */
const forms: Record<string, z.ZodType> = {
  event,
  problem: problemSchema,
  purpose: z.array(purposeSchema).length(1),
  webhook: z.strictObject({ type: z.enum(eventTypes), timestamp: time, data: event.extend({ link: z.url() }) }),
  challenge: z.strictObject({
    type: z.literal("challenge"),
    timestamp: time,
    data: z.strictObject({ subscription: uuid, challenge: z.string().min(1) }),
  }),
  receipt: receiptClaims,
};

describe("JSON", () => {
  test.each(blocks.filter(isJson).map((block) => [nameOf(block), block.text] as const))("%s", (_name, text) => {
    const value: unknown = JSON.parse(text);
    expect(Object.values(forms).filter((form) => form.safeParse(value).success)).toHaveLength(1);
  });

  test("a receipt shown holds what the exchange's receipts hold", () => {
    expect(receipts.length).toBeGreaterThan(0);
    for (const receipt of receipts) receiptClaims.parse(decodeJwt(receipt));
  });
});

describe("the guide", () => {
  const guide = readFileSync(path.join(root, "docs/integrating.md"), "utf8");

  test("says of every kind of event what a receiver must do", () => {
    expect(eventTypes.filter((type) => !new RegExp(`^\\| \`${type}\` \\|.{20}`, "m").test(guide))).toEqual([]);
  });

  test("names the limits as they are", () => {
    const { requests, questions, bytes, index_keys } = limits.quota;
    const number = (value: number) => value.toLocaleString("en-US");
    for (const words of [
      `${number(requests)} requests, ${number(questions)} questions, ${bytes / 1e6} MB of tips and ${number(index_keys)} index keys a day`,
      `A match request takes ${number(limits.questions)} questions`,
      `\`iat\` may be ${limits.proof_seconds} seconds off, a token's or an assertion's times ${limits.skew_seconds}`,
      `it ends in ${limits.expiring_days} days`,
      `waits for ${limits.key_delay_hours} hours`,
      `up to ${limits.webhook.full_bytes / 1_024} KiB`,
      `after ${limits.webhook.failing_hours} hours of nothing but failures`,
      `no answer within ${limits.webhook.timeout_seconds} seconds`,
      `up to ${limits.webhook.recover_days} days back`,
      `after ${limits.webhook.secret_hours} hours take the older away`,
    ])
      expect(guide).toContain(words);
  });

  test("on disputes names the limits as they are", () => {
    const disputes = readFileSync(path.join(root, "docs/disputes.md"), "utf8").replace(/\s+/g, " ");
    const { disputes: of, flood, held, appeals } = limits;
    const words = (n: number) => n.toLocaleString("en");
    for (const said of [
      `${of.indicators} indicators in ${of.days} days (${words(of.hosted)} of what it hosts)`,
      `each enrolled for ${of.enrolled_days} days`,
      `After ${of.undecided_days} days without a decision`,
      `up to ${appeals} a day`,
      `more than ${words(flood.indicators)} indicators or ${flood.tips} tips`,
      `at least ${flood.disputed}, are disputed`,
      `after ${held.days} days, the documents are erased`,
    ])
      expect(disputes).toContain(said);
    expect([of.share, flood.times, flood.mean_days, flood.disputed_share]).toEqual([1 / 5, 10, 30, 1 / 20]);
  });

  test("on MISP names how far back a feed goes", () => {
    const events = limits.misp.events.toLocaleString("en-US");
    expect(readFileSync(path.join(root, "docs/misp.md"), "utf8")).toContain(`more than ${events} events`);
  });

  test("on a team's work names the limits of its figures as they are", () => {
    const { days, tips } = limits.stats;
    const words = readFileSync(path.join(root, "docs/working.md"), "utf8");
    expect(words).toContain(`at most ${days} days; of more than ${tips.toLocaleString("en-US")} tips`);
  });

  test("names the waits between tries as they are", () => {
    const spelled = intervals.map((ms) =>
      ms < 60_000 ? `${ms / 1_000} s` : ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`,
    );
    expect(guide).toContain(`after ${spelled.slice(0, -1).join(", ")} and ${spelled.at(-1)}, each a fifth`);
    expect(intervals).toHaveLength(9);
    expect(Math.round(intervals.reduce((sum, ms) => sum + ms, 0) / 86_400_000)).toBe(3);
  });
});

describe("links", () => {
  const files = ["README.md", ...readdirSync(path.join(root, "docs")).map((name) => `docs/${name}`)];
  test.each(files.filter((file) => file.endsWith(".md")))("of %s lead somewhere", (file) => {
    const broken = linksOf(file).filter((target) => {
      const [to, anchor] = target.split("#") as [string, string?];
      const named = to === "" ? file : path.join(path.dirname(file), to);
      return !existsSync(path.join(root, named)) || (anchor !== undefined && !anchorsOf(named).includes(anchor));
    });
    expect(broken).toEqual([]);
  });
});
