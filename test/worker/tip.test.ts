import { beforeEach, expect, test } from "vitest";
import type { Caller } from "../../src/exchange/exchange.ts";
import { addMember, removeMember } from "../../src/exchange/manage-groups.ts";
import { readFeed } from "../../src/exchange/read-feed.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
let agency: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"], domains: ["chirper.example"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"], domains: ["facepage.example"] });
  agency = await enrol("cyber-unit", "law_enforcement");
});

test("a tip to platforms reaches a platform and not law enforcement", async () => {
  const { id, answer, tip } = await chirper.submit(["platforms"]);
  expect(answer.body).toMatchObject({ tip: id, version: 1 });
  expect(answer.status).toBe(201);
  const read = await facepage.call("GET", `/v1/tips/${id}`);
  expect(read.status).toBe(200);
  expect(read.body).toMatchObject({ from: "chirper", through: "platforms", envelope: tip });
  expect(read.body).not.toHaveProperty("audience_digest");
  expect((await agency.call("GET", `/v1/tips/${id}`)).status).toBe(404);
  expect((await facepage.feed()).map((event) => [event.type, event.tip])).toEqual([["published", id]]);
  expect(await agency.feed()).toEqual([]);
});

test("the same document again is the same tip and the same receipt", async () => {
  const { answer, tip, audience } = await chirper.submit(["platforms"]);
  const again = await chirper.call("POST", "/v1/tips", { tip, audience });
  expect(again.status).toBe(200);
  expect(again.body.receipt).toBe(answer.body.receipt);
});

test("rescoping shows it to law enforcement as published, and to nobody twice", async () => {
  const { id } = await chirper.submit(["platforms"]);
  const done = await chirper.rescope(id, ["platforms", "law-enforcement"]);
  expect(done.status).toBe(200);
  expect((await agency.feed()).map((event) => event.type)).toEqual(["published"]);
  expect((await facepage.feed()).map((event) => event.type)).toEqual(["published"]);
  expect((await chirper.feed()).map((event) => event.type)).toEqual(["published", "rescoped"]);
  expect((await agency.call("GET", `/v1/tips/${id}`)).body.through).toBe("law-enforcement");
});

test("rescoping away recalls it by name", async () => {
  const { id } = await chirper.submit(["platforms"]);
  await chirper.rescope(id, ["partner:cyber-unit"]);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).status).toBe(404);
  expect((await facepage.feed()).map((event) => event.type)).toEqual(["recalled"]);
});

test("a withdrawn tip is the author's alone, and everyone who had it is told", async () => {
  const { id } = await chirper.submit(["platforms"]);
  await facepage.call("GET", `/v1/tips/${id}`);
  expect((await chirper.withdraw(id)).status).toBe(200);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).status).toBe(404);
  expect((await facepage.feed()).map((event) => event.type)).toEqual(["withdrawn"]);
  expect((await chirper.call("GET", `/v1/tips/${id}`)).body.state).toBe("withdrawn");
  expect((await chirper.revise(id, ["platforms"])).answer.status).toBe(409);
});

test("everyone told of a withdrawal learns its reason, and nobody its note", async () => {
  const { id } = await chirper.submit(["platforms"]);
  await facepage.call("GET", `/v1/tips/${id}`);
  await chirper.withdraw(id, { reason: "duplicate", note: "See the harbour tip." });
  for (const told of [await facepage.feed(), await chirper.feed()]) {
    expect(told.map(({ type, reason }) => [type, reason]).at(-1)).toEqual(["withdrawn", "duplicate"]);
    expect(JSON.stringify(told)).not.toContain("harbour tip");
  }
  expect(await agency.feed()).toEqual([]);
});

test("a new version replaces the earlier one in reading and in matching", async () => {
  const { id } = await chirper.submit(["platforms"]);
  const { answer } = await chirper.revise(id, ["platforms"], {
    indicators: [{ type: "domain", value: "other-news.example", control: "operated" }],
  });
  expect(answer.status).toBe(201);
  const ask = await facepage.call("POST", "/v1/match", {
    questions: ["harbour-news.example", "https://sub.other-news.example/x"],
  });
  expect(ask.body.answers[0].hits).toEqual([]);
  expect(ask.body.answers[1].hits).toMatchObject([{ tip: id, version: 2, how: "parent-domain", from: "chirper" }]);
  expect((await facepage.feed()).map((event) => [event.type, event.version])).toEqual([
    ["published", 1],
    ["revised", 2],
  ]);
});

test("a group's newcomer does not read the past, and one who leaves is recalled", async () => {
  await group("election-cell", [chirper]);
  const { id } = await chirper.submit(["group:election-cell"]);
  await addMember(await exchangeNow(), "election-cell", "facepage");
  expect((await facepage.call("GET", `/v1/tips/${id}`)).status).toBe(404);
  const later = await chirper.submit(["group:election-cell"]);
  expect((await facepage.call("GET", `/v1/tips/${later.id}`)).body.through).toBe("group:election-cell");
  await removeMember(await exchangeNow(), "election-cell", "facepage");
  expect((await facepage.call("GET", `/v1/tips/${later.id}`)).status).toBe(404);
  await runSchedule(await exchangeNow());
  expect((await facepage.feed()).map((event) => [event.type, event.tip])).toEqual([["recalled", later.id]]);
});

test("for_you counts what lies on the reader's own platforms and domains", async () => {
  const { id } = await chirper.submit(["platforms"], {
    ask: { for: ["preserve"], urgency: "urgent", respond_by: "2030-01-01T00:00:00Z" },
    indicators: [
      { type: "account", platform: "facepage", id: "1", handle: "one" },
      { type: "url", value: "https://facepage.example/groups/9" },
      { type: "account", platform: "x", handle: "two" },
    ],
  });
  const [event] = await facepage.feed();
  expect(event).toMatchObject({
    for_you: { indicators: 2, ask: ["preserve"], respond_by: "2030-01-01T00:00:00Z" },
    urgency: "urgent",
  });
  const list = await facepage.call("GET", "/v1/tips?for_you=true");
  expect(list.body.tips.map((item: { tip: string }) => item.tip)).toEqual([id]);
  const flat = await facepage.call("GET", "/v1/indicators?platform=facepage");
  expect(flat.body.indicators).toHaveLength(1);
});

test("a departure tells an agency nothing of tips to the group alone, and each recall once", async () => {
  await group("mixed", [chirper, facepage, agency], true);
  await chirper.submit(["group:mixed"]);
  const both = await chirper.submit(["group:mixed", "group:mixed+law-enforcement"]);
  for (const member of [agency, facepage]) await removeMember(await exchangeNow(), "mixed", member.slug);
  await runSchedule(await exchangeNow());
  expect((await agency.feed()).map((event) => [event.type, event.tip])).toEqual([["recalled", both.id]]);
  expect((await facepage.feed()).map((event) => event.type)).toEqual(["recalled", "recalled"]);
});

test("who left is recalled also where the tip moves on before the scheduled job", async () => {
  await group("cell", [chirper, facepage]);
  const { id } = await chirper.submit(["group:cell"]);
  await removeMember(await exchangeNow(), "cell", "facepage");
  expect((await chirper.revise(id, ["group:cell"])).answer.status).toBe(201);
  await runSchedule(await exchangeNow());
  expect((await facepage.feed()).map((event) => [event.type, event.tip])).toEqual([["recalled", id]]);
});

test("who leaves a group finds what it still sees in its feed", async () => {
  await group("cell", [chirper, facepage]);
  const { id } = await chirper.submit(["group:cell"]);
  await chirper.rescope(id, ["group:cell", "partner:facepage"]);
  await removeMember(await exchangeNow(), "cell", "facepage");
  await runSchedule(await exchangeNow());
  expect((await facepage.feed()).map((event) => [event.type, event.tip])).toContainEqual(["published", id]);
});

test("a list tells nothing of tips one may not see, in no filter, cursor or count", async () => {
  for (let n = 0; n < 3; n++)
    await chirper.submit(["partner:facepage"], { indicators: [{ type: "account", platform: "x", handle: `h${n}` }] });
  for (const query of ["operation=7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", "from=chirper", "platform=x", "limit=1"]) {
    expect((await agency.call("GET", `/v1/tips?limit=1&${query}`.replace("limit=1&limit=1", "limit=1"))).body).toEqual({
      tips: [],
      next: null,
      more: false,
    });
  }
});

test("a reader learns of one token alone, and of relations to tips it sees", async () => {
  const hidden = await chirper.submit([]);
  const { id } = await chirper.submit(["partner:facepage", "platforms"], {
    relates_to: [{ tip: hidden.id, relation: "same-operation" }],
  });
  expect((await facepage.call("GET", "/v1/tips?through=platforms")).body.tips).toEqual([]);
  expect((await facepage.call("GET", "/v1/tips?through=partner:facepage")).body.tips[0]).toMatchObject({ tip: id });
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body).not.toHaveProperty("relates_to");
  expect((await chirper.call("GET", `/v1/tips/${id}`)).body.relates_to).toHaveLength(1);
});

test("a newcomer who gains sight by a rescoping reads of nothing from before it joined", async () => {
  await group("cell", [chirper]);
  const { id } = await chirper.submit(["group:cell"]);
  await chirper.revise(id, ["group:cell"]);
  await addMember(await exchangeNow(), "cell", "facepage");
  await chirper.rescope(id, ["group:cell"]);
  expect((await facepage.feed()).map((event) => [event.type, event.version])).toEqual([["published", 2]]);
});

test("what a newcomer is told is judged as it is handed out, not by what it held when it signed in", async () => {
  await group("cell", [chirper]);
  const { id } = await chirper.submit(["group:cell"]);
  await addMember(await exchangeNow(), "cell", "facepage");
  await chirper.rescope(id, ["group:cell"]);
  const held = ["partner:facepage", "group:cell"].map((token) => ({ token, since: -1 }));
  const stale = { partner: "facepage", kid: facepage.signer.kid, purpose: "", places: [], held } as unknown as Caller;
  const page = await readFeed(await exchangeNow(), stale, { limit: 10, documents: false });
  expect(page.ok && page.value.events).toMatchObject([{ type: "published", tip: id }]);
  expect(page.ok && page.value.events).toHaveLength(1);
});

test("one who is excepted cannot tell: same page, same length of cursor, whatever the limit", async () => {
  const empty = await facepage.call("GET", "/v1/feed");
  for (let n = 0; n < 5; n++) await chirper.submit(["platforms"], {}, { except: ["facepage"] });
  for (const limit of [1, 2, 100]) {
    const page = await facepage.call("GET", `/v1/feed?limit=${limit}`);
    expect({ ...page.body, next: page.body.next.length }).toEqual({ ...empty.body, next: empty.body.next.length });
    expect(page.body.next).not.toBe(empty.body.next);
  }
  await chirper.submit(["platforms"]);
  const { body } = await facepage.call("GET", "/v1/feed?limit=1");
  expect([body.events.length, body.more]).toEqual([1, false]);
});

test("hidden events between told ones are no gap and no empty page", async () => {
  const told: string[] = [];
  for (let n = 0; n < 12; n++) {
    const hidden = n % 3 !== 0;
    const { id } = await chirper.submit(["platforms"], {}, { except: hidden ? ["facepage"] : [] });
    if (!hidden) told.push(id);
  }
  for (const limit of [1, 2, 3]) expect((await facepage.feed(limit)).map((event) => event.tip)).toEqual(told);
});

test("what the scheduled job found due is judged again when it is told", async () => {
  const soon = new Date(Date.now() + 60_000).toISOString();
  const { id } = await chirper.submit(["platforms"], { expires_at: soon });
  const exchange = await exchangeNow(Date.now() + 120_000);
  // Between the reading of what is due and its telling, the author publishes a new version.
  const db = exchange.db;
  let revised = false;
  const between = new Proxy(db, {
    get: (target, property) =>
      property === "batch"
        ? async (list: D1PreparedStatement[]) => {
            if (!revised) {
              revised = true;
              await chirper.revise(id, ["platforms"], {
                expires_at: new Date(Date.now() + 86_400_000 * 90).toISOString(),
              });
            }
            return db.batch(list);
          }
        : Reflect.get(target, property).bind(target),
  });
  await runSchedule({ ...exchange, db: between });
  expect(revised).toBe(true);
  expect((await facepage.feed()).map((event) => event.type)).toEqual(["published", "revised"]);
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.version).toBe(2);
});

test("that a tip has expired is told to whoever had sight of it, also long after, and to nobody else", async () => {
  await group("cell", [chirper, facepage]);
  const rival = await enrol("rival", "platform");
  const soon = new Date(Date.now() + 60_000).toISOString();
  const { id } = await chirper.submit(["group:cell", "platforms"], { expires_at: soon }, { except: ["rival"] });
  const closed = await chirper.submit(["group:cell"], { expires_at: soon });
  await addMember(await exchangeNow(), "cell", "rival");
  for (const days of [1, 60]) {
    await runSchedule(await exchangeNow(Date.now() + days * 86_400_000));
    const ended = (events: any[]) => events.filter((event) => event.type === "expired").map((event) => event.tip);
    for (const member of [facepage, chirper]) expect(ended(await member.feed()), member.slug).toEqual([id, closed.id]);
    for (const member of [rival, agency]) expect(await member.feed(), member.slug).toEqual([]);
  }
});
