/** `npm run bench [-- --quick --only name,name --json FILE]`: what the exchange does a second, against what the platform allows. */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { readOptions } from "../../scripts/options.ts";
import type { Bench, Measure } from "./measure.ts";
import { bundleSize } from "./measures/bundle.ts";
import { expire, recallLarge } from "./measures/end.ts";
import { exportWorkbook } from "./measures/export.ts";
import { feedPage, feedSparse } from "./measures/feed.ts";
import { importRows } from "./measures/import.ts";
import { matchGrowth, matchThousand } from "./measures/match.ts";
import { mirrorMatch, mirrorSync } from "./measures/mirror.ts";
import { pushDrain, pushFanout, pushLatency } from "./measures/push.ts";
import { pushRows } from "./measures/push-rows.ts";
import { submitLarge, submitSmall } from "./measures/submit.ts";
import { taxiiGrowth, taxiiObject, taxiiPage, taxiiSync } from "./measures/taxii.ts";
import { startWorld, type World } from "./world.ts";

const measures: Record<string, (bench: Bench) => Promise<Measure>> = {
  "submit-5000": submitLarge,
  "submit-10": submitSmall,
  "match-1000": matchThousand,
  "match-growth": matchGrowth,
  "mirror-sync": mirrorSync,
  "mirror-match": mirrorMatch,
  "feed-100": feedPage,
  "feed-sparse": feedSparse,
  "export-xlsx": exportWorkbook,
  "push-latency-p99-ms": pushLatency,
  "push-fanout": pushFanout,
  "push-drain-s": pushDrain,
  "push-rows-per-delivery": pushRows,
  "taxii-page-100": taxiiPage,
  "taxii-growth": taxiiGrowth,
  "taxii-object": taxiiObject,
  "taxii-sync-13000": taxiiSync,
  "import-rows": importRows,
  "recall-5000": recallLarge,
  expire,
  "bundle-kib": bundleSize,
};

/** Left out by `--quick`, unless they are named: each fills an exchange first. */
const long = [
  "export-xlsx",
  "push-latency-p99-ms",
  "push-fanout",
  "push-drain-s",
  "push-rows-per-delivery",
  "taxii-page-100",
  "taxii-growth",
  "taxii-object",
  "taxii-sync-13000",
  "mirror-sync",
  "mirror-match",
  "recall-5000",
  "expire",
];

const usage = `npm run bench [-- OPTIONS]

  --quick        less exact, and without ${long.join(", ")}
  --only NAMES   some of: ${Object.keys(measures).join(",")}
  --json FILE    write the figures there`;
const options = readOptions(usage, {
  quick: { type: "boolean", default: false },
  only: { type: "string" },
  json: { type: "string" },
});
const names =
  options.only?.split(",") ?? Object.keys(measures).filter((name) => !(options.quick && long.includes(name)));
const unknown = names.filter((name) => !Object.hasOwn(measures, name));
if (unknown.length > 0) {
  console.error(`No such measure: ${unknown.join(", ")}. There are: ${Object.keys(measures).join(", ")}.`);
  process.exit(2);
}

/** In the spirit of the target: reached, missed, or only reported. */
function verdict({ value, target, better }: Measure): string {
  if (target === null) return "reported";
  return (better === "higher" ? value >= target : value <= target) ? "reached" : "MISSED";
}

/** The figures behind the value, those that vary with their extremes. */
function detailOf(detail: Record<string, unknown>): string {
  const texts = Object.entries(detail).map(([name, value]) => {
    const { median, least, most } = value as Record<string, number>;
    return `${name} ${median === undefined ? value : `${median} (${least} to ${most})`}`;
  });
  return texts.join(" · ");
}

const widest = Math.max(...Object.keys(measures).map((name) => name.length));
let world: Promise<World> | undefined;
const bench: Bench = {
  quick: options.quick,
  world: () => {
    world ??= startWorld();
    return world;
  },
};
const began = performance.now();
const found: Measure[] = [];
try {
  console.log(`${"measure".padEnd(widest + 1)}${"value".padStart(9)}  ${"to reach".padStart(8)}  `);
  for (const name of names) {
    const measure = await measures[name]!(bench);
    found.push(measure);
    const target = measure.target === null ? "" : `${measure.better === "higher" ? "≥" : "≤"} ${measure.target}`;
    console.log(
      `${name.padEnd(widest + 1)}${String(measure.value).padStart(9)}  ${target.padStart(8)}  ${verdict(measure).padEnd(8)}  ${measure.unit}`,
    );
    console.log(`    ${detailOf(measure.detail)}`);
  }
} finally {
  await (await world)?.stop();
}
if (options.json) writeFileSync(options.json, `${JSON.stringify({ measures: found }, null, 2)}\n`);
console.log(
  `${((performance.now() - began) / 1_000).toFixed(0)} s on ${cpus().length} cores, ${process.versions.node}.`,
);
