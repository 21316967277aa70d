/** Nothing is lost: wakes and alarms that never come, evictions, suspensions, a restored database. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { wakeLagging } from "../../src/push/wake.ts";
import { bindings, bound, idle, minute, pass, subscribe, workEndpointsByHand } from "./endpoints.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
const members = () => [chirper, facepage];

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

test("an endpoint that nobody woke is found by the schedule", async () => {
  const { hook, sub } = bound(await subscribe(facepage));
  await chirper.submit(["platforms"]);
  await sub.pump();
  await idle(sub, ...members());
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
    const woken = async () => (await Promise.all(subs.map((sub) => sub.alarmIn()))).filter((wait) => wait <= 0).length;
    const dispatcher = bindings.DISPATCHER.get(bindings.DISPATCHER.idFromName("dispatcher"));
    await chirper.submit(["platforms"]);
    for (let tries = 0; (await woken()) < 2 && tries < 100; tries++) await new Promise((done) => setTimeout(done, 10));
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
  await idle(sub, ...members());
  expect(await sub.alarmIn()).toBe(Number.POSITIVE_INFINITY);
  await wakeLagging(bindings, Date.now());
  expect(await sub.alarmIn()).toBe(Number.POSITIVE_INFINITY);
});

test("a try whose alarm was lost is found by the schedule", async () => {
  const { hook, sub } = bound(await subscribe(facepage));
  hook.reply = () => new Response(null, { status: 500 });
  await chirper.submit(["platforms"]);
  await sub.pump();
  await idle(sub, ...members());
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
  await idle(sub, ...members());
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
  await idle(sub, ...members());
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
