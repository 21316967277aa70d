/** What a measure is, and how a figure comes about: product and ceiling by turns in one run, so that drift hits both. */
import type { World } from "./world.ts";

/** One line of the table and of `--json`. This form is stable: tools compare it between versions. */
export interface Measure {
  name: string;
  value: number;
  unit: string;
  /** What the value is to reach; null where it is only reported. */
  target: number | null;
  better: "higher" | "lower";
  detail: Record<string, unknown>;
}

export interface Bench {
  /** Fewer repetitions, and smaller counts where the ratio is the same; `detail` says which. */
  quick: boolean;
  /** Started with the first measure that asks for it. */
  world(): Promise<World>;
}

/** Median and extremes of several repetitions. */
export interface Series {
  median: number;
  least: number;
  most: number;
}

export function series(values: readonly number[]): Series {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median: round(median), least: round(sorted[0]!), most: round(sorted.at(-1)!) };
}

/** Four digits that mean something. */
export const round = (value: number): number => Number(value.toPrecision(4));

/**
 * After this whoever made things ready no longer counts as there: a partner that is alone in a worker is not made to leave
 * others their share of it, and one large request follows another.
 */
export const alone = () => new Promise((resolve) => setTimeout(resolve, 3_500));

/** Runs both `turns` times after one turn that is not counted. The ratio is taken turn by turn: product over ceiling. */
export async function byTurns(
  turns: number,
  product: () => Promise<number>,
  ceiling: () => Promise<number>,
): Promise<{ product: Series; ceiling: Series; ratio: Series; turns: number }> {
  await alone();
  const found: [number, number][] = [];
  for (let turn = 0; turn <= turns; turn++) found.push([await product(), await ceiling()]);
  const counted = found.slice(1);
  return {
    product: series(counted.map(([ours]) => ours)),
    ceiling: series(counted.map(([, theirs]) => theirs)),
    ratio: series(counted.map(([ours, theirs]) => ours / theirs)),
    turns,
  };
}

/** Milliseconds a deed takes, by this process's clock: a Worker's own stands still while it computes. */
export async function timed(deed: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await deed();
  return performance.now() - began;
}
