/** `GET /v1/tips/{tip}/print`: a tip on paper, for who may see it. */
import { beforeEach, expect, test } from "vitest";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { all, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let agency: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
});

test("says what binds its reader, where legal process goes, and what the reader was handed before", async () => {
  await changePartner(await exchangeNow(), "chirper", {
    legal_process_url: "https://chirper.example/legal",
    contact: { email: "desk@chirper.example" },
  });
  const hidden = await chirper.submit(["platforms"]);
  const { id } = await chirper.submit(["law-enforcement"], {
    indicators: [{ type: "account", platform: "x", id: "1234567890123456789" }],
    relates_to: [{ tip: hidden.id, relation: "same-operation" }],
  });
  await agency.call("GET", `/v1/tips/${id}`);
  const { status, body, headers } = await agency.call("GET", `/v1/tips/${id}/print`);
  expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  for (const words of [
    "Intelligence lead, not evidence",
    "https://chirper.example/legal",
    "desk@chirper.example",
    "1234567890123456789",
    "TLP:AMBER",
    "case ",
  ])
    expect(body).toContain(words);
  expect(body).not.toContain(hidden.id);
  expect(body).not.toMatch(/<script|<a |src=/);
});

test("is recorded with its purpose, and is not there for who may not see the tip", async () => {
  const { id } = await chirper.submit(["law-enforcement"]);
  const other = await enrol("facepage", "platform");
  const absent = await other.call("GET", `/v1/tips/${crypto.randomUUID()}/print`);
  const refused = await other.call("GET", `/v1/tips/${id}/print`);
  expect([refused.status, refused.body]).toEqual([404, absent.body]);
  await agency.call("GET", `/v1/tips/${id}/print`);
  const rows = await all(
    ground(),
    sql`SELECT a.partner, a.door, u.partner AS stated FROM access_tip a JOIN purpose u ON u.purpose = a.purpose`,
  );
  expect(rows).toEqual([{ partner: "cyber-unit", door: "print", stated: "cyber-unit" }]);
});
