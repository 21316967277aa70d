/** `/misp/`: what a MISP that subscribes ends with, what is recorded, and what is not handed out. */
import { exports } from "cloudflare:workers";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { markBits } from "../../src/core/marks.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { eventUuid } from "../../src/formats/misp/uuid.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { Subscriber } from "./misp-subscriber.ts";
import { readBy, reader } from "./readers.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

const bounds = limits.misp as { events: number; page_tips: number };
const usual = { ...bounds };
let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  vi.useFakeTimers({ toFake: ["Date"] });
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});
afterEach(() => {
  vi.useRealTimers();
  Object.assign(bounds, usual);
});

const pass = (ms: number) => void vi.setSystemTime(Date.now() + ms);
const domains = (count: number, name = "site") =>
  Array.from({ length: count }, (_, at) => ({ type: "domain", value: `${name}-${at}.example` }));
const valuesOf = (count: number, name = "site") => domains(count, name).map(({ value }) => value);
const manifestOf = async (member: Member, root = "/misp") =>
  (await member.call("GET", `${root}/manifest.json`)).body as Record<string, Record<string, any>>;
const eventAt = (member: Member, tip: string, root = "/misp") => member.call("GET", `${root}/${eventUuid(tip)}.json`);

describe("a subscriber", () => {
  type Deed =
    | { deed: "submit" | "revise"; tip: number; indicators: number[] }
    | { deed: "withdraw" | "recall" | "regain" | "expire"; tip: number }
    | { deed: "pull" }
    | { deed: "wait"; ms: number };
  const tip = fc.nat(2);
  const indicators = fc.array(fc.nat(9), { maxLength: 5 });
  const deeds: fc.Arbitrary<Deed[]> = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ deed: fc.constant("submit" as const), tip, indicators }) },
      { weight: 5, arbitrary: fc.record({ deed: fc.constant("revise" as const), tip, indicators }) },
      { weight: 4, arbitrary: fc.record({ deed: fc.constantFrom("recall" as const, "regain" as const), tip }) },
      { weight: 1, arbitrary: fc.record({ deed: fc.constantFrom("withdraw" as const, "expire" as const), tip }) },
      { weight: 6, arbitrary: fc.constant({ deed: "pull" as const }) },
      {
        weight: 3,
        arbitrary: fc.record({ deed: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
      },
    ),
    { minLength: 8, maxLength: 16 },
  );
  /** Even ones an attribute, odd ones an object. */
  const indicatorOf = (n: number) =>
    n % 2 === 0 ? { type: "domain", value: `d${n}.example` } : { type: "account", platform: "x", id: `900000${n}` };
  const shownOf = (n: number) => (n % 2 === 0 ? `d${n}.example` : `900000${n}`);

  test("ends with what lives and is its own, whatever happened between and within its pulls", async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (history) => {
        await freshWorld();
        chirper = await enrol("chirper", "platform");
        facepage = await enrol("facepage", "platform");
        await enrol("other", "platform");
        const tips: ({ id: string; indicators: number[]; seen: boolean } | undefined)[] = [];
        const misp = new Subscriber(facepage);
        for (const deed of history) {
          pass(2);
          if (deed.deed === "pull") await misp.pull();
          else if (deed.deed === "wait") pass(deed.ms);
          else {
            const { tip: at } = deed;
            const known = tips[at];
            if (deed.deed === "submit") {
              if (known) continue;
              const sent = await chirper.submit(["platforms"], { indicators: deed.indicators.map(indicatorOf) });
              expect(sent.answer.status).toBe(201);
              tips[at] = { id: sent.id, indicators: deed.indicators, seen: true };
              continue;
            }
            if (!known) continue;
            if (deed.deed === "revise") {
              const sent = await chirper.revise(known.id, ["platforms"], {
                indicators: deed.indicators.map(indicatorOf),
              });
              expect(sent.answer.status).toBe(201);
              Object.assign(known, { indicators: deed.indicators, seen: true });
            } else if (deed.deed === "expire") {
              const past = new Date(Date.now() - 1_000).toISOString();
              await batch(ground(), [sql`UPDATE tip SET expires_at = ${past} WHERE tip = ${known.id}`]);
              await runSchedule(await exchangeNow());
              tips[at] = undefined;
            } else if (deed.deed === "withdraw") {
              expect((await chirper.withdraw(known.id)).status).toBe(200);
              tips[at] = undefined;
            } else {
              const to = deed.deed === "recall" ? "partner:other" : "platforms";
              expect((await chirper.rescope(known.id, [to])).status).toBe(200);
              known.seen = deed.deed === "regain";
            }
          }
        }
        pass(1_000);
        await misp.pull();
        const expected: Record<string, string[]> = {};
        for (const known of tips) {
          const values = [...new Set(known?.seen ? known.indicators.map(shownOf) : [])];
          if (values.length > 0) expected[eventUuid(known!.id)] = values.sort();
        }
        const own = /^(?:d\d\.example|900000\d)$/;
        const living = Object.entries(misp.living()).map(([uuid, values]) => [
          uuid,
          [...new Set(values.filter((value) => own.test(value)))],
        ]);
        expect(Object.fromEntries(living.filter(([, values]) => values!.length > 0))).toEqual(expected);
      }),
      { numRuns: 12, seed: 20261125, endOnFailure: true },
    );
  });

  test("is told of nothing twice once a second is over", async () => {
    await chirper.submit(["platforms"], { indicators: domains(2) });
    pass(1_000);
    const first = await manifestOf(facepage);
    pass(60_000);
    expect(await manifestOf(facepage)).toEqual(first);
  });

  test("has an embargoed tip only from the feed of such, and from the other when the embargo is over", async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await chirper.submit(["platforms"], {
      indicators: [{ type: "domain", value: "quay.example", control: "operated" }],
      embargo: { until, no: ["enforcement"] },
    });
    expect(await manifestOf(facepage)).toEqual({});
    expect((await eventAt(facepage, id)).status).toBe(404);
    expect((await facepage.call("GET", "/misp/hashes.csv")).body).toBe("");
    const { Event } = (await eventAt(facepage, id, "/misp/embargoed")).body;
    expect(Event.Attribute.map((each: { to_ids: boolean }) => each.to_ids)).toEqual([false]);
    expect(Object.keys(await manifestOf(facepage, "/misp/embargoed"))).toEqual([eventUuid(id)]);
    pass(3_600_000);
    await runSchedule(await exchangeNow());
    facepage.token = undefined;
    expect((await eventAt(facepage, id)).body.Event.Attribute[0].to_ids).toBe(true);
  });
});

describe("an event", () => {
  test("is there for who may see its tip, and looks like one that never was for others", async () => {
    const { id } = await chirper.submit(["partner:facepage"], { indicators: domains(2) });
    const other = await enrol("other", "platform");
    const { status, body } = await eventAt(facepage, id);
    expect([status, body.Event.Attribute.map(({ value }: { value: string }) => value)]).toEqual([200, valuesOf(2)]);
    const [notYours, notThere] = [await eventAt(other, id), await eventAt(other, crypto.randomUUID())];
    expect([notYours.status, notYours.body]).toEqual([404, notThere.body]);
    expect(await manifestOf(other)).toEqual({});
    expect((await facepage.call("GET", "/misp/manifest.txt")).status).toBe(404);
  });

  test("of a tip that ended is without content for who had it, and not there for who had not", async () => {
    const { id } = await chirper.submit(["platforms"], { indicators: domains(2) });
    await eventAt(facepage, id);
    const other = await enrol("other", "platform");
    await chirper.withdraw(id);
    const { body } = await eventAt(facepage, id);
    expect(JSON.stringify(body)).not.toMatch(/site|Lantern/);
    expect(body.Event.Attribute.every(({ deleted }: { deleted: boolean }) => deleted)).toBe(true);
    expect((await manifestOf(facepage))[eventUuid(id)]!.info).toBe("Withdrawn, expired or recalled");
    expect((await eventAt(other, id)).status).toBe(404);
  });

  test("takes back an indicator that is valid no more", async () => {
    const { id } = await chirper.submit(["platforms"], {
      indicators: [
        ...domains(1),
        { type: "ip", value: "198.51.100.7", valid_until: new Date(Date.now() + 60_000).toISOString() },
      ],
    });
    const before = (await eventAt(facepage, id)).body.Event;
    pass(120_000);
    const after = (await eventAt(facepage, id)).body.Event;
    const deleted = after.Attribute.filter((each: { deleted: boolean }) => each.deleted);
    expect(deleted.map((each: { uuid: string }) => each.uuid)).toEqual([before.Attribute[1].uuid]);
  });

  test("too large for a text is sent in pieces, and is the same JSON", async () => {
    const { id } = await chirper.submit(["platforms"], {
      indicators: Array.from({ length: 400 }, (_, at) => ({
        type: "account",
        platform: "x",
        id: `1234567890123456${100 + at}`,
        handle: `voice_${at}`,
        display_name: `Voice ${at} \u2028`,
      })),
    });
    const { body } = await eventAt(facepage, id);
    expect(body.Event.Object).toHaveLength(400);
    // What the answer held is given up, and so is what a HEAD would have held.
    for (let at = 0; at < 4; at++)
      expect((await facepage.call("HEAD", `/misp/${eventUuid(id)}.json`)).status, String(at)).toBe(200);
    expect((await eventAt(facepage, id)).body).toEqual(body);
  });

  test("is found among tips whose ids begin alike, and never by another's id", async () => {
    const ids = ["0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11", "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a12"];
    for (const [at, tip] of ids.entries())
      await chirper.submit(["platforms"], { tip, indicators: domains(1, `near-${at}`) });
    for (const [at, tip] of ids.entries())
      expect((await eventAt(facepage, tip)).body.Event.Attribute[0].value).toBe(`near-${at}-0.example`);
  });
});

describe("the feed", () => {
  test("answers at a URL that ends in a slash too, and to HEAD", async () => {
    await chirper.submit(["platforms"], { indicators: domains(1) });
    const worker = (exports as unknown as { default: Fetcher }).default;
    const headers = await facepage.authorization("GET", "/misp/manifest.json");
    for (const path of ["/misp//manifest.json", "/misp/embargoed//manifest.json"]) {
      const response = await worker.fetch(url + path, { headers });
      expect(Object.keys((await response.json()) as object), path).toHaveLength(1);
    }
    for (const file of ["manifest.json", "hashes.csv"]) {
      const { status, headers: said } = await facepage.call("HEAD", `/misp/${file}`);
      expect([status, said.get("content-type")]).toEqual([200, file.endsWith("csv") ? "text/csv" : "application/json"]);
    }
  });

  test("is read with a read token in a header, as MISP sends it", async () => {
    const { id } = await chirper.submit(["platforms"], { indicators: domains(1) });
    const { token, read } = await reader(facepage);
    for (const scheme of ["Bearer", "Token"]) {
      const said = { authorization: `${scheme} ${token}`, accept: "application/json" };
      expect((await read(`/misp/${eventUuid(id)}.json`, said)).status, scheme).toBe(200);
    }
    expect((await readBy("x".repeat(43), "/misp/manifest.json")).status).toBe(401);
  });

  test("has a line for each value and its event in hashes.csv, of what lives", async () => {
    const { id } = await chirper.submit(["platforms"], { indicators: domains(2) });
    const gone = await chirper.submit(["platforms"], { indicators: domains(1, "gone") });
    await facepage.call("GET", "/misp/hashes.csv");
    await chirper.withdraw(gone.id);
    const lines = ((await facepage.call("GET", "/misp/hashes.csv")).body as string).trim().split("\n");
    const md5 = async (text: string) =>
      Buffer.from(await crypto.subtle.digest("MD5", new TextEncoder().encode(text))).toString("hex");
    expect(lines).toEqual(await Promise.all(valuesOf(2).map(async (value) => `${await md5(value)},${eventUuid(id)}`)));
  });

  test("has no line in hashes.csv for what is marked, since a line cannot say so, and has it again once it is not", async () => {
    await chirper.submit(["platforms"], { indicators: domains(2) });
    const lines = async () => ((await facepage.call("GET", "/misp/hashes.csv")).body as string).trim().split("\n");
    const [first, second] = await lines();
    for (const mark of Object.values(markBits)) {
      await batch(ground(), [sql`UPDATE indicator SET mark = ${mark} WHERE ordinal = 0`]);
      expect(await lines()).toEqual([second]);
    }
    await batch(ground(), [sql`UPDATE indicator SET mark = 0`]);
    expect(await lines()).toEqual([first, second]);
  });

  test("is read page by page, and holds the newest where there is more than a MISP should take", async () => {
    const tips: string[] = [];
    for (let at = 0; at < 5; at++) tips.push((await chirper.submit(["platforms"], { indicators: domains(1) })).id);
    Object.assign(bounds, { page_tips: 2 });
    expect(Object.keys(await manifestOf(facepage))).toEqual(tips.map(eventUuid));
    Object.assign(bounds, { events: 3 });
    expect(Object.keys(await manifestOf(facepage))).toEqual(tips.slice(2).map(eventUuid));
  });

  test("records what it hands out, for law enforcement with its purpose", async () => {
    const agency = await enrol("cyber-unit", "law_enforcement");
    const { id } = await chirper.submit(["law-enforcement"], { indicators: domains(1) });
    await chirper.submit(["platforms"], { indicators: domains(1) });
    const rows = () =>
      all(
        ground(),
        sql`SELECT t.tip, u.case_reference IS NOT NULL AS stated FROM access_tip a JOIN tip t ON t.tip_no = a.tip_no
          JOIN purpose u ON u.purpose = a.purpose WHERE a.door = 'misp' AND a.partner = 'cyber-unit'`,
      );
    for (const path of ["/misp/manifest.json", `/misp/${eventUuid(id)}.json`, "/misp/hashes.csv"]) {
      expect((await agency.call("GET", path)).status).toBe(200);
      expect(await rows(), path).toEqual([{ tip: id, stated: 1 }]);
    }
    const accesses = await all(ground(), sql`SELECT 1 FROM access WHERE door = 'misp' AND partner = 'cyber-unit'`);
    expect(accesses).toHaveLength(3);
  });

  test.each(["manifest.json", "hashes.csv", "event"])("hands out no %s where it cannot be recorded", async (file) => {
    const { id } = await chirper.submit(["platforms"], { indicators: domains(1) });
    await batch(ground(), [
      sql`CREATE TRIGGER full_disk BEFORE INSERT ON access BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    ]);
    const path = file === "event" ? `${eventUuid(id)}.json` : file;
    // However often: what it failed at holds none of the partner's connections.
    for (let at = 0; at <= limits.waiting.connections; at++)
      expect((await facepage.call("GET", `/misp/${path}`)).status, String(at)).toBe(503);
  });
});
