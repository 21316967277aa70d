/**
 * Tips' lives by random partners, and after each step of them every partner's tools against a model: the feed and the webhook
 * tell exactly what the model says; single reads, matching, a mirror and TAXII show exactly that.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MatchAnswer, match } from "../../src/client/match.ts";
import { idOf } from "../../src/formats/stix/ids.ts";
import { acknowledged } from "./life/answers.ts";
import { histories, run } from "./life/deeds.ts";
import { type LifeTip, Model, type News, type Partner, partners, sees } from "./life/model.ts";
import { called, mirroring, type Reader, World } from "./life/world.ts";

/** `TIPOFF_LIVES=100` lives more of them. */
const lives = Number(process.env.TIPOFF_LIVES ?? 6);
const seed = Number(process.env.TIPOFF_LIVES_SEED ?? 20261125);
const world = new World();
const told = new Map<Partner, string[]>(partners.map((partner) => [partner, []]));

beforeAll(() => world.start(), 60_000);
afterAll(() => world.stop());

async function expectNews(news: News): Promise<void> {
  for (const partner of partners) {
    const expected = [...(news.get(partner) ?? [])].sort();
    const read = await world.reader(partner).news();
    expect(read.sort(), `${partner}'s feed`).toEqual(expected);
    told.get(partner)!.push(...expected);
  }
  for (const partner of called) {
    const expected = told.get(partner)!;
    const { hooked } = world.reader(partner);
    for (const until = Date.now() + 30_000; hooked.length < expected.length && Date.now() < until; )
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...hooked].sort(), `${partner}'s webhook`).toEqual([...expected].sort());
  }
}

async function expectTips(reader: Reader, model: Model): Promise<void> {
  for (const tip of model.tips) {
    const { status, body } = await reader.get(`/v1/tips/${tip.id}`);
    const erased = tip.state === "erased" && tip.author === reader.partner;
    expect(status, `${reader.partner} at GET`).toBe(sees(reader.partner, tip) || erased ? 200 : 404);
    if (status === 200) expect(body.version).toBe(tip.version);
    if (erased) expect(body.state).toBe("erased");
    if (tip.author === reader.partner)
      expect(await acknowledged(reader.connection, tip.id)).toEqual(Object.fromEntries(tip.takenBack));
    if (tip.words.length > 0 && sees(reader.partner, tip)) {
      const { feedback } = (await reader.get(`/v1/tips/${tip.id}/feedback`)).body as {
        feedback: { feedback: string }[];
      };
      const mine = tip.words.filter(({ readers }) => readers.has(reader.partner)).map(({ digest }) => digest);
      const read = feedback.map(({ feedback: digest }) => digest);
      expect(new Set(read.filter((digest) => tip.words.some((word) => word.digest === digest)))).toEqual(new Set(mine));
    }
  }
}

/** Indicators as `tip/ordinal`. */
const living = (model: Model, of: (tip: LifeTip) => boolean, mark: (tip: LifeTip, host: string) => string): string[] =>
  model.tips
    .filter(of)
    .flatMap((tip) => tip.hosts.map((host, ordinal) => `${tip.id}/${ordinal}${mark(tip, host)}`))
    .sort();
/** With what the exchange says of each. */
const marked = (disputed: boolean | undefined, appealed: boolean | undefined): string =>
  `${disputed ? " disputed" : ""}${appealed ? " appealed" : ""}`;

async function expectMatches(reader: Reader, model: Model, hosts: readonly string[]): Promise<void> {
  const answers = await match(reader.connection, [...hosts]);
  const hits = answers.flatMap((answer) =>
    answer.hits.map(({ tip, ordinal, disputed, appealed }) => `${tip}/${ordinal}${marked(disputed, appealed)}`),
  );
  const seen = (tip: LifeTip) => sees(reader.partner, tip);
  const mark = (tip: LifeTip, host: string) => marked(tip.disputed.has(host), tip.appealed.has(host));
  expect(hits.sort(), `${reader.partner} matching`).toEqual(living(model, seen, mark));
}

/** One's own tips leave it when they are withdrawn; of what others tip it answers as the exchange does. */
async function expectMirror(reader: Reader, model: Model, hosts: readonly string[]): Promise<void> {
  const { mirror, connection } = reader;
  if (!mirror) return;
  const { unverified } = await mirror.sync(connection);
  expect(unverified).toEqual([]);
  const inForce = new Set(model.tips.filter(({ state }) => state === "live").map(({ id }) => id));
  const asked = [...hosts];
  const known = (answers: MatchAnswer[]) =>
    answers.map(({ hits, ...rest }) => ({
      ...rest,
      hits: hits
        .filter(({ tip }) => inForce.has(tip))
        .map(({ through: _, ...hit }) => hit)
        .sort((a, b) => a.tip.localeCompare(b.tip)),
    }));
  expect(known(await mirror.match(asked)), `${reader.partner}'s mirror`).toEqual(known(await match(connection, asked)));
}

async function expectTaxii(reader: Reader, model: Model): Promise<void> {
  const objects = await reader.objects();
  const names = new Map(
    model.tips.flatMap((tip) =>
      Array.from({ length: 20 }, (_, ordinal) => [idOf("indicator", tip.id, ordinal), `${tip.id}/${ordinal}`] as const),
    ),
  );
  const alive = [...names].filter(([id]) => objects.has(id) && !objects.get(id)!.revoked).map(([, name]) => name);
  expect(alive.sort(), `${reader.partner} by TAXII`).toEqual(
    living(
      model,
      (tip) => tip.state === "live" && !tip.embargoed && sees(reader.partner, tip),
      () => "",
    ),
  );
}

test("after each step of a tip's life every partner's tools agree with the model", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const model = new Model();
      const hosts = new Set<string>();
      for (const deed of history) {
        const news = await run(world, model, deed);
        for (const tip of model.tips) for (const host of tip.hosts) hosts.add(host);
        await expectNews(news);
        model.read();
        for (const partner of mirroring) {
          await expectMirror(world.reader(partner), model, [...hosts]);
          model.mirrored(partner);
        }
        for (const reader of world.readers.values()) {
          await expectTips(reader, model);
          await expectMatches(reader, model, [...hosts]);
          await expectTaxii(reader, model);
        }
      }
    }),
    { numRuns: lives, seed, endOnFailure: true },
  );
}, 3_600_000);
