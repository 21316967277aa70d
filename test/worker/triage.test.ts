/** A partner's own word on tips: it filters its lists, is changed in bulk, is nobody else's to see, and ends with the tip. */
import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let tip: string;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  tip = (await chirper.submit(["platforms"])).id;
});

const say = (member: Member, id: string, body: object) => member.call("PUT", `/v1/tips/${id}/triage`, body);
const listed = async (member: Member, query: string): Promise<string[]> =>
  (await member.call("GET", `/v1/tips?${query}`)).body.tips.map((item: { tip: string }) => item.tip);
const shown = async (member: Member, id = tip) => (await member.call("GET", `/v1/tips/${id}`)).body.triage;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe("one tip", () => {
  test("is new until something is said; what is not sent stays, null takes it away", async () => {
    expect(await shown(facepage)).toEqual({ state: "new" });
    const snooze_until = inDays(1);
    const said = await say(facepage, tip, { state: "working", assignee: " ana ", snooze_until });
    expect(said.body).toEqual({ tip, state: "working", assignee: "ana", snooze_until, changed_at: expect.any(String) });
    expect((await say(facepage, tip, { state: "done" })).body).toMatchObject({ assignee: "ana", snooze_until });
    await say(facepage, tip, { state: "new", assignee: null, snooze_until: null });
    expect(await shown(facepage)).toEqual({ state: "new", changed_at: expect.any(String) });
    for (const wrong of [{}, { state: "open" }, { state: "new", assignee: "a".repeat(121) }, { state: "new", more: 1 }])
      expect((await say(facepage, tip, wrong)).status).toBe(422);
  });

  test("keeps its state where nothing is said of that", async () => {
    const snooze_until = inDays(1);
    expect((await say(facepage, tip, { snooze_until })).body).toMatchObject({ state: "new", snooze_until });
    await say(facepage, tip, { state: "working" });
    expect((await say(facepage, tip, { assignee: "ana" })).body).toMatchObject({ state: "working", assignee: "ana" });
    expect((await say(facepage, tip, { snooze_until: null })).body).toEqual({
      tip,
      state: "working",
      assignee: "ana",
      changed_at: expect.any(String),
    });
    const set = { snooze_until };
    expect((await facepage.call("PUT", "/v1/triage", { filter: {}, set })).body.changed).toBe(1);
    expect(await shown(facepage)).toMatchObject({ state: "working", snooze_until });
  });

  test("is shown to the partner that said it alone: not to the author, another recipient or the steward", async () => {
    const other = await enrol("other", "platform");
    const steward = await enrol("steward", "steward", { scopes: ["admin", "keys", "tips:read", "feedback"] });
    await say(facepage, tip, { state: "not_relevant", assignee: "SECRET-ANA" });
    await say(other, tip, { state: "done" });
    expect([await shown(facepage), await shown(other), await shown(chirper)]).toMatchObject([
      { state: "not_relevant" },
      { state: "done" },
      undefined,
    ]);
    for (const member of [chirper, other, steward])
      for (const path of ["/v1/tips", "/v1/feed", "/v1/accesses", `/v1/tips/${tip}`, "/v1/tips?assignee=SECRET-ANA"])
        expect(JSON.stringify((await member.call("GET", path)).body), path).not.toMatch(/SECRET-ANA|not_relevant/);
    expect(await chirper.feed()).toHaveLength(1);
    expect((await say(steward, tip, { state: "done" })).status).toBe(404);
  });

  test("that may not be seen, or no more, is not there, whatever the body says", async () => {
    const { id } = await chirper.submit([]);
    const absent = await say(facepage, crypto.randomUUID(), { nonsense: 1 });
    await chirper.withdraw(tip);
    for (const hidden of [tip, id]) {
      const answer = await say(facepage, hidden, { state: "done" });
      expect([answer.status, answer.body]).toEqual([404, absent.body]);
    }
    expect(await all(ground(), sql`SELECT tip_no FROM triage`)).toEqual([]);
  });

  test("of one's own is work only where one says so", async () => {
    expect(await listed(chirper, "triage=open")).toEqual([]);
    await say(chirper, tip, { state: "working" });
    expect(await listed(chirper, "triage=open")).toEqual([tip]);
  });

  test("loses it with its content", async () => {
    await say(facepage, tip, { state: "working", assignee: "ana" });
    await chirper.withdraw(tip);
    for (let run = 0; run < 2; run++)
      await runSchedule(await exchangeNow(Date.now() + (limits.withdrawn_days + 1) * 86_400_000));
    expect(await all(ground(), sql`SELECT tip_no FROM triage`)).toEqual([]);
  });
});

describe("lists and bulk", () => {
  let tips: string[];
  const bulk = (body: object, member = facepage) => member.call("PUT", "/v1/triage", body);

  beforeEach(async () => {
    tips = [tip];
    for (let n = 0; n < 4; n++) tips.unshift((await chirper.submit(["platforms"])).id);
  });

  test("a list is filtered by state, by assignee, and by what is open: new or working, not snoozed", async () => {
    const [a, b, c, d, e] = tips as [string, string, string, string, string];
    await say(facepage, a, { state: "working", assignee: "ana" });
    await say(facepage, b, { state: "done", assignee: "ana" });
    await say(facepage, c, { state: "new", snooze_until: inDays(1) });
    await say(facepage, d, { state: "new", snooze_until: inDays(-1) });
    expect(await listed(facepage, "triage=open")).toEqual([a, d, e]);
    expect(await listed(facepage, "triage=new")).toEqual([c, d, e]);
    expect(await listed(facepage, "triage=working")).toEqual([a]);
    expect(await listed(facepage, "assignee=ana")).toEqual([a, b]);
    expect(await listed(facepage, "assignee=ana&triage=done&from=chirper")).toEqual([b]);
    expect(await listed(facepage, "triage=not_relevant")).toEqual([]);
    const page = (await facepage.call("GET", "/v1/tips?triage=open&limit=2")).body;
    expect([page.tips.map((item: any) => item.tip), page.more]).toEqual([[a, d], true]);
    expect(await listed(facepage, `triage=open&limit=2&after=${page.next}`)).toEqual([e]);
  });

  test("what a filter leaves is changed in bounded steps, each saying how many and where to go on", async () => {
    await say(facepage, tips[1]!, { state: "not_relevant" });
    const changed: number[] = [];
    for (let after: string | undefined; ; ) {
      const body = { filter: { from: "chirper", triage: "open" }, set: { state: "done", assignee: "ana" }, limit: 2 };
      const { body: step } = await bulk({ ...body, ...(after && { after }) });
      changed.push(step.changed);
      if (!step.more) break;
      after = step.next;
    }
    expect(changed).toEqual([2, 2]);
    expect(await listed(facepage, "triage=done")).toEqual(tips.filter((_, at) => at !== 1));
    expect(await listed(facepage, "triage=not_relevant")).toEqual([tips[1]]);
    expect((await bulk({ filter: {}, set: {} })).status).toBe(422);
    expect((await bulk({ filter: {}, set: { state: "done" }, after: "x" })).body.type).toBe(
      `${url}/problems/malformed-parameter`,
    );
  });

  test("what a partner may not see is neither changed nor counted", async () => {
    const { id: hidden } = await chirper.submit(["research"]);
    const { body } = await bulk({ filter: {}, set: { state: "done" } });
    expect(body).toEqual({ changed: 5, next: null, more: false });
    await chirper.rescope(tips[0]!, ["research"]);
    expect((await bulk({ filter: { triage: "done" }, set: { state: "working" } })).body.changed).toBe(4);
    const rows = await all(
      ground(),
      sql`SELECT t.tip FROM triage g JOIN tip t ON t.tip_no = g.tip_no WHERE t.tip = ${hidden}`,
    );
    expect(rows).toEqual([]);
  });
});
