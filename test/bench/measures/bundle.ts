/** The bundle as it is deployed, and how long a cold Worker takes to its first answer. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundle, workerOf } from "../../../scripts/runtime.ts";
import { send } from "../load.ts";
import { type Bench, type Measure, round, series, timed } from "../measure.ts";
import { newIdentity, socket } from "../world.ts";

export async function bundleSize({ quick }: Bench): Promise<Measure> {
  const folder = mkdtempSync(path.join(tmpdir(), "tipoff-bench-"));
  try {
    const script = bundle(folder);
    const text = readFileSync(script);
    const worker = { ...workerOf(script, newIdentity()), ...socket };
    const [start, first, second]: number[][] = [[], [], []];
    for (let turn = 0; turn < (quick ? 1 : 5); turn++) {
      const miniflare = new Miniflare(convertV4MiniflareOptions({ cf: false, workers: [worker] } as never));
      start!.push(await timed(() => miniflare.ready));
      const { origin } = await miniflare.unsafeGetDirectURL("tipoff");
      const ask = () => send(origin, { method: "GET", path: "/.well-known/oauth-authorization-server" });
      first!.push(await timed(ask));
      second!.push(await timed(ask));
      await miniflare.dispose();
    }
    return {
      name: "bundle-kib",
      value: round(gzipSync(text).length / 1_024),
      unit: "KiB gzip",
      target: 200,
      better: "lower",
      detail: {
        unpacked_kib: round(text.length / 1_024),
        runtime_start_milliseconds: series(start!),
        first_answer_milliseconds: series(first!),
        second_answer_milliseconds: series(second!),
        turns: start!.length,
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
