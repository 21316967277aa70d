/** The officer's next step: where an author takes legal process stands in every form in which its tip is handed out. */
import { exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { eventUuid } from "../../src/formats/misp/uuid.ts";
import { readWorkbook } from "../../src/formats/xlsx-read.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld } from "./world.ts";

const page = "https://chirper.example/legal";
let agency: Member;
let tip: string;

beforeEach(async () => {
  await freshWorld();
  const chirper = await enrol("chirper", "platform", { legal_process_url: page });
  const facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
  tip = (await chirper.submit(["law-enforcement"], { indicators: [{ type: "account", platform: "x", id: "17900" }] }))
    .id;
  await facepage.submit(["law-enforcement"], { indicators: [{ type: "account", platform: "x", id: "17901" }] });
});

async function download(path: string): Promise<Uint8Array> {
  const worker = (exports as unknown as { default: Fetcher }).default;
  const response = await worker.fetch(url + path, { headers: await agency.authorization("GET", path) });
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}
const text = async (path: string) => new TextDecoder().decode(await download(path));

test("an export has it in the rows of that author alone", async () => {
  const lines = (await text("/v1/export?format=ndjson")).split("\n").filter(Boolean);
  expect(lines.map((line) => JSON.parse(line).legal_process_url)).toEqual([page, undefined]);
  const [, chirpers, facepages] = (await text("/v1/export?format=csv")).split("\r\n");
  expect([chirpers!.includes(page), facepages!.includes(page)]).toEqual([true, false]);
});

test("a workbook has it, and says for which case it was made", async () => {
  const workbook = readWorkbook(await download("/v1/export?format=xlsx"));
  if (!workbook.ok) throw new Error(workbook.error);
  const [rows, about] = workbook.value.map((sheet) => JSON.stringify(sheet.rows()));
  expect(rows).toContain(page);
  expect(about).toContain("court-order, case XA-2026-17, Unit 3");
});

test("STIX has it with the author, MISP in the event's report", async () => {
  const { objects } = JSON.parse(await text("/taxii2/tips/collections/all/objects/"));
  const named = objects.filter(({ type }: { type: string }) => type === "identity");
  expect(named.map((one: { contact_information?: string }) => one.contact_information)).toEqual([
    `legal process: ${page}`,
    undefined,
  ]);
  const event = JSON.parse(await text(`/misp/${eventUuid(tip)}.json`));
  expect(event.Event.EventReport[0].content).toContain(`Records: serve legal process at ${page}`);
});
