/**
 * `npm run hostile [-- --seconds 120 --quiet 30 --json FILE]`: what one hostile partner at full speed does to its neighbours.
 * They are measured quiet, then under attack, in one run; then it is looked whether quotas and rates held and nothing was lost,
 * and it exits with 1 where they did not. Times are reported, and held against the target, but do not decide.
 */
import { writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { readOptions } from "../../scripts/options.ts";
import { limits } from "../../src/core/limits.ts";
import { checkWhole, memoryOf, workerdOf } from "../e2e/inspect.ts";
import type { Order, Report } from "./hostile/attack.ts";
import { Neighbours } from "./hostile/neighbours.ts";
import { failuresOf, type Proof, printProof, timesOf } from "./hostile/proof.ts";
import { startExchange } from "./hostile/world.ts";

const usage = `npm run hostile [-- OPTIONS]

  --seconds N   how long the attack lasts (120)
  --quiet N     how long the neighbours are measured before (30)
  --json FILE   write what came out there`;
const options = readOptions(usage, {
  seconds: { type: "string", default: "120" },
  quiet: { type: "string", default: "30" },
  json: { type: "string" },
});
const seconds = Number(options.seconds);
/** Of the hostile partner's day, when the attack begins: room for two of its largest tips. */
const keysLeft = 2.5 * limits.index_keys;

const exchange = await startExchange();
const slugs = ["chirper", "facepage", "gramgallery", "tubecast"];
const neighbours = new Neighbours(await Promise.all(slugs.map((slug) => exchange.enrol(slug))));
const hostile = await exchange.enrol("hostile");
await exchange.db
  .prepare("INSERT INTO quota (partner, day, requests, bytes, index_keys, questions) VALUES ('hostile', ?, 0, 0, ?, 0)")
  .bind(new Date().toISOString().slice(0, 10), limits.quota.index_keys - keysLeft)
  .run();

async function measure(): Promise<Proof> {
  await neighbours.fill(100);
  const order: Order = { url: exchange.url, profile: hostile.connection.profile };
  const attack = new Worker(new URL("./hostile/attack.ts", import.meta.url), { workerData: order });
  const said = <Message>() => new Promise<Message>((yes, no) => attack.once("message", yes).once("error", no));
  await said<"ready">();
  await neighbours.run(3);
  neighbours.timings.length = 0;

  await neighbours.run(Number(options.quiet));
  const quiet = neighbours.timings.splice(0);

  const memory: number[] = [];
  const runtime = workerdOf(process.pid);
  const watch = setInterval(() => memory.push(memoryOf(runtime)), 500);
  attack.postMessage("begin");
  await neighbours.run(seconds);
  attack.postMessage("end");
  const got = await said<Report>();
  clearInterval(watch);
  const attacked = neighbours.timings.splice(0);

  const stored = await exchange.db
    .prepare("SELECT count(*) AS n FROM index_key k JOIN tip t ON t.tip_no = k.tip_no WHERE t.author = 'hostile'")
    .first<number>("n");
  const feeds = await neighbours.feeds();
  const lost = neighbours.kept.filter((tip) => feeds.some((told) => told.filter((one) => one === tip).length !== 1));
  await exchange.stop();
  return {
    seconds,
    times: timesOf(quiet, attacked),
    hostile: got,
    index_keys: { left: keysLeft, stored: stored! },
    neighbours: { kept: neighbours.kept.length, lost, failures: neighbours.failures, waits: neighbours.waits },
    broken: checkWhole(exchange.data),
    memory_mb: { least: Math.min(...memory) / 1e6, most: Math.max(...memory) / 1e6 },
  };
}

let failures: string[];
try {
  const proof = await measure();
  printProof(proof);
  failures = failuresOf(proof);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ ...proof, failed: failures }, null, 2)}\n`);
} finally {
  neighbours.close();
  await exchange.stop();
  exchange.remove();
}
process.exit(failures.length > 0 ? 1 : 0);
