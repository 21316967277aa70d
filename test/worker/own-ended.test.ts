/** One's own tips that have ended: every list that still shows them to their author says so, and shows them to nobody else. */
import { beforeEach, expect, test } from "vitest";
import { batch, sql } from "../../src/store/database.ts";
import { type Member, operation } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
/** Of each state one, by chirper. */
let own: Record<"live" | "withdrawn" | "suspended" | "expired", string>;
let others: string;

const submit = async () => (await chirper.submit(["platforms"])).id;
const states = (rows: { tip: string; state?: string }[]) =>
  Object.fromEntries(rows.map(({ tip, state }) => [tip, state]));
const listed = async (member: Member, query = "") =>
  states((await member.call("GET", `/v1/tips?limit=3${query}`)).body.tips);

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  own = { live: await submit(), withdrawn: await submit(), suspended: await submit(), expired: await submit() };
  others = (await facepage.submit(["platforms"])).id;
  await chirper.withdraw(own.withdrawn);
  const past = new Date(Date.now() - 60_000).toISOString();
  await batch(ground(), [
    sql`UPDATE tip SET expires_at = ${past} WHERE tip = ${own.expired}`,
    sql`UPDATE tip SET suspended_at = ${past} WHERE tip = ${own.suspended}`,
  ]);
});

const asTold = () => Object.fromEntries(Object.entries(own).map(([state, tip]) => [tip, state]));

test("each list of tips says how it stands with one's own, and nothing of others'", async () => {
  const { tips, next } = (await chirper.call("GET", "/v1/tips?limit=3")).body;
  const rest = (await chirper.call("GET", `/v1/tips?after=${next}`)).body.tips;
  expect(states([...tips, ...rest])).toEqual({ ...asTold(), [others]: undefined });
  const gathered = (await chirper.call("GET", `/v1/operations/${operation}`)).body.tips;
  expect(states(gathered)).toEqual({ ...asTold(), [others]: undefined });
  for (const [state, tip] of Object.entries(own))
    expect((await chirper.call("GET", `/v1/tips/${tip}`)).body.state).toBe(state);
  expect(await listed(facepage)).toEqual({ [own.live]: undefined, [others]: "live" });
});

test("indicators and matches of one's own say it where they have ended", async () => {
  const rows = (await chirper.call("GET", "/v1/indicators")).body.indicators;
  const [{ hits }] = (await chirper.call("POST", "/v1/match", { questions: ["harbour-news.example"] })).body.answers;
  const told = { ...asTold(), [own.live]: undefined, [others]: undefined };
  expect(states(rows)).toEqual(told);
  expect(states(hits)).toEqual(told);
  const theirs = await facepage.call("POST", "/v1/match", { questions: ["harbour-news.example"] });
  expect(states(theirs.body.answers[0].hits)).toEqual({ [own.live]: undefined, [others]: undefined });
});

test("lists are filtered by it, each page full, and others' ended tips are found by no filter", async () => {
  for (const state of ["withdrawn", "suspended", "expired"] as const) {
    expect(await listed(chirper, `&state=${state}`)).toEqual({ [own[state]]: state });
    expect(await listed(facepage, `&state=${state}`)).toEqual({});
    expect(await listed(facepage, `&state=${state}&from=chirper&operation=${operation}`)).toEqual({});
  }
  expect(await listed(chirper, "&state=live")).toEqual({ [own.live]: "live", [others]: undefined });
  const { tips, more } = (await chirper.call("GET", "/v1/tips?state=live&limit=2")).body;
  expect([tips.length, more]).toEqual([2, false]);
  expect((await chirper.call("GET", "/v1/tips?state=erased")).status).toBe(400);
  const change = { filter: { state: "withdrawn" }, set: { state: "done" } };
  expect((await chirper.call("PUT", "/v1/triage", change)).body.changed).toBe(1);
  expect((await facepage.call("PUT", "/v1/triage", change)).body.changed).toBe(0);
});
