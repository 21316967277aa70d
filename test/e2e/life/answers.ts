/** What those do who have a tip: say what became of it, and that their copy is gone; refused where the model says so. */
import { acknowledge } from "../../../src/client/acknowledge.ts";
import type { Connection } from "../../../src/client/connect.ts";
import { confirmIndicator, reportAppeal } from "../../../src/client/disputes.ts";
import { type GivenFeedback, giveFeedback, signFeedback } from "../../../src/client/feedback.ts";
import { ownTip } from "../../../src/client/own-tip.ts";
import { ExchangeProblem } from "../../../src/client/problem.ts";
import { hasSight, type LifeTip, type Model, merged, type News, type Partner, sees } from "./model.ts";
import type { World } from "./world.ts";

const nobody: News = new Map();

/** The status with which it is refused. */
async function refusal(request: Promise<unknown>): Promise<number> {
  try {
    await request;
    return 200;
  } catch (error) {
    if (error instanceof ExchangeProblem) return error.status;
    throw error;
  }
}

async function expectStatus(expected: number, what: string, request: Promise<unknown>): Promise<void> {
  const status = await refusal(request);
  if (status !== expected) throw new Error(`${what}: ${status} instead of ${expected}`);
}

/** The tip's version and digest as its author has them: one without sight could only guess them. */
async function spoken(world: World, tip: LifeTip): Promise<{ tip: string; version: number; digest: string }> {
  const { version, digest } = await ownTip(world.reader(tip.author).connection, tip.id);
  return { tip: tip.id, version, digest };
}

export async function speak(
  world: World,
  model: Model,
  tip: LifeTip,
  { partner, share }: { partner: Partner; share: boolean },
): Promise<News> {
  const { connection } = world.reader(partner);
  const said = {
    status: "found" as const,
    share: share ? ("sight" as const) : ("author" as const),
    ...(tip.hosts.length > 0 && { indicators: [{ ordinals: [0], status: "actioned" as const }] }),
  };
  const word = await signFeedback(connection, await spoken(world, tip), said);
  const own = partner === tip.author;
  if (own || !sees(partner, tip)) {
    const expected = own && tip.state !== "erased" ? 409 : 404;
    await expectStatus(expected, `${partner}'s feedback`, giveFeedback(connection, tip.id, word));
    return nobody;
  }
  const given: GivenFeedback = await giveFeedback(connection, tip.id, word);
  const [host] = tip.hosts;
  // Another word on the same takes its voice back, and that does not return.
  const over = partner === "facepage" && host !== undefined && tip.disputed.delete(host);
  if (over) tip.settled.add(host);
  const shared = (other: Partner) => share && other !== partner && other !== "cyber-unit" && hasSight(other, tip);
  const news = model.news("feedback", tip, shared);
  tip.words.push({ digest: given.feedback, by: partner, readers: new Set([partner, ...news.keys()]) });
  return over
    ? merged(
        news,
        model.news("undisputed", tip, (other) => sees(other, tip)),
      )
    : news;
}

/** Of its first indicator, which facepage hosts: so its word disputes it, and another's alone does not. */
export async function dispute(world: World, model: Model, tip: LifeTip, partner: Partner): Promise<News> {
  const [host] = tip.hosts;
  if (tip.author === partner || host === undefined || !sees(partner, tip)) return nobody;
  const at = Date.now();
  const said = { indicators: [{ ordinals: [0], status: "false_positive" as const }] };
  const { feedback } = await giveFeedback(world.reader(partner).connection, tip.id, said);
  tip.words.push({ digest: feedback, by: partner, readers: new Set([partner, tip.author]) });
  const news = model.news("feedback", tip, () => false);
  if (partner !== "facepage" || tip.disputed.has(host) || tip.settled.has(host)) return news;
  tip.disputed.set(host, at);
  return merged(
    news,
    model.news("disputed", tip, (other) => sees(other, tip)),
  );
}

/** The author stands by what is disputed of it. */
export async function confirm(world: World, model: Model, tip: LifeTip): Promise<News> {
  const [host] = [...tip.disputed.keys()];
  if (tip.state !== "live" || host === undefined) return nobody;
  await confirmIndicator(
    world.reader(tip.author).connection,
    tip.id,
    tip.hosts.indexOf(host),
    "It paid for the others.",
  );
  tip.disputed.delete(host);
  tip.settled.add(host);
  return model.news("undisputed", tip, (other) => sees(other, tip));
}

/** By who has it or had it; told to all of those, as often as somebody new reports it. */
export async function appeal(world: World, model: Model, tip: LifeTip, partner: Partner): Promise<News> {
  const host = tip.hosts.at(-1);
  if (tip.state !== "live" || host === undefined) return nobody;
  const said = { version: tip.version, indicators: [tip.hosts.length - 1] };
  const may = partner !== tip.author && (sees(partner, tip) || tip.had.get(partner) === tip.version);
  const reported = reportAppeal(world.reader(partner).connection, tip.id, said);
  await expectStatus(may ? 200 : 404, `${partner}'s appeal`, reported);
  const by = tip.appealed.get(host) ?? new Set();
  if (!may || by.has(partner)) return nobody;
  tip.appealed.set(host, by.add(partner));
  return model.news("appealed", tip, (other) => hasSight(other, tip) || tip.had.has(other));
}

export async function acknowledgeTip(world: World, tip: LifeTip, partner: Partner): Promise<News> {
  const { connection } = world.reader(partner);
  const expected = tip.takenBack.has(partner) ? 200 : sees(partner, tip) ? 409 : 404;
  const said = acknowledge(connection, tip.id, { outcome: "deleted" });
  await expectStatus(expected, `${partner}'s acknowledgement`, said);
  if (expected === 200) tip.takenBack.set(partner, true);
  return nobody;
}

/** By partner, whether it acknowledged. */
export async function acknowledged(connection: Connection, tip: string): Promise<Record<string, boolean>> {
  const page = await connection.call<{ acknowledgements: { partner: string; outcome?: string }[] }>(
    "GET",
    `/v1/tips/${tip}/acknowledgements?limit=100`,
  );
  return Object.fromEntries(page.acknowledgements.map(({ partner, outcome }) => [partner, outcome === "deleted"]));
}
