/** Reading collections page by page: nothing twice, nothing left out, by `next` and by date. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Member } from "./member.ts";
import { all, follow, type Given, get, poll } from "./taxii-client.ts";
import { enrol, freshWorld } from "./world.ts";

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
});
