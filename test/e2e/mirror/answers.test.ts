/** The mirror against a running exchange: the same questions, the same answers; the same tips in view, whatever happened. */
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection } from "../../../src/client/connect.ts";
import { listTips } from "../../../src/client/read-tip.ts";
import { Mirror } from "../../../src/mirror/mirror.ts";
import { authorOf, indicatorsOf, lifeOf, questionsAbout, startWorld, type World } from "./history.ts";

let world: World;
let reader: Connection;

beforeAll(async () => {
  world = await startWorld("mirror-answers");
  reader = await world.as("observatory");
});
afterAll(() => world?.stop());

const inView = async () => {
  const seen: { tip: string; version: number; digest: string; through: string }[] = [];
  for await (const { tip, version, digest, through } of listTips(reader)) seen.push({ tip, version, digest, through });
  return seen.sort((a, b) => (a.tip < b.tip ? -1 : 1));
};
const ofMirror = (mirror: Mirror) => mirror.tips().map(({ from: _from, ...tip }) => tip);

/** As the exchange answers it over its own door. */
const asked = async (questions: unknown[], on_host = false) =>
  (await reader.call<{ answers: unknown[] }>("POST", "/v1/match", { questions, on_host })).answers;

describe("answers", () => {
  test("are the exchange's, in its order, for questions of every type about a random history", async () => {
    const authors = [authorOf(await world.as("chirper")), authorOf(await world.as("facepage"))];
    const start = Number(process.env.TIPOFF_SEED ?? Date.now() % 1_000_000);
    await lifeOf(authors, start, false)(40);
    const mirror = await Mirror.open(path.join(world.folder, "answers"));
    await mirror.sync(reader);
    expect(ofMirror(mirror)).toEqual(await inView());
    const questions = questionsAbout(Array.from({ length: 12 }, (_, at) => indicatorsOf(start + at * 3, 12)).flat());
    for (let at = 0; at < questions.length; at += 150) {
      const some = questions.slice(at, at + 150);
      for (const on_host of [false, true])
        expect(await mirror.match(some, { on_host }), `seed ${start}`).toEqual(await asked(some, on_host));
    }
    mirror.close();
  });
});
