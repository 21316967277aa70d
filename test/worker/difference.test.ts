/** A new version comes with its difference: how much, with its event and with the tip; what, at a door of its own. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import type { Fault } from "../../src/core/problem.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});

const domain = (value: string, more = {}) => ({ type: "domain", value, ...more });
const ip = (value: string) => ({ type: "ip", value });

/** The difference of the newest version, as the tables keep it. */
const kept = async (id: string) => {
  const [row] = await all(
    ground(),
    sql<{
      difference: string;
    }>`SELECT v.difference FROM tip t JOIN tip_version v USING (tip_no, version) WHERE t.tip = ${id}`,
  );
  return JSON.parse(row!.difference);
};

test("revised tells how many indicators were added, changed and removed, and so does the tip", async () => {
  const { id } = await chirper.submit(["platforms"], {
    indicators: [domain("a.example"), domain("b.example"), domain("c.example")],
  });
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.difference).toBeUndefined();
  await chirper.revise(id, ["platforms"], {
    indicators: [domain("b.example"), domain("A.example.", { note: "changed" }), domain("d.example")],
  });
  const difference = { added: 1, changed: 1, removed: 1 };
  expect((await facepage.feed()).at(-1)).toMatchObject({ type: "revised", difference });
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.difference).toEqual(difference);
  expect(await kept(id)).toEqual({ added: [2], changed: [[0, 1]], removed: [2], kept: [[1, 0]] });
});

test("an author is told where what stays moves, since tools that read by STIX know indicators by place", async () => {
  const [a, b, c] = [domain("a.example"), domain("b.example"), domain("c.example")];
  const { id } = await chirper.submit(["platforms"], { indicators: [a, b, c] });
  const warned = async (indicators: object[]) =>
    (await chirper.revise(id, ["platforms"], { indicators })).answer.body.warnings.map(({ detail }: Fault) => detail);
  expect(await warned([a, domain("d.example"), c, domain("e.example")])).toEqual([]);
  expect(await warned([domain("d.example"), c, domain("e.example"), a])).toEqual([
    expect.stringMatching(/^4 indicators stand in another place/),
  ]);
  expect(await warned([domain("d.example"), c, a])).toEqual([expect.stringMatching(/^1 indicator stands in another/)]);
});

test("an indicator past its validity, swept from the tables, is compared by the signed document", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: [ip("203.0.113.0/24"), domain("a.example")] });
  await runSchedule(await exchangeNow(Date.now() + 31 * 86_400_000));
  expect(await all(ground(), sql`SELECT type FROM indicator`)).toHaveLength(1);
  await chirper.revise(id, ["platforms"], { indicators: [ip("203.0.113.0/24"), ip("198.51.100.0/24")] });
  expect(await kept(id)).toEqual({ added: [1], changed: [], removed: [1], kept: [[0, 0]] });
});

const before = [domain("a.example"), domain("b.example"), domain("c.example")];
const after = [domain("b.example"), domain("a.example", { note: "changed" }), domain("d.example")];
const differenceOf = async (member: Member, id: string, query = "") =>
  member.call("GET", `/v1/tips/${id}/difference${query}`);

test("whoever was handed the version before reads what stood there, with what stands there now", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: before });
  await facepage.call("GET", `/v1/tips/${id}`);
  await chirper.revise(id, ["platforms"], { indicators: after });
  for (const member of [facepage, chirper]) {
    const { status, body } = await differenceOf(member, id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ tip: id, version: 2, tlp: "amber", difference: { added: 1, changed: 1, removed: 1 } });
    expect(body.changes).toEqual([
      {
        change: "changed",
        ordinal: 1,
        indicator: domain("a.example", { note: "changed" }),
        before: { ordinal: 0, indicator: domain("a.example") },
      },
      { change: "added", ordinal: 2, indicator: domain("d.example") },
      { change: "removed", before: { ordinal: 2, indicator: domain("c.example") } },
    ]);
  }
});

test("who was not handed the version before, or was only told of it, learns its places alone", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: before });
  await facepage.call("GET", "/v1/feed");
  await facepage.call("GET", "/v1/tips");
  await facepage.call("POST", "/v1/match", { questions: ["c.example"] });
  await chirper.revise(id, ["platforms", "research"], { indicators: after });
  const newcomer = await enrol("observatory", "research");
  for (const member of [facepage, newcomer]) {
    const { body } = await differenceOf(member, id);
    expect(body.changes[0].before).toEqual({ ordinal: 0 });
    expect(body.changes[2]).toEqual({ change: "removed", before: { ordinal: 2 } });
    expect(JSON.stringify(body)).not.toContain("c.example");
  }
  const records = await all(
    ground(),
    sql`SELECT partner, version FROM access_tip WHERE door = 'indicators' ORDER BY partner`,
  );
  expect(records).toEqual([
    { partner: "facepage", version: 2 },
    { partner: "observatory", version: 2 },
  ]);
});

test("it is read page by page; of a first version there is none, and who does not see the tip finds nothing", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: before });
  const first = (await differenceOf(facepage, id)).body;
  expect([first.difference, first.changes, first.more]).toEqual([undefined, [], false]);
  await chirper.revise(id, ["platforms"], { indicators: after });
  const kinds: string[] = [];
  let next = "";
  do {
    const { body } = await differenceOf(facepage, id, `?limit=2${next && `&after=${next}`}`);
    kinds.push(...body.changes.map(({ change }: { change: string }) => change));
    next = body.next ?? "";
  } while (next);
  expect(kinds).toEqual(["changed", "added", "removed"]);
  const page = (await differenceOf(facepage, id, "?limit=1")).body;
  await chirper.revise(id, ["platforms"], { indicators: before });
  expect((await differenceOf(facepage, id, `?limit=1&after=${page.next}`)).status).toBe(409);
  const stranger = await enrol("stranger", "research");
  expect((await differenceOf(stranger, id)).status).toBe(404);
  await chirper.rescope(id, ["research"]);
  expect((await differenceOf(facepage, id)).status).toBe(404);
});

test("what the version before said is told as long as it is kept", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: before });
  await facepage.call("GET", `/v1/tips/${id}`);
  await chirper.revise(id, ["platforms"], { indicators: after });
  await runSchedule(await exchangeNow(Date.now() + (limits.withdrawn_days + 1) * 86_400_000));
  const { body } = await differenceOf(facepage, id);
  expect(body.changes.at(-1)).toEqual({ change: "removed", before: { ordinal: 2 } });
});
