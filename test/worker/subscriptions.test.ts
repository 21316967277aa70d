/** The doors of subscriptions: making, proving, changing, repeating; whose they are; where they may lead. */
import { Webhook as Standard } from "standardwebhooks";
import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { eventTypes } from "../../src/core/names.ts";
import { hostileUrls } from "../hostile-urls.ts";
import { bindings, hour, pass, subscribe, workEndpointsByHand } from "./endpoints.ts";
import { http } from "./http.ts";
import type { Member } from "./member.ts";
import { receiver } from "./receiver.ts";
import { enrol, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
const members = () => [chirper, facepage];

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

describe("proof", () => {
  test.each([
    ["the challenge in JSON", (code: string) => Response.json({ challenge: code })],
    ["the challenge alone", (code: string) => new Response(`${code}\n`)],
  ])("an endpoint proves itself by %s", async (_by, answer) => {
    const hook = receiver();
    hook.challenge = ({ data }) => answer(data.challenge);
    const sub = await subscribe(facepage, {}, hook);
    expect((await sub.show()).state).toBe("active");
    expect(hook.challenges[0]!.data.subscription).toBe(sub.id);
  });

  test("an endpoint proves itself by its signature of the challenge, once it has the secret", async () => {
    const hook = receiver();
    hook.challenge = () => new Response(null, { status: 401 });
    const made = await facepage.call("POST", "/v1/subscriptions", { url: hook.url });
    expect(made.body).toMatchObject({ state: "unproven", proof: { outcome: "refused", status: 401 } });
    const { signText } = await import("../../src/core/webhook.ts");
    hook.challenge = async ({ data, text, headers }) => {
      new Standard(made.body.secret).verify(text, Object.fromEntries(headers));
      return new Response(await signText(made.body.secret, data.challenge));
    };
    const proved = await facepage.call("POST", `/v1/subscriptions/${made.body.subscription}/prove`, {});
    expect(proved).toMatchObject({ status: 200, body: { state: "active" } });
  });

  test.each([
    ["nothing", () => new Response()],
    ["something else", () => Response.json({ challenge: "something else" })],
    ["the challenge, but not with 2xx", (code: string) => Response.json({ challenge: code }, { status: 500 })],
    [
      "the challenge by a redirect",
      (code: string) => new Response(code, { status: 307, headers: { location: "https://x.example" } }),
    ],
    ["the challenge behind more than is read", (code: string) => new Response(" ".repeat(5_000) + code)],
    ["an answer without end", () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(100)) }))],
    ["JSON that is null", () => new Response("null")],
  ])("%s proves nothing, and nothing is sent there", async (_what, answer) => {
    const hook = receiver();
    hook.challenge = ({ data }) => answer(data.challenge);
    const sub = await subscribe(facepage, {}, hook);
    expect((await sub.show()).state).toBe("unproven");
    await chirper.submit(["platforms"]);
    await sub.pump();
    expect(hook.messages).toEqual([]);
    expect((await facepage.call("POST", `${sub.path}/test`, {})).body.type).toMatch(/not-proved$/);
    expect((await facepage.call("POST", `${sub.path}/prove`, {})).body.type).toMatch(/not-proved$/);
  });

  test("another URL has to prove itself before anything is sent there; what came meanwhile follows", async () => {
    const sub = await subscribe(facepage);
    const next = receiver();
    next.challenge = () => new Response(null, { status: 404 });
    const changed = await facepage.call("PATCH", sub.path, { url: next.url });
    expect(changed.body).toMatchObject({ state: "unproven", url: next.url, proof: { status: 404 } });
    await chirper.submit(["platforms"]);
    await sub.pump();
    expect([sub.hook.messages.length, next.messages.length]).toEqual([0, 0]);
    next.challenge = ({ data }) => Response.json({ challenge: data.challenge });
    await facepage.call("POST", `${sub.path}/prove`, {});
    await sub.pump();
    expect([sub.hook.messages.length, next.messages.length]).toEqual([0, 1]);
  });

  test("a challenge of the old URL does not prove the new one", async () => {
    const sub = await subscribe(facepage);
    const old = sub.hook.challenges[0]!.data.challenge;
    const next = receiver();
    next.challenge = () => new Response(old);
    expect((await facepage.call("PATCH", sub.path, { url: next.url })).body.state).toBe("unproven");
    expect((await facepage.call("POST", `${sub.path}/prove`, { code: old })).status).toBe(409);
  });

  test("challenges and samples count against the day", async () => {
    const sub = await subscribe(facepage);
    await ground().prepare("UPDATE quota SET calls = ? WHERE partner = 'facepage'").bind(limits.quota.calls).run();
    const { challenges, messages } = sub.hook;
    const before = challenges.length;
    for (const [path, body] of [
      [`${sub.path}/prove`, {}],
      [`${sub.path}/test`, {}],
      ["/v1/subscriptions", { url: receiver().url }],
    ] as const) {
      expect((await facepage.call("POST", path, body)).body.type).toMatch(/quota$/);
    }
    expect((await facepage.call("PATCH", sub.path, { url: receiver().url })).body.type).toMatch(/quota$/);
    expect([challenges.length, messages.length]).toEqual([before, 0]);
  });
});

describe("where webhooks may lead", () => {
  test("hostile URLs are refused on saving, each with a sentence at /url", async () => {
    const sub = await subscribe(facepage);
    expect(hostileUrls.length).toBeGreaterThanOrEqual(60);
    // Each counts as a call, and there are more of them than the minute's samples.
    await ground().exec("UPDATE quota SET calls = -1000");
    for (const [url] of hostileUrls) {
      for (const [method, path] of [
        ["POST", "/v1/subscriptions"],
        ["PATCH", sub.path],
      ] as const) {
        const refused = await facepage.call(method, path, { url });
        expect([url, refused.status, refused.body.faults?.[0]?.pointer]).toEqual([url, 422, "/url"]);
      }
    }
    expect((await facepage.call("GET", "/v1/subscriptions")).body.subscriptions.length).toBe(1);
  });

  test("literal addresses are refused on sending, whatever was saved", async () => {
    const sub = await subscribe(facepage);
    await chirper.submit(["platforms"]);
    for (const url of [
      "https://127.0.0.1/hook",
      "https://169.254.169.254/latest",
      "https://[::ffff:10.0.0.1]/",
      "http://127.0.0.1:9/",
    ]) {
      const hook = receiver(url);
      await ground().prepare("UPDATE subscription SET url = ?").bind(url).run();
      pass(hour, ...members());
      await sub.pump();
      expect(hook.messages).toEqual([]);
    }
    expect((await sub.log())[0].attempts.map((each: any) => each.outcome)).toEqual(Array(4).fill("forbidden"));
  });

  test("the flag for development lets loopback in, and nothing else; ports are the steward's", async () => {
    const local = receiver("http://127.0.0.1:8123/hook");
    expect((await facepage.call("POST", "/v1/subscriptions", { url: local.url })).status).toBe(422);
    bindings.WEBHOOK_LOOPBACK = "1";
    bindings.WEBHOOK_PORTS = "8443";
    try {
      expect((await facepage.call("POST", "/v1/subscriptions", { url: local.url })).status).toBe(201);
      expect((await facepage.call("POST", "/v1/subscriptions", { url: "http://10.0.0.1/" })).status).toBe(422);
      expect((await facepage.call("POST", "/v1/subscriptions", { url: "http://hooks.facepage.example/" })).status).toBe(
        422,
      );
      expect(
        (await facepage.call("POST", "/v1/subscriptions", { url: receiver("https://a.facepage.example:8443/").url }))
          .status,
      ).toBe(201);
      expect(
        (await facepage.call("POST", "/v1/subscriptions", { url: "https://a.facepage.example:8444/" })).status,
      ).toBe(422);
    } finally {
      bindings.WEBHOOK_LOOPBACK = undefined;
      bindings.WEBHOOK_PORTS = "";
    }
  });
});

describe("whose they are", () => {
  test("another's subscription is not there, at any door", async () => {
    const sub = await subscribe(facepage);
    await chirper.submit(["platforms"]);
    await sub.pump();
    const [row] = await sub.log();
    const nobody = "00000000-0000-4000-8000-000000000000";
    const doors = (id: string): [string, string, unknown?][] => [
      ["GET", `/v1/subscriptions/${id}`],
      ["PATCH", `/v1/subscriptions/${id}`, { payload: "thin" }],
      ["DELETE", `/v1/subscriptions/${id}`],
      ["POST", `/v1/subscriptions/${id}/prove`, {}],
      ["POST", `/v1/subscriptions/${id}/pause`],
      ["POST", `/v1/subscriptions/${id}/resume`],
      ["POST", `/v1/subscriptions/${id}/rotate`, {}],
      ["POST", `/v1/subscriptions/${id}/test`, {}],
      ["POST", `/v1/subscriptions/${id}/recover`, { since: new Date().toISOString() }],
      ["GET", `/v1/subscriptions/${id}/deliveries`],
      ["POST", `/v1/subscriptions/${id}/deliveries/${row.event}/resend`],
    ];
    for (const [at, [method, path, body]] of doors(sub.id).entries()) {
      const [, missing] = doors(nobody)[at]!;
      const theirs = await chirper.call(method, path, body);
      const none = await chirper.call(method, missing, body);
      expect([path, theirs.status, theirs.body]).toEqual([path, 404, none.body]);
    }
    expect((await sub.show()).state).toBe("active");
  });

  test("a bearer's token gets nowhere, and one without tips:read cannot have tips sent", async () => {
    const bearer = await facepage.requestToken();
    expect(bearer.body.scope).not.toContain("subscriptions");
    expect((await facepage.requestToken({ scope: "subscriptions tips:read" })).status).toBe(400);
    const token = (await facepage.requestToken({ scope: "subscriptions" }, undefined, true)).body.access_token;
    const path = "/v1/subscriptions";
    const refused = await http("POST", path, {
      body: { url: receiver().url },
      headers: { authorization: `DPoP ${token}`, dpop: await facepage.proof("POST", path, token) },
    });
    expect(refused).toMatchObject({ status: 403, body: { type: expect.stringMatching(/missing-scope$/) } });
  });

  test("a partner has at most twenty, however they are made", async () => {
    const made = await Promise.all(
      Array.from({ length: 25 }, () => facepage.call("POST", "/v1/subscriptions", { url: receiver().url })),
    );
    expect(made.map((answer) => answer.status).sort()).toEqual([...Array(20).fill(201), ...Array(5).fill(409)]);
    expect((await facepage.call("GET", "/v1/subscriptions")).body.subscriptions.length).toBe(20);
  });

  test("the secret is shown once, and no table holds it", async () => {
    const sub = await subscribe(facepage);
    const shown = JSON.stringify([await sub.show(), (await facepage.call("GET", "/v1/subscriptions")).body]);
    expect(shown).not.toContain("whsec_");
    const { results } = await ground().prepare("SELECT * FROM subscription").all();
    expect(JSON.stringify(results)).not.toContain(sub.secret.slice(6));
  });
});

describe("changing", () => {
  test("a rotated secret signs beside the one before for a day, then alone", async () => {
    const sub = await subscribe(facepage);
    const rotated = (await facepage.call("POST", `${sub.path}/rotate`, {})).body;
    expect(rotated.secret).not.toBe(sub.secret);
    const signedBy = async () => {
      await chirper.submit(["platforms"]);
      await sub.pump();
      const { text, headers } = sub.hook.messages.at(-1)!;
      return [sub.secret, rotated.secret].map((secret) => {
        try {
          new Standard(secret).verify(text, Object.fromEntries(headers));
          return true;
        } catch {
          return false;
        }
      });
    };
    expect(await signedBy()).toEqual([true, true]);
    pass(23.9 * hour, ...members());
    expect(await signedBy()).toEqual([true, true]);
    pass(0.2 * hour, ...members());
    expect(await signedBy()).toEqual([false, true]);
    expect(rotated.former_secret_until).toEqual(expect.any(String));
    expect((await sub.show()).former_secret_until).toBeUndefined();
  });

  test("rotated twice, only the newest two secrets sign", async () => {
    const sub = await subscribe(facepage);
    await facepage.call("POST", `${sub.path}/rotate`, {});
    await facepage.call("POST", `${sub.path}/rotate`, {});
    await chirper.submit(["platforms"]);
    await sub.pump();
    const { text, headers } = sub.hook.messages[0]!;
    expect(headers.get("webhook-signature")!.split(" ").length).toBe(2);
    expect(() => new Standard(sub.secret).verify(text, Object.fromEntries(headers))).toThrow();
  });

  test("a secret given up does not come again where the database was restored to before", async () => {
    const sub = await subscribe(facepage);
    const kept = await ground().prepare("SELECT secret_no FROM subscription").first<number>("secret_no");
    const given = (await facepage.call("POST", `${sub.path}/rotate`, {})).body.secret;
    await ground()
      .prepare("UPDATE subscription SET secret_no = ?, former_no = NULL, former_until = NULL")
      .bind(kept)
      .run();
    expect((await facepage.call("POST", `${sub.path}/rotate`, {})).body.secret).not.toBe(given);
  });

  test("description and contact can be taken away", async () => {
    const sub = await subscribe(facepage, { description: "On call", contact: { email: "ti@facepage.example" } });
    expect(await sub.show()).toMatchObject({ description: "On call", contact: { email: "ti@facepage.example" } });
    const changed = (await facepage.call("PATCH", sub.path, { description: null, contact: null })).body;
    expect([changed.description, changed.contact]).toEqual([undefined, undefined]);
  });

  test("a secret in wrong hands is dropped at once", async () => {
    const sub = await subscribe(facepage);
    const { secret } = (await facepage.call("POST", `${sub.path}/rotate`, { drop_former: true })).body;
    await chirper.submit(["platforms"]);
    await sub.pump();
    const { text, headers } = sub.hook.messages[0]!;
    expect(() => new Standard(sub.secret).verify(text, Object.fromEntries(headers))).toThrow();
    new Standard(secret).verify(text, Object.fromEntries(headers));
  });

  test("paused nothing is sent; resumed it goes on where it was", async () => {
    const sub = await subscribe(facepage);
    expect((await facepage.call("POST", `${sub.path}/pause`)).body).toMatchObject({
      state: "paused",
      paused_for: "owner",
    });
    const kept = await chirper.submit(["platforms"]);
    const gone = await chirper.submit(["platforms"]);
    await chirper.withdraw(gone.id);
    await sub.pump();
    expect(sub.hook.messages).toEqual([]);
    expect((await facepage.call("POST", `${sub.path}/resume`)).body.state).toBe("active");
    await sub.pump();
    expect(sub.hook.messages.map(({ type, data }) => [type, data.tip])).toEqual([
      ["published", kept.id],
      ["withdrawn", gone.id],
    ]);
  });

  test("new filters and payload hold for what is sent next", async () => {
    const sub = await subscribe(facepage);
    await facepage.call("PATCH", sub.path, { filters: { types: ["withdrawn"] }, description: "Ends" });
    expect(await sub.show()).toMatchObject({ filters: { types: ["withdrawn"] }, description: "Ends", state: "active" });
    const { id } = await chirper.submit(["platforms"]);
    await chirper.withdraw(id);
    await sub.pump();
    expect(sub.hook.messages.map(({ type }) => type)).toEqual(["withdrawn"]);
  });

  test("deleted nothing is sent any more, and nothing of it is kept", async () => {
    const sub = await subscribe(facepage);
    await chirper.submit(["platforms"]);
    await sub.pump();
    expect((await facepage.call("DELETE", sub.path)).status).toBe(204);
    await chirper.submit(["platforms"]);
    await sub.pump();
    expect(sub.hook.messages.length).toBe(1);
    const { runInDurableObject } = await import("cloudflare:test");
    const left = await runInDurableObject(sub.stub, (_endpoint, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
    );
    expect(left).toEqual([]);
    expect((await facepage.call("GET", sub.path)).status).toBe(404);
  });

  test.each([
    [{ url: "https://a.example/", payload: "fat" }, "/payload"],
    [{ url: "https://a.example/", filters: { types: ["publishd"] } }, "/filters/types/0"],
    [{ url: "https://a.example/", filters: { min_confidence: 101 } }, "/filters/min_confidence"],
    [{ url: "https://a.example/", filters: { colour: ["red"] } }, "/filters"],
    [{ url: "https://a.example/", secret: "whsec_mine" }, ""],
    [{}, "/url"],
  ])("%j is refused, and says where", async (body, pointer) => {
    const refused = await facepage.call("POST", "/v1/subscriptions", body);
    expect(refused.status).toBe(422);
    expect(refused.body.faults[0].pointer).toContain(pointer);
    expect((await facepage.call("GET", "/v1/subscriptions")).body.subscriptions).toEqual([]);
  });
});

describe("seeing and repeating", () => {
  test("the log is paged, the newest first, and names a tip only while it may be seen", async () => {
    const sub = await subscribe(facepage);
    const tips = [];
    for (let n = 0; n < 5; n++) tips.push(await chirper.submit(["platforms"]));
    await sub.pump();
    const first = (await facepage.call("GET", `${sub.path}/deliveries?limit=3`)).body;
    expect(first.more).toBe(true);
    const rest = (await facepage.call("GET", `${sub.path}/deliveries?limit=3&after=${first.next}`)).body;
    expect(rest).toMatchObject({ more: false, next: null });
    const all = [...first.deliveries, ...rest.deliveries];
    expect(all.map((row) => row.tip)).toEqual(tips.map((tip) => tip.id).reverse());
    expect(all[0]).toMatchObject({
      state: "delivered",
      from: "chirper",
      attempts: [{ outcome: "delivered", status: 204 }],
    });
    await chirper.rescope(tips[4]!.id, ["partner:chirper"]);
    expect((await sub.log("?limit=1"))[0].tip).toBeUndefined();
    expect((await facepage.call("GET", `${sub.path}/deliveries?after=${first.next}x`)).status).toBe(400);
  });

  test("an event is sent again on request, under the same id, and only if it may be told", async () => {
    const sub = await subscribe(facepage);
    const { id } = await chirper.submit(["platforms"]);
    await sub.pump();
    const [row] = await sub.log();
    const path = `${sub.path}/deliveries/${row.event}/resend`;
    expect((await facepage.call("POST", path)).body).toEqual({ event: row.event, state: "waiting" });
    await sub.pump();
    expect(sub.hook.ids).toEqual([row.event, row.event]);
    await chirper.withdraw(id);
    expect((await facepage.call("POST", path)).status).toBe(404);
    const hidden = await chirper.submit(["partner:chirper"]);
    const seq = hidden.answer.body.seq;
    for (const event of [`evt_1_${seq}`, "evt_1_999999", "evt_2_1"]) {
      expect((await facepage.call("POST", `${sub.path}/deliveries/${event}/resend`)).status).toBe(404);
    }
    await sub.pump();
    expect(sub.hook.messages.map(({ type }) => type)).toEqual(["published", "published", "withdrawn"]);
  });

  test("a recovery sends what was given up and what came before, not what was delivered", async () => {
    const before = await chirper.submit(["platforms"]);
    pass(hour, ...members());
    const since = new Date(Date.now() - 2 * hour).toISOString();
    const sub = await subscribe(facepage);
    const lost = await chirper.submit(["platforms"]);
    sub.hook.reply = () => new Response(null, { status: 500 });
    await sub.pump();
    const { runInDurableObject } = await import("cloudflare:test");
    await runInDurableObject(
      sub.stub,
      (_endpoint, state) => void state.storage.sql.exec("UPDATE delivery SET state = 'exhausted', tries = 10"),
    );
    sub.hook.reply = () => new Response();
    const fine = await chirper.submit(["platforms"]);
    await sub.pump();
    sub.hook.messages.length = 0;
    expect((await facepage.call("POST", `${sub.path}/recover`, { since })).status).toBe(200);
    await sub.pump();
    expect(sub.hook.messages.map(({ data }) => data.tip).sort()).toEqual([before.id, lost.id].sort());
    expect(fine.id).toBeDefined();
    sub.hook.messages.length = 0;
    await facepage.call("POST", `${sub.path}/recover`, { since });
    await sub.pump();
    expect(sub.hook.messages).toEqual([]);
  });

  test("a recovery reaches no further back than it says, and not beyond fourteen days", async () => {
    const old = await chirper.submit(["platforms"]);
    pass(hour, ...members());
    const recent = await chirper.submit(["platforms"]);
    const sub = await subscribe(facepage);
    const days = (count: number) => new Date(Date.now() - count * 24 * hour).toISOString();
    expect((await facepage.call("POST", `${sub.path}/recover`, { since: days(14.1) })).status).toBe(422);
    expect((await facepage.call("POST", `${sub.path}/recover`, { since: days(-1) })).status).toBe(422);
    await facepage.call("POST", `${sub.path}/recover`, { since: new Date(Date.now() - hour / 2).toISOString() });
    await sub.pump();
    expect(sub.hook.messages.map(({ data }) => data.tip)).toEqual([recent.id]);
    await facepage.call("POST", `${sub.path}/recover`, { since: days(13.9) });
    await sub.pump();
    expect(sub.hook.messages.map(({ data }) => data.tip)).toEqual([recent.id, old.id]);
  });

  test("samples of each type are signed, say that they are samples, and are not in the log", async () => {
    const sub = await subscribe(facepage);
    const { body } = await facepage.call("POST", `${sub.path}/test`, {});
    expect(body.samples.map((sample: any) => [sample.type, sample.outcome])).toEqual(
      eventTypes.map((type) => [type, "delivered"]),
    );
    expect(sub.hook.messages.map(({ type }) => type).sort()).toEqual([...eventTypes].sort());
    for (const { text, headers, test: sample } of sub.hook.messages) {
      new Standard(sub.secret).verify(text, Object.fromEntries(headers));
      expect(sample).toBe(true);
    }
    expect(await sub.log()).toEqual([]);
  });
});
