/** What TAXII tells an author, and other readers, of who asked and who read: nothing by what is there. */
import { beforeEach, describe, expect, test } from "vitest";
import { observableId } from "../../src/formats/stix/uuid.ts";
import { keepOnSchedule } from "../../src/taxii/keep-observables.ts";
import type { Member } from "./member.ts";
import { all, follow, get } from "./taxii-client.ts";
import { enrol, exchangeNow, freshWorld } from "./world.ts";

let chirper: Member;
let facepage: Member;
let agency: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
});

const asked = observableId("domain-name", { value: "harbour-news.example" });
const listed = async (tip: string) => (await chirper.call("GET", `/v1/tips/${tip}/accesses`)).body.accesses;

describe("an observable asked for by its id, which is made of its value", () => {
  for (const path of [`objects/${asked}/`, `objects/${asked}/versions/`, `objects/?match[id]=${asked}`])
    test(`is a question: the author is not told, ${path.replace(asked, "…")}`, async () => {
      const { id } = await chirper.submit(["platforms"]);
      await keepOnSchedule(await exchangeNow());
      const { status, body } = await get(facepage, all + path);
      expect([status, Object.keys(body)]).toEqual([200, [expect.stringMatching(/^(objects|versions)$/)]]);
      expect(await listed(id)).toEqual([]);
      expect((await facepage.call("GET", "/v1/accesses")).body.accesses).toMatchObject([{ tip: id, door: "match" }]);
    });

  test("is answered with it alone: what leads to the tip is a reading", async () => {
    const { id } = await chirper.submit(["platforms"]);
    await keepOnSchedule(await exchangeNow());
    const { objects } = (await get(facepage, `${all}objects/${asked}/`)).body;
    expect(objects.map(({ type }: { type: string }) => type)).toEqual(["domain-name"]);
    await get(facepage, `${all}objects/?match[id]=${objects[0].object_marking_refs[1]}`);
    expect(await listed(id)).toMatchObject([{ partner: "facepage" }]);
  });
});

test("whether others have read a tip does not show by what is found: neither to its author nor to who sees it too", async () => {
  await chirper.submit(["platforms", "law-enforcement"]);
  const found = async () => {
    const answers = [];
    for (const member of [chirper, facepage]) answers.push((await get(member, `${all}objects/${asked}/`)).status);
    return answers;
  };
  const before = await found();
  await follow(agency);
  expect(await found()).toEqual(before);
  await keepOnSchedule(await exchangeNow());
  expect(await found()).toEqual([200, 200]);
});

test("observables are found a run of the schedule after their tip was accepted, of every version, however many", async () => {
  const values = (from: number) =>
    Array.from({ length: 1_500 }, (_, at) => ({ type: "domain", value: `site-${from + at}.example` }));
  const status = async (value: string) =>
    (await get(facepage, `${all}objects/${observableId("domain-name", { value })}/`)).status;
  const first = await chirper.submit(["platforms"], { indicators: values(0) });
  for (const from of [1_500, 3_000]) await chirper.submit(["platforms"], { indicators: values(from) });
  await keepOnSchedule(await exchangeNow());
  for (const at of [0, 1_499, 1_500, 4_499]) expect(await status(`site-${at}.example`)).toBe(200);
  await chirper.revise(first.id, ["platforms"], { indicators: [{ type: "domain", value: "later.example" }] });
  await keepOnSchedule(await exchangeNow());
  expect([await status("site-0.example"), await status("later.example")]).toEqual([404, 200]);
});
