/** Push: what a subscriber's endpoint is sent, how it is signed and recorded, and who is sent nothing. */
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { beforeEach, describe, expect, test } from "vitest";
import { addMember } from "../../src/exchange/manage-groups.ts";
import { bound, hour, letArrive, minute, pass, subscribe, types, workEndpointsByHand } from "./endpoints.ts";
import type { Member } from "./member.ts";
import { receiver } from "./receiver.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
const members = () => [chirper, facepage];

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

const account = { type: "account", platform: "facepage", kind: "page", id: "100", control: "operated" };

describe("what is sent", () => {
  test("a tip is sent with how much of it is the reader's own, what is asked, and a link", async () => {
    const { hook, pump } = bound(await subscribe(facepage));
    const ask = { for: ["preserve"], urgency: "urgent" };
    const { id } = await chirper.submit(["platforms"], { indicators: [account], ask });
    await pump();
    expect(hook.messages).toMatchObject([
      {
        type: "published",
        data: {
          tip: id,
          version: 1,
          from: "chirper",
          through: "platforms",
          urgency: "urgent",
          for_you: { indicators: 1, ask: ["preserve"] },
          link: `https://tipoff.example/v1/tips/${id}`,
        },
      },
    ]);
    expect(hook.messages[0]!.data.envelope).toBeUndefined();
  });

  test("two libraries that are not ours verify it, and refuse it changed", async () => {
    const { hook, pump, secret } = bound(await subscribe(facepage));
    await chirper.submit(["platforms"]);
    await pump();
    const { text, headers } = hook.messages[0]!;
    const sent = Object.fromEntries(headers);
    const at = Math.floor(Date.now() / 1_000);
    expect(Math.abs(Number(sent["webhook-timestamp"]) - at)).toBeLessThan(5);
    // Their clocks are the test's.
    new Standard(secret).verify(text, sent);
    new Svix(secret).verify(text, sent);
    expect(() => new Standard(secret).verify(text.replace("chirper", "chirped"), sent)).toThrow();
    expect(() => new Svix(secret).verify(text, { ...sent, "webhook-id": "evt_1_999" })).toThrow();
  });

  test("with payload full the signed document goes along, up to its bound", async () => {
    const { hook, pump } = bound(await subscribe(facepage, { payload: "full" }));
    const small = await chirper.submit(["platforms"]);
    const domains = Array.from({ length: 4_000 }, (_, n) => ({
      type: "domain",
      value: `harbour-${n}.example`,
      note: "x".repeat(40),
    }));
    const large = await chirper.submit(["platforms"], { indicators: domains });
    await pump();
    expect(hook.messages.map((message) => message.data.tip)).toEqual([small.id, large.id]);
    expect(hook.messages[0]!.data.envelope).toEqual(small.tip);
    expect(hook.messages[0]!.data.receipt).toEqual(expect.any(String));
    expect(hook.messages[1]!.data.envelope).toBeUndefined();
  });

  test("a notice is a sentence for a chat, without content", async () => {
    const hook = receiver();
    const sub = await subscribe(facepage, { payload: "notice" }, hook);
    expect((await sub.show()).state).toBe("unproven");
    const code = /prove \S+ (\S+)$/.exec(
      (hook.messages[0] as any).text ? JSON.parse(hook.messages[0]!.text).text : "",
    )![1];
    expect((await facepage.call("POST", `${sub.path}/prove`, { code: "not-it" })).status).toBe(409);
    expect((await facepage.call("POST", `${sub.path}/prove`, { code })).body.state).toBe("active");
    const { id } = await chirper.submit(["platforms"], {
      indicators: [account],
      ask: { for: ["hold"], urgency: "urgent" },
    });
    await sub.pump();
    const { text } = JSON.parse(hook.messages[1]!.text);
    expect(Object.keys(JSON.parse(hook.messages[1]!.text))).toEqual(["text"]);
    expect(text).toBe(
      `chirper shared a tip with you · urgent · 1 of its indicators is yours · asks to hold. https://tipoff.example/v1/tips/${id}`,
    );
  });

  test.each([
    ["handed to its endpoint", {}],
    ["read by it", { filters: { types: ["published"] } }],
  ])("what is sent is on record, once, before it is sent: %s", async (_how, options) => {
    const { hook, pump } = bound(await subscribe(facepage, options));
    await pump();
    letArrive();
    let recorded = -1;
    hook.reply = async () => {
      recorded = (await ground()
        .prepare("SELECT count(*) AS n FROM access_tip WHERE partner = 'facepage' AND door = 'webhook'")
        .first("n"))!;
      return new Response();
    };
    await chirper.submit(["platforms"]);
    if ("filters" in options) await pump();
    await hook.received(1);
    expect(recorded).toBe(1);
    const rows = await ground()
      .prepare("SELECT count(*) AS n FROM access WHERE partner = 'facepage' AND door = 'webhook'")
      .first("n");
    expect(rows).toBe(1);
  });

  test("what the filters leave out is no access", async () => {
    const { hook, pump } = bound(await subscribe(facepage, { filters: { types: ["withdrawn"] } }));
    await chirper.submit(["platforms"]);
    await pump();
    expect(hook.messages).toEqual([]);
    expect(await ground().prepare("SELECT count(*) AS n FROM access WHERE door = 'webhook'").first("n")).toBe(0);
  });

  test("where the record cannot be written nothing is sent, and it is tried again", async () => {
    const { hook, pump, sub } = bound(await subscribe(facepage));
    await chirper.submit(["platforms"]);
    await ground().exec("CREATE TRIGGER broken BEFORE INSERT ON access_tip BEGIN SELECT RAISE(ABORT, 'broken'); END");
    await pump();
    expect(hook.messages).toEqual([]);
    expect(await sub.alarmIn()).toBeLessThanOrEqual(30_000);
    await ground().exec("DROP TRIGGER broken");
    await pump();
    expect(types(hook)).toEqual(["published"]);
  });

  test("events come in the order of the feed, with its ids, none twice", async () => {
    const { hook, pump } = bound(await subscribe(facepage));
    const { id } = await chirper.submit(["platforms"]);
    await chirper.revise(id, ["platforms"]);
    await pump();
    await chirper.withdraw(id);
    await pump();
    await pump();
    const { body } = await facepage.call("GET", "/v1/feed");
    // What was content is no more to be had from the feed, but it was sent in its time.
    expect(types(hook)).toEqual(["published", "revised", "withdrawn"]);
    expect(hook.ids.at(-1)).toBe(body.events.at(-1).id);
    expect(new Set(hook.ids).size).toBe(3);
  });

  test("a subscription begins with what comes after it", async () => {
    await chirper.submit(["platforms"]);
    const { hook, pump } = bound(await subscribe(facepage));
    await pump();
    expect(hook.messages).toEqual([]);
  });
});

describe("who is sent what", () => {
  test("nothing goes to those a tip is not for", async () => {
    const other = await enrol("birdsite", "platform");
    const agency = await enrol("cyber-unit", "law_enforcement");
    const subscribed = [await subscribe(other), await subscribe(agency)];
    await chirper.submit(["partner:facepage"]);
    await chirper.submit(["platforms"], {}, { except: ["birdsite"] });
    for (const { pump } of subscribed.map(bound)) await pump();
    expect(subscribed.map(({ hook }) => hook.messages.length)).toEqual([0, 0]);
  });

  test("a tip withdrawn before it could be sent is not sent; that it was withdrawn is not news to who never had it", async () => {
    const { hook, pump } = bound(await subscribe(facepage));
    const { id } = await chirper.submit(["platforms"]);
    await chirper.withdraw(id);
    await pump();
    expect(types(hook)).toEqual(["withdrawn"]);
  });

  test("a tip taken back between two tries is withheld, and its end is told", async () => {
    const { hook, pump, sub } = bound(await subscribe(facepage));
    hook.reply = () => new Response(null, { status: 500 });
    const { id } = await chirper.submit(["platforms"]);
    await pump();
    await chirper.withdraw(id);
    hook.reply = () => new Response();
    pass(minute, ...members());
    await pump();
    expect(types(hook)).toEqual(["published", "withdrawn"]);
    expect((await sub.log()).map((row) => row.state)).toEqual(["delivered", "withheld"]);
  });

  test("a rescoped tip reaches the new reader and is recalled from the old one", async () => {
    const other = await enrol("birdsite", "platform");
    const [one, two] = [await subscribe(facepage), await subscribe(other)];
    const { id } = await chirper.submit(["partner:facepage"]);
    await one.pump();
    await two.pump();
    await chirper.rescope(id, ["partner:birdsite"]);
    await one.pump();
    await two.pump();
    expect([types(one.hook), types(two.hook)]).toEqual([["published", "recalled"], ["published"]]);
  });

  test.each([
    [
      "its partner is suspended",
      "UPDATE partner SET suspended_at = '2026-01-01T00:00:00.000Z' WHERE slug = 'facepage'",
    ],
    ["the scope is taken", "UPDATE partner SET scopes = 'tips:read match' WHERE slug = 'facepage'"],
    ["reading is taken", "UPDATE partner SET scopes = 'subscriptions match' WHERE slug = 'facepage'"],
    ["it is paused", "UPDATE subscription SET paused_at = '2026-01-01T00:00:00.000Z', paused_for = 'owner'"],
    ["it is not proved", "UPDATE subscription SET proved_at = NULL"],
    [
      "the key it was set under was compromised by then",
      "UPDATE partner_key SET compromised_since = '2026-01-01T00:00:00.000Z', state = 'compromised' WHERE partner = 'facepage'",
    ],
  ])("nothing is sent, read or recorded while %s; later all is", async (_when, change) => {
    const { hook, pump } = bound(await subscribe(facepage));
    const before = await ground().prepare("SELECT * FROM partner WHERE slug = 'facepage'").first<any>();
    const key = await ground().prepare("SELECT * FROM partner_key WHERE partner = 'facepage'").first<any>();
    const sub = await ground().prepare("SELECT * FROM subscription").first<any>();
    await ground().prepare(change).run();
    await chirper.submit(["platforms"]);
    await pump();
    expect(hook.messages).toEqual([]);
    expect(await ground().prepare("SELECT count(*) AS n FROM access WHERE door = 'webhook'").first("n")).toBe(0);
    await ground().batch([
      ground()
        .prepare("UPDATE partner SET suspended_at = NULL, scopes = ? WHERE slug = 'facepage'")
        .bind(before.scopes),
      ground()
        .prepare("UPDATE partner_key SET compromised_since = NULL, state = ? WHERE kid = ?")
        .bind(key.state, key.kid),
      ground()
        .prepare("UPDATE subscription SET paused_at = NULL, paused_for = NULL, proved_at = ?")
        .bind(sub.proved_at),
    ]);
    await pump();
    expect(types(hook)).toEqual(["published"]);
  });

  test("law enforcement is sent its own for its purpose, until that ends", async () => {
    const agency = await enrol("cyber-unit", "law_enforcement", { country: "XA" });
    const { hook, pump } = bound(await subscribe(agency));
    await chirper.submit(["law-enforcement:XA"]);
    await chirper.submit(["platforms"]);
    await pump();
    expect(types(hook)).toEqual(["published"]);
    const row = await ground().prepare("SELECT purpose FROM access_tip WHERE partner = 'cyber-unit'").first<any>();
    expect(row.purpose).toMatch(/.{20}/);
    pass(25 * hour, chirper, agency);
    await chirper.submit(["law-enforcement:XA"]);
    await pump();
    expect(hook.messages.length).toBe(1);
  });

  test("law enforcement cannot have documents sent", async () => {
    const agency = await enrol("cyber-unit", "law_enforcement");
    const refused = await agency.call("POST", "/v1/subscriptions", { url: receiver().url, payload: "full" });
    expect(refused).toMatchObject({ status: 422, body: { faults: [{ pointer: "/payload" }] } });
  });

  test("a member of a group who joined later is not sent what was told before", async () => {
    await group("cell", [chirper]);
    const { hook, pump } = bound(await subscribe(facepage));
    await chirper.submit(["group:cell"]);
    await addMember(await exchangeNow(), "cell", "facepage");
    const later = await chirper.submit(["group:cell"]);
    await pump();
    expect(hook.messages.map((message) => message.data.tip)).toEqual([later.id]);
  });
});
