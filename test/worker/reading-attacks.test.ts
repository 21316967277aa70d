/** Regressions named for their faults: what a hostile partner once got out of the doors of others' tools. */
import { beforeEach, expect, test } from "vitest";
import { inChunks } from "../../src/api/body.ts";
import { limits } from "../../src/core/limits.ts";
import { beginning, readSights } from "../../src/exchange/read-sights.ts";
import { Work } from "../../src/exchange/work.ts";
import { idOf } from "../../src/formats/stix/ids.ts";
import { observableId } from "../../src/formats/stix/uuid.ts";
import { batch, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { all, follow, get } from "./taxii-client.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let agency: Member;
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
});

const trap = { type: "domain", value: "trap.example" };
const trapId = observableId("domain-name", { value: trap.value });
const handed = async (tip: string) => (await chirper.call("GET", `/v1/tips/${tip}/accesses`)).body.accesses;

test.each([
  ["by its path", `${all}objects/${trapId}/`],
  ["by a filter", `${all}objects/?match[id]=${trapId}`],
  ["of a manifest", `${all}manifest/?match[id]=${trapId}`],
])("who asks for an observable %s asks for a value: the tip's author was told who asked", async (_, path) => {
  const { id } = await chirper.submit(["platforms"], { indicators: [trap] });
  await follow(chirper);
  expect((await get(facepage, path)).body.objects).toHaveLength(1);
  expect(await handed(id)).toEqual([]);
});

test("whether an observable is found tells nobody that somebody read the tip, a silent agency least", async () => {
  await chirper.submit(["partner:cyber-unit"], { indicators: [trap] });
  const before = await get(chirper, `${all}objects/${trapId}/`);
  await follow(agency);
  const after = await get(chirper, `${all}objects/${trapId}/`);
  expect([after.status, after.body]).toEqual([before.status, before.body]);
});

test("a tip is found by the ids of its objects though a stranger filled the ids around its own", async () => {
  const { id } = await chirper.submit(["platforms"], {
    indicators: [trap],
    tip: crypto.randomUUID().replace(/....$/, "ffff"),
  });
  const near = (at: number) => `${id.slice(0, 12)}0-0000-0000-${at.toString(16).padStart(12, "0")}`;
  await batch(ground(), [
    sql`INSERT INTO tip (tip, mark, author, version, revision, audience_seq, tlp, operation, accepted_at, expires_at, embargo_told)
      SELECT value, 'm' || value, 'facepage', 1, 0, 0, 'amber', 'x', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', 0
      FROM json_each(${JSON.stringify(Array.from({ length: 10_000 }, (_, at) => near(at)))})`,
  ]);
  expect((await get(facepage, `${all}objects/${idOf("indicator", id, 0)}/`)).status).toBe(200);
  expect((await facepage.call("GET", `/misp/${idOf("campaign", id, 0).slice("campaign--".length)}.json`)).status).toBe(
    200,
  );
});

/** As large as an author may make them, without the time it takes to sign and send them. */
const fatten = (characters: number) =>
  batch(ground(), [
    sql`UPDATE indicator SET body = json_set(body, '$.note', ${"n".repeat(characters)})`,
    sql`UPDATE tip_version SET bytes = ${limits.tip_bytes}, heading = json_set(heading, '$.operation.name', ${"n".repeat(characters)})`,
  ]);

const sites = Array.from({ length: 40 }, (_, at) => ({ type: "domain", value: `site-${at}.example` }));
const kinds = {
  export: { most: limits.export.page_indicators, units: { tip: 0, indicator: 1 }, documents: false },
  manifest: { most: limits.misp.page_tips, units: { tip: 1, indicator: 0 }, documents: false },
  few: { most: 8, units: { tip: 1, indicator: 0.001 }, documents: false },
};

/** The tips of all pages, each of which holds no more than one that is filled and the largest tip. */
async function pagesOf(kind: keyof typeof kinds): Promise<string[]> {
  const reader = { partner: "facepage", kid: "", purpose: "", places: [] };
  const exchange = await exchangeNow();
  const seen: string[] = [];
  for (let page = 0, place = beginning; page < 30; page++) {
    const options = { ...kinds[kind], embargoed: false, ends: false };
    const { sights, next, more } = await readSights(exchange, reader, "export", place, options);
    const held = sights.map(({ row, indicators }) => [row, indicators]);
    expect(JSON.stringify(held).length).toBeLessThan(6_000_000);
    seen.push(...sights.map(({ row }) => row.tip));
    place = next;
    if (!more) return seen;
  }
  throw new Error("No end of pages.");
}

test.each([
  ["export", 16_000],
  ["manifest", 600_000],
] as const)(
  "a page of %s is bounded in what it holds: a dozen large tips were held at once",
  async (kind, characters) => {
    for (let tip = 0; tip < 12; tip++) await chirper.submit(["platforms"], { indicators: sites });
    await fatten(characters);
    expect(new Set(await pagesOf(kind)).size).toBe(12);
  },
);

test("large tips behind hidden ones are no more than a page either: one came with each search", async () => {
  for (const hidden of [8, 32, 0]) {
    await chirper.submit(["platforms"], { indicators: sites });
    for (let tip = 0; tip < hidden; tip++) await chirper.submit(["platforms"], {}, { except: ["facepage"] });
  }
  await fatten(60_000);
  expect(new Set(await pagesOf("few")).size).toBe(3);
});

test("what is taken too slowly breaks off, also where each piece is taken in time: downloads were held beyond the ten", async () => {
  const place = { isOver: false, until: Date.now() + 200 };
  async function* pieces() {
    for (;;) yield new Uint8Array(1);
  }
  const reader = inChunks(pieces(), place, "test").getReader();
  await reader.read();
  await scheduler.wait(250);
  await expect(reader.read()).rejects.toThrow();
  expect(place.isOver).toBe(true);
});

test("of one partner one piece of a file is made at a time: twenty exports held up everybody", async () => {
  let [now, most] = [0, 0];
  const work = () => new Work("facepage");
  await Promise.all(
    Array.from({ length: 5 }, () =>
      work().piece(async () => {
        most = Math.max(most, ++now);
        await scheduler.wait(5);
        now--;
      }),
    ),
  );
  expect(most).toBe(1);
});
