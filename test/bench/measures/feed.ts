/** The feed: a page with documents against the raw read of its rows, and what a partner pays for tips it does not see. */

import { fillCrowd, seen } from "../crowd.ts";
import { rate } from "../load.ts";
import { type Bench, byTurns, type Measure, round, series } from "../measure.ts";
import type { Partner } from "../partner.ts";

export async function feedPage({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  const exchange = await world.exchange("FEED");
  const author = await exchange.enrol("author");
  const reader = await exchange.enrol("reader");
  const page = { events: 100, indicators: 10 };
  await rate(exchange.url, await author.submissions(page.events + 50, page.indicators, ["platforms"]), 1);
  const path = `/v1/feed?documents=true&limit=${page.events}`;
  const { events } = JSON.parse((await reader.read(path)).body) as { events: { envelope?: object }[] };
  if (events.filter(({ envelope }) => envelope).length !== page.events) throw new Error("The page is not full.");
  const pages = quick ? 20 : 40;
  const call = { method: "GET", path, authorization: await reader.token() } as const;
  const raw = { method: "GET", path: "/read-page?db=FEED&token=platforms" } as const;
  const found = await byTurns(
    quick ? 3 : 11,
    () => rate(exchange.url, Array(pages).fill(call), 1),
    () => rate(world.ceiling, Array(pages).fill(raw), 1),
  );
  return {
    name: "feed-100",
    value: found.ratio.median,
    unit: "of the raw read",
    target: 0.5,
    better: "higher",
    detail: {
      events: page.events,
      indicators_each_document: page.indicators,
      pages_per_second: found.product,
      raw_pages_per_second: found.ceiling,
      ratio: found.ratio,
      turns: found.turns,
      pages_each_turn: pages,
    },
  };
}

export async function feedSparse({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  const tips = quick ? 5_000 : 100_000;
  const exchange = await world.exchange("CROWD");
  const { all, named, excepted } = await fillCrowd(exchange, tips);
  const rows = async (partner: Partner, expected: number) => {
    const counts: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const { body, headers } = await partner.read("/v1/feed?limit=100", exchange.counted);
      const { events } = JSON.parse(body) as { events: unknown[] };
      if (events.length !== expected) throw new Error(`A page of ${events.length} events, not of ${expected}.`);
      counts.push(Number(headers["rows-read"]));
    }
    return series(counts);
  };
  // The crowd begins with one of the usual, one of the ten, and another of the ten.
  const [ofAll, ofNamed, ofExcepted] = [await rows(all, 100), await rows(named, seen), await rows(excepted, 2)];
  return {
    name: "feed-sparse",
    value: round(Math.max(ofNamed.median, ofExcepted.median) / ofAll.median),
    unit: "of the rows read by who sees all",
    target: 1.5,
    better: "lower",
    detail: {
      tips,
      seen,
      rows_read_seeing_all: ofAll,
      // The two ways to see ten only: the worse of them is the value.
      rows_read_addressed_in_ten: ofNamed,
      rows_read_excepted_from_all_but_ten: ofExcepted,
      ...(quick && { quick: "5,000 tips instead of 100,000: a page reads the same rows." }),
    },
  };
}
