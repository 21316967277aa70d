/** Regressions named for their faults: what a hostile partner once got out of push. */
import { createExecutionContext, runDurableObjectAlarm } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeEach, expect, test } from "vitest";
import { app } from "../../src/app.ts";
import { batch } from "../../src/store/database.ts";
import { insertKey } from "../../src/store/keys.ts";
import { bindings, hour, idle, subscribe, workEndpointsByHand } from "./endpoints.ts";
import { type Member, newKey } from "./member.ts";
import { receiver } from "./receiver.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

const allSeqs = async () =>
  (await ground().prepare("SELECT seq FROM event").all<{ seq: number }>()).results.map((row) => row.seq);

test.each(["platform", "law_enforcement"] as const)(
  "asking for each event again tells a %s nothing of news that is others'",
  async (kind) => {
    const stranger = await enrol("stranger", kind);
    const sub = await subscribe(stranger);
    const gone = await subscribe(facepage);
    gone.hook.reply = () => new Response(null, { status: 410 });
    const kept = await chirper.submit(["partner:facepage"]);
    const taken = await chirper.submit(["partner:facepage"]);
    await gone.pump();
    await facepage.feed();
    await chirper.rescope(kept.id, ["partner:chirper"]);
    await chirper.withdraw(taken.id);
    const statuses = [];
    for (const seq of await allSeqs()) {
      statuses.push((await stranger.call("POST", `${sub.path}/deliveries/evt_1_${seq}/resend`)).status);
    }
    expect(statuses.length).toBeGreaterThan(5);
    expect(new Set(statuses)).toEqual(new Set([404]));
    await sub.pump();
    expect([await sub.log(), sub.hook.messages]).toEqual([[], []]);
  },
);

test("a change judged on a row that was changed meanwhile is refused: a URL slipped past its proof", async () => {
  const victim = receiver();
  victim.challenge = () => new Response("no");
  const mine = receiver();
  const sub = await subscribe(facepage, {}, victim);
  let send = (): void => {};
  const body = new ReadableStream(
    {
      async pull(controller) {
        await new Promise<void>((resolve) => {
          send = resolve;
        });
        controller.enqueue(new TextEncoder().encode(JSON.stringify({ url: victim.url })));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { ...(await facepage.authorization("PATCH", sub.path)), "content-type": "application/json" };
  const request = new Request(`https://tipoff.example${sub.path}`, {
    method: "PATCH",
    headers,
    body,
    duplex: "half",
  } as never);
  const late = app.fetch(request, bindings as never, createExecutionContext());
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await facepage.call("PATCH", sub.path, { url: mine.url })).body.state).toBe("active");
  send();
  expect((await late).status).toBe(409);
  await chirper.submit(["platforms"]);
  await sub.pump();
  expect([victim.messages.length, mine.messages.length]).toEqual([0, 1]);
});

test("an event asked for again does not leave its endpoint overdue for ever", async () => {
  const sub = await subscribe(facepage);
  await chirper.submit(["platforms"]);
  await sub.pump();
  await idle(sub, chirper, facepage);
  await facepage.call("POST", `${sub.path}/deliveries/${sub.hook.ids[0]}/resend`);
  await sub.pump();
  await idle(sub, chirper, facepage);
  const row = await ground().prepare("SELECT next_try_at FROM subscription").first();
  expect([row, sub.hook.messages.length]).toEqual([{ next_try_at: null }, 2]);
});

test("a recovery whose events the filters leave out reads no faster than one that sends", async () => {
  const sub = await subscribe(facepage, { filters: { own: false } });
  await facepage.submit(["partner:chirper"]);
  await sub.pump();
  await idle(sub, chirper, facepage);
  await ground()
    .prepare(
      "INSERT INTO event (type, at, tip_no, version) SELECT e.type, e.at, e.tip_no, e.version FROM event e, json_each(?) WHERE e.seq = 1",
    )
    .bind(JSON.stringify(Array.from({ length: 5_000 }, (_, n) => n)))
    .run();
  await ground().exec("INSERT OR IGNORE INTO event_token (token, seq) SELECT 'partner:facepage', seq FROM event");
  await facepage.call("POST", `${sub.path}/recover`, { since: new Date(Date.now() - 48 * hour).toISOString() });
  const { DB } = bindings;
  let rounds = 0;
  bindings.DB = new Proxy(DB, {
    get: (db, name) =>
      name === "batch"
        ? (statements: D1PreparedStatement[]) => {
            rounds++;
            return db.batch(statements);
          }
        : (db[name as keyof D1Database] as unknown),
  });
  // All in one second of the test's clock.
  await runDurableObjectAlarm(sub.stub);
  bindings.DB = DB;
  expect(rounds).toBeLessThanOrEqual(11);
  expect(await sub.alarmIn()).toBeLessThanOrEqual(1_000);
});

test("deliveries, asking again and recovering tell nothing of tips to a token that may not read them", async () => {
  const sub = await subscribe(facepage);
  const { id } = await chirper.submit(["platforms"]);
  await sub.pump();
  await ground().exec("UPDATE partner SET scopes = 'subscriptions keys' WHERE slug = 'facepage'");
  facepage.boundToken = (await facepage.requestToken({ scope: "subscriptions" }, undefined, true)).body.access_token;
  expect(JSON.stringify(await sub.log())).not.toContain(id);
  const asked = [
    await facepage.call("POST", `${sub.path}/deliveries/${sub.hook.ids[0]}/resend`),
    await facepage.call("POST", `${sub.path}/deliveries/evt_1_999/resend`),
    await facepage.call("POST", `${sub.path}/recover`, { since: new Date(Date.now() - hour).toISOString() }),
  ];
  expect(asked.map((answer) => answer.status)).toEqual([403, 403, 403]);
});

test("a secret set under a stolen key signs nothing once the key is known to be stolen", async () => {
  const sub = await subscribe(facepage);
  const { signer } = facepage;
  const stolen = await newKey();
  const added = new Date(Date.now() - 240 * hour).toISOString();
  const row = { kid: stolen.kid, partner: "facepage", jwk: stolen.jwk, active_from: added, introduced_by: null };
  await batch((await exchangeNow()).db, [insertKey(row, added)]);
  const since = new Date(Date.now() - 1_000).toISOString();
  const as = (key: typeof signer) => {
    Object.assign(facepage, { signer: key, token: undefined, boundToken: undefined });
  };
  as(stolen);
  const { secret } = (await facepage.call("POST", `${sub.path}/rotate`, { drop_former: true })).body;
  as(signer);
  expect((await facepage.call("POST", `/v1/keys/${stolen.kid}/compromise`, { since })).status).toBe(200);
  await chirper.submit(["platforms"]);
  await sub.pump();
  expect(sub.hook.messages).toEqual([]);
  const mended = (await facepage.call("POST", `${sub.path}/rotate`, { drop_former: true })).body.secret;
  await sub.pump();
  const { text, headers } = sub.hook.messages[0]!;
  new Webhook(mended).verify(text, Object.fromEntries(headers));
  expect(() => new Webhook(secret).verify(text, Object.fromEntries(headers))).toThrow();
});

test("a 410 of the former URL does not pause the new one where another call was slow", async () => {
  const sub = await subscribe(facepage);
  const next = receiver();
  await chirper.submit(["platforms"]);
  await chirper.submit(["platforms"]);
  let calls = 0;
  sub.hook.reply = async () => {
    if (calls++ === 0) return new Response(null, { status: 410 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await facepage.call("PATCH", sub.path, { url: next.url });
    return new Response();
  };
  await sub.pump();
  expect((await sub.show()).state).toBe("active");
});

test("an event the filters left out is sent where it is asked for, also ahead of the cursor", async () => {
  const sub = await subscribe(facepage, { filters: { types: ["withdrawn"] } });
  await facepage.call("POST", `${sub.path}/pause`);
  const { id } = await chirper.submit(["platforms"]);
  const event = (await facepage.feed()).at(-1).id;
  await facepage.call("POST", `${sub.path}/deliveries/${event}/resend`);
  await facepage.call("POST", `${sub.path}/resume`);
  await sub.pump();
  expect(sub.hook.messages.map((message) => message.data.tip)).toEqual([id]);
});
