/** Importing: all published takedown reports, from their files to documents ready to be signed, as `tipoff import` reads them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { newTipId } from "../../../src/client/tips.ts";
import { importReport } from "../../../src/formats/report.ts";
import { toTips } from "../../../src/formats/to-tips.ts";
import { type Bench, type Measure, series } from "../measure.ts";

const root = path.join(import.meta.dirname, "../../..");
const data = path.resolve(root, process.env.TIPOFF_TEST_DATA ?? "../shared/data", "threat-research");

/** The real reports, or where they are absent the repository's sample as often as makes about as many rows. */
function files(): { source: string; paths: string[] } {
  if (!existsSync(data))
    return { source: "sample, repeated", paths: Array(40).fill(path.join(root, "samples/harbour-lantern-leads.csv")) };
  const names = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((name) => /\.(csv|md)$/.test(name));
  return { source: "threat-research", paths: names.sort().map((name) => path.join(data, name)) };
}

export async function importRows({ quick }: Bench): Promise<Measure> {
  const { source, paths } = files();
  const speeds: number[] = [];
  let counted = { rows: 0, indicators: 0 };
  const turns = quick ? 1 : 9;
  for (let turn = 0; turn <= turns; turn++) {
    const began = performance.now();
    counted = { rows: 0, indicators: 0 };
    // A file is a report of its own.
    for (const name of paths) {
      const report = importReport([{ name, text: readFileSync(name, "utf8") }], { platform: "facebook" });
      toTips(report, {
        exchange: "https://bench.example",
        from: "bench",
        issued_at: new Date().toISOString(),
        tlp: "amber",
        operation: { id: crypto.randomUUID(), name: "Imported" },
        tipId: newTipId,
      });
      counted.rows += report.files[0]!.rows;
      counted.indicators += report.indicators.length;
    }
    if (turn > 0) speeds.push((counted.rows * 1_000) / (performance.now() - began));
  }
  const found = series(speeds);
  return {
    name: "import-rows",
    value: found.median,
    unit: "rows/s",
    target: null,
    better: "higher",
    detail: { source, files: paths.length, ...counted, rows_per_second: found, turns },
  };
}
