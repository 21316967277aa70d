/** How often and how fast an endpoint is called: intervals, what it answers, pauses, bounds. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { intervals } from "../../src/push/retry.ts";
import { bound, hour, minute, pass, subscribe, types, workEndpointsByHand } from "./endpoints.ts";
import type { Member } from "./member.ts";
import { receiver } from "./receiver.ts";
import { enrol, freshWorld } from "./world.ts";

let chirper: Member;
let facepage: Member;
const members = () => [chirper, facepage];

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

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
