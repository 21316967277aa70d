/** The mirror: a first sync against the raw feed read over HTTP, and questions a second over a file that is matched at home. */
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { matchFile } from "../../../src/mirror/match-file.ts";
import { Mirror } from "../../../src/mirror/mirror.ts";
import { send } from "../load.ts";
import { type Bench, byTurns, type Measure, round, series, timed } from "../measure.ts";
import { questionAbout } from "../mixed.ts";
import { storedIn } from "./match.ts";

const stored = 100_000;
const unknown = 10_000_000;
/** Places of kinds in 25 indicators in a row (`mixed.ts`). */
const places = { account: 2, domain: 1, hash: 9, ip: 5, pdq: 15 };

async function inFolder<Value>(deed: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(path.join(tmpdir(), "tipoff-mirror-bench-"));
  try {
    return await deed(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const mirrorSync = ({ quick, world: start }: Bench): Promise<Measure> =>
  inFolder(async (folder) => {
    const indicators = quick ? 10_000 : stored;
    const { exchange, reader } = await storedIn(await start(), quick ? "FEW" : "MANY", indicators);
    let made = 0;
    let bytes = 0;
    const sync = async () => {
      const mirror = await Mirror.open(path.join(folder, String(made++)));
      const ms = await timed(() => mirror.sync(reader.connection));
      const held = mirror.held();
      mirror.close();
      if (held.indicators !== indicators) throw new Error(`The mirror holds ${held.indicators} indicators.`);
      return (indicators * 1_000) / ms;
    };
    const authorization = await reader.token();
    const read = async () => {
      const ms = await timed(async () => {
        bytes = 0;
        for (let after = ""; ; ) {
          const query = `documents=true&limit=1000${after && `&after=${after}`}`;
          const { body } = await send(exchange.url, { method: "GET", path: `/v1/feed?${query}`, authorization });
          bytes += body.length;
          const page = JSON.parse(body) as { next: string; more: boolean };
          if (!page.more) return;
          after = page.next;
        }
      });
      return (indicators * 1_000) / ms;
    };
    const found = await byTurns(quick ? 1 : 5, sync, read);
    return {
      name: "mirror-sync",
      value: found.ratio.median,
      unit: "of the raw feed read",
      target: 0.5,
      better: "higher",
      detail: {
        indicators,
        indicators_per_second: found.product,
        raw_indicators_per_second: found.ceiling,
        ratio: found.ratio,
        megabytes: round(bytes / 1e6),
        turns: found.turns,
        ...(quick && { quick: "10,000 indicators instead of 100,000: fewer pages, so less is done side by side." }),
      },
    };
  });

/** The n-th of rows that ask by turns about accounts, domains and files; one in a hundred about what is stored. */
function rowAt(n: number): string {
  const place = [places.account, places.domain, places.hash][n % 3]!;
  const turn = n % 100 === 0 ? (n * 7) % (stored / 25) : unknown + n;
  const question = questionAbout(turn * 25 + place) as string | { platform: string; id?: string; handle?: string };
  if (typeof question === "string") return `,,,${question}\n`;
  return `${question.platform},${question.id ?? ""},${question.handle ?? ""},\n`;
}

function* csvOf(rows: number): Generator<string> {
  let text = "platform,id,handle,value\n";
  for (let n = 0; n < rows; n++) {
    text += rowAt(n);
    if (text.length < 65_536) continue;
    yield text;
    text = "";
  }
  yield text;
}

export const mirrorMatch = ({ quick, world: start }: Bench): Promise<Measure> =>
  inFolder(async (folder) => {
    const { reader } = await storedIn(await start(), "MANY", stored);
    const rows = quick ? 100_000 : 1_000_000;
    const file = path.join(folder, "big.csv");
    await pipeline(Readable.from(csvOf(rows)), createWriteStream(file));
    const mirror = await Mirror.open(path.join(folder, "mirror"));
    await mirror.sync(reader.connection);
    const memory: { before: number; most: number } = { before: process.memoryUsage.rss(), most: 0 };
    let turn = 0;
    let matched = 0;
    const whole = async () => {
      const output = path.join(folder, `${turn++}.csv`);
      const ms = await timed(async () => {
        const progress = () => {
          memory.most = Math.max(memory.most, process.memoryUsage.rss());
        };
        const done = await matchFile(mirror, file, { output, progress });
        if (done.asked !== rows || done.unread > 0) throw new Error(`${done.asked} of ${rows} rows were asked.`);
        matched = done.matched;
      });
      return (rows * 1_000) / ms;
    };
    await whole();
    const rates: number[] = [];
    for (let left = quick ? 1 : 5; left > 0; left--) rates.push(await whole());
    const asking = async (place: number, count: number) => {
      const list = Array.from({ length: count }, (_, at) => questionAbout((unknown + at) * 25 + place));
      await mirror.match(list.slice(0, count / 10) as string[]);
      const ms = await timed(() => mirror.match(list as string[]));
      return round((count * 1_000) / ms);
    };
    const addresses = await asking(places.ip, quick ? 10_000 : 100_000);
    const images = await asking(places.pdq, quick ? 200 : 2_000);
    const filter = mirror.filter_bytes;
    mirror.close();
    return {
      name: "mirror-match",
      value: series(rates).median,
      unit: "questions/s",
      target: 150_000,
      better: "higher",
      detail: {
        indicators: stored,
        questions: rows,
        matched,
        questions_per_second: series(rates),
        addresses_per_second: addresses,
        images_per_second: images,
        memory_before_mb: round(memory.before / 1e6),
        memory_most_mb: round(memory.most / 1e6),
        filter_mb: round(filter / 1e6),
        turns: rates.length,
      },
    };
  });
