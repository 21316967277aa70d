/** Upheld appeals: who may report one, whom it reaches, and that nobody else learns by whom. */
import { beforeEach, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld } from "./world.ts";

let author: Member;
let facepage: Member;
let videotube: Member;
let agency: Member;
let tip: string;

const indicators = Array.from({ length: 60 }, (_, at) => ({
  type: "domain",
  value: `d${at}.example`,
  control: "operated",
}));
const appeal = (who: Member, list: number[], more: object = { version: 1 }) =>
  who.call("POST", `/v1/tips/${tip}/appeals`, { indicators: list, ...more });
const appeals = async (who: Member) => (await who.feed()).filter(({ type }) => type === "appealed");
const marks = async (who: Member) => (await who.call("GET", `/v1/tips/${tip}`)).body.marks;

beforeEach(async () => {
  await freshWorld();
  author = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  videotube = await enrol("videotube", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
  tip = (await author.submit(["platforms", "law-enforcement"], { indicators })).id;
});

test("an upheld appeal marks the indicator, and reaches everyone who has it or had it, by name", async () => {
  await agency.call("GET", `/v1/tips/${tip}`);
  await author.rescope(tip, ["platforms"]);
  const done = await appeal(facepage, [3, 1, 3], { version: 1, decided_on: "2026-11-20" });
  expect(done).toMatchObject({ status: 200, body: { tip, version: 1, indicators: [1, 3] } });
  expect(await marks(videotube)).toEqual({ appealed: [1, 3] });
  for (const who of [author, facepage, videotube, agency]) {
    const [event, more] = await appeals(who);
    expect(more, who.slug).toBeUndefined();
    expect(event).toMatchObject({ tip, indicators: [1, 3], decided_on: "2026-11-20" });
    expect(event.by).toEqual(who === author ? "facepage" : undefined);
  }
});

test("the same again changes nothing, and is told to nobody twice", async () => {
  const both = await Promise.all([appeal(facepage, [1]), appeal(facepage, [1])]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect((await appeal(facepage, [1])).status).toBe(200);
  expect(await appeals(videotube)).toHaveLength(1);
});

test("for its author, and for whoever never had it, the tip is not there, whatever is sent", async () => {
  const stranger = await enrol("stranger", "research");
  for (const who of [author, stranger])
    for (const body of [{ indicators: [1], version: 1 }, { zap: 1 }])
      expect((await who.call("POST", `/v1/tips/${tip}/appeals`, body)).status).toBe(404);
  await author.withdraw(tip);
  expect((await appeal(facepage, [1])).status).toBe(404);
});

test("whoever lost sight of a version it had speaks of that one alone", async () => {
  await agency.call("GET", `/v1/tips/${tip}`);
  await author.rescope(tip, ["platforms"]);
  expect((await appeal(agency, [2])).status).toBe(200);
  await author.revise(tip, ["platforms"], { indicators });
  expect((await appeal(agency, [4], { version: 2 })).status).toBe(404);
});

test("an indicator that is not there, another version, and more than a day's budget are refused", async () => {
  expect((await appeal(facepage, [0, 60])).body.faults).toMatchObject([{ pointer: "/indicators/1" }]);
  expect((await appeal(facepage, [0], { version: 2 })).status).toBe(409);
  expect(await marks(facepage)).toBeUndefined();
  const list = Array.from({ length: limits.appeals }, (_, at) => at);
  expect((await appeal(facepage, list)).status).toBe(200);
  expect((await appeal(facepage, [limits.appeals])).status).toBe(429);
  expect((await appeal(videotube, [limits.appeals])).status).toBe(200);
});

test("the mark goes along with what a new version keeps, and with nothing it changes", async () => {
  await appeal(facepage, [1, 2]);
  await author.revise(tip, ["platforms"], {
    indicators: [{ ...indicators[1], note: "Looked at again." }, indicators[0], indicators[2]],
  });
  expect(await marks(videotube)).toEqual({ appealed: [2] });
  expect((await appeal(facepage, [2], { version: 2 })).status).toBe(200);
  expect(await appeals(videotube)).toHaveLength(1);
});
