/** A partner's own figures: equal to a small model of them, the same after what was counted was taken back, and nobody else's. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

const day = 86_400_000;
let chirper: Member;
let videotube: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  videotube = await enrol("videotube", "platform");
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"], domains: ["facepage.example"] });
});

const stats = async (member: Member, query = "") => (await member.call("GET", `/v1/stats${query}`)).body;
const pages = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ type: "account", platform: "facepage", kind: "page", id: `${id + 1}` }));
const domains = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ type: "domain", value: `harbour-${at}.example`, control: "operated" }));

const words = ["found", "known", "actioned", "no_violation", "false_positive", "not_found", "reviewing"] as const;
const statusOf = (word: (typeof words)[number]) =>
  word === "known" ? { status: "found", already_known: true } : { status: word };

test("are what the model says: of senders and groups, with false positives' share and the median of hours", async () => {
  await group("cell", [chirper, videotube, facepage]);
  /** As they are given: author, to, own pages, other indicators, hours until the first word, a word for each indicator. */
  const made = [
    [chirper, "group:cell", 3, 1, 2, ["found", "known", "actioned", "false_positive"]],
    [chirper, "platforms", 0, 2, 9, ["no_violation", "not_found"]],
    [chirper, "group:cell", 1, 0, undefined, []],
    [videotube, "platforms", 2, 0, 4.5, ["false_positive", "reviewing"]],
  ] as const;
  const received = await Promise.all(
    made.map(async ([author, to, own, others, hours, said]) => {
      const { id, answer } = await author.submit([to], { indicators: [...pages(own), ...domains(others)] });
      return {
        id,
        digest: answer.body.digest as string,
        author,
        to,
        own,
        hours,
        said: said as readonly (typeof words)[number][],
      };
    }),
  );
  await facepage.call("GET", "/v1/tips");
  for (const { id, digest, hours, said, author } of received) {
    if (hours === undefined) continue;
    const indicators = said.map((word, at) => ({ ordinals: [at], ...statusOf(word) }));
    expect((await facepage.say({ id, digest }, { indicators })).status).toBe(201);
    const later = new Date(Date.now() + hours * 3_600_000).toISOString();
    await batch(ground(), [
      sql`UPDATE feedback SET accepted_at = ${later} WHERE digest = (
      SELECT f.digest FROM feedback f JOIN tip t ON t.tip_no = f.tip_no WHERE t.tip = ${id} AND t.author = ${author.slug})`,
    ]);
  }
  const model = (tips: typeof received) => {
    const count = (...wanted: string[]) =>
      tips.flatMap(({ said }) => said).filter((word) => wanted.includes(word)).length;
    const hours = tips.flatMap((tip) => tip.hours ?? []).sort((a, b) => a - b);
    const judged = count("found", "known", "actioned", "no_violation", "false_positive");
    const [low, high] = [hours[(hours.length - 1) >> 1], hours[hours.length >> 1]];
    return {
      tips: tips.length,
      tips_for_you: tips.filter(({ own }) => own > 0).length,
      indicators_for_you: tips.reduce((sum, { own }) => sum + own, 0),
      answered: hours.length,
      found: count("found", "known", "actioned"),
      new_to_you: count("found", "actioned"),
      actioned: count("actioned"),
      false_positives: count("false_positive"),
      false_positive_share: judged === 0 ? null : Number((count("false_positive") / judged).toFixed(3)),
      median_hours: low === undefined ? null : Number(((low + high!) / 2).toFixed(1)),
    };
  };
  const of = (pick: (tip: (typeof received)[number]) => boolean) => model(received.filter(pick));
  const total = model(received);
  expect(await stats(facepage)).toMatchObject({
    rows: [
      { from: "chirper", ...of(({ author }) => author === chirper) },
      { from: "videotube", ...of(({ author }) => author === videotube) },
    ],
    total,
  });
  expect(await stats(facepage, "?by=group")).toMatchObject({
    rows: [
      { through: "group:cell", ...of(({ to }) => to === "group:cell") },
      { through: "platforms", ...of(({ to }) => to === "platforms") },
    ],
    total,
  });
  // Who wrote them, and who only has sight, has figures of its own.
  expect((await stats(chirper)).total).toMatchObject({ tips: 0, answered: 0, median_hours: null });
});

test("stay as they are when a tip is revised, rescoped, withdrawn and erased; a key's compromise takes its words", async () => {
  const { id, answer } = await chirper.submit(["platforms"], { indicators: [...pages(2), ...domains(1)] });
  await facepage.call("GET", `/v1/tips/${id}`);
  const digest = answer.body.digest as string;
  const indicators = [
    { ordinals: [0, 2], status: "actioned" },
    { ordinals: [1], status: "false_positive" },
  ];
  await facepage.say({ id, digest }, { indicators });
  const before = await stats(facepage);
  expect(before.total).toMatchObject({ tips: 1, indicators_for_you: 2, actioned: 2, false_positives: 1 });
  // The one that was wrong is dropped, and another is there.
  await chirper.revise(id, ["platforms"], { indicators: [...pages(1), ...domains(3)] });
  expect(await stats(facepage)).toEqual(before);
  await chirper.rescope(id, ["partner:videotube"]);
  expect(await stats(facepage)).toEqual(before);
  await chirper.withdraw(id);
  const today = new Date().toISOString().slice(0, 10);
  for (let run = 0; run < 2; run++)
    await runSchedule(await exchangeNow(Date.now() + (limits.withdrawn_days + 1) * day));
  expect(await stats(facepage, `?to=${today}`)).toEqual(before);
  await batch(ground(), [sql`UPDATE feedback SET void = 1`, sql`DELETE FROM feedback_standing`]);
  expect((await stats(facepage)).total).toMatchObject({ tips: 1, answered: 0, actioned: 0, false_positives: 0 });
});

test("a tip counts once, on the day it was first handed to the partner, through whichever door", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: pages(1) });
  const at = (days: number) => new Date(Date.now() - days * day).toISOString().slice(0, 10);
  for (const days of [20, 10, 0])
    await batch(ground(), [
      sql`INSERT INTO access_tip (tip_no, partner, version, day, door, purpose)
        SELECT tip_no, 'facepage', 1, ${at(days)}, 'match', '' FROM tip WHERE tip = ${id}`,
    ]);
  const tips = async (from: number, to: number) => (await stats(facepage, `?from=${at(from)}&to=${at(to)}`)).total.tips;
  expect([await tips(20, 20), await tips(19, 0), await tips(365, 0)]).toEqual([1, 0, 1]);
  const refused = [`?from=${at(366)}&to=${at(0)}`, `?from=${at(0)}&to=${at(1)}`, "?by=nobody", "?from=today"];
  for (const query of refused)
    expect((await facepage.call("GET", `/v1/stats${query}`)).body.type, query).toBe(
      `${url}/problems/malformed-parameter`,
    );
});

test("count the last tips where there are more than are counted, and say so", async () => {
  for (let n = 0; n < 3; n++) await chirper.submit(["platforms"]);
  await facepage.call("GET", "/v1/tips");
  const bounds = limits.stats as { tips: number };
  const { tips } = bounds;
  bounds.tips = 2;
  try {
    expect(await stats(facepage)).toMatchObject({ total: { tips: 2 }, truncated: true });
  } finally {
    bounds.tips = tips;
  }
  expect(await stats(facepage)).not.toHaveProperty("truncated");
});

test("as CSV they are the same figures, by parameter and by what is accepted", async () => {
  await chirper.submit(["platforms"], { indicators: pages(2) });
  await facepage.call("GET", "/v1/tips");
  const asked = await facepage.call("GET", "/v1/stats?format=csv");
  const accepted = await facepage.call("GET", "/v1/stats", undefined, { accept: "text/csv" });
  expect(accepted.body).toBe(asked.body);
  expect(asked.headers.get("content-type")).toMatch(/^text\/csv/);
  const figures = "1,1,2,0,0,0,0,0,,";
  expect(asked.body.replace("\uFEFF", "").split("\r\n")).toEqual([
    "from,tips,tips_for_you,indicators_for_you,answered,found,new_to_you,actioned,false_positives,false_positive_share,median_hours",
    `chirper,${figures}`,
    `total,${figures}`,
    "",
  ]);
});

test("what a partner was handed before figures were kept is counted from its records", async () => {
  await chirper.submit(["platforms"], { indicators: pages(2) });
  await facepage.call("GET", "/v1/tips");
  const before = await stats(facepage);
  await batch(ground(), [
    sql`DELETE FROM receiving`,
    sql`INSERT INTO receiving (partner, tip_no, day) SELECT partner, tip_no, min(day) FROM access_tip GROUP BY partner, tip_no`,
  ]);
  expect(await stats(facepage)).toEqual(before);
  expect(await all(ground(), sql`SELECT through, mine FROM receiving`)).toEqual([{ through: "platforms", mine: 2 }]);
});
