/** Sights: what the doors of others' tools hand out, when, and to whom. */
import { beforeEach, describe, expect, test } from "vitest";
import { addMember, removeMember } from "../../src/exchange/manage-groups.ts";
import {
  beginning,
  type Place,
  placeAfter,
  readSight,
  readSights,
  type Sight,
} from "../../src/exchange/read-sights.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
let agency: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
});

const domains = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ type: "domain", value: `site-${at}.example` }));
const usual = { most: 1_000, units: { tip: 4, indicator: 4 }, embargoed: false, ends: true, documents: false };

const reader = (member: Member) => ({ partner: member.slug, kid: "kid", purpose: "", places: [] });

async function page(member: Member, from: Place = beginning, options: Partial<typeof usual> = {}, now = Date.now()) {
  return readSights(await exchangeNow(now), reader(member), "taxii", from, { ...usual, ...options });
}
/** Each sight as its tip, version, and the ordinals of its indicators; an end as the ordinals that ended. */
const told = (sights: Sight[]) =>
  sights.map(({ row, indicators }) =>
    row.ended
      ? [row.tip, "ended", row.whole]
      : [row.tip, row.version, indicators.map(({ ordinal }) => ordinal).join(" ")],
  );

async function everything(member: Member, options: Partial<typeof usual> = {}) {
  const found: Sight[] = [];
  let from = beginning;
  for (let pages = 0; pages < 500; pages++) {
    const { sights, next, more } = await page(member, from, options);
    found.push(...sights);
    if (!more) return found;
    expect(next.seq * 1e5 + next.ordinal).toBeGreaterThan(from.seq * 1e5 + from.ordinal);
    from = next;
  }
  throw new Error("no end of pages");
}

describe("sights", () => {
  test("are the tips one may see, one's own too, each once and as it now is, in the order of sight", async () => {
    const first = await chirper.submit(["platforms"], { indicators: domains(3) });
    const second = await facepage.submit(["partner:chirper"], { indicators: domains(1) });
    await chirper.submit(["partner:cyber-unit"], { indicators: domains(1) });
    await chirper.revise(first.id, ["platforms"], { indicators: domains(2) });
    expect(told(await everything(facepage))).toEqual([
      [second.id, 1, "0"],
      [first.id, 2, "0 1"],
    ]);
    expect((await page(agency)).sights.map(({ row }) => row.through)).toEqual(["partner:cyber-unit"]);
  });

  test("come page by page without loss or repetition, whatever a page holds", async () => {
    for (const count of [3, 0, 7, 1, 12]) await chirper.submit(["platforms"], { indicators: domains(count) });
    const whole = told(await everything(facepage)).flatMap(([tip, , ordinals]) =>
      String(ordinals)
        .split(" ")
        .map((ordinal) => `${tip} ${ordinal}`),
    );
    expect(whole).toHaveLength(24);
    for (const most of [8, 9, 12, 17, 40]) {
      const paged = told(await everything(facepage, { most })).flatMap(([tip, , ordinals]) =>
        String(ordinals)
          .split(" ")
          .map((ordinal) => `${tip} ${ordinal}`),
      );
      expect(paged.filter((line) => whole.includes(line))).toEqual(whole);
    }
  });

  test("a page holds no more than is asked for, and records the tips on it alone", async () => {
    const tips = [];
    for (let at = 0; at < 4; at++) tips.push(await chirper.submit(["platforms"], { indicators: domains(5) }));
    const { sights, more } = await page(facepage, beginning, { most: 40 });
    expect(told(sights)).toEqual([
      [tips[0]!.id, 1, "0 1 2 3 4"],
      [tips[1]!.id, 1, "0 1 2"],
    ]);
    expect(more).toBe(true);
    const recorded = await all(
      ground(),
      sql<{
        tip: string;
      }>`SELECT t.tip FROM access_tip a JOIN tip t ON t.tip_no = a.tip_no WHERE a.door = 'taxii' ORDER BY a.tip_no`,
    );
    expect(recorded.map(({ tip }) => tip)).toEqual([tips[0]!.id, tips[1]!.id]);
  });

  test("an embargoed tip comes when its embargo is lifted, and before to who asks for such", async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await chirper.submit(["platforms"], {
      indicators: domains(1),
      embargo: { until, no: ["publication"] },
    });
    expect(told(await everything(facepage))).toEqual([]);
    expect(told(await everything(facepage, { embargoed: true }))).toEqual([[id, 1, "0"]]);
    const later = Date.parse(until) + 1_000;
    expect((await page(facepage, beginning, {}, later)).sights).toEqual([]);
    await runSchedule(await exchangeNow(later));
    const { sights } = await page(facepage, beginning, {}, later + 1_000);
    expect(told(sights)).toEqual([[id, 1, "0"]]);
    expect(Date.parse(sights[0]!.row.at)).toBeGreaterThanOrEqual(later);
    expect(told((await page(facepage, beginning, { embargoed: true }, later + 1_000)).sights)).toEqual([[id, 1, "0"]]);
  });

  test("who gains sight later finds the tip behind where it had read to", async () => {
    const { id } = await chirper.submit(["partner:cyber-unit"], { indicators: domains(1) });
    await chirper.submit(["platforms"], { indicators: domains(1) });
    const { next } = await page(facepage);
    await chirper.rescope(id, ["platforms"]);
    expect(told((await page(facepage, next)).sights)).toEqual([[id, 1, "0"]]);
  });

  test("an end comes to who was handed indicators, and to nobody else", async () => {
    const { id } = await chirper.submit(["platforms"], { indicators: domains(3) });
    const { next } = await page(facepage);
    const other = await enrol("other", "platform");
    await chirper.withdraw(id);
    expect(told((await page(facepage, next)).sights)).toEqual([[id, "ended", 3]]);
    expect(told(await everything(facepage))).toEqual([[id, "ended", 3]]);
    expect(told(await everything(other))).toEqual([]);
    expect(told(await everything(chirper))).toEqual([[id, "ended", 3]]);
    expect(told(await everything(facepage, { ends: false }))).toEqual([]);
  });

  test("an expired, a suspended and a recalled tip end, and one that is regained is there again", async () => {
    const recalled = await chirper.submit(["partner:facepage"], { indicators: domains(2) });
    const expiring = await chirper.submit(["platforms"], {
      indicators: domains(1),
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    });
    const { next } = await page(facepage);
    await chirper.rescope(recalled.id, ["partner:cyber-unit"]);
    const lost = await page(facepage, next);
    expect(told(lost.sights)).toEqual([[recalled.id, "ended", 2]]);
    await chirper.rescope(recalled.id, ["partner:facepage"]);
    const regained = await page(facepage, lost.next);
    expect(told(regained.sights)).toEqual([[recalled.id, 1, "0 1"]]);
    const later = Date.now() + 2 * 86_400_000;
    await runSchedule(await exchangeNow(later));
    expect(told((await page(facepage, regained.next, {}, later + 1)).sights)).toEqual([[expiring.id, "ended", 1]]);
  });

  test("indicators that a new version drops end, for who was handed them", async () => {
    const { id } = await chirper.submit(["platforms"], { indicators: domains(5) });
    await page(facepage);
    await chirper.revise(id, ["platforms"], { indicators: domains(2) });
    const [sight] = await everything(facepage);
    expect([sight!.indicators.length, sight!.row.total, sight!.row.whole]).toEqual([2, 2, 5]);
    const [own] = await everything(await enrol("other", "platform"));
    expect([own!.row.total, own!.row.whole]).toEqual([2, 2]);
  });

  test("what is hidden shows neither in a page nor in whether there is more", async () => {
    await chirper.submit(["platforms"], { indicators: domains(1) });
    for (let at = 0; at < 30; at++) {
      await chirper.submit(["platforms"], { indicators: domains(1) }, { except: ["facepage"] });
    }
    const { sights, more } = await page(facepage, beginning, { most: 8 });
    expect([sights.length, more]).toEqual([1, false]);
  });

  test("one who leaves a group sees no more of it, one who joins reads no past", async () => {
    await group("cell", [chirper, facepage]);
    const { id } = await chirper.submit(["group:cell"], { indicators: domains(1) });
    const other = await enrol("other", "platform");
    await addMember(await exchangeNow(), "cell", "other");
    expect(await everything(other)).toEqual([]);
    expect(told(await everything(facepage))).toEqual([[id, 1, "0"]]);
    await removeMember(await exchangeNow(), "cell", "facepage");
    await runSchedule(await exchangeNow());
    expect(told(await everything(facepage))).toEqual([[id, "ended", 1]]);
  });

  test("times rise from event to event, so that what came after a time is found by it", async () => {
    const first = await chirper.submit(["platforms"], { indicators: domains(1) });
    const second = await chirper.submit(["platforms"], { indicators: domains(1) });
    const [one, two] = await everything(facepage);
    expect(one!.row.at < two!.row.at).toBe(true);
    const from = await placeAfter(await exchangeNow(), one!.row.at);
    expect(told((await page(facepage, { seq: from.seq, ordinal: -1 })).sights).map(([tip]) => tip)).toContain(
      second.id,
    );
    expect(first.id).not.toBe(second.id);
  });
});

describe("one tip's sight", () => {
  const options = { embargoed: false, ends: true, documents: true };

  test("holds document and indicators for who may see it, and is not there for others", async () => {
    const { id } = await chirper.submit(["partner:facepage"], { indicators: domains(3) });
    const exchange = await exchangeNow();
    const sight = await readSight(exchange, reader(facepage), "misp", id, options);
    expect([sight!.document!.tip, sight!.indicators.length]).toEqual([id, 3]);
    expect(await readSight(exchange, reader(agency), "misp", id, options)).toBeUndefined();
    const one = await readSight(exchange, reader(facepage), "misp", id, { ...options, ordinal: 1, most: 1 });
    expect([one!.document, one!.indicators.map(({ ordinal }) => ordinal)]).toEqual([undefined, [1]]);
  });
});
