/** What a run found, what of it must hold on any machine, and how it is shown. */
import { round } from "../measure.ts";
import type { Report } from "./attack.ts";
import { kinds, type Timing } from "./neighbours.ts";

interface Times {
  requests: number;
  p50: number;
  p99: number;
  most: number;
}

export interface Proof {
  seconds: number;
  /** Milliseconds of the neighbours' requests, by kind and for `all`. */
  times: Record<string, { quiet: Times; attacked: Times; p99_ratio: number }>;
  hostile: Report;
  /** Left of the hostile partner's day, and stored of its tips. */
  index_keys: { left: number; stored: number };
  neighbours: { kept: number; lost: string[]; failures: string[]; waits: number };
  broken: string[];
  memory_mb: { least: number; most: number };
}

/** How many times its quiet value a neighbour's p99 may be. */
const target = 3;

function times(timings: readonly Timing[]): Times {
  const sorted = timings.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { requests: sorted.length, p50: at(0.5), p99: at(0.99), most: at(1) };
}

export function timesOf(quiet: readonly Timing[], attacked: readonly Timing[]): Proof["times"] {
  return Object.fromEntries(
    [...kinds, "all"].map((kind) => {
      const of = (timings: readonly Timing[]) => times(timings.filter((one) => kind === "all" || one.kind === kind));
      const [before, during] = [of(quiet), of(attacked)];
      return [kind, { quiet: before, attacked: during, p99_ratio: round(during.p99 / before.p99) }];
    }),
  );
}

/** All but the times. */
export function failuresOf({ hostile, index_keys, neighbours, broken }: Proof): string[] {
  const ways = Object.entries(hostile);
  const answers = ways.flatMap(([, { answers }]) => Object.keys(answers));
  return [
    ...(index_keys.stored > index_keys.left ? [`${index_keys.stored} index keys of ${index_keys.left} left.`] : []),
    ...(answers.includes("429 rate") ? [] : ["The hostile partner was never told to slow down."]),
    ...answers.filter((answer) => answer.startsWith("500")).map((answer) => `The hostile partner got ${answer}.`),
    ...ways.filter(([, got]) => got.withoutRetryAfter > 0).map(([way]) => `${way}: refused without Retry-After.`),
    ...neighbours.failures.map((failure) => `A neighbour's ${failure}`),
    ...(neighbours.lost.length > 0 ? [`Not once in each feed: ${neighbours.lost.join(", ")}.`] : []),
    ...broken,
  ];
}

export function printProof(proof: Proof): void {
  console.log(
    `ms        quiet  p50     p99    most   attacked  p50     p99    most   p99 ratio, to reach: ≤ ${target}`,
  );
  const ms = (value: number) => value.toFixed(0).padStart(8);
  const three = ({ p50, p99, most }: Times) => ms(p50) + ms(p99) + ms(most);
  for (const [kind, { quiet, attacked, p99_ratio }] of Object.entries(proof.times)) {
    const verdict = p99_ratio <= target ? "reached" : "MISSED";
    console.log(`${kind.padEnd(9)}${three(quiet)}          ${three(attacked)}   ${p99_ratio} ${verdict}`);
  }
  console.log("\nThe hostile partner");
  for (const [way, { answers, sent, received }] of Object.entries(proof.hostile)) {
    const counts = Object.entries(answers).map(([answer, count]) => `${count} × ${answer}`);
    const megabytes = `${(sent / 1e6).toFixed(0)} MB sent, ${(received / 1e6).toFixed(0)} MB received`;
    console.log(`  ${way.padEnd(30)}${counts.join(", ") || "no answer"}; ${megabytes}`);
  }
  const { index_keys, neighbours, broken, memory_mb } = proof;
  console.log(`  stored ${index_keys.stored} index keys; ${index_keys.left} were left of its day`);
  console.log(
    `\nNeighbours: ${neighbours.kept} receipts, ${neighbours.lost.length} of them not once in each feed; ` +
      `${neighbours.waits} waits, ${neighbours.failures.length} failures. Half-stored: ${broken.length}. ` +
      `workerd: ${memory_mb.least.toFixed(0)} to ${memory_mb.most.toFixed(0)} MB.`,
  );
}
