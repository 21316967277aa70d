/** Nothing lives forever: what is left of a tip a month after it expired or was withdrawn, and how it can begin anew. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
const day = 86_400_000;
const secret = "secret-harbour-value.example";

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});

const submit = (change: Record<string, unknown> = {}) =>
  chirper.submit(["platforms"], {
    operation: { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Secret name of it" },
    indicators: [{ type: "domain", value: secret, note: "Secret note" }],
    ...change,
  });

/** Every table's rows as one text, the documents decoded. */
async function everything(): Promise<string> {
  const tables = await all(
    ground(),
    sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'
    AND substr(name, 1, 3) <> '_cf' AND substr(name, 1, 6) <> 'sqlite'`,
  );
  const rows = await Promise.all(tables.map(({ name }) => all(ground(), sql`SELECT * FROM ${sql.identifier(name)}`)));
  const decoded = rows
    .flat()
    .flatMap((row) =>
      [row.text, row.payload]
        .filter((text) => typeof text === "string")
        .map((text) => atob(text.replaceAll("-", "+").replaceAll("_", "/"))),
    );
  return JSON.stringify(rows) + decoded.join("\n");
}

/** Twice: what one run erases, the next sweeps from the index. */
const runAt = async (ms: number) => {
  for (let run = 0; run < 2; run++) await runSchedule(await exchangeNow(ms));
};

test("an expired tip's content is erased after the days of grace; digest, seq, header and receipt stay", async () => {
  const { id, answer } = await submit({ expires_at: new Date(Date.now() + day).toISOString() });
  await facepage.call("GET", `/v1/tips/${id}`);
  await runAt(Date.now() + limits.erase_days * day);
  expect(await everything()).toContain("Secret name");
  await runAt(Date.now() + (limits.erase_days + 2) * day);
  const left = await everything();
  for (const word of ["Secret", secret, 'platforms","tip']) expect(left).not.toContain(word);
  const own = await chirper.call("GET", `/v1/tips/${id}`);
  expect(own.status).toBe(200);
  expect(own.body).toMatchObject({
    tip: id,
    state: "erased",
    digest: answer.body.digest,
    seq: answer.body.seq,
    receipt: answer.body.receipt,
  });
  expect(own.body).not.toHaveProperty("document");
  expect((await facepage.call("GET", `/v1/tips/${id}`)).status).toBe(404);
  expect((await chirper.call("GET", `/v1/tips/${id}`, undefined, { accept: "application/jose+json" })).status).toBe(
    404,
  );
  expect((await chirper.call("GET", "/v1/tips")).body.tips).toEqual([]);
  expect(await all(ground(), sql`SELECT kid, protected FROM tip_version WHERE protected <> ''`)).toHaveLength(1);
  expect(await all(ground(), sql`SELECT partner FROM access_tip`)).toEqual([{ partner: "facepage" }]);
  expect(await all(ground(), sql`SELECT * FROM index_key`)).toEqual([]);
});

test("a withdrawn tip is erased long before it would have expired", async () => {
  const { id } = await submit();
  await chirper.withdraw(id);
  expect((await facepage.feed()).map((event) => event.reason)).toEqual(["mistake"]);
  await runAt(Date.now() + (limits.erase_days + 1) * day);
  expect(await everything()).not.toContain("Secret");
  expect((await facepage.feed()).map((event) => [event.type, event.reason])).toEqual([["withdrawn", undefined]]);
});

test("an erased tip begins anew with its author's next version, and cannot be rescoped before", async () => {
  const { id } = await submit({ expires_at: new Date(Date.now() + day).toISOString() });
  await runAt(Date.now() + (limits.erase_days + 2) * day);
  const refused = await chirper.rescope(id, ["everyone"]);
  expect([refused.status, refused.body.type]).toEqual([409, `${url}/problems/version-conflict`]);
  expect((await chirper.revise(id, ["platforms"])).answer.status).toBe(201);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.version).toBe(2);
});

test("an indicator past its validity is deleted, the tip it stands in is not", async () => {
  const { id } = await submit({
    indicators: [
      { type: "ip", value: "203.0.113.0/24" },
      { type: "domain", value: secret },
    ],
  });
  await runAt(Date.now() + 31 * day);
  expect(await all(ground(), sql`SELECT type FROM indicator`)).toEqual([{ type: "domain" }]);
  expect((await all(ground(), sql`SELECT key FROM index_key`)).length).toBe(1);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.document.indicators).toHaveLength(2);
});
