/** Disputes: whose word silences what, what ends one, and that neither puppets nor a flood silence anybody. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

const day = 86_400_000;
const before = (days: number) => new Date(Date.now() - days * day).toISOString();
const enrolledAt = (member: Member, days: number) =>
  batch(ground(), [sql`UPDATE partner SET enrolled_at = ${before(days)} WHERE slug = ${member.slug}`]);

let author: Member;
let host: Member;
let one: Member;
let two: Member;

const indicators = [
  { type: "account", platform: "facepage", id: "1", control: "operated" },
  { type: "domain", value: "harbour-1.example", control: "operated" },
  { type: "domain", value: "harbour-2.example", control: "operated" },
];

beforeEach(async () => {
  await freshWorld();
  author = await enrol("chirper", "platform", { platforms: ["chirper"], ownership: "chirper-inc" });
  host = await enrol("facepage", "platform", { platforms: ["facepage"] });
  one = await enrol("photogram", "platform", { ownership: "gram-inc" });
  two = await enrol("videotube", "platform", { ownership: "tube-inc" });
  for (const each of [author, host, one, two]) await enrolledAt(each, 31);
});

interface Tip {
  id: string;
  digest: string;
  version?: number;
}

async function publish(list: object[] = indicators): Promise<Tip> {
  const { id, answer } = await author.submit(["platforms"], { indicators: list });
  expect(answer.status).toBe(201);
  return { id, digest: answer.body.digest };
}

const against = (who: Member, tip: Tip, ordinals: number[], status = "false_positive") =>
  who.say(tip, { indicators: [{ ordinals, status }] });

const marks = async (tip: Tip, who = two) => (await who.call("GET", `/v1/tips/${tip.id}`)).body.marks;
const disputes = async (tip: Tip, who = author) => (await who.call("GET", `/v1/tips/${tip.id}/disputes`)).body.disputes;
const told = async (who: Member, type: string) => (await who.feed()).filter((event) => event.type === type);
const confirm = (tip: Tip, ordinal: number, reason = "It paid for the others.", who = author) =>
  who.call("POST", `/v1/tips/${tip.id}/disputes/${ordinal}/confirmation`, { reason });

test("the platform that hosts an indicator disputes it alone, and of the others it has one voice as anybody", async () => {
  const tip = await publish();
  await enrolledAt(host, 1);
  expect((await against(host, tip, [0, 1])).status).toBe(201);
  expect(await marks(tip)).toEqual({ disputed: [0] });
});

test("elsewhere it takes two partners that are attested as unrelated", async () => {
  const tip = await publish();
  await against(one, tip, [1, 2]);
  expect(await marks(tip)).toBeUndefined();
  await against(two, tip, [1]);
  expect(await marks(tip)).toEqual({ disputed: [1] });
});

test.each([
  ["two of one ownership", { ownership: "gram-inc" }, 31],
  ["one of the author's own", { ownership: "chirper-inc" }, 31],
  ["one that nobody attested", {}, 31],
  ["a puppet enrolled yesterday", { ownership: "puppet-inc" }, 1],
] as const)("%s silence nothing", async (_who, options, days) => {
  const tip = await publish();
  const second = await enrol("second", "platform", options);
  await enrolledAt(second, days);
  await against(one, tip, [1]);
  await against(second, tip, [1]);
  expect(await marks(tip)).toBeUndefined();
  expect(await disputes(tip)).toEqual([]);
});

test("an agency's word is feedback and no voice", async () => {
  const police = await enrol("cyber-unit", "law_enforcement", { ownership: "the-state" });
  await enrolledAt(police, 100);
  const { id, answer } = await author.submit(["platforms", "law-enforcement"], { indicators });
  const tip = { id, digest: answer.body.digest };
  await against(one, tip, [1]);
  expect((await against(police, tip, [1])).status).toBe(201);
  expect(await marks(tip)).toBeUndefined();
});

test("a flood of disputes ends at a share of the tip and at a partner's budget", async () => {
  const many = Array.from({ length: 600 }, (_, at) => ({
    type: "domain",
    value: `d${at}.example`,
    control: "operated",
  }));
  const [big, small] = [await publish(many), await publish(many.slice(0, 10))];
  const all600 = many.map((_, at) => at);
  for (const each of [one, two]) await against(each, small, all600.slice(0, 10));
  expect((await marks(small)).disputed).toHaveLength(10 * limits.disputes.share);
  for (const each of [one, two]) await against(each, big, all600);
  expect((await marks(big)).disputed).toHaveLength(limits.disputes.indicators - 10 * limits.disputes.share);
});

test("it is told to all who see the tip, and who disputes it to the author alone", async () => {
  const tip = await publish();
  await against(one, tip, [1]);
  await against(two, tip, [1]);
  const [mine] = await told(author, "disputed");
  expect(mine).toMatchObject({ tip: tip.id, indicators: [1], by: ["photogram", "videotube"], marked: { disputed: 1 } });
  for (const other of [host, one, two]) {
    const [theirs, more] = await told(other, "disputed");
    expect(more).toBeUndefined();
    expect(theirs).toMatchObject({ indicators: [1], marked: { disputed: 1 } });
    expect(Object.keys(theirs)).not.toContain("by");
    expect(await disputes(tip, other)).toEqual([
      { ordinal: 1, version: 1, state: "open", opened_at: expect.any(String) },
    ]);
  }
  expect(await disputes(tip)).toMatchObject([{ ordinal: 1, state: "open", by: ["photogram", "videotube"] }]);
  const outsider = await enrol("outsider", "research");
  expect((await outsider.call("GET", `/v1/tips/${tip.id}/disputes`)).status).toBe(404);
});

test("the author confirms with a reason, and the same voices carry no dispute again while the indicator stays", async () => {
  const tip = await publish();
  await against(host, tip, [0]);
  expect((await confirm(tip, 0, "", author)).status).toBe(422);
  for (const other of [host, one]) expect((await confirm(tip, 0, "x", other)).status).toBe(404);
  expect((await confirm(tip, 1)).status).toBe(404);
  const done = await confirm(tip, 0);
  expect(done).toMatchObject({ status: 200, body: { state: "confirmed", ordinal: 0 } });
  expect((await confirm(tip, 0)).body).toEqual(done.body);
  expect(await marks(tip)).toBeUndefined();
  expect(await told(two, "undisputed")).toMatchObject([{ indicators: [0], outcome: "confirmed" }]);
  expect(await disputes(tip, one)).toMatchObject([{ state: "confirmed", reason: "It paid for the others." }]);
  await against(host, tip, [0]);
  const kept = await revised(tip, indicators);
  await against(host, kept, [0]);
  expect(await marks(tip)).toBeUndefined();
  const changed = await revised(tip, [{ ...indicators[0], note: "Told otherwise." }, ...indicators.slice(1)]);
  await against(host, changed, [0]);
  expect(await marks(tip)).toEqual({ disputed: [0] });
});

async function revised(tip: Tip, list: object[]): Promise<Tip> {
  const { answer } = await author.revise(tip.id, ["platforms"], { indicators: list });
  expect(answer.status).toBe(201);
  return { id: tip.id, digest: answer.body.digest, version: answer.body.version };
}

test("a new version corrects what it changes, drops what it leaves out, and carries the rest along", async () => {
  const tip = await publish([...indicators, { type: "domain", value: "harbour-3.example", control: "operated" }]);
  await against(host, tip, [0]);
  await openAll(tip, [1, 2, 3]);
  const next = await revised(tip, [indicators[2]!, indicators[0]!, { ...indicators[1], note: "Ours, in fact." }]);
  expect(await marks(next)).toEqual({ disputed: [0, 1] });
  const outcomes = await told(two, "undisputed");
  expect(outcomes.map(({ outcome, indicators }) => [outcome, indicators])).toEqual([
    ["corrected", [2]],
    ["dropped", [3]],
  ]);
  const states = (await disputes(tip)).map(({ ordinal, version, state }: any) => [ordinal, version, state]);
  expect(states.sort()).toEqual([
    [0, 2, "open"],
    [1, 2, "open"],
    [2, 2, "corrected"],
    [3, 1, "dropped"],
  ]);
  // A recall or a revision that follows is addressed to nobody else by that.
  expect((await told(two, "revised")).length).toBe(1);
});

/** By the host of everything: its places are the indicators'. */
async function openAll(tip: Tip, ordinals: number[]): Promise<void> {
  const owner = await enrol("registrar", "platform", {
    domains: ordinals.map((ordinal) => `harbour-${ordinal}.example`),
  });
  await against(owner, tip, ordinals);
}

test("undecided for 14 days it is marked so, once, and told", async () => {
  const tip = await publish();
  await against(host, tip, [0]);
  await runSchedule(await exchangeNow(Date.now() + 13 * day));
  expect(await marks(tip)).toEqual({ disputed: [0] });
  for (const days of [14.1, 15]) await runSchedule(await exchangeNow(Date.now() + days * day));
  expect(await marks(tip)).toEqual({ disputed: [0], undecided: [0] });
  expect((await told(one, "disputed")).map(({ undecided }) => undecided)).toEqual([undefined, true]);
  expect((await confirm(tip, 0)).status).toBe(200);
  expect(await marks(tip)).toBeUndefined();
});

test("whoever takes its word back takes its voice back, for as long as the indicator stays as it is", async () => {
  const tip = await publish();
  await against(one, tip, [1]);
  await against(two, tip, [1]);
  await against(two, tip, [1], "found");
  expect(await marks(tip)).toBeUndefined();
  expect(await told(host, "undisputed")).toMatchObject([{ indicators: [1], outcome: "taken-back" }]);
  await against(two, tip, [1]);
  expect(await marks(tip)).toBeUndefined();
  const third = await enrol("third", "platform", { ownership: "third-inc" });
  await enrolledAt(third, 31);
  await against(third, tip, [1]);
  expect(await marks(tip)).toEqual({ disputed: [1] });
  await against(two, tip, [1], "found");
  expect(await marks(tip)).toEqual({ disputed: [1] });
});

test("of voices at the same moment one opens the dispute, and of two decisions one counts", async () => {
  const tip = await publish();
  await Promise.all([against(one, tip, [1]), against(two, tip, [1]), against(host, tip, [0])]);
  expect(await marks(tip)).toEqual({ disputed: [0, 1] });
  expect((await told(author, "disputed")).flatMap(({ indicators }) => indicators).sort()).toEqual([0, 1]);
  const done = await Promise.all([confirm(tip, 1), confirm(tip, 1), against(two, tip, [1], "found")]);
  expect(done.filter(({ status }) => status >= 500)).toEqual([]);
  expect(await told(author, "undisputed")).toHaveLength(1);
  expect(await marks(tip)).toEqual({ disputed: [0] });
});

test("voices under a stolen key carry nothing, and its partner may speak again", async () => {
  const tip = await publish();
  await against(one, tip, [1]);
  const since = new Date().toISOString();
  await against(two, tip, [1]);
  await against(host, tip, [0]);
  await compromiseKey(await exchangeNow(), two.slug, two.signer.kid, since, undefined);
  await runSchedule(await exchangeNow());
  expect(await marks(tip, one)).toEqual({ disputed: [0] });
  expect(await told(one, "undisputed")).toMatchObject([{ indicators: [1], outcome: "taken-back" }]);
  await runSchedule(await exchangeNow());
  expect(await told(one, "undisputed")).toHaveLength(1);
  const third = await enrol("third", "platform", { ownership: "third-inc" });
  await enrolledAt(third, 31);
  await against(third, tip, [1]);
  expect(await marks(tip, one)).toEqual({ disputed: [0, 1] });
});

test("with the tip's content its disputes are erased, the reason too", async () => {
  const tip = await publish();
  await against(host, tip, [0]);
  await confirm(tip, 0);
  await author.withdraw(tip.id);
  await runSchedule(await exchangeNow(Date.now() + 60 * day));
  for (const table of ["dispute", "dispute_voice"])
    expect(await all(ground(), sql`SELECT * FROM ${sql.identifier(table)}`)).toEqual([]);
});
