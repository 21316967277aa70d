/** Documents taken in beside the thread: the same outcome as in it, whatever happens to the other thread. */
import { Worker } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import type { FeedEvent } from "../../../src/client/feed.ts";
import { digest, sign } from "../../../src/core/envelope.ts";
import { takeInBeside } from "../../../src/mirror/beside.ts";
import { type Taken, takeIn } from "../../../src/mirror/take-in.ts";
import { aWorld, draft, exchange } from "../client/given.ts";

const seed = 7;

/** A page that is large: tips of many indicators, one of which was changed on its way. */
async function aPage() {
  const world = await aWorld();
  const { key, profile } = world.connection;
  const events: FeedEvent[] = [];
  for (const tip of ["tip-1", "tip-2", "tip-3"]) {
    const indicators = Array.from({ length: 2_000 }, (_, at) => ({ type: "domain", value: `${tip}-${at}.example` }));
    const document = { ...draft, exchange, from: "chirper", tip, version: 1, indicators, note: "á".repeat(50_000) };
    const envelope = await sign(document, "tip+jws", { key, kid: profile.kid, alg: "EdDSA" });
    const receipt = await world.receipt("2026-11-20T11:00:00Z", { tip, digest: await digest(envelope) });
    const marks = { disputed: [1] };
    events.push({
      id: `evt_${tip.at(-1)}`,
      type: "published",
      at: "",
      tip,
      version: 1,
      from: "chirper",
      marks,
      envelope,
      receipt,
    });
  }
  const { payload } = events[1]!.envelope!;
  events[1]!.envelope!.payload = `${payload.slice(0, 1_000)}AAAA${payload.slice(1_004)}`;
  return { events, source: { directory: JSON.stringify({ partners: [], keys: world.keys() }), seed } };
}

test("a large page has the same outcome beside as here: before the thread is ready, after, and where it dies", async () => {
  const { events, source } = await aPage();
  const handed = vi.spyOn(Worker.prototype, "postMessage");
  const here = await takeIn(events, source);
  expect(here.map((taken: Taken) => taken.ok)).toEqual([true, false, true]);
  // The first few are taken in here, while the thread starts.
  for (let end = Date.now() + 20_000; handed.mock.calls.length === 0 && Date.now() < end; ) {
    expect(await takeInBeside(events, source)).toEqual(here);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [both, reversed] = [takeInBeside(events, source), takeInBeside(events.toReversed(), source)];
  expect([await both, await reversed]).toEqual([here, here.toReversed()]);
  const waiting = takeInBeside(events, source);
  await (handed.mock.contexts[0] as Worker).terminate();
  expect(await waiting).toEqual(here);
  expect(handed.mock.calls.length).toBeGreaterThan(3);
});
