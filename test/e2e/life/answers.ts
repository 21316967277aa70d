/** What those do who have a tip: say what became of it, and that their copy is gone; refused where the model says so. */
import { acknowledge } from "../../../src/client/acknowledge.ts";
import type { Connection } from "../../../src/client/connect.ts";
import { type GivenFeedback, giveFeedback, signFeedback } from "../../../src/client/feedback.ts";
import { ownTip } from "../../../src/client/own-tip.ts";
import { ExchangeProblem } from "../../../src/client/problem.ts";
import { hasSight, type LifeTip, type Model, type News, type Partner, sees } from "./model.ts";
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
  const shared = (other: Partner) => share && other !== partner && other !== "cyber-unit" && hasSight(other, tip);
  const news = model.news("feedback", tip, shared);
  tip.words.push({ digest: given.feedback, by: partner, readers: new Set([partner, ...news.keys()]) });
  return news;
}

export async function acknowledgeTip(world: World, tip: LifeTip, partner: Partner): Promise<News> {
  const { connection } = world.reader(partner);
  const expected = tip.takenBack.has(partner) ? 200 : partner === tip.author || sees(partner, tip) ? 409 : 404;
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
