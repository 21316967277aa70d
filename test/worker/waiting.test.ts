/** Who waits: a long poll, how many of a partner wait at a time, what waiting costs, and readers that are slow. */
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asTheyCome } from "../../src/api/body.ts";
import { limits } from "../../src/core/limits.ts";
import type { Caller, Exchange } from "../../src/exchange/exchange.ts";
import { followFeed } from "../../src/exchange/follow-feed.ts";
import { accessCredential } from "../../src/oauth/authenticate.ts";
import { judgeCredential } from "../../src/oauth/credential.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { http, url } from "./http.ts";
import { ahead, endListening, idle, type Listener, listen } from "./listen.ts";
import type { Member } from "./member.ts";
import { mint } from "./mint.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

const { waiting } = limits;
const database = env as unknown as { DB: D1Database };
let chirper: Member;
let facepage: Member;
let tests = 0;

/** Names of their own for each test: a worker remembers who waits. */
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol(`chirper-${++tests}`, "platform");
  facepage = await enrol(`facepage-${tests}`, "platform");
});
afterEach(async () => {
  database.DB = ground();
  await endListening();
});

/** Members that make a document of so many times 8,000 characters. */
const extensions = (times: number) => ({
  operation: {
    id: crypto.randomUUID(),
    name: "Large",
    observations: Array.from({ length: times }, (_, n) => ({
      procedure: "ook:1.2.8",
      text: `${n} ${"x".repeat(7_900)}`,
    })),
  },
});

/** A stream of which so many pieces are read, and no more. */
async function unread(member: Member, query: string, pieces: number) {
  const headers = await member.authorization("GET", "/v1/stream");
  const worker = (exports as unknown as { default: Fetcher }).default;
  const response = await worker.fetch(new Request(`${url}/v1/stream${query}`, { headers }));
  const reader = response.body!.getReader();
  for (let n = 0; n < pieces; n++) await reader.read();
  return reader;
}

const hidden = () => chirper.submit(["platforms"], {}, { except: [facepage.slug] });

/** The database, telling of every statement that is prepared. */
const watched = (told: (text: string) => void): D1Database =>
  new Proxy(database.DB, {
    get: (target, property) =>
      property === "prepare"
        ? (text: string) => {
            told(text);
            return target.prepare(text);
          }
        : Reflect.get(target, property),
  });

describe("a long poll", () => {
  const timed = async (member: Member, query: string) => {
    const began = Date.now();
    const { status, body } = await member.call("GET", `/v1/feed?${query}`);
    return { status, body, took: Date.now() - began };
  };

  test("answers at once where there is an event already", async () => {
    const { id } = await chirper.submit(["platforms"]);
    const { body, took } = await timed(facepage, "wait=20");
    expect(body.events.map((event: any) => event.tip)).toEqual([id]);
    expect(took).toBeLessThan(6_000);
  });

  test("answers as soon as there is one, and goes on behind it", async () => {
    const { next } = (await facepage.call("GET", "/v1/feed")).body;
    const waits = timed(facepage, `wait=20&after=${next}`);
    await scheduler.wait(400);
    const { id } = await chirper.submit(["platforms"]);
    const { body, took } = await waits;
    expect(body.events.map((event: any) => event.tip)).toEqual([id]);
    expect(took).toBeLessThan(6_000);
    expect((await facepage.call("GET", `/v1/feed?after=${body.next}`)).body.events).toEqual([]);
  });

  test("is an empty page when the time is over, whether or not hidden events came", async () => {
    const { next } = (await facepage.call("GET", "/v1/feed")).body;
    for (const deed of [async () => {}, hidden]) {
      const waits = timed(facepage, `wait=2&after=${next}`);
      await scheduler.wait(300);
      await deed();
      const { status, body, took } = await waits;
      expect([status, body.events, body.more, body.next.length]).toEqual([200, [], false, next.length]);
      expect(took).toBeGreaterThan(1_900);
      expect(took).toBeLessThan(5_000);
    }
  });

  test("is refused where the caller lost its place meanwhile, and hands out nothing", async () => {
    const waits = timed(facepage, "wait=10");
    await scheduler.wait(300);
    await batch(ground(), [sql`UPDATE partner_key SET state = 'retired' WHERE kid = ${facepage.signer.kid}`]);
    await chirper.submit(["platforms"]);
    const { status, took } = await waits;
    expect(status).toBe(401);
    expect(took).toBeLessThan(6_000);
    expect(await all(ground(), sql`SELECT partner FROM access_tip WHERE partner = ${facepage.slug}`)).toEqual([]);
  });

  test("does not outlast its token", async () => {
    const token = await mint(await exchangeNow(), facepage, { expires: Math.floor(Date.now() / 1_000) + 2 });
    const began = Date.now();
    const headers = { authorization: `Bearer ${token}` };
    expect((await http("GET", "/v1/feed?wait=20", { headers })).body.events).toEqual([]);
    expect(Date.now() - began).toBeLessThan(8_000);
  });

  test("takes one to twenty-five seconds", async () => {
    for (const wait of ["0", "26", "-1", "2.5", "x"])
      expect((await facepage.call("GET", `/v1/feed?wait=${wait}`)).status, wait).toBe(400);
  });
});

describe("of one partner", () => {
  test("no more than its share waits, streams and polls together; it is told when to come back, and others wait on", async () => {
    const streams: Listener[] = [];
    for (let n = 1; n < waiting.connections; n++) streams.push(await idle(facepage));
    const poll = facepage.call("GET", "/v1/feed?wait=2");
    await scheduler.wait(200);
    const refused = await listen(facepage);
    expect([refused.status, refused.problem.title]).toEqual([429, "Too many requests"]);
    const { status, headers } = await facepage.call("GET", "/v1/feed?wait=2");
    expect([status, headers.get("retry-after")]).toEqual([429, "5"]);
    expect((await facepage.call("GET", "/v1/feed")).status).toBe(200);
    expect((await idle(chirper)).status).toBe(200);
    await poll;
    await streams[0]!.close();
    await scheduler.wait(400);
    expect((await idle(facepage)).status).toBe(200);
    expect((await idle(facepage)).status).toBe(200);
    expect((await listen(facepage)).status).toBe(429);
  }, 30_000);

  test("however many wait, the database is asked once a second whether there is news", async () => {
    const asked: string[] = [];
    database.DB = watched((text) => asked.push(text));
    for (let n = 0; n < 6; n++) await idle(n % 2 ? facepage : chirper);
    ahead(0);
    await scheduler.wait(600);
    asked.length = 0;
    for (let second = 0; second < 3; second++) {
      ahead(1);
      await scheduler.wait(600);
    }
    expect(asked).toEqual(Array(3).fill("SELECT coalesce(max(seq), 0) AS seq FROM event"));
  }, 30_000);
});

/** As it is judged when a request comes. */
async function callerOf(member: Member, exchange: Exchange): Promise<Caller> {
  const headers = await member.authorization("GET", "/v1/stream");
  const shown = await accessCredential(exchange, { ...headers, method: "GET", urls: [] });
  const caller = shown.ok ? await judgeCredential(exchange, shown.value) : shown;
  if (!caller.ok) throw new Error(caller.error.detail);
  return caller.value;
}

test("a caller that is judged again is refused from its token's exp on, without the seconds of grace a request has", async () => {
  const exchange = await exchangeNow();
  const caller = await callerOf(facepage, exchange);
  expect((await caller.again({ ...exchange, now: caller.until - 1 })).ok).toBe(true);
  expect((await caller.again({ ...exchange, now: caller.until })).ok).toBe(false);
});

describe("the statements of a stream", () => {
  /** How many times `deed` is done, a glance apart, until a stream that may make so many is over; and how many it made. */
  async function spent(statements: number, deed: () => Promise<unknown>) {
    let made = 0;
    const exchange = { ...(await exchangeNow()), db: watched(() => made++) };
    const caller = await callerOf(facepage, exchange);
    made = 0;
    const judge = caller.again;
    const opened = await followFeed(exchange, caller, { limit: 100, documents: false, judge, statements });
    if (!opened.ok) throw new Error(opened.error.detail);
    let over = false;
    let told = 0;
    const reading = (async () => {
      for await (const piece of opened.value.pieces()) if (piece) told++;
      over = true;
    })();
    await scheduler.wait(100);
    let deeds = 0;
    for (; !over && deeds < 100; deeds++) {
      await deed();
      await scheduler.wait(300);
    }
    await reading;
    return { deeds, made, told };
  }

  test("end it before the database would", async () => {
    const { made, told } = await spent(120, () => chirper.submit(["platforms"]));
    expect(told).toBeGreaterThan(5);
    expect(made).toBeGreaterThan(60);
    expect(made).toBeLessThan(120 + 15);
  });

  test("are counted as many for a hidden event as for one that is none of its reader's", async () => {
    const [excepted, strange] = [await spent(100, hidden), await spent(100, () => chirper.submit([]))];
    expect(Math.abs(excepted.deeds - strange.deeds)).toBeLessThanOrEqual(1);
    expect([excepted.told, strange.told]).toEqual([0, 0]);
  });
});

describe("documents", () => {
  const large = { indicators: [{ type: "domain", value: "a.example" }], ...extensions(40) };

  test("that are not fetched keep their partner's next stream of documents waiting, and no longer than they are held", async () => {
    const { id } = await chirper.submit(["platforms"], large);
    const held = [];
    for (let n = 0; n < limits.large.sending; n++) held.push(await unread(facepage, "?documents=true", 2));
    const waits = await listen(facepage, "?documents=true");
    const plain = await listen(facepage);
    expect(await plain.until(({ events }) => events.length === 1)).toBe(true);
    await scheduler.wait(1_000);
    expect([waits.events.length, waits.ended]).toEqual([0, undefined]);
    for (const reader of held) await reader.cancel();
    expect(await waits.until(({ events }) => events.length === 1, 10_000)).toBe(true);
    expect(waits.told).toEqual([["published", id]]);
    // A page that was fetched is held no more.
    for (let n = 0; n < limits.large.sending + 1; n++)
      expect((await idle(facepage, "?documents=true")).told).toEqual([["published", id]]);
  }, 30_000);
});

describe("who reads slowly", () => {
  /** Texts without end; how many were made. */
  function endless() {
    const made = { texts: 0, ended: false, isOver: false };
    async function* texts() {
      try {
        for (;;) {
          made.texts++;
          yield "x".repeat(1_000);
        }
      } finally {
        made.ended = true;
      }
    }
    return { made, texts: texts() };
  }

  test("has no more made for it than it takes, and is cut where it takes nothing", async () => {
    const { made, texts } = endless();
    const body = asTheyCome(texts, String, made, "request", 0.3);
    const reader = body.getReader();
    for (let n = 0; n < 5; n++) {
      await reader.read();
      await scheduler.wait(100);
    }
    expect(made).toEqual({ texts: 5, ended: false, isOver: false });
    await scheduler.wait(500);
    expect(made).toEqual({ texts: 5, ended: true, isOver: true });
    await expect(reader.read()).rejects.toThrow("not fetched in time");
  });

  test("is not cut while it waits for what is not there yet", async () => {
    async function* texts() {
      yield "a";
      await scheduler.wait(600);
      yield "b";
    }
    const body = asTheyCome(texts(), String, { isOver: false }, "request", 0.3);
    expect(await new Response(body).text()).toBe("ab");
  });

  test("who goes ends what is made for it", async () => {
    const { made, texts } = endless();
    const reader = asTheyCome(texts, String, made, "request").getReader();
    await reader.read();
    await reader.cancel();
    await scheduler.wait(50);
    expect(made).toEqual({ texts: 1, ended: true, isOver: true });
  });
});
