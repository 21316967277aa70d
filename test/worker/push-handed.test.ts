/** What a wake hands over: sent at once where it is just what comes next, and never instead of what must be looked at first. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { timing } from "../../src/push/handed.ts";
import { wakeConcerned, wakeLagging } from "../../src/push/wake.ts";
import {
  bindings,
  bound,
  hour,
  letArrive,
  minute,
  onTheWay,
  pass,
  type Subscribed,
  subscribe,
  workEndpointsByHand,
} from "./endpoints.ts";
import type { Member } from "./member.ts";
import { receiver } from "./receiver.ts";
import { enrol, freshWorld, ground, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
const members = () => [chirper, facepage];

workEndpointsByHand(true);
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

const account = { type: "account", platform: "facepage", kind: "page", id: "100", control: "operated" };

/** It knows its subscription, and has read all that there is. */
async function ready(owner: Member, options: Record<string, unknown> = {}): Promise<Subscribed> {
  const sub = await subscribe(owner, options);
  await sub.pump();
  return sub;
}

/** What wakes hand over after a deed; it is there a moment after the answer. */
async function handedTo(...subs: Subscribed[]): Promise<void> {
  for (const { id } of subs) {
    for (let tries = 0; !onTheWay.get(id); tries++) {
      if (tries > 400) throw new Error("Nothing was handed over.");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

const caughtUp = () => ground().prepare("SELECT caught_up FROM subscription").first<number>("caught_up");
const newest = () => ground().prepare("SELECT max(seq) AS seq FROM event").first<number>("seq");

describe("at once", () => {
  test("who has read all before is sent it by the wake, without an alarm, and the database knows how far it came", async () => {
    const sub = await ready(facepage);
    letArrive();
    const { id } = await chirper.submit(["platforms"], { indicators: [account] });
    await sub.hook.received(1);
    expect(sub.hook.messages[0]!.data).toMatchObject({ tip: id, through: "platforms", for_you: { indicators: 1 } });
    for (let tries = 0; (await caughtUp()) !== (await newest()) && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await caughtUp()).toBe(await newest());
    expect(await sub.log()).toMatchObject([{ state: "delivered", attempts: [{ status: 204 }] }]);
    await sub.pump();
    expect(sub.hook.messages.length).toBe(1);
  });

  test("what is handed over is what an endpoint reads for itself, of every kind of event, to the letter", async () => {
    const birdsite = await enrol("birdsite", "platform");
    const agency = await enrol("cyber-unit", "law_enforcement");
    await group("cell", [chirper, facepage]);
    const readers = [chirper, facepage, birdsite, agency];
    const subs: [handed: Subscribed, reads: Subscribed][] = [];
    for (const reader of readers) {
      // One with filters reads for itself.
      subs.push([await ready(reader), await ready(reader, { filters: { min_confidence: 0 } })]);
    }
    let sent = 0;
    const compare = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      for (const [handed, reads] of subs) {
        const arrived = await handed.arrive();
        if (arrived === undefined) await handed.pump();
        else sent++;
        await reads.pump();
        expect(handed.hook.messages.map(({ text }) => text)).toEqual(reads.hook.messages.map(({ text }) => text));
      }
      pass(5_000, ...readers);
    };
    const { id } = await chirper.submit(["group:cell"], { indicators: [account] });
    await compare();
    await chirper.revise(id, ["platforms"], {}, { except: ["birdsite"] });
    await compare();
    await chirper.rescope(id, ["partner:birdsite", "law-enforcement"]);
    await compare();
    await chirper.withdraw(id);
    await compare();
    expect(sent).toBeGreaterThan(8);
    const seen = subs.map(([handed]) => handed.hook.messages.map(({ type }) => type));
    expect(seen).toEqual([
      expect.arrayContaining(["published", "revised", "withdrawn"]),
      ["published", "revised", "recalled", "withdrawn"],
      ["published", "withdrawn"],
      ["published", "withdrawn"],
    ]);
  });

  test("an event that is hidden from a partner is handed to it as nothing, and is no access", async () => {
    const sub = await ready(facepage);
    await chirper.submit(["platforms"], {}, { except: ["facepage"] });
    await handedTo(sub);
    expect(onTheWay.get(sub.id)![0]!.event).toBeUndefined();
    expect(await sub.arrive()).toBe(await newest());
    expect(sub.hook.messages).toEqual([]);
    expect(await ground().prepare("SELECT count(*) AS n FROM access WHERE door = 'webhook'").first("n")).toBe(0);
  });

  test("documents and what filters choose from are not handed over, nor anything for a purpose that is over", async () => {
    const agency = await enrol("cyber-unit", "law_enforcement", { country: "XA" });
    const subs = [
      await ready(facepage, { payload: "full" }),
      await ready(facepage, { filters: { own: false } }),
      await ready(agency),
    ];
    const control = await ready(facepage);
    pass(25 * hour, ...members(), agency);
    await chirper.submit(["platforms", "law-enforcement:XA"]);
    await handedTo(control);
    expect(subs.filter(({ id }) => onTheWay.has(id))).toEqual([]);
  });
});

describe("not without looking", () => {
  test("what was judged two seconds ago is read again, and not sent where sight was lost", async () => {
    const { sub, hook } = bound(await ready(facepage));
    const { id } = await chirper.submit(["platforms"]);
    await handedTo(sub);
    pass(timing.fresh_ms + 1, ...members());
    await chirper.rescope(id, ["partner:chirper"]);
    expect(await sub.arrive()).toBeUndefined();
    expect(hook.messages).toEqual([]);
    await sub.pump();
    expect(hook.messages.map(({ type }) => type)).toEqual(["recalled"]);
  });

  test.each([
    ["paused", (sub: Subscribed) => facepage.call("POST", `${sub.path}/pause`), 0],
    ["deleted", (sub: Subscribed) => facepage.call("DELETE", sub.path), 0],
    ["moved", (sub: Subscribed) => facepage.call("PATCH", sub.path, { url: receiver().url }), 0],
    ["given other filters", (sub: Subscribed) => facepage.call("PATCH", sub.path, { filters: { own: false } }), 1],
  ])("a subscription that was %s meanwhile is looked at first", async (_what, change, sent) => {
    const { sub, hook } = bound(await ready(facepage));
    await chirper.submit(["platforms"]);
    await handedTo(sub);
    expect((await change(sub)).status).toBeLessThan(300);
    expect(await sub.arrive()).toBeUndefined();
    expect(hook.messages).toEqual([]);
    await sub.pump();
    expect(hook.messages.length).toBe(sent);
  });

  test("what the endpoint has read by itself is not sent again", async () => {
    const { sub, hook } = bound(await ready(facepage));
    await chirper.submit(["platforms"]);
    await handedTo(sub);
    await sub.pump();
    expect(hook.messages.length).toBe(1);
    await sub.arrive();
    await sub.pump();
    expect(hook.messages.length).toBe(1);
  });

  test("nor is it set back to where it read before, by what is hidden from it", async () => {
    const { sub } = bound(await ready(facepage));
    await chirper.submit(["platforms"], {}, { except: ["facepage"] });
    await handedTo(sub);
    await chirper.submit(["platforms"]);
    await sub.pump();
    expect(await sub.arrive()).toBeUndefined();
  });

  test("nor what it has delivered, where a recovery sets it back", async () => {
    const { sub, hook } = bound(await ready(facepage));
    const since = new Date(Date.now()).toISOString();
    await chirper.submit(["platforms"]);
    await handedTo(sub);
    const handed = onTheWay.get(sub.id)![0]!;
    await sub.arrive();
    await facepage.call("POST", `${sub.path}/recover`, { since });
    await evictDurableObject(sub.stub);
    await sub.stub.wake(sub.id, handed);
    await sub.pump();
    expect(hook.messages.length).toBe(1);
  });

  test("what lies before it is sent first: a wake that was lost leaves nothing out", async () => {
    const { sub, hook } = bound(await ready(facepage));
    const first = await chirper.submit(["platforms"]);
    await handedTo(sub);
    onTheWay.delete(sub.id);
    pass(5_000, ...members());
    const second = await chirper.submit(["platforms"]);
    await handedTo(sub);
    expect(await sub.arrive()).toBeUndefined();
    await sub.pump();
    expect(hook.messages.map(({ data }) => data.tip)).toEqual([first.id, second.id]);
  });

  test("of another epoch nothing is sent", async () => {
    const { sub, hook } = bound(await ready(facepage));
    await chirper.submit(["platforms"]);
    await handedTo(sub);
    await sub.stub.wake(sub.id, { ...onTheWay.get(sub.id)![0]!, epoch: "0" });
    expect(hook.messages).toEqual([]);
  });
});

describe("where it does not go well", () => {
  test("a failure is tried again as any other, by the same id", async () => {
    const { sub, hook } = bound(await ready(facepage));
    hook.reply = () => new Response(null, { status: 503 });
    await chirper.submit(["platforms"]);
    await handedTo(sub);
    expect(await sub.arrive()).toBeUndefined();
    expect(await sub.log()).toMatchObject([{ state: "waiting", failures: 1 }]);
    expect(await sub.alarmIn()).toBeLessThanOrEqual(0);
    await sub.pump();
    hook.reply = () => new Response();
    pass(minute, ...members());
    await sub.pump();
    expect(hook.ids.length).toBe(2);
    expect(new Set(hook.ids).size).toBe(1);
  });

  test("who takes long to answer is waited for by the alarm, with the event put down", async () => {
    timing.patience_ms = 20;
    const { sub, hook } = bound(await ready(facepage));
    let answers = false;
    hook.reply = async () => {
      while (!answers) await new Promise((resolve) => setTimeout(resolve, 5));
      return new Response();
    };
    await chirper.submit(["platforms"]);
    await handedTo(sub);
    expect(await sub.arrive()).toBeUndefined();
    expect((await sub.log())[0].state).toBe("sending");
    expect(await sub.alarmIn()).toBeLessThanOrEqual(0);
    answers = true;
    await sub.pump();
    expect((await sub.log())[0].state).toBe("delivered");
    expect(hook.messages.length).toBe(1);
  });

  test.each(["before", "after"])(
    "killed %s the endpoint answers it is found by the schedule, and sends it by the same id",
    async (when) => {
      const { sub, hook } = bound(await ready(facepage));
      const kill = () => runInDurableObject(sub.stub, (_endpoint, state) => state.abort("killed")).catch(() => {});
      hook.reply = async () => {
        if (when === "before") await kill();
        else setTimeout(kill, 5);
        return new Response();
      };
      timing.settle_ms = 50;
      await chirper.submit(["platforms"]);
      await handedTo(sub);
      await sub.arrive().catch(() => {});
      hook.reply = () => new Response();
      expect(await caughtUp()).toBeLessThan((await newest())!);
      await wakeLagging(bindings, Date.now());
      await sub.pump();
      expect(hook.ids.length).toBe(2);
      expect(new Set(hook.ids).size).toBe(1);
      expect((await sub.log())[0].state).toBe("delivered");
    },
  );

  test("one endpoint that fails does not hold back the others", async () => {
    const subs = [await ready(facepage), await ready(facepage), await ready(facepage)];
    subs[1]!.hook.reply = () => {
      throw new TypeError("The connection was closed.");
    };
    letArrive();
    const { id } = await chirper.submit(["platforms"]);
    for (const { hook } of subs) await hook.received(1);
    expect(subs.map(({ hook }) => hook.messages[0]!.data.tip)).toEqual([id, id, id]);
  });

  test("where the record cannot be written nothing is handed over; the wakes come all the same", async () => {
    const { sub, hook } = bound(await ready(facepage));
    await ground().exec("CREATE TRIGGER broken BEFORE INSERT ON access_tip BEGIN SELECT RAISE(ABORT, 'broken'); END");
    await chirper.submit(["platforms"]);
    await wakeConcerned(bindings, (await newest())!);
    expect(onTheWay.size).toBe(0);
    expect(await sub.alarmIn()).toBeLessThanOrEqual(0);
    await ground().exec("DROP TRIGGER broken");
    await sub.pump();
    expect(hook.messages.length).toBe(1);
  });
});
