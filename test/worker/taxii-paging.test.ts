/** Reading collections page by page: nothing twice, nothing left out, by `next` and by date. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Member } from "./member.ts";
import { all, follow, type Given, get, poll } from "./taxii-client.ts";
import { enrol, freshWorld, setBurst } from "./world.ts";

let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});

const domains = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ type: "domain", value: `site-${from + at}.example` }));
/** Two objects for a phone, four for a domain. */
const mixed = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    at % 3 === 1 ? { type: "phone", value: `+4930123456${at}` } : { type: "domain", value: `mixed-${at}.example` },
  );
const name = ({ id, modified, created }: Given) => `${id} ${modified ?? created}`;

async function fill(): Promise<void> {
  await chirper.submit(["platforms"], { indicators: mixed(4) });
  await chirper.submit(["platforms"], { indicators: [] });
  await facepage.submit(["partner:chirper"], { indicators: domains(2) });
  const { id } = await chirper.submit(["platforms"], { indicators: domains(2, 10) });
  await chirper.submit(["platforms"], { indicators: mixed(1), tlp: "green" });
  await follow(facepage);
  await chirper.withdraw(id);
  const { id: revised } = await chirper.submit(["platforms"], { indicators: domains(3, 20) });
  await follow(facepage);
  await chirper.revise(revised, ["platforms"], { indicators: domains(1, 20) });
}

describe("a collection", () => {
  test("gives the same objects in the same order, whatever a page holds", async () => {
    await fill();
    const whole = await get(facepage, `${all}objects/?limit=1000`);
    expect(whole.body.more).toBeUndefined();
    const names = whole.body.objects.map(name);
    expect(names.length).toBeGreaterThan(40);
    for (let limit = 1; limit <= 20; limit++) {
      expect((await follow(facepage, `${all}objects/`, `limit=${limit}`)).map(name), `limit ${limit}`).toEqual(names);
      if (![1, 2, 3, 7, 13].includes(limit)) continue;
      expect((await poll(facepage, { limit })).objects.map(name), `by date, limit ${limit}`).toEqual(names);
    }
  });

  test("is quiet for a client that keeps milliseconds alone, once it has read to the end", async () => {
    await fill();
    const { headers } = await get(facepage, `${all}objects/?limit=1000`);
    const last = headers.get("x-taxii-date-added-last")!;
    const kept = new Date(Date.parse(last)).toISOString();
    expect((await get(facepage, `${all}objects/?added_after=${kept}`)).body.objects).toBeUndefined();
    const { id } = await chirper.submit(["platforms"], { indicators: domains(1, 90) });
    const news = (await get(facepage, `${all}objects/?added_after=${kept}`)).body.objects;
    expect(news.map(({ type }: Given) => type)).toContain("campaign");
    expect(news).toHaveLength(8);
    // From any time within a tip on: what was added after it, and nothing before.
    const whole = await get(facepage, `${all}manifest/?limit=1000`);
    const dates: string[] = whole.body.objects.map(({ date_added }: Given) => date_added);
    for (const after of [dates.at(-2)!, dates.at(-1)!.replace("000Z", "001Z"), `${dates.at(-2)!.slice(0, -4)}999Z`]) {
      const rest = (await get(facepage, `${all}manifest/?added_after=${after}`)).body.objects ?? [];
      expect(
        rest.map(({ date_added }: Given) => date_added),
        after,
      ).toEqual(dates.filter((date) => date > after));
    }
    expect(id).toBeTruthy();
  });

  test("is found in few pages by who filters for what is rare, however small they are", async () => {
    await chirper.submit(["platforms"], { indicators: domains(300) });
    await chirper.submit(["platforms"], { indicators: [{ type: "email", value: "rare@harbour.example" }] });
    let pages = 0;
    let next = "";
    for (let more = true; more; pages++) {
      const { body } = await get(facepage, `${all}objects/?match[type]=email-addr&limit=1${next && `&next=${next}`}`);
      next = body.next;
      more = body.more === true;
      if (body.objects) expect(body.objects[0].value).toBe("rare@harbour.example");
    }
    expect(pages).toBeLessThan(12);
  });

  test("is read on in small pages by who has to leave others their share", async () => {
    await chirper.submit(["platforms"], { indicators: domains(400) });
    setBurst(0);
    const sizes: number[] = [];
    let next = "";
    for (let more = true; more; ) {
      await get(chirper, `${all}objects/?limit=1`);
      const { status, body } = await get(facepage, `${all}objects/?limit=1000${next && `&next=${next}`}`);
      expect(status).toBe(200);
      sizes.push(body.objects.length);
      next = body.next;
      more = body.more === true;
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4 + 4 * 400);
    expect(Math.min(...sizes.slice(0, -1))).toBeLessThan(410);
  });
});
