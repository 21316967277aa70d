/** Reading what was said page by page: nothing twice, nothing left out, by `next` and by date. */
import { beforeEach, expect, test } from "vitest";
import type { Member } from "./member.ts";
import { all, follow, type Given, get, poll } from "./taxii-client.ts";
import { enrol, freshWorld } from "./world.ts";

let chirper: Member;
let facepage: Member;
let videotube: Member;
let agency: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  videotube = await enrol("videotube", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
});

const everyone = ["platforms", "law-enforcement"];
const indicators = [0, 1, 2].map((at) => ({ type: "domain", value: `harbour-${at}.example`, control: "operated" }));
const of = (status: string, ...ordinals: number[]) => ({ status, ordinals });
const shared = { share: "sight" };
const words = (objects: readonly Given[]) => objects.filter(({ type }) => type === "sighting" || type === "opinion");
const name = ({ id, modified }: Given) => `${id} ${modified}`;

async function tipTo(change: Record<string, unknown> = {}) {
  const { id, answer } = await chirper.submit(everyone, { indicators, ...change });
  return { id, digest: answer.body.digest as string };
}

test("pages with words hold the same objects in the same order, whatever a page holds, by `next` and by date", async () => {
  const ended = await tipTo();
  const revised = await tipTo();
  const tip = await tipTo();
  for (const each of [ended, revised, tip]) {
    await facepage.say(each, { status: "found", indicators: [of("actioned", 2, 0), of("received", 1)], ...shared });
    await agency.say(each, { indicators: [of("false_positive", 0, 1)], ...shared });
  }
  await follow(videotube);
  await chirper.withdraw(ended.id);
  await chirper.revise(revised.id, everyone, { indicators: indicators.slice(1) });
  await facepage.say(tip, { indicators: [of("no_violation", 2)], ...shared });
  const whole = await get(videotube, `${all}objects/?limit=1000`);
  expect(whole.body.more).toBeUndefined();
  const names = whole.body.objects.map(name);
  expect(words(whole.body.objects).length).toBeGreaterThan(20);
  const manifest = (await get(videotube, `${all}manifest/?limit=1000`)).body.objects;
  expect(manifest.map(({ id }: Given) => id)).toEqual(whole.body.objects.map(({ id }: Given) => id));
  const dates = manifest.map(({ date_added }: Given) => date_added);
  expect(dates).toEqual([...new Set(dates)].sort());
  for (const limit of [1, 3, 8, 21]) {
    expect((await follow(videotube, `${all}objects/`, `limit=${limit}`)).map(name), `limit ${limit}`).toEqual(names);
    expect((await poll(videotube, { limit })).objects.map(name), `by date, limit ${limit}`).toEqual(names);
  }
});

test("pages leave nothing out where so much was said that words share dates, alone or behind a tip", async () => {
  const many = Array.from({ length: 600 }, (_, at) => ({ type: "phone", value: `+49301234${1000 + at}` }));
  const tip = await tipTo({ indicators: many });
  const ordinals = many.map((_, at) => at);
  await facepage.say(tip, { indicators: [of("found", ...ordinals)] });
  const ids = async () => (await follow(chirper, `${all}objects/`, "limit=1000")).map(({ id }) => id);
  expect(await ids()).toHaveLength(4 + 1_200 + 1 + 1_200);
  expect((await poll(chirper, { limit: 170 })).objects.map(({ id }) => id)).toEqual(await ids());
  // The tip moves with the mark, and what was said of it with the tip.
  const appeal = { indicators: [0], version: 1 };
  expect((await videotube.call("POST", `/v1/tips/${tip.id}/appeals`, appeal)).status).toBe(200);
  const moved = await ids();
  expect(moved).toHaveLength(4 + 1_200 + 1 + 1_200);
  expect((await poll(chirper, { limit: 170 })).objects.map(({ id }) => id)).toEqual(moved);
});
