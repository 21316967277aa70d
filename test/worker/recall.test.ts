/** Taking back: who is to say what became of its copy, what the author sees of that, and who is reminded. */
import { beforeEach, describe, expect, test } from "vitest";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { removeMember } from "../../src/exchange/manage-groups.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import { pass, workEndpointsByHand } from "./endpoints.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

const day = 86_400_000;
let chirper: Member;
let facepage: Member;
let observatory: Member;
let agency: Member;

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  observatory = await enrol("observatory", "research");
  agency = await enrol("cyber-unit", "law_enforcement");
});

const everyone = () => [chirper, facepage, observatory, agency];
const read = (member: Member, id: string) => member.call("GET", `/v1/tips/${id}`);
const say = (member: Member, id: string, outcome = "deleted", event?: string) =>
  member.call("POST", `/v1/tips/${id}/acknowledgements`, { outcome, ...(event && { event }) });
const seen = async (id: string, query = "") =>
  (await chirper.call("GET", `/v1/tips/${id}/acknowledgements${query}`)).body;
const partners = async (id: string) => (await seen(id)).acknowledgements.map((row: { partner: string }) => row.partner);
const problemOf = ({ status, body }: { status: number; body: any }) => [
  status,
  body.type?.replace(`${url}/problems/`, ""),
];
const run = async () => runSchedule(await exchangeNow());
const reminders = async (member: Member, id: string) =>
  (await member.feed()).filter((event) => event.type === "acknowledgement_due" && event.tip === id).length;

/** A tip to platforms and researchers, read by facepage alone. */
async function shared(to = ["platforms", "research"]): Promise<string> {
  const { id } = await chirper.submit(to);
  await read(facepage, id);
  return id;
}

describe("what is said", () => {
  test("whoever was handed a withdrawn tip says what became of it, and the author sees that", async () => {
    const id = await shared();
    await chirper.withdraw(id);
    const [{ id: event, at: since }] = await facepage.feed();
    expect(await seen(id)).toMatchObject({
      counts: { had: 1, acknowledged: 0, kept: 0, late: 0 },
      acknowledgements: [{ partner: "facepage", kind: "platform", late: false }],
    });
    const answer = await say(facepage, id);
    expect(answer).toMatchObject({ status: 200, body: { tip: id, outcome: "deleted" } });
    expect(await seen(id)).toMatchObject({
      counts: { had: 1, acknowledged: 1, kept: 0, late: 0 },
      acknowledgements: [
        {
          partner: "facepage",
          since,
          event,
          outcome: "deleted",
          acknowledged_at: answer.body.acknowledged_at,
        },
      ],
    });
  });

  test("the same word again changes nothing, another replaces it, and both are kept", async () => {
    const id = await shared();
    await chirper.withdraw(id);
    const first = await say(facepage, id, "kept_under_law");
    pass(60_000);
    expect((await say(facepage, id, "kept_under_law")).body).toEqual(first.body);
    expect((await seen(id)).counts).toMatchObject({ acknowledged: 1, kept: 1 });
    await say(facepage, id, "deleted");
    expect((await seen(id)).counts).toMatchObject({ acknowledged: 1, kept: 0 });
    expect(
      await all(ground(), sql`SELECT partner, outcome, kid FROM acknowledgement ORDER BY acknowledgement_no`),
    ).toEqual([
      { partner: "facepage", outcome: "kept_under_law", kid: facepage.signer.kid },
      { partner: "facepage", outcome: "deleted", kid: facepage.signer.kid },
    ]);
  });

  test("a tip that one was told nothing of is not there; one that one sees was not taken back", async () => {
    const id = await shared(["platforms"]);
    const stranger = await enrol("stranger", "research");
    expect(problemOf(await say(stranger, id))).toEqual([404, "not-found"]);
    expect(problemOf(await say(facepage, id))).toEqual([409, "nothing-taken-back"]);
    expect(problemOf(await say(chirper, id))).toEqual([409, "nothing-taken-back"]);
    await chirper.withdraw(id);
    expect(problemOf(await say(stranger, id))).toEqual([404, "not-found"]);
    expect(problemOf(await say(chirper, id))).toEqual([409, "nothing-taken-back"]);
    expect(problemOf(await say(facepage, id, "burnt"))).toEqual([422, "invalid-request"]);
  });

  test("who was told and had stored nothing may say so, also where it was handed nothing", async () => {
    const id = await shared();
    await chirper.withdraw(id);
    expect((await say(observatory, id, "never_stored")).status).toBe(200);
    expect(await partners(id)).toEqual(["facepage", "observatory"]);
  });

  test("who loses sight again acknowledges anew; a withdrawal asks nothing again of who had lost it before", async () => {
    const id = await shared();
    await chirper.rescope(id, ["research"]);
    const first = (await say(facepage, id)).body.event;
    await chirper.rescope(id, ["platforms", "research"]);
    await read(facepage, id);
    expect((await seen(id)).counts).toMatchObject({ had: 1, acknowledged: 1 });
    await chirper.rescope(id, ["research"]);
    expect((await seen(id)).counts).toMatchObject({ had: 1, acknowledged: 0 });
    // A word on the first time does not answer the second.
    expect((await say(facepage, id, "deleted", first)).status).toBe(200);
    expect((await seen(id)).counts).toMatchObject({ had: 1, acknowledged: 0 });
    await say(facepage, id);
    await chirper.withdraw(id);
    expect((await seen(id)).counts).toMatchObject({ had: 1, acknowledged: 1 });
    const { events } = (await facepage.call("GET", "/v1/feed")).body;
    expect((await say(facepage, id, "deleted", events.at(-1).id)).status).toBe(200);
    const other = events.find((event: { type: string }) => event.type === "published")?.id ?? "evt_1_1";
    expect(problemOf(await say(facepage, id, "deleted", other))).toEqual([422, "invalid-request"]);
    expect(problemOf(await say(facepage, id, "deleted", "evt_0_5"))).toEqual([422, "invalid-request"]);
  });

  test("a new version to others, and leaving a group, take back too", async () => {
    await group("cell", [chirper, facepage, observatory]);
    const { id } = await chirper.submit(["group:cell"]);
    for (const member of [facepage, observatory]) await read(member, id);
    await removeMember(await exchangeNow(), "cell", "observatory");
    await run();
    expect(await partners(id)).toEqual(["observatory"]);
    await chirper.revise(id, ["partner:cyber-unit"]);
    expect(await partners(id)).toEqual(["facepage", "observatory"]);
  });

  test("a compromised key's tip is suspended, not taken back: nobody has anything to say", async () => {
    const id = await shared();
    await compromiseKey(await exchangeNow(), "chirper", chirper.signer.kid, "2020-01-01T00:00:00.000Z", undefined);
    expect(await all(ground(), sql`SELECT * FROM recall`)).toEqual([]);
    expect(problemOf(await say(facepage, id))).toEqual([404, "not-found"]);
  });

  test("what was said is refused to be changed or deleted", async () => {
    const id = await shared();
    await chirper.withdraw(id);
    await say(facepage, id);
    for (const change of [sql`UPDATE acknowledgement SET outcome = 'deleted'`, sql`DELETE FROM acknowledgement`])
      await expect(all(ground(), change)).rejects.toThrow("acknowledgement_is_kept");
  });
});

describe("what the author sees", () => {
  test("never who only asked, not even where that partner acknowledges", async () => {
    const { id } = await chirper.submit(["platforms", "research"]);
    await facepage.call("POST", "/v1/match", { questions: ["harbour-news.example"] });
    await chirper.withdraw(id);
    expect((await facepage.feed()).map(({ type }) => type)).toEqual(["withdrawn"]);
    expect((await say(facepage, id)).status).toBe(200);
    expect(await seen(id)).toMatchObject({ counts: { had: 0, acknowledged: 0, late: 0 }, acknowledgements: [] });
  });

  test("an agency that reads under a non-disclosure when that has ended, not before, though it acknowledges", async () => {
    const until = new Date(Date.now() + 20 * day).toISOString();
    const purpose = (case_: string) => [
      {
        type: "tipoff_purpose",
        legal_basis: "court-order",
        case: case_,
        unit: "Unit 3",
        until: new Date(Date.now() + 90 * day).toISOString(),
        non_disclosure: { basis: "court-order", until },
      },
    ];
    const details = JSON.stringify(purpose("XA-2026-18"));
    agency.token = (await agency.requestToken({ authorization_details: details })).body.access_token;
    const { id } = await chirper.submit(["law-enforcement"]);
    expect((await read(agency, id)).status).toBe(200);
    const { id: other } = await chirper.submit(["law-enforcement"]);
    expect((await read(agency, other)).status).toBe(200);
    // What would name it is not said by a slip.
    for (const [door, body] of [
      ["feedback", await agency.word({ id: other, digest: "A".repeat(43) }, { status: "received" })],
      ["appeals", { version: 1, indicators: [0] }],
    ] as const)
      expect((await agency.call("POST", `/v1/tips/${other}/${door}`, body)).body.type).toMatch(/under-non-disclosure$/);
    await chirper.withdraw(id);
    await chirper.withdraw(other);
    expect(await seen(id)).toMatchObject({ counts: { had: 0, late: 0 }, acknowledgements: [] });
    await say(agency, id);
    expect(await seen(id)).toMatchObject({ counts: { had: 0, acknowledged: 0 }, acknowledgements: [] });
    pass(21 * day, ...everyone());
    expect(await partners(id)).toEqual(["cyber-unit"]);
    expect(await seen(other)).toMatchObject({
      counts: { had: 1, acknowledged: 0, late: 1 },
      acknowledgements: [{ partner: "cyber-unit", kind: "law_enforcement", country: "XA", late: true }],
    });
  });

  test("page by page, with counts of all; another's tip is not there", async () => {
    const id = await shared();
    await read(observatory, id);
    await chirper.withdraw(id);
    const first = await seen(id, "?limit=1");
    expect(first).toMatchObject({ counts: { had: 2 }, acknowledgements: [{ partner: "facepage" }], more: true });
    const second = await seen(id, `?limit=1&after=${first.next}`);
    expect(second).toMatchObject({
      counts: { had: 2 },
      acknowledgements: [{ partner: "observatory" }],
      more: false,
      next: null,
    });
    expect(problemOf(await facepage.call("GET", `/v1/tips/${id}/acknowledgements`))).toEqual([404, "not-found"]);
  });
});

describe("who is reminded", () => {
  test("the late after three days and after ten, by one event each time, and never again", async () => {
    const id = await shared();
    await read(observatory, id);
    await chirper.withdraw(id);
    const told = async () => [
      await reminders(facepage, id),
      await reminders(observatory, id),
      await reminders(chirper, id),
    ];
    const expected = { 2: [0, 0, 0], 3: [1, 1, 0], 9: [1, 1, 0], 10: [2, 2, 0], 40: [2, 2, 0] };
    let today = 0;
    for (const [after, counts] of Object.entries(expected)) {
      pass((Number(after) - today) * day + 1_000, ...everyone());
      today = Number(after);
      await run();
      await run();
      expect([after, ...(await told())]).toEqual([after, ...counts]);
    }
    expect(await all(ground(), sql`SELECT seq FROM event WHERE type = 'acknowledgement_due'`)).toHaveLength(2);
    expect((await seen(id)).counts).toMatchObject({ had: 2, late: 2 });
  });

  test("not who has acknowledged, nor who keeps it under law, nor who sees it again", async () => {
    const id = await shared();
    await read(observatory, id);
    await chirper.rescope(id, ["partner:cyber-unit"]);
    await say(facepage, id, "kept_under_law");
    await chirper.rescope(id, ["research"]);
    pass(11 * day, ...everyone());
    await run();
    await run();
    expect(await all(ground(), sql`SELECT seq FROM event WHERE type = 'acknowledgement_due'`)).toEqual([]);
    // Neither stands in the others' way.
    expect(await all(ground(), sql`SELECT partner, reminded FROM recall ORDER BY partner`)).toEqual([
      { partner: "facepage", reminded: 0 },
      { partner: "observatory", reminded: 2 },
    ]);
  });
});
