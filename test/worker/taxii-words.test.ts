/** What partners said of tips over TAXII: who is given it, when, as what, and how it is taken back. */
import { beforeEach, describe, expect, test } from "vitest";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import type { SharedTip } from "../../src/formats/shared-tip.ts";
import { feedbackObjects } from "../../src/formats/stix/feedback.ts";
import { identityId } from "../../src/formats/stix/head.ts";
import { idOf } from "../../src/formats/stix/ids.ts";
import { wordId } from "../../src/formats/stix/word-ids.ts";
import { batch, sql } from "../../src/store/database.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { all, follow, type Given, get, kept, poll } from "./taxii-client.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

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

const indicators = [0, 1, 2].map((at) => ({ type: "domain", value: `harbour-${at}.example`, control: "operated" }));
const everyone = ["platforms", "law-enforcement"];

async function tipTo(to = everyone, change: Record<string, unknown> = {}) {
  const { id, answer } = await chirper.submit(to, { indicators, ...change });
  return { id, digest: answer.body.digest as string };
}
const of = (status: string, ...ordinals: number[]) => ({ status, ordinals });
const shared = { share: "sight" };
const withAgencies = { ...shared, law_enforcement: true };

const isWord = ({ type }: Given) => type === "sighting" || type === "opinion";
const words = (objects: readonly Given[]) => objects.filter(isWord);
/** Each word as the last one to come of it: by whom, of which ordinal, and what it says. */
const said = (objects: Iterable<Given>, tip: string) => {
  const ordinals = new Map([0, 1, 2].map((at) => [idOf("indicator", tip, at), at]));
  ordinals.set(idOf("campaign", tip, 0), -1);
  return [...objects]
    .filter(isWord)
    .map(({ type, opinion, revoked, object_refs, sighting_of_ref }) => [
      ordinals.get(object_refs?.[0] ?? sighting_of_ref),
      revoked ? `no ${type}` : (opinion ?? type),
    ])
    .sort((one, other) => Number(one[0]) - Number(other[0]) || (String(one[1]) < String(other[1]) ? -1 : 1));
};
const has = async (member: Member, tip: string) => said(kept(await follow(member)).values(), tip);

test("what is said of a tip comes to its author at its own time, by itself, and as its giver's", async () => {
  const tip = await tipTo();
  const { last } = await poll(chirper, { limit: 100 });
  const seen = { count: 12, first: "2026-11-01" };
  await facepage.say(tip, { indicators: [{ ...of("found", 1), seen, note: "Ours." }, of("no_violation", 0)] });
  const { objects } = await poll(chirper, { limit: 100, after: last });
  expect(objects.map(({ type }) => type)).toEqual(["identity", "sighting", "opinion", "opinion"]);
  const giver = identityId(url, "facepage");
  expect(objects[0]).toMatchObject({ id: giver, name: "facepage" });
  expect(objects[1]).toMatchObject({
    id: wordId("sighting", tip.id, "facepage", 1),
    created_by_ref: giver,
    where_sighted_refs: [giver],
    sighting_of_ref: idOf("indicator", tip.id, 1),
    count: 12,
    first_seen: "2026-11-01T00:00:00.000Z",
    description: "Ours.",
  });
  expect(objects[3]).toMatchObject({ opinion: "disagree", object_refs: [idOf("indicator", tip.id, 0)] });
  const event = (await chirper.feed()).at(-1);
  const { headers } = await get(chirper, `${all}manifest/?added_after=${last}`);
  expect(headers.get("x-taxii-date-added-first")!.slice(0, 23)).toBe(event.at.slice(0, 23));
  for (const { modified } of words(objects)) expect(modified).toBe(event.at);
  expect((await poll(chirper, { limit: 100, after: headers.get("x-taxii-date-added-last")! })).objects).toEqual([]);
});

describe("who is given it:", () => {
  test("others what was shared with them, agencies only where the giver says so, its giver nothing", async () => {
    const tip = await tipTo();
    await facepage.say(tip, { indicators: [of("found", 0)] });
    await facepage.say(tip, { indicators: [of("no_violation", 1)], ...shared });
    await facepage.say(tip, { status: "false_positive", ...withAgencies });
    const whole = [
      [-1, "strongly-disagree"],
      [0, "agree"],
      [0, "sighting"],
      [1, "disagree"],
    ];
    expect(await has(chirper, tip.id)).toEqual(whole);
    expect(await has(videotube, tip.id)).toEqual([whole[0], whole[3]]);
    expect(await has(agency, tip.id)).toEqual([whole[0]]);
    expect(await has(facepage, tip.id)).toEqual([]);
  });

  test("nobody who gains sight later", async () => {
    const tip = await tipTo(["partner:facepage"]);
    await facepage.say(tip, { status: "found", ...shared });
    await chirper.rescope(tip.id, ["platforms"]);
    expect(await has(videotube, tip.id)).toEqual([]);
    expect((await has(chirper, tip.id)).length).toBe(2);
  });

  test("that something newer was said for the author alone shows to nobody else", async () => {
    const tip = await tipTo();
    await facepage.say(tip, { indicators: [of("found", 0)], ...shared });
    const before = await follow(videotube);
    await facepage.say(tip, { indicators: [of("false_positive", 0)] });
    expect(await follow(videotube)).toEqual(before);
    expect(await has(chirper, tip.id)).toEqual([
      [0, "no sighting"],
      [0, "strongly-disagree"],
    ]);
  });

  test("not who may not see its tip: neither by pages nor by its id", async () => {
    const tip = await tipTo(["partner:facepage"]);
    await facepage.say(tip, { status: "found", ...withAgencies });
    const nowhere = await get(videotube, `${all}objects/sighting--00000000-0000-4000-8000-000000000000/`);
    expect(nowhere.status).toBe(404);
    for (const { id } of words(await follow(chirper))) {
      expect((await get(chirper, `${all}objects/${id}/`)).status).toBe(200);
      for (const path of [`${all}objects/${id}/`, `${all}objects/${id}/versions/`]) {
        const { status, body } = await get(videotube, path);
        expect([status, body]).toEqual([404, nowhere.body]);
      }
      expect((await get(videotube, `${all}objects/?match[id]=${id}`)).body).toEqual({});
    }
  });
});

describe("a newer word of a partner", () => {
  test("is a later version of the same object, stands once, and revokes what it says no more", async () => {
    const tip = await tipTo();
    await facepage.say(tip, { indicators: [of("found", 0, 1, 2)], ...shared });
    const first = kept(await follow(videotube));
    await facepage.say(tip, { indicators: [of("false_positive", 1), of("outdated", 2)], ...shared });
    const objects = await follow(videotube);
    const ids = words(objects).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const expected = [
      [0, "agree"],
      [0, "sighting"],
      [1, "no sighting"],
      [1, "strongly-disagree"],
      [2, "no opinion"],
      [2, "no sighting"],
    ];
    expect(said(kept(objects).values(), tip.id)).toEqual(expected);
    for (const object of words(objects)) {
      const before = first.get(object.id)!;
      expect(object.created).toBe(before.created);
      const isChanged =
        object.object_refs?.[0] !== idOf("indicator", tip.id, 0) && object.sighting_of_ref === undefined;
      if (isChanged) expect(object.modified > before.modified).toBe(true);
    }
  });

  test("reaches who goes on from where it was", async () => {
    const tip = await tipTo();
    await facepage.say(tip, { indicators: [of("found", 0)] });
    const { objects, last } = await poll(chirper, { limit: 3 });
    await facepage.say(tip, { indicators: [of("not_found", 0)] });
    const news = await poll(chirper, { limit: 3, after: last });
    expect(said(kept(news.objects, kept(objects)).values(), tip.id)).toEqual([
      [0, "no opinion"],
      [0, "no sighting"],
    ]);
  });
});

describe("what was said is taken back from who had it,", () => {
  const strongly = (...ordinals: number[]) => ordinals.map((at) => [at, "strongly-disagree"]);
  const gone = [
    [-1, "no opinion"],
    [0, "no opinion"],
    [0, "no sighting"],
  ];
  async function told() {
    const tip = await tipTo();
    await facepage.say(tip, {
      status: "no_violation",
      indicators: [{ ...of("found", 0), note: "Secret." }],
      ...shared,
    });
    const read = new Map<Member, { held: Map<string, Given>; after: string }>();
    for (const member of [chirper, videotube]) {
      const { objects, last } = await poll(member, { limit: 100 });
      read.set(member, { held: kept(objects), after: last });
    }
    const now = async (member: Member) => {
      const { held, after } = read.get(member)!;
      const { objects } = await poll(member, { limit: 4, after });
      return { news: words(objects), held: said(kept(objects, held).values(), tip.id) };
    };
    return { tip, now };
  }

  test.each(["a day after", "after its content was erased"])("when the tip is withdrawn, %s", async (when) => {
    const { tip, now } = await told();
    await chirper.withdraw(tip.id);
    if (when !== "a day after") await runSchedule(await exchangeNow(Date.now() + 40 * 86_400_000));
    for (const member of [chirper, videotube]) {
      const { news, held } = await now(member);
      expect(held).toEqual(gone);
      expect(JSON.stringify(news)).not.toMatch(/Secret|disagree|facepage/);
      for (const object of news)
        expect((await get(member, `${all}objects/${object.id}/`)).body.objects).toEqual([object]);
    }
    expect(words(await follow(facepage))).toEqual([]);
  });

  test("when the reader loses sight, and comes again with the tip when it gains it", async () => {
    const { tip, now } = await told();
    await chirper.rescope(tip.id, ["partner:facepage"]);
    expect((await now(videotube)).held).toEqual(gone);
    await chirper.rescope(tip.id, everyone);
    expect((await now(videotube)).held).toEqual([
      [-1, "disagree"],
      [0, "agree"],
      [0, "sighting"],
    ]);
  });

  test("when a new version changes the indicator; what it leaves as it was, in its place, keeps what was said of it", async () => {
    const { tip, now } = await told();
    await facepage.say(tip, { indicators: [of("false_positive", 1, 2)], ...shared });
    const { held } = await now(videotube);
    const [whole, agrees, sighted] = held;
    expect(held).toEqual([[-1, "disagree"], [0, "agree"], [0, "sighting"], ...strongly(1, 2)]);
    // The first two change places, the third stays.
    const [one, two, three] = indicators;
    await chirper.revise(tip.id, everyone, { indicators: [two, one, three] });
    const after = [whole, ...gone.slice(1), [1, "no opinion"], ...strongly(2)];
    expect((await now(videotube)).held).toEqual(after);
    const { answer } = await chirper.revise(tip.id, everyone, { indicators: [one, two, three] });
    expect((await now(videotube)).held).toEqual(after);
    const word = { status: "found", indicators: [of("found", 0), of("received", 2)], ...shared };
    await facepage.say({ id: tip.id, digest: answer.body.digest, version: 3 }, word);
    const again = [[-1, "agree"], [-1, "sighting"], agrees, sighted, [1, "no opinion"], [2, "no opinion"]];
    expect((await now(videotube)).held).toEqual(again);
    expect(await has(videotube, tip.id)).toEqual(again);
  });

  test("and is not given any more where its key was compromised", async () => {
    const { tip } = await told();
    await compromiseKey(await exchangeNow(), "facepage", facepage.signer.kid, "2020-01-01T00:00:00.000Z", undefined);
    for (const member of [chirper, videotube]) {
      expect(await has(member, tip.id)).toEqual(gone);
      expect(JSON.stringify(await follow(member))).not.toContain("Secret");
    }
  });
});

test("said under an embargo, it comes with the tip when that is over, and before to who asks for such alone", async () => {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const tip = await tipTo(everyone, { embargo: { until, no: ["publication"] } });
  await facepage.say(tip, { indicators: [of("found", 0)], ...shared });
  const { last } = await poll(videotube, { limit: 100 });
  expect(await has(videotube, tip.id)).toEqual([]);
  const found = words(await follow(videotube, "/taxii2/embargoed/collections/all/objects/"));
  expect(found).toHaveLength(2);
  for (const { id } of found) expect((await get(videotube, `${all}objects/${id}/`)).status).toBe(404);
  await batch(ground(), [sql`UPDATE tip SET embargo_until = ${new Date(Date.now() - 1).toISOString()}`]);
  await runSchedule(await exchangeNow());
  const { objects } = await poll(videotube, { limit: 5, after: last });
  expect(words(objects).map(({ id }) => id)).toEqual(found.map(({ id }) => id));
});

test("every object is there by its id as the page has it, and by its type alone; collections part words with their tips", async () => {
  const tip = await tipTo();
  await facepage.say(tip, { status: "found", indicators: [of("false_positive", 2), of("received", 1)], ...shared });
  await agency.say(tip, { indicators: [of("actioned", 0)] });
  await chirper.submit(["platforms"], { tlp: "green", indicators: [] });
  await videotube.say(tip, { indicators: [of("no_violation", 0)] });
  const objects = await follow(chirper, `${all}objects/`, "limit=5");
  expect(words(objects)).toHaveLength(6);
  for (const object of objects.filter(({ id }) => id !== identityId(url, "chirper")))
    if (object.type !== "marking-definition")
      expect((await get(chirper, `${all}objects/${object.id}/`)).body, object.type).toEqual({ objects: [object] });
  for (const type of ["sighting", "opinion", "sighting,opinion", "identity"]) {
    const fitting = objects.filter((object) => type.split(",").includes(object.type));
    for (const limit of [1, 2, 100])
      expect(await follow(chirper, `${all}objects/`, `limit=${limit}&match[type]=${type}`)).toEqual(fitting);
  }
  expect(words(await follow(chirper, "/taxii2/tips/collections/tlp-amber/objects/"))).toHaveLength(6);
  expect(words(await follow(chirper, "/taxii2/tips/collections/tlp-green/objects/"))).toEqual([]);
});

test("the file that tipoff export makes has the same objects", async () => {
  const tip = await tipTo();
  await facepage.say(tip, { indicators: [of("found", 0, 1)], note: "Ours.", ...shared });
  await facepage.say(tip, { status: "no_violation", indicators: [of("false_positive", 1)], ...shared });
  const given = (objects: readonly Given[]) =>
    words(objects).flatMap(({ modified: _, object_marking_refs: __, ...object }) => (object.revoked ? [] : [object]));
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
  for (const member of [chirper, videotube]) {
    const { feedback, version } = (await member.heard(tip.id)).body;
    const of = { exchange: url, tip: tip.id, version, document: { tlp: "amber" } } as unknown as SharedTip;
    const file = feedbackObjects({ ...of, from: { slug: "chirper" } } as SharedTip, new Set([0, 1, 2]), feedback);
    expect(given(await follow(member)).sort(byId)).toEqual(given(file as unknown as Given[]).sort(byId));
  }
});

test("a word that is read is a reading of its tip", async () => {
  const tip = await tipTo();
  await facepage.say(tip, { status: "found", ...shared });
  const [word] = words(await follow(chirper));
  const readers = async () =>
    (await chirper.call("GET", `/v1/tips/${tip.id}/accesses`)).body.accesses.map(({ partner }: Given) => partner);
  expect(await readers()).toEqual([]);
  await get(videotube, `${all}objects/${word!.id}/versions/`);
  expect(await readers()).toEqual(["videotube"]);
});
