/** Ends: taking a large tip back from many who had it, and erasing what has expired. */
import { type OwnTip, ownTip, signRescope, signWithdrawal } from "../../../src/client/own-tip.ts";
import { signTip } from "../../../src/client/tips.ts";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import { type Answer, type Call, send } from "../load.ts";
import { alone, type Bench, type Measure, round, series } from "../measure.ts";
import { indicatorAt } from "../mixed.ts";
import type { Partner } from "../partner.ts";
import type { Exchange } from "../world.ts";

const count = async ({ db }: Exchange, table: string): Promise<number> =>
  (await db.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n"))!;

/** Milliseconds, and what the exchange counted meanwhile. */
async function deed(exchange: Exchange, author: Partner, call: Omit<Call, "authorization">) {
  const authorization = await author.token();
  const before = await count(exchange, "event");
  const began = performance.now();
  const { headers }: Answer = await send(exchange.counted, { ...call, authorization });
  const took = performance.now() - began;
  return {
    took,
    transactions: Number(headers.transactions),
    events: (await count(exchange, "event")) - before,
  };
}

/** Recalled from all who read it, by a new audience, and told them again by its withdrawal. */
export async function recallLarge({ quick, world: start }: Bench): Promise<Measure> {
  const exchange = await (await start()).exchange("RECALL");
  const [indicators, partners, turns] = quick ? [1_000, 8, 1] : [5_000, 50, 5];
  const author = await exchange.enrol("recall-author");
  const readers: Partner[] = [];
  while (readers.length < partners) readers.push(await exchange.enrol(`reader-${readers.length}`));
  const recalls: Awaited<ReturnType<typeof deed>>[] = [];
  const withdrawals: typeof recalls = [];
  // One is not counted, unless there is but one.
  const all = turns + (quick ? 0 : 1);
  for (let turn = 0; turn < all; turn++) {
    if (turn > 0) await alone();
    const { tip } = JSON.parse(
      (await send(exchange.url, await author.submission(indicators, ["platforms"]))).body,
    ) as OwnTip;
    for (const reader of readers) await reader.read(`/v1/tips/${tip}`, exchange.url);
    const mine = await ownTip(author.connection, tip);
    const audience = JSON.stringify(await signRescope(author.connection, mine, { to: ["research"] }));
    recalls.push(await deed(exchange, author, { method: "PUT", path: `/v1/tips/${tip}/audience`, body: audience }));
    const withdrawal = JSON.stringify(await signWithdrawal(author.connection, mine, "mistake"));
    const path = `/v1/tips/${tip}/withdrawal`;
    withdrawals.push(await deed(exchange, author, { method: "POST", path, body: withdrawal }));
  }
  const most = (of: "events" | "transactions") => Math.max(...recalls.map((found) => found[of]));
  const asked = await count(exchange, "recall");
  if (asked !== partners * all) throw new Error(`${asked} copies are asked for, not all.`);
  const milliseconds = series(recalls.slice(-turns).map(({ took }) => took));
  return {
    name: "recall-5000",
    value: milliseconds.median,
    unit: "ms",
    target: null,
    better: "lower",
    detail: {
      indicators,
      partners,
      milliseconds,
      events_added: most("events"),
      writing_transactions: most("transactions"),
      withdrawal_milliseconds: series(withdrawals.slice(-turns).map(({ took }) => took)),
      withdrawal_events: Math.max(...withdrawals.map(({ events }) => events)),
      turns,
    },
  };
}

/** Two keys each, and a document close to the most bytes there may be. */
const heavy = (indicators: number): Indicator[] =>
  Array.from({ length: indicators }, (_, n) => ({
    type: "account",
    platform: "x",
    kind: "profile",
    handle: `harbour_${n.toString(36)}`,
    note: `Seen ${n} times. `.repeat(16),
  }));

/** Tips that expire together, erased run by run as the schedule does it; one is as large as a tip may be. */
export async function expire({ quick, world: start }: Bench): Promise<Measure> {
  const exchange = await (await start()).exchange("EXPIRE");
  const [largest, others, each] = quick ? [2_000, 1, 1_000] : [10_000, 6, 5_000];
  const author = await exchange.enrol("expire-author");
  const end = Date.now() + 3_600_000;
  const operation = { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern" };
  const lists = [
    heavy(largest),
    ...Array.from({ length: others }, (_, tip) => Array.from({ length: each }, (_, n) => indicatorAt(tip * each + n))),
  ];
  for (const [tip, indicators] of lists.entries()) {
    if (tip > 0) await alone();
    const content = { tlp: "amber" as const, operation, indicators, expires_at: new Date(end).toISOString() };
    const body = JSON.stringify(await signTip(author.connection, content, { to: ["platforms"] }));
    const authorization = await author.token();
    await send(exchange.url, { method: "POST", path: "/v1/tips", authorization, body, expect: 201 });
  }
  await send(exchange.counted, { method: "GET", path: `/scheduled?keep&at=${Date.now()}` });
  const [total, keys] = [await count(exchange, "indicator"), await count(exchange, "index_key")];
  const steps: number[] = [];
  let took = 0;
  let runs = 0;
  for (let left = total; left > 0 && runs < 100; runs++) {
    const began = performance.now();
    const { body } = await send(exchange.counted, {
      method: "GET",
      path: `/scheduled?at=${end + 60_000 * (runs + 1)}`,
    });
    took += performance.now() - began;
    steps.push(...(JSON.parse(body) as { milliseconds: number[] }).milliseconds);
    left = await count(exchange, "indicator");
  }
  const rest =
    (await count(exchange, "index_key")) +
    (await count(exchange, "document_piece")) +
    (await count(exchange, "observable"));
  if (rest > 0) throw new Error(`${rest} rows of content are left.`);
  return {
    name: "expire",
    value: round((total * 1_000) / took),
    unit: "indicators/s",
    target: null,
    better: "higher",
    detail: {
      indicators: total,
      index_keys: keys,
      tips: lists.length,
      indicators_of_largest: largest,
      runs,
      transactions: steps.length,
      longest_step_ms: round(Math.max(...steps)),
      longest_step_at_most_ms: 1_000,
    },
  };
}
