/** Matching: 1,000 mixed questions against the raw lookup of the keys they probe, and against a tenth of the indicators. */

import type { Indicator } from "../../../src/core/indicators/family.ts";
import { readText } from "../../../src/core/indicators/guess.ts";
import { staticSites } from "../../../src/core/indicators/platforms.ts";
import { canonicalise, probesOf } from "../../../src/core/indicators/registry.ts";
import { rate, send } from "../load.ts";
import { alone, type Bench, byTurns, type Measure, timed } from "../measure.ts";
import { questions } from "../mixed.ts";
import type { Partner } from "../partner.ts";
import type { Exchange, Name, World } from "../world.ts";

const [few, many, asked] = [10_000, 100_000, 1_000];

interface Stored {
  exchange: Exchange;
  reader: Partner;
}
const filled = new Map<Name, Promise<Stored>>();

/** Submitted through the API, 500 a tip: the index is what the product wrote. */
export function storedIn(world: World, name: Name, indicators: number): Promise<Stored> {
  const fill = async () => {
    const exchange = await world.exchange(name);
    const author = await exchange.enrol("author");
    const reader = await exchange.enrol("reader");
    await alone();
    for (let done = 0; done < indicators; done += 5_000)
      await rate(exchange.url, await author.submissions(10, 500, ["platforms"]), 2);
    return { exchange, reader };
  };
  if (!filled.has(name)) filled.set(name, fill());
  return filled.get(name)!;
}

async function matching({ exchange, reader }: Stored, list: ReturnType<typeof questions>) {
  const call = {
    method: "POST",
    path: "/v1/match",
    body: JSON.stringify({ questions: list }),
    authorization: await reader.token(),
  } as const;
  const { answers } = JSON.parse((await send(exchange.url, call)).body) as { answers: { hits: []; context: [] }[] };
  const matched = answers.filter(({ hits, context }) => hits.length + context.length > 0).length;
  if (matched < asked * 0.45 || matched > asked * 0.6) throw new Error(`${matched} of ${asked} questions matched.`);
  return { matched, time: () => timed(() => send(exchange.url, call)) };
}

/** The keys the product probes for these questions. */
async function keysFor({ exchange }: Stored, list: ReturnType<typeof questions>): Promise<string[]> {
  const { results } = await exchange.db.prepare("SELECT prefix FROM prefix_length").all<{ prefix: string }>();
  const prefixes = results.map((row) => row.prefix);
  const keys = list.flatMap((question) => {
    const read = typeof question === "string" ? readText(question, staticSites) : canonicalised(question);
    return probesOf(read!, staticSites, { prefixes });
  });
  return [...new Set(keys)].sort();
}
function canonicalised(question: Record<string, unknown>): Indicator | undefined {
  const parsed = canonicalise(question as Indicator, staticSites);
  return parsed.ok ? parsed.value.indicator : undefined;
}

export async function matchThousand({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  const stored = await storedIn(world, "MANY", many);
  const list = questions(asked, many);
  const { matched, time } = await matching(stored, list);
  const keys = await keysFor(stored, list);
  await send(world.ceiling, { method: "POST", path: "/take-keys", body: JSON.stringify(keys) });
  const lookup = { method: "GET", path: "/look-up-keys?db=MANY" } as const;
  const found = await byTurns(quick ? 3 : 25, time, () => timed(() => send(world.ceiling, lookup)));
  return {
    name: "match-1000",
    value: found.ratio.median,
    unit: "of the raw lookup",
    target: 2.5,
    better: "lower",
    detail: {
      questions: asked,
      matched,
      stored: many,
      keys: keys.length,
      rows: Number((await send(world.ceiling, lookup)).body),
      milliseconds: found.product,
      raw_milliseconds: found.ceiling,
      ratio: found.ratio,
      turns: found.turns,
    },
  };
}

export async function matchGrowth({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  // What both hold, so that both give the same matches.
  const list = questions(asked, few);
  const large = await matching(await storedIn(world, "MANY", many), list);
  const small = await matching(await storedIn(world, "FEW", few), list);
  const found = await byTurns(quick ? 3 : 25, large.time, small.time);
  return {
    name: "match-growth",
    value: found.ratio.median,
    unit: "of the time at a tenth",
    target: 1.5,
    better: "lower",
    detail: {
      questions: asked,
      matched: large.matched,
      stored: many,
      milliseconds: found.product,
      stored_of_a_tenth: few,
      milliseconds_of_a_tenth: found.ceiling,
      ratio: found.ratio,
      turns: found.turns,
    },
  };
}
