/** `tipoff export` against a running exchange: each format comes back by `tipoff import`, and what breaks off is gone on with. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRuntime } from "../../scripts/runtime.ts";
import { seed } from "../../scripts/seed.ts";
import { type Connection, connect } from "../../src/client/connect.ts";
import { exportIndicators } from "../../src/client/export.ts";
import { ownTip, signWithdrawal, withdraw } from "../../src/client/own-tip.ts";
import type { Profile } from "../../src/client/profile.ts";
import { signTip, submit } from "../../src/client/tips.ts";
import { importReport } from "../../src/formats/report.ts";
import { freePort, type Ran, tipoff } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-export-"));
const home = path.join(folder, "home");
const at = (name: string) => path.join(folder, name);
const operation = { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern", summary: "Amplification." };
const indicators = [
  { type: "account", platform: "x", id: "1790000005915952762", handle: "harbour_voice", control: "operated" },
  { type: "account", platform: "facepage", kind: "page", id: "100200300", persona: "p1", note: 'Says "a,\nb".' },
  { type: "ip", value: "203.0.113.0/24", service: "vpn", confidence: 0 },
  { type: "phrase", value: "=HYPERLINK(1)" },
];

let runtime: Awaited<ReturnType<typeof startRuntime>>;
let facepage: Connection;
let tip: string;
let alone: string;

const profile = (name: string) =>
  JSON.parse(readFileSync(path.join(home, "profiles", `${name}.json`), "utf8")) as Profile;
const run = (...words: string[]): Promise<Ran> => tipoff(home, "--as", "facepage", ...words);
const readBack = (name: string, bytes: Buffer) => importReport([{ name, bytes }]).indicators;

beforeAll(async () => {
  runtime = await startRuntime({ state: at("state"), port: await freePort(), rate: 10_000_000 });
  await seed(runtime.url, runtime.identity, home);
  facepage = await connect(profile("facepage"));
  const chirper = await connect(profile("chirper"));
  const send = async (content: object, to = ["platforms"]) =>
    (await submit(chirper, await signTip(chirper, { tlp: "amber", operation, indicators: [], ...content }, { to })))
      .tip;
  tip = await send({ indicators });
  alone = await send({ operation: { ...operation, name: "Told in words" } });
  await send({ indicators: [{ type: "domain", value: "not-yours.example" }] }, ["partner:cyber-unit"]);
  const gone = await send({ indicators: [{ type: "domain", value: "gone.example" }] });
  await withdraw(chirper, gone, await signWithdrawal(chirper, await ownTip(chirper, gone), "mistake"));
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await send({ indicators: [{ type: "domain", value: "embargoed.example" }], embargo: { until, no: ["publication"] } });
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("an export", () => {
  let given: unknown[];
  beforeAll(async () => {
    const { code, out } = await run("export", "--format", "ndjson");
    expect(code).toBe(0);
    given = out
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).indicator);
  });

  test("holds what one may see and nothing else, embargoed tips where they are asked for", async () => {
    expect(given).toHaveLength(indicators.length);
    const { out } = await run("export", "--format", "ndjson", "--embargoed");
    expect(out).toContain("embargoed.example");
    expect(out).not.toMatch(/not-yours|gone\.example/);
  });

  test.each(["csv", "xlsx", "ndjson"])("as %s is a file of its owner's alone, and comes back equal", async (format) => {
    const file = at(`tips.${format}`);
    expect(await run("export", "--format", format, "--out", file)).toMatchObject({ code: 0, out: "" });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.part`)).toBe(false);
    expect(readBack(file, readFileSync(file))).toEqual(given);
  });

  test.each(["stix", "misp"])(
    "as %s is a file a tip, one without indicators too, and comes back equal",
    async (format) => {
      const out = at(format);
      mkdirSync(out);
      writeFileSync(path.join(out, "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11.json"), "{}");
      const ran = await run("export", "--format", format, "--out", out);
      expect(ran, ran.err).toMatchObject({ code: 0 });
      expect(ran.err).toContain("2 tips written");
      expect(ran.err).toMatch(/should not keep:\n.*0199f3a0/);
      expect(readdirSync(out)).toEqual(expect.arrayContaining([`${tip}.json`, `${alone}.json`]));
      expect(readBack(`${tip}.json`, readFileSync(path.join(out, `${tip}.json`)))).toEqual(given);
      const one = await run("export", "--format", format, "--tip", tip);
      expect(JSON.parse(one.out)).toEqual(JSON.parse(readFileSync(path.join(out, `${tip}.json`), "utf8")));
    },
  );

  test("is read by tipoff import, whatever its format", async () => {
    const files = ["tips.csv", "tips.xlsx", "tips.ndjson", `stix/${tip}.json`, `misp/${tip}.json`].map(at);
    const { code, out } = await tipoff(home, "--json", "import", ...files);
    const read = JSON.parse(out).files as { rows: number; duplicates: number; unread: unknown[] }[];
    expect([code, read.map(({ unread }) => unread)]).toEqual([0, files.map(() => [])]);
    expect(read.slice(1).every(({ duplicates }) => duplicates === indicators.length)).toBe(true);
  });

  test("of a tip that is not there or not yours is refused alike", async () => {
    const { code, err } = await run("export", "--format", "stix", "--tip", crypto.randomUUID(), "--out", at("no.json"));
    expect([code, existsSync(at("no.json"))]).toEqual([1, false]);
    expect(err).toContain("There is no tip");
  });

  test.each([
    ["--format", "csv", "--resume", "x.csv", "--since", "2026-01-01"],
    ["--format", "csv", "--resume", "nowhere.csv"],
  ])("%s %s %s %s %s is refused before anything is asked", async (...words) => {
    expect((await run("export", ...words)).code).toBe(2);
  });
});

describe("a transfer that breaks", () => {
  /** Of the bytes of each export lets so many through, then breaks the connection; every time, or so many times. */
  async function breaking(bytes: number, times = Number.POSITIVE_INFINITY) {
    let left = times;
    const asked: string[] = [];
    const target = new URL(runtime.url);
    const server = createServer((incoming, outgoing) => {
      const isExport = incoming.url!.startsWith("/v1/export");
      if (isExport) asked.push(incoming.url!);
      const { method, headers, url } = incoming;
      const forwarded = request({ host: target.hostname, port: target.port, path: url, method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        if (!isExport || left-- <= 0) return answer.pipe(outgoing);
        let passed = 0;
        answer.on("data", (piece: Buffer) => {
          outgoing.write(piece.subarray(0, Math.max(0, bytes - passed)));
          passed += piece.length;
          if (passed > bytes) setTimeout(() => outgoing.destroy(), 20);
        });
        answer.on("end", () => passed <= bytes && outgoing.end());
      });
      incoming.pipe(forwarded);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    return { url, asked, close: () => server.closeAllConnections() ?? server.close() };
  }
  const whole = async () => {
    const parts: Uint8Array[] = [];
    for await (const part of exportIndicators(facepage, { format: "csv" })) parts.push(part);
    return Buffer.concat(parts).toString("utf8");
  };

  test("goes on behind its last whole row", async () => {
    const expected = await whole();
    const proxy = await breaking(expected.length - 5, 1);
    const file = at("resumed.csv");
    const ran = await run("--exchange", proxy.url, "export", "--format", "csv", "--out", file);
    proxy.close();
    expect(ran, ran.err).toMatchObject({ code: 0 });
    expect(ran.err).toContain("going on behind the last whole row");
    expect(readFileSync(file, "utf8")).toBe(expected);
    expect(proxy.asked).toHaveLength(2);
  });

  test("that was not whole in the end is made so by --resume, from whatever there is of it", async () => {
    const expected = await whole();
    const heading = expected.indexOf("\n") + 1;
    const row = expected.indexOf("\n", heading) + 1;
    const file = at("broken.csv");
    writeFileSync(`${file}.part`, `${expected.slice(0, row)}5,1,"amb`);
    const ran = await run("export", "--format", "csv", "--resume", file);
    expect(ran, ran.err).toMatchObject({ code: 0 });
    expect(readFileSync(file, "utf8")).toBe(expected);
    expect(existsSync(`${file}.part`)).toBe(false);
    // Within the heading, and at its own end: nothing is new.
    expect((await run("export", "--format", "csv", "--resume", file)).code).toBe(0);
    truncateSync(file, 20);
    expect((await run("export", "--format", "csv", "--resume", file)).code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(expected);
  });

  test("of a workbook is not whole, and leaves nothing", async () => {
    const proxy = await breaking(300);
    const { code, err } = await run("--exchange", proxy.url, "export", "--format", "xlsx", "--out", at("broken.xlsx"));
    proxy.close();
    expect(code, err).toBe(3);
    expect(readdirSync(folder).filter((name) => name.startsWith("broken.xlsx"))).toEqual([]);
  });
});
