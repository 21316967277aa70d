/** Submitting: a large tip against the raw insert of its rows, many small ones against the raw insert of one row. */
import { rate, send } from "../load.ts";
import { type Bench, byTurns, type Measure, round, series, timed } from "../measure.ts";
import type { Partner } from "../partner.ts";
import type { World } from "../world.ts";

const to = ["platforms"];

async function author(world: World, slug: string): Promise<Partner> {
  const exchange = await world.exchange("SUBMIT");
  return exchange.enrol(slug);
}

export async function submitLarge({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  const count = 5_000;
  const partner = await author(world, "large-author");
  const found = await byTurns(
    quick ? 2 : 15,
    async () => {
      const call = await partner.submission(count, to);
      const took = await timed(() => send(partner.url, call));
      await send(world.ceiling, { method: "GET", path: "/take-rows?db=SUBMIT" });
      return (count * 1_000) / took;
    },
    async () => (count * 1_000) / (await timed(() => send(world.ceiling, { method: "GET", path: "/insert-rows" }))),
  );
  return {
    name: "submit-5000",
    value: found.ratio.median,
    unit: "of the raw insert",
    target: 0.45,
    better: "higher",
    detail: {
      indicators: count,
      indicators_per_second: found.product,
      raw_indicators_per_second: found.ceiling,
      ratio: found.ratio,
      turns: found.turns,
    },
  };
}

export async function submitSmall({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  const [connections, tips, rows] = [16, quick ? 80 : 400, quick ? 400 : 1_000];
  const partner = await author(world, "small-author");
  const insert = Array.from({ length: rows }, () => ({ method: "GET", path: "/insert-row" }) as const);
  const found = await byTurns(
    quick ? 2 : 9,
    async () => rate(partner.url, await partner.submissions(tips, 10, to), connections),
    () => rate(world.ceiling, insert, connections),
  );
  const empty = [];
  const authorization = await partner.token();
  const calls = Array.from({ length: rows }, () => ({ method: "GET", path: "/authenticated", authorization }) as const);
  for (let turn = 0; turn < 3; turn++) empty.push(await rate(world.ceiling, calls, connections));
  return {
    name: "submit-10",
    value: found.ratio.median,
    unit: "of the raw insert",
    target: 0.4,
    better: "higher",
    detail: {
      indicators: 10,
      connections,
      requests_per_second: found.product,
      raw_rows_per_second: found.ceiling,
      empty_authenticated_requests_per_second: series(empty),
      ratio: found.ratio,
      ratio_to_empty_authenticated: round(found.product.median / series(empty).median),
      turns: found.turns,
      tips_each_turn: tips,
    },
  };
}
