/** Push: what a subscriber's endpoint is sent, when, how it is signed, and what becomes of it. */
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { intervals } from "../../src/push/retry.ts";
import { wakeLagging } from "../../src/push/wake.ts";
import { bindings, hour, minute, pass, subscribe, workEndpointsByHand } from "./endpoints.ts";
import type { Member } from "./member.ts";
import { receiver } from "./receiver.ts";
import { enrol, freshWorld, ground, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
const members = () => [chirper, facepage];

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

const types = (hook: { messages: { type: string }[] }) => hook.messages.map((message) => message.type);
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
      `chirper tipped you off · urgent · 1 of its indicators is yours · asks to hold. https://tipoff.example/v1/tips/${id}`,
    );
  });

  test("what is sent is on record before it is sent", async () => {
    const { hook, pump } = bound(await subscribe(facepage));
    let recorded = -1;
    hook.reply = async () => {
      recorded = (await ground()
        .prepare("SELECT count(*) AS n FROM access_tip WHERE partner = 'facepage' AND door = 'webhook'")
        .first("n"))!;
      return new Response();
    };
    await chirper.submit(["platforms"]);
    await pump();
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
    const { addMember } = await import("../../src/exchange/manage-groups.ts");
    const { exchangeNow } = await import("./world.ts");
    await addMember(await exchangeNow(), "cell", "facepage");
    const later = await chirper.submit(["group:cell"]);
    await pump();
    expect(hook.messages.map((message) => message.data.tip)).toEqual([later.id]);
  });
});

describe("filters", () => {
  const cases: [string, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>][] = [
    ["indicator_types", { indicator_types: ["account"] }, { indicators: [account] }, {}],
    ["platforms", { platforms: ["facepage"] }, { indicators: [account] }, {}],
    ["tlp", { tlp: ["green"] }, { tlp: "green" }, { tlp: "amber" }],
    [
      "operations",
      { operations: ["11111111-1111-4111-8111-111111111111"] },
      { operation: { id: "11111111-1111-4111-8111-111111111111", name: "Other" } },
      {},
    ],
    [
      "min_confidence",
      { min_confidence: 60 },
      {
        operation: {
          id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11",
          name: "x",
          assessment: { actor_type: "state", confidence: 60 },
        },
      },
      {
        operation: {
          id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11",
          name: "x",
          assessment: { actor_type: "state", confidence: 59 },
        },
      },
    ],
  ];
  test.each(cases)(
    "%s: sends what fits, passes over the rest, and still tells of ends",
    async (_name, filters, fits, not) => {
      const { hook, pump } = bound(await subscribe(facepage, { filters }));
      const wanted = await chirper.submit(["platforms"], fits);
      const unwanted = await chirper.submit(["platforms"], not);
      await pump();
      expect(hook.messages.map((message) => message.data.tip)).toEqual([wanted.id]);
      await chirper.withdraw(unwanted.id);
      await pump();
      expect(types(hook)).toEqual(["published", "withdrawn"]);
    },
  );

  test("types, from, groups and own", async () => {
    const other = await enrol("birdsite", "platform");
    await group("cell", [chirper, facepage]);
    const byType = await subscribe(facepage, { filters: { types: ["withdrawn"] } });
    const byAuthor = await subscribe(facepage, { filters: { from: ["birdsite"] } });
    const byGroup = await subscribe(facepage, { filters: { groups: ["cell"] } });
    const notOwn = await subscribe(facepage, { filters: { own: false } });
    const all = await subscribe(facepage);
    const tips = [
      await chirper.submit(["platforms"]),
      await other.submit(["platforms"]),
      await chirper.submit(["group:cell"]),
      await facepage.submit(["platforms"]),
    ];
    await chirper.withdraw(tips[0]!.id);
    const subscribed = [byType, byAuthor, byGroup, notOwn, all];
    for (const each of subscribed) await each.pump();
    const [first, second, third, fourth] = tips.map((tip) => tip.id);
    expect(subscribed.map(({ hook }) => hook.messages.map((message) => message.data.tip))).toEqual([
      [first],
      [second],
      [third, first],
      [second, third, first],
      [second, third, fourth, first],
    ]);
  });

  test("a tip whose confidence is not stated is not taken for a doubtful one", async () => {
    const { hook, pump } = bound(await subscribe(facepage, { filters: { min_confidence: 90 } }));
    await chirper.submit(["platforms"]);
    await pump();
    expect(types(hook)).toEqual(["published"]);
  });
});

describe("tries", () => {
  test("a failure is tried again after each of the intervals, with the same id, and then given up", async () => {
    const { hook, pump, sub } = bound(await subscribe(facepage));
    hook.reply = () => new Response(null, { status: 503 });
    await chirper.submit(["platforms"]);
    await pump();
    for (const [done, interval] of intervals.entries()) {
      expect(hook.messages.length).toBe(done + 1);
      const [row] = await sub.log();
      expect(row.failures).toBe(done + 1);
      const wait = Date.parse(row.next_try_at) - Date.now();
      expect(wait).toBeGreaterThan(interval * 0.75 - 2_000);
      expect(wait).toBeLessThanOrEqual(interval * 1.2);
      pass(wait - 3_000, ...members());
      await pump();
      expect(hook.messages.length).toBe(done + 1);
      pass(3_500, ...members());
      await pump();
    }
    expect(hook.messages.length).toBe(10);
    expect(new Set(hook.ids).size).toBe(1);
    expect(new Set(hook.messages.map((message) => message.headers.get("webhook-timestamp"))).size).toBe(10);
    const [row] = await sub.log();
    expect(row).toMatchObject({ state: "exhausted", failures: 10, type: "published" });
    expect(row.attempts.map((each: any) => each.status)).toEqual(Array(10).fill(503));
    expect(row.next_try_at).toBeUndefined();
  });

  test("one failing event does not hold back the others", async () => {
    const { hook, pump, sub } = bound(await subscribe(facepage));
    const bad = await chirper.submit(["platforms"]);
    hook.reply = ({ data }) => new Response(null, { status: data.tip === bad.id ? 500 : 200 });
    for (let n = 0; n < 15; n++) await chirper.submit(["platforms"]);
    await pump();
    expect((await sub.log()).map((row) => row.state)).toEqual([...Array(15).fill("delivered"), "waiting"]);
  });

  test.each([
    ["429 waits a minute at least", () => new Response(null, { status: 429 }), minute, 1.5 * minute],
    [
      "Retry-After in seconds is heeded",
      () => new Response(null, { status: 503, headers: { "retry-after": "600" } }),
      10 * minute,
      10 * minute + 5_000,
    ],
    [
      "Retry-After as a date is heeded",
      () =>
        new Response(null, {
          status: 429,
          headers: { "retry-after": new Date(Date.now() + 20 * minute).toUTCString() },
        }),
      19 * minute,
      21 * minute,
    ],
    [
      "Retry-After is bounded to a day",
      () => new Response(null, { status: 503, headers: { "retry-after": "99999999" } }),
      23 * hour,
      24 * hour + minute,
    ],
    [
      "Retry-After does not hasten",
      () => new Response(null, { status: 503, headers: { "retry-after": "0" } }),
      3_000,
      7_000,
    ],
    [
      "nonsense in Retry-After is nothing",
      () => new Response(null, { status: 503, headers: { "retry-after": "soon" } }),
      3_000,
      7_000,
    ],
    [
      "a redirect is a failure",
      () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } }),
      3_000,
      7_000,
    ],
    ["a connection that breaks is a failure", () => Promise.reject(new TypeError("broken")), 3_000, 7_000],
  ])("%s", async (_fact, reply, least, most) => {
    const { hook, pump, sub } = bound(await subscribe(facepage));
    hook.reply = reply as never;
    await chirper.submit(["platforms"]);
    await pump();
    const [row] = await sub.log();
    expect(row.state).toBe("waiting");
    const wait = Date.parse(row.next_try_at) - Date.now();
    expect(wait).toBeGreaterThanOrEqual(least - 1_500);
    expect(wait).toBeLessThanOrEqual(most);
  });

  test("410 pauses at once and its owner is told, by the feed and by its other endpoints", async () => {
    const gone = await subscribe(facepage);
    const other = await subscribe(facepage);
    gone.hook.reply = () => new Response(null, { status: 410 });
    await chirper.submit(["platforms"]);
    await chirper.submit(["platforms"]);
    await gone.pump();
    await gone.pump();
    const sent = gone.hook.messages.length;
    pass(hour, ...members());
    await gone.pump();
    expect(gone.hook.messages.length).toBe(sent);
    expect(await gone.show()).toMatchObject({ state: "paused", paused_for: "gone" });
    const { body } = await facepage.call("GET", "/v1/feed");
    expect(body.events.at(-1)).toEqual({
      id: expect.any(String),
      type: "subscription_paused",
      at: expect.any(String),
      subscription: gone.id,
    });
    await other.pump();
    expect(types(other.hook)).toEqual(["published", "published", "subscription_paused"]);
    expect((await chirper.call("GET", "/v1/feed")).body.events.map((event: any) => event.type)).not.toContain(
      "subscription_paused",
    );
    // Resumed, it goes on with what waits.
    gone.hook.reply = () => new Response();
    expect((await facepage.call("POST", `${gone.path}/resume`)).body.state).toBe("active");
    pass(hour, ...members());
    await gone.pump();
    const delivered = (await gone.log("?state=delivered")).map((row) => row.type);
    expect(delivered.sort()).toEqual(["published", "published", "subscription_paused"]);
  });

  test("after 120 hours of nothing but failures it is paused, not after 119; one success begins anew", async () => {
    const { hook, pump, sub } = bound(await subscribe(facepage));
    hook.reply = () => new Response(null, { status: 500 });
    await chirper.submit(["platforms"]);
    await pump();
    pass(100 * hour, ...members());
    hook.reply = () => new Response();
    await chirper.submit(["platforms"]);
    await pump();
    hook.reply = () => new Response(null, { status: 500 });
    await chirper.submit(["platforms"]);
    await pump();
    pass(119 * hour, ...members());
    await chirper.submit(["platforms"]);
    await pump();
    expect((await sub.show()).state).toBe("active");
    pass(1.1 * hour, ...members());
    await chirper.submit(["platforms"]);
    await pump();
    expect(await sub.show()).toMatchObject({ state: "paused", paused_for: "failing" });
    expect((await facepage.call("GET", "/v1/feed?limit=1000")).body.events.at(-1)).toMatchObject({
      type: "subscription_paused",
    });
  });

  test("at most ten calls are on their way, and the rest follow", async () => {
    const { hook, pump } = bound(await subscribe(facepage));
    let on = 0;
    let most = 0;
    hook.reply = async () => {
      most = Math.max(most, ++on);
      await new Promise((resolve) => setTimeout(resolve, 5));
      on--;
      return new Response();
    };
    for (let n = 0; n < 35; n++) await chirper.submit(["platforms"]);
    await pump();
    expect(hook.messages.length).toBe(35);
    expect(most).toBe(10);
    expect(new Set(hook.ids).size).toBe(35);
  });

  test("no more than a hundred are sent in a second, however often it is woken", async () => {
    const { hook, sub } = bound(await subscribe(facepage));
    const bySecond = new Map<number, number>();
    hook.reply = async () => {
      const second = Math.floor(Date.now() / 1_000);
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
      await sub.stub.wake(sub.id);
      return new Response();
    };
    for (let n = 0; n < 130; n++) await chirper.submit(["platforms"]);
    await sub.pump();
    expect(hook.messages.length).toBe(130);
    expect(Math.max(...bySecond.values())).toBeLessThanOrEqual(100);
  });

  test("a 410 of the URL before does not pause the one that took its place", async () => {
    const { hook, sub } = bound(await subscribe(facepage));
    const next = receiver();
    hook.reply = async () => {
      await facepage.call("PATCH", sub.path, { url: next.url });
      await chirper.submit(["platforms"]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return new Response(null, { status: 410 });
    };
    await chirper.submit(["platforms"]);
    await sub.pump();
    expect((await sub.show()).state).toBe("active");
    expect(next.messages.length).toBe(1);
  });

  test("an endpoint that does not answer is left after its time, and for a minute at least", async () => {
    const { hook, pump, sub } = bound(await subscribe(facepage));
    const bounds = limits.webhook as { timeout_seconds: number };
    const usual = bounds.timeout_seconds;
    bounds.timeout_seconds = 0.05;
    hook.reply = () => new Promise(() => {});
    try {
      await chirper.submit(["platforms"]);
      await pump();
    } finally {
      bounds.timeout_seconds = usual;
    }
    expect(usual).toBe(15);
    const [row] = await sub.log();
    expect(row).toMatchObject({ state: "waiting", attempts: [{ outcome: "timeout" }] });
    expect(Date.parse(row.next_try_at) - Date.now()).toBeGreaterThan(minute - 2_000);
  });

  test("an answer without end is not waited for", async () => {
    const { hook, pump, sub } = bound(await subscribe(facepage));
    let cancelled = false;
    hook.reply = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
          cancel: () => {
            cancelled = true;
          },
        }),
      );
    await chirper.submit(["platforms"]);
    await pump();
    expect((await sub.log())[0].state).toBe("delivered");
    expect(cancelled).toBe(true);
  });
});

describe("nothing is lost", () => {
  test("an endpoint that nobody woke is found by the schedule", async () => {
    const { hook, sub } = bound(await subscribe(facepage));
    await chirper.submit(["platforms"]);
    await sub.pump();
    await idle(sub);
    // Submitted, and the worker that was to wake it fell over.
    const { ENDPOINT } = bindings;
    bindings.ENDPOINT = undefined as never;
    await chirper.submit(["platforms"]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    bindings.ENDPOINT = ENDPOINT;
    expect(await sub.alarmIn()).toBe(Number.POSITIVE_INFINITY);
    await wakeLagging(bindings, Date.now());
    expect(await sub.alarmIn()).toBeLessThanOrEqual(0);
    await sub.pump();
    expect(hook.messages.length).toBe(2);
  });

  test("more endpoints than a request wakes are woken by the dispatcher, step by step", async () => {
    const wakes = limits.wakes as { directly: number; at_once: number };
    const usual = { ...wakes };
    Object.assign(wakes, { directly: 2, at_once: 2 });
    try {
      const subs: Awaited<ReturnType<typeof subscribe>>[] = [];
      for (let n = 0; n < 7; n++) subs.push(await subscribe(facepage));
      const woken = async () =>
        (await Promise.all(subs.map((sub) => sub.alarmIn()))).filter((wait) => wait <= 0).length;
      const dispatcher = bindings.DISPATCHER.get(bindings.DISPATCHER.idFromName("dispatcher"));
      await chirper.submit(["platforms"]);
      for (let tries = 0; (await woken()) < 2 && tries < 100; tries++)
        await new Promise((done) => setTimeout(done, 10));
      const counts = [await woken()];
      while (await runDurableObjectAlarm(dispatcher)) counts.push(await woken());
      expect(counts).toEqual([2, 4, 6, 7]);
      for (const sub of subs) await sub.pump();
      expect(subs.map((sub) => sub.hook.messages.length)).toEqual(Array(7).fill(1));
    } finally {
      Object.assign(wakes, usual);
    }
  });

  test("who is idle and has read all is not woken by the schedule", async () => {
    const { sub } = bound(await subscribe(facepage));
    await chirper.submit(["platforms"]);
    await sub.pump();
    await idle(sub);
    expect(await sub.alarmIn()).toBe(Number.POSITIVE_INFINITY);
    await wakeLagging(bindings, Date.now());
    expect(await sub.alarmIn()).toBe(Number.POSITIVE_INFINITY);
  });

  test("a try whose alarm was lost is found by the schedule", async () => {
    const { hook, sub } = bound(await subscribe(facepage));
    hook.reply = () => new Response(null, { status: 500 });
    await chirper.submit(["platforms"]);
    await sub.pump();
    await idle(sub);
    const { runInDurableObject } = await import("cloudflare:test");
    await runInDurableObject(sub.stub, (_endpoint, state) => state.storage.deleteAlarm());
    pass(10 * minute, ...members());
    await wakeLagging(bindings, Date.now());
    hook.reply = () => new Response();
    expect(await sub.alarmIn()).toBeLessThanOrEqual(0);
    await sub.pump();
    expect((await sub.log())[0].state).toBe("delivered");
  });

  test("a try that fell due while its partner was suspended is made when it is not any more", async () => {
    const { hook, sub } = bound(await subscribe(facepage));
    hook.reply = () => new Response(null, { status: 500 });
    await chirper.submit(["platforms"]);
    await sub.pump();
    hook.reply = () => new Response();
    await ground().exec("UPDATE partner SET suspended_at = '2026-01-01T00:00:00.000Z' WHERE slug = 'facepage'");
    pass(10 * minute, chirper);
    await sub.pump();
    await idle(sub);
    expect(hook.messages.length).toBe(1);
    await wakeLagging(bindings, Date.now());
    expect(await sub.alarmIn()).toBe(Number.POSITIVE_INFINITY);
    await ground().exec("UPDATE partner SET suspended_at = NULL");
    await wakeLagging(bindings, Date.now());
    expect(await sub.alarmIn()).toBeLessThanOrEqual(0);
    await sub.pump();
    expect(hook.messages.length).toBe(2);
  });

  test("an endpoint that was evicted goes on from where it was", async () => {
    const { hook, sub } = bound(await subscribe(facepage));
    await chirper.submit(["platforms"]);
    await sub.pump();
    await evictDurableObject(sub.stub);
    await chirper.submit(["platforms"]);
    await sub.pump();
    expect(new Set(hook.ids).size).toBe(2);
    expect(hook.messages.length).toBe(2);
  });

  test("after a restore the cursor is that of the restored database, and ids are of the new epoch", async () => {
    const { hook, sub } = bound(await subscribe(facepage));
    await chirper.submit(["platforms"]);
    await sub.pump();
    await idle(sub);
    const kept = await ground().prepare("SELECT caught_up FROM subscription").first<number>("caught_up");
    await chirper.submit(["platforms"]);
    await sub.pump();
    // As a database restored to before the second tip.
    await ground().exec(
      `DELETE FROM event_token WHERE seq > ${kept}; DELETE FROM event WHERE seq > ${kept}`.split("; ").join("\n"),
    );
    await ground().exec("DELETE FROM sqlite_sequence");
    bindings.EPOCH = "2";
    try {
      await chirper.submit(["platforms"]);
      await sub.pump();
    } finally {
      bindings.EPOCH = "1";
    }
    expect(hook.ids.length).toBe(3);
    expect(hook.ids[2]).toBe(hook.ids[1]!.replace("evt_1_", "evt_2_"));
  });
});

/** The alarm a while after the last work, by which the database learns how far it came. */
async function idle(sub: { stub: any; id: string }): Promise<void> {
  pass(6_000, ...members());
  await runDurableObjectAlarm(sub.stub);
}

const bound = (sub: Awaited<ReturnType<typeof subscribe>>) => ({
  sub,
  hook: sub.hook,
  secret: sub.secret,
  pump: () => sub.pump(),
});
