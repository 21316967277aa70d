/** The stream hands out what the feed does, to whom it does, as soon as it is there; and ends when it must. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { changePartner } from "../../src/exchange/enrol-partner.ts";
import { addMember } from "../../src/exchange/manage-groups.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { ahead, endListening, idle, type Listener, listen } from "./listen.ts";
import type { Member } from "./member.ts";
import { mint } from "./mint.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

const { waiting } = limits;
const database = env as unknown as { DB: D1Database };
let chirper: Member;
let facepage: Member;
let agency: Member;
let tests = 0;

/** Names of their own for each test: a worker remembers who waits. */
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol(`chirper-${++tests}`, "platform");
  facepage = await enrol(`facepage-${tests}`, "platform");
  agency = await enrol(`unit-${tests}`, "law_enforcement");
});
afterEach(async () => {
  database.DB = ground();
  await endListening();
});

const hidden = () => chirper.submit(["platforms"], {}, { except: [facepage.slug] });
const slug = ({ problem }: Listener) => String(problem?.type).split("/").at(-1);

describe("a stream", () => {
  test("begins where the feed does, and goes on with what happens", async () => {
    const first = await chirper.submit(["platforms"]);
    const heard = await idle(facepage);
    expect(heard.told).toEqual([["published", first.id]]);
    const second = await chirper.submit([`partner:${facepage.slug}`]);
    await chirper.withdraw(first.id);
    expect(await heard.until(({ events }) => events.length === 3)).toBe(true);
    expect(heard.told.slice(1)).toEqual([
      ["published", second.id],
      ["withdrawn", first.id],
    ]);
    expect(heard.events.map(({ event }) => event)).toEqual(["published", "published", "withdrawn"]);
  });

  test("says the same as the feed, and its ids are the feed's cursors", async () => {
    await chirper.submit(["platforms"], { ask: { for: ["preserve"], urgency: "urgent" } });
    await chirper.submit([`partner:${facepage.slug}`]);
    const heard = await idle(facepage);
    const { events } = (await facepage.call("GET", "/v1/feed")).body;
    expect(heard.events.map(({ data }) => data)).toEqual(events);
    const rest = (await facepage.call("GET", `/v1/feed?after=${heard.events[0]!.id}`)).body.events;
    expect(rest).toEqual(events.slice(1));
  });

  test("tells at its next glance of what was added in this worker, and of what was added elsewhere after a second", async () => {
    const other = await chirper.submit([]);
    const heard = await idle(facepage);
    // The clock stands still: nothing that is known here grows old.
    ahead(0);
    await chirper.submit(["platforms"]);
    expect(await heard.until(({ events }) => events.length === 1)).toBe(true);
    await batch(ground(), [
      sql`INSERT INTO event (type, at, tip_no, version) SELECT 'withdrawn', '2026-01-01T00:00:00.000Z', tip_no, 1 FROM tip WHERE tip = ${other.id}`,
      sql`INSERT INTO event_token (token, seq) SELECT ${`partner:${facepage.slug}`}, max(seq) FROM event`,
    ]);
    await scheduler.wait(700);
    expect(heard.events).toHaveLength(1);
    ahead(1);
    expect(await heard.until(({ events }) => events.length === 2)).toBe(true);
  });

  test("opened again after any event it told, it loses nothing and repeats nothing", async () => {
    const sent: string[] = [];
    for (let n = 0; n < 4; n++) {
      sent.push((await chirper.submit(["platforms"])).id);
      if (n % 2) await hidden();
    }
    const heard = await idle(facepage);
    sent.push((await chirper.submit(["platforms"])).id);
    expect(await heard.until(({ events }) => events.length === 5)).toBe(true);
    for (let at = 0; at < 5; at++) {
      const again = await idle(facepage, "", { "last-event-id": heard.events[at]!.id });
      expect(again.told.map(([, tip]) => tip)).toEqual(sent.slice(at + 1));
      await again.close();
    }
    // What a reconnecting client keeps in its URL is older than what it was told.
    const both = await idle(facepage, `?after=${heard.events[0]!.id}`, { "last-event-id": heard.events[3]!.id });
    expect(both.told.map(([, tip]) => tip)).toEqual(sent.slice(4));
    const query = await idle(facepage, `?after=${heard.events[2]!.id}`);
    expect(query.told.map(([, tip]) => tip)).toEqual(sent.slice(3));
  });

  test("cut at any moment while others write, it is one whole feed when put together", async () => {
    const sent: string[] = [];
    const writing = (async () => {
      for (let n = 0; n < 24; n++) {
        if (n % 3 === 2) await hidden();
        else sent.push((await chirper.submit(["platforms"])).id);
      }
    })();
    const told: string[] = [];
    let last = "";
    for (let cut = 0; cut < 6; cut++) {
      const heard = await listen(facepage, "", last ? { "last-event-id": last } : {});
      await heard.until(({ events }) => events.length > 1 + (cut % 3), 1_000);
      await heard.close();
      told.push(...heard.told.map(([, tip]) => tip));
      last = heard.events.at(-1)?.id ?? last;
    }
    await writing;
    const rest = await idle(facepage, "", { "last-event-id": last });
    await rest.until(() => told.length + rest.events.length >= sent.length);
    expect([...told, ...rest.told.map(([, tip]) => tip)]).toEqual(sent);
  });

  test("reads on over more pages than one, and over hidden events between them", async () => {
    const [first, second] = [await chirper.submit(["platforms"]), await hidden()];
    // Copies of those two events, as a busy exchange would have them.
    const copy = (tip: string, times: number) =>
      batch(ground(), [
        sql`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${times})
          INSERT INTO event (type, at, tip_no, version) SELECT 'published', '2026-01-01T00:00:00.000Z', t.tip_no, 1 FROM n, tip t WHERE t.tip = ${tip}`,
        sql`INSERT INTO event_token (token, seq) SELECT 'platforms', seq FROM event WHERE true ON CONFLICT DO NOTHING`,
      ]);
    await copy(first.id, 149);
    await copy(second.id, 1_300);
    await copy(first.id, 150);
    const heard = await listen(facepage);
    expect(await heard.until(({ events }) => events.length === 300)).toBe(true);
    await scheduler.wait(300);
    expect(new Set(heard.events.map(({ data }) => data.id)).size).toBe(300);
  });

  test("carries the signed documents where they are asked for, and not where the tip moved on", async () => {
    const { id, tip } = await chirper.submit(["platforms"]);
    const heard = await idle(facepage, "?documents=true");
    expect(heard.events[0]!.data.envelope).toEqual(tip);
    expect(heard.events[0]!.data.receipt).toBeDefined();
    const revised = await chirper.revise(id, ["platforms"]);
    expect(await heard.until(({ events }) => events.length === 2)).toBe(true);
    expect(heard.events[1]!.data.envelope).toEqual(revised.tip);
    const again = await idle(facepage, "?documents=true");
    expect(again.events.map(({ data }) => "envelope" in data)).toEqual([false, true]);
  });

  test("refuses an old cursor, and what is none, before it begins", async () => {
    const { next } = (await facepage.call("GET", "/v1/feed")).body;
    const bindings = env as unknown as { EPOCH: string };
    bindings.EPOCH = "2";
    const old = await listen(facepage, "", { "last-event-id": next });
    bindings.EPOCH = "1";
    expect([old.status, slug(old)]).toEqual([410, "old-cursor"]);
    expect((await listen(facepage, "", { "last-event-id": "17" })).status).toBe(400);
    expect((await listen(facepage, `?after=${next}&limit=5`)).status).toBe(400);
    expect((await listen(chirper, `?after=${next}`)).status).toBe(410);
  });

  test("shows every fifteen seconds that it lives, and that is no event", async () => {
    const heard = await idle(facepage);
    expect(heard.text).toBe(":\n\n");
    ahead(waiting.beat_seconds - 1);
    await scheduler.wait(600);
    expect(heard.comments).toHaveLength(1);
    ahead(2);
    expect(await heard.until(({ comments }) => comments.length === 2)).toBe(true);
    ahead(waiting.beat_seconds);
    expect(await heard.until(({ comments }) => comments.length === 3)).toBe(true);
    expect(heard.text).toBe(":\n\n:\n\n:\n\n");
  });
});

describe("what a stream may not tell", () => {
  test("law enforcement is told what is its own alone", async () => {
    const heard = await idle(agency);
    await chirper.submit(["platforms"]);
    await chirper.submit(["research", `partner:${facepage.slug}`]);
    const own = await chirper.submit(["law-enforcement"]);
    expect(await heard.until(({ events }) => events.length > 0)).toBe(true);
    await scheduler.wait(500);
    expect(heard.told).toEqual([["published", own.id]]);
  });

  test("a tip that was withdrawn before it was told is told as withdrawn alone", async () => {
    const { id } = await chirper.submit(["platforms"]);
    await chirper.withdraw(id);
    const heard = await idle(facepage, "?documents=true");
    expect(heard.told).toEqual([["withdrawn", id]]);
    expect(heard.text).not.toContain("envelope");
  });

  test("one who is excepted gets no byte from what it is excepted from, neither early nor after", async () => {
    const [told, quiet] = [await idle(agency), await idle(facepage)];
    for (let n = 0; n < 3; n++) {
      await chirper.submit(["platforms", "law-enforcement"], {}, { except: [facepage.slug] });
      await scheduler.wait(400);
    }
    expect(await told.until(({ events }) => events.length === 3)).toBe(true);
    expect(quiet.text).toBe(":\n\n");
    expect(quiet.ended).toBeUndefined();
    const { id } = await chirper.submit(["platforms"]);
    expect(await quiet.until(({ events }) => events.length === 1)).toBe(true);
    expect(quiet.told).toEqual([["published", id]]);
  });

  test("who joins a group while it listens is told what comes then, also by a page that was asked for before", async () => {
    await group("cell", [chirper]);
    const heard = await idle(facepage);
    await addMember(await exchangeNow(), "cell", facepage.slug);
    const inside = await chirper.submit(["group:cell"]);
    const outside = await chirper.submit(["platforms"]);
    expect(await heard.until(({ events }) => events.length === 2)).toBe(true);
    expect(heard.told.map(([, tip]) => tip)).toEqual([inside.id, outside.id]);
  });

  test("what a group gained between signing in and reading is not passed over by the feed", async () => {
    await group("cell", [chirper]);
    await facepage.authorization("GET", "/");
    const db = ground();
    const sent: string[] = [];
    let batches = 0;
    database.DB = new Proxy(db, {
      get: (target, property) =>
        property === "batch"
          ? async (list: D1PreparedStatement[]) => {
              const rows = await target.batch(list);
              if (++batches > 1) return rows;
              database.DB = db;
              await addMember(await exchangeNow(), "cell", facepage.slug);
              for (const to of ["group:cell", "platforms"]) sent.push((await chirper.submit([to])).id);
              return rows;
            }
          : Reflect.get(target, property),
    });
    const page = (await facepage.call("GET", "/v1/feed")).body;
    const rest = (await facepage.call("GET", `/v1/feed?after=${page.next}`)).body;
    expect([...page.events, ...rest.events].map((event) => event.tip)).toEqual(sent);
  });
});

describe("a stream ends", () => {
  const ends = async (listener: Listener, ms = 5_000) => {
    expect(await listener.until(({ ended }) => ended !== undefined, ms)).toBe(true);
    expect(listener.broken).toBeUndefined();
  };

  test("with its token", async () => {
    const began = Date.now();
    const seconds = Math.floor(began / 1_000) + 3;
    const token = await mint(await exchangeNow(), facepage, { expires: seconds });
    const heard = await listen(facepage, "", { authorization: `Bearer ${token}` });
    await chirper.submit(["platforms"]);
    expect(await heard.until(({ events }) => events.length === 1, 1_000)).toBe(true);
    await ends(heard, 10_000);
    expect(heard.ended! - seconds * 1_000).toBeGreaterThan(-50);
    expect(heard.ended! - seconds * 1_000).toBeLessThan(3_000);
    await chirper.submit(["platforms"]);
    await scheduler.wait(300);
    expect(heard.events).toHaveLength(1);
  });

  const ways: Record<string, () => Promise<unknown>> = {
    "its partner's suspension": async () => changePartner(await exchangeNow(), facepage.slug, { suspended: true }),
    "its key, when that is compromised": async () =>
      compromiseKey(
        await exchangeNow(),
        facepage.slug,
        facepage.signer.kid,
        new Date(Date.now() - 1_000).toISOString(),
        undefined,
      ),
    "its key, when that is retired": async () =>
      batch(ground(), [sql`UPDATE partner_key SET state = 'retired' WHERE kid = ${facepage.signer.kid}`]),
    "the scope, when that is taken": async () =>
      changePartner(await exchangeNow(), facepage.slug, { scopes: ["match"] }),
  };
  describe.each(Object.entries(ways))("with %s", (_name, deed) => {
    test("before the next event is handed out", async () => {
      const heard = await idle(facepage);
      await deed();
      await chirper.submit(["platforms"]);
      await scheduler.wait(600);
      ahead(waiting.beat_seconds + 1);
      await ends(heard);
      expect(heard.events).toEqual([]);
      expect(await all(ground(), sql`SELECT partner FROM access_tip WHERE partner = ${facepage.slug}`)).toEqual([]);
    });

    test("within fifteen seconds where nothing happens", async () => {
      const heard = await idle(facepage);
      await deed();
      ahead(waiting.beat_seconds + 1);
      await ends(heard);
      expect(heard.comments).toHaveLength(1);
    });
  });

  test("at once where an event is there for who lost its key meanwhile", async () => {
    const heard = await idle(facepage);
    await batch(ground(), [sql`UPDATE partner_key SET state = 'retired' WHERE kid = ${facepage.signer.kid}`]);
    await chirper.submit(["platforms"]);
    await ends(heard);
    expect(heard.events).toEqual([]);
  });

  test("with the purpose of law enforcement", async () => {
    const heard = await idle(agency);
    await batch(ground(), [sql`UPDATE purpose SET until = '2020-01-01T00:00:00Z'`]);
    await chirper.submit(["law-enforcement"]);
    await ends(heard);
    expect(heard.events).toEqual([]);
  });

  test("quietly where the database fails, and what was told is not told again", async () => {
    const { id } = await chirper.submit(["platforms"]);
    const heard = await idle(facepage);
    await batch(ground(), [
      sql`CREATE TRIGGER no_records BEFORE INSERT ON access_tip BEGIN SELECT RAISE(ABORT, 'D1_ERROR no records'); END`,
    ]);
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const second = await chirper.submit(["platforms"]);
    await ends(heard);
    expect(logged).toHaveBeenCalledOnce();
    expect(JSON.stringify(logged.mock.calls)).not.toContain("harbour");
    logged.mockRestore();
    expect(heard.told).toEqual([["published", id]]);
    await batch(ground(), [sql`DROP TRIGGER no_records`]);
    const again = await idle(facepage, "", { "last-event-id": heard.events[0]!.id });
    expect(again.told).toEqual([["published", second.id]]);
  });

  test("where its client goes: nothing more is read or recorded", async () => {
    const heard = await idle(facepage);
    await heard.close();
    await scheduler.wait(600);
    await chirper.submit(["platforms"]);
    await scheduler.wait(1_200);
    expect(await all(ground(), sql`SELECT partner FROM access WHERE partner = ${facepage.slug}`)).toEqual([]);
  });
});

test("asked for by HEAD it takes none of the connections on which a partner may wait", async () => {
  for (let asked = 0; asked <= waiting.connections; asked++) {
    const { status, headers } = await facepage.call("HEAD", "/v1/stream");
    expect([status, headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  }
});

test("a stream records as the feed does: an access for each page, a row for each tip, with the purpose", async () => {
  const records = async (partner: string) => [
    await all(ground(), sql`SELECT door, kid, purpose <> '' AS stated FROM access WHERE partner = ${partner}`),
    await all(
      ground(),
      sql`SELECT t.tip, a.version, a.door, a.purpose <> '' AS stated FROM access_tip a JOIN tip t USING (tip_no) WHERE a.partner = ${partner} ORDER BY a.tip_no, a.door`,
    ),
  ];
  const first = await chirper.submit(["platforms", "law-enforcement"]);
  const heard = await idle(agency);
  const { kid } = agency.signer;
  const row = (tip: string, door: string, stated: number) => ({ tip, version: 1, door, stated });
  const page = (door: string) => ({ door, kid, stated: 1 });
  expect(await records(agency.slug)).toEqual([[page("event")], [row(first.id, "event", 1)]]);
  const second = await chirper.submit(["law-enforcement"]);
  expect(await heard.until(({ events }) => events.length === 2)).toBe(true);
  expect(await records(agency.slug)).toEqual([
    [page("event"), page("event")],
    [row(first.id, "event", 1), row(second.id, "event", 1)],
  ]);
  await idle(facepage, "?documents=true");
  const stated = { kid: facepage.signer.kid, stated: 0 };
  expect(await records(facepage.slug)).toEqual([
    [{ door: "feed", ...stated }],
    [row(first.id, "event", 0), row(first.id, "feed", 0)],
  ]);
});
