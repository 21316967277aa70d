/** `GET /v1/export`: what one may see as a file, whole or broken off, resumed without loss. */
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { importReport } from "../../src/formats/report.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

const paging = limits.export as { page_indicators: number; pages: number };
const usual = { ...paging };
let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});
afterEach(() => {
  Object.assign(paging, usual);
});

const accounts = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ type: "account", platform: "x", id: `1234567890123456${100 + at}` }));

interface Line {
  seq: number;
  ordinal: number;
  tip: string;
  through: string;
  indicator: Record<string, unknown>;
}
const linesOf = (text: string): Line[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
const exported = async (member: Member, query = "") =>
  linesOf((await download(member, `format=ndjson${query}`)).bytes.toString("utf8"));

/** As bytes, and whether they are all. */
async function download(member: Member, query: string) {
  const worker = (exports as unknown as { default: Fetcher }).default;
  const path = `/v1/export?${query}`;
  const response = await worker.fetch(url + path, { headers: await member.authorization("GET", path) });
  const parts: Uint8Array[] = [];
  try {
    for await (const part of response.body!) parts.push(part as Uint8Array);
    return { response, bytes: Buffer.concat(parts), whole: true };
  } catch {
    return { response, bytes: Buffer.concat(parts), whole: false };
  }
}

test("an export has a row for each indicator one may see, in the order of sight, and says what binds its reader", async () => {
  await enrol("cyber-unit", "law_enforcement");
  await chirper.submit(["partner:cyber-unit"], { indicators: accounts(1) });
  const first = await chirper.submit(["platforms"], { indicators: accounts(3), handling: ["human-review"] });
  const own = await facepage.submit(["partner:chirper"], { indicators: accounts(1) });
  const lines = await exported(facepage);
  expect(lines.map(({ tip, ordinal }) => [tip, ordinal])).toEqual([
    [first.id, 0],
    [first.id, 1],
    [first.id, 2],
    [own.id, 0],
  ]);
  expect(lines[0]).toMatchObject({ from: "chirper", tlp: "amber", through: "platforms", handling: ["human-review"] });
});

test("each format is read back equal", async () => {
  await chirper.submit(["platforms"], {
    indicators: [
      ...accounts(2),
      { type: "ip", value: "203.0.113.0/24", service: "vpn" },
      { type: "phrase", value: "=HYPERLINK(1)", confidence: 0 },
    ],
  });
  const given = (await exported(facepage)).map(({ indicator }) => indicator);
  expect(given).toHaveLength(4);
  for (const format of ["csv", "xlsx"]) {
    const { response, bytes, whole } = await download(facepage, `format=${format}`);
    expect([response.status, whole]).toEqual([200, true]);
    expect(response.headers.get("content-disposition")).toMatch(new RegExp(`filename="tipoff-[0-9-]{10}.${format}"`));
    const file = { name: `tipoff.${format}`, ...(format === "csv" ? { text: bytes.toString("utf8") } : { bytes }) };
    const { indicators, files } = importReport([file as never]);
    expect([indicators, files[0]?.unread ?? []], format).toEqual([given, []]);
  }
});

test("resumed behind any row it goes on with the next one, and what comes later stands behind", async () => {
  for (const count of [2, 3]) await chirper.submit(["platforms"], { indicators: accounts(count) });
  const whole = await exported(facepage);
  for (const [at, { seq, ordinal }] of whole.entries()) {
    expect(await exported(facepage, `&after=${seq}.${ordinal}`)).toEqual(whole.slice(at + 1));
  }
  const last = whole.at(-1)!;
  const later = await chirper.submit(["platforms"], { indicators: accounts(1) });
  const rest = await exported(facepage, `&after=${last.seq}.${last.ordinal}`);
  expect(rest.map(({ tip }) => tip)).toEqual([later.id]);
  const { bytes } = await download(facepage, `format=csv&after=${whole[0]!.seq}.${whole[0]!.ordinal}`);
  expect(bytes.toString("utf8").split("\r\n").length - 1).toBe(whole.length);
});

test("one that cannot be made to its end breaks off behind whole rows, and is resumed there", async () => {
  Object.assign(paging, { page_indicators: 2, pages: 2 });
  await chirper.submit(["platforms"], { indicators: accounts(7) });
  const { bytes, whole } = await download(facepage, "format=ndjson");
  expect(whole).toBe(false);
  Object.assign(paging, usual);
  const text = bytes.toString("utf8");
  const had = linesOf(text.slice(0, text.lastIndexOf("\n") + 1));
  const rest = await exported(facepage, had.length > 0 ? `&after=${had.at(-1)!.seq}.${had.at(-1)!.ordinal}` : "");
  expect([...had, ...rest].map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("a download that its client broke off holds up its next one for seconds alone", async () => {
  await chirper.submit(["platforms"], { indicators: accounts(3) });
  const worker = (exports as unknown as { default: Fetcher }).default;
  const path = "/v1/export?format=csv";
  const { body } = await worker.fetch(url + path, { headers: await facepage.authorization("GET", path) });
  const reader = body!.getReader();
  await reader.read();
  await reader.cancel();
  expect(await exported(facepage)).toHaveLength(3);
});

test("embargoed tips are exported to who asks for them alone", async () => {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await chirper.submit(["platforms"], { indicators: accounts(1), embargo: { until, no: ["publication"] } });
  expect(await exported(facepage)).toEqual([]);
  expect(await exported(facepage, "&embargoed=true")).toHaveLength(1);
});

test("what law enforcement exports is recorded with its purpose, tip by tip", async () => {
  const agency = await enrol("cyber-unit", "law_enforcement");
  const { id } = await chirper.submit(["law-enforcement"], { indicators: accounts(1) });
  await chirper.submit(["platforms"], { indicators: accounts(1) });
  expect((await exported(agency)).map(({ tip }) => tip)).toEqual([id]);
  const rows = await all(
    ground(),
    sql`SELECT t.tip, u.case_reference IS NOT NULL AS stated FROM access_tip a JOIN tip t ON t.tip_no = a.tip_no
      JOIN purpose u ON u.purpose = a.purpose WHERE a.door = 'export' AND a.partner = 'cyber-unit'`,
  );
  expect(rows).toEqual([{ tip: id, stated: 1 }]);
});

test("nothing is handed out where it cannot be recorded", async () => {
  await chirper.submit(["platforms"], { indicators: accounts(1) });
  await batch(ground(), [
    sql`CREATE TRIGGER full_disk BEFORE INSERT ON access BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
  ]);
  expect((await facepage.call("GET", "/v1/export?format=csv")).status).toBe(503);
});

test.each([
  ["format=xlsx&after=1.0", "/after"],
  ["format=csv&after=1.0&since=2026-01-01", "/after"],
  ["format=csv&after=1", "/after"],
  ["format=pdf", "/format"],
  ["", "/format"],
])("%s is refused with its reason", async (query, pointer) => {
  const { status, body } = await facepage.call("GET", `/v1/export?${query}`);
  expect([status, body.faults.map((fault: { pointer: string }) => fault.pointer)]).toEqual([400, [pointer]]);
});
