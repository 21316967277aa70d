/** Exports: everything one may see as a workbook, while the memory of the runtime is watched. */
import { setTimeout as pause } from "node:timers/promises";
import { memoryOf, workerdOf } from "../../e2e/inspect.ts";
import { alone, type Bench, type Measure, round, series } from "../measure.ts";
import { storedIn } from "./match.ts";

const indicators = 100_000;
const mebibyte = 1_048_576;

export async function exportWorkbook({ quick, world: start }: Bench): Promise<Measure> {
  const { exchange, reader } = await storedIn(await start(), "MANY", indicators);
  const runtime = workerdOf(process.pid);
  const rates: number[] = [];
  const before = memoryOf(runtime);
  let peak = before;
  let bytes = 0;
  let watching = true;
  const watch = (async () => {
    while (watching) {
      peak = Math.max(peak, memoryOf(runtime));
      await pause(50);
    }
  })();
  await alone();
  for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
    const began = performance.now();
    bytes = await download(`${exchange.url}/v1/export?format=xlsx`, await reader.token());
    rates.push((indicators * 1_000) / (performance.now() - began));
  }
  watching = false;
  await watch;
  return {
    name: "export-xlsx",
    value: series(rates).median,
    unit: "indicators/s to xlsx",
    target: 10_000,
    better: "higher",
    detail: {
      indicators,
      "file, MB": round(bytes / 1e6),
      "resident MiB before": round(before / mebibyte),
      "more at the peak, MiB": round((peak - before) / mebibyte),
      "indicators/s": series(rates),
    },
  };
}

/** How many bytes came; fails where they are not all. */
async function download(url: string, token: string): Promise<number> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  let bytes = 0;
  for await (const chunk of response.body!) bytes += chunk.length;
  return bytes;
}
