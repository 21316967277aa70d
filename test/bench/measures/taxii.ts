/** TAXII: pages and single objects against the raw read of their rows, growth, and a first sync as clients make it. */
import { type Call, rate } from "../load.ts";
import { type Bench, byTurns, type Measure, round, timed } from "../measure.ts";
import type { Partner } from "../partner.ts";
import type { Exchange, Name, World } from "../world.ts";

/** A tip of 25 mixed indicators: four objects, four for each indicator, two for the telephone number. */
const indicators = 25;
const objectsEach = 4 + 4 * indicators - 2;
const objects = "/taxii2/tips/collections/all/objects/";

interface Filled {
  exchange: Exchange;
  author: Partner;
  reader: Partner;
  tips: number;
}
const opened = new Map<Name, Filled>();

/** An exchange with at least so many objects. */
async function filled(world: World, name: Name, count: number): Promise<Filled> {
  const exchange = await world.exchange(name);
  const found = opened.get(name) ?? {
    exchange,
    author: await exchange.enrol("author"),
    reader: await exchange.enrol("reader"),
    tips: 0,
  };
  opened.set(name, found);
  const missing = Math.ceil(count / objectsEach) - found.tips;
  for (let left = missing; left > 0; left -= 200) {
    const calls = await found.author.submissions(Math.min(left, 200), indicators, ["platforms"]);
    await rate(exchange.url, calls, 4);
  }
  found.tips += Math.max(missing, 0);
  return found;
}

interface Page {
  objects?: { id: string }[];
  more?: true;
  next?: string;
}

async function pageOf(reader: Partner, url: string, query: string) {
  const answer = await reader.read(`${objects}?${query}`, url);
  return {
    page: JSON.parse(answer.body) as Page,
    rows: Number(answer.headers["rows-read"] ?? 0),
    bytes: answer.body.length,
  };
}

/** The first pages of 100 objects, as calls; each has been read once. */
async function pagesOf({ exchange, reader }: Filled, count: number): Promise<Call[]> {
  const calls: Call[] = [];
  let query = "limit=100";
  const authorization = await reader.token();
  while (calls.length < count) {
    calls.push({ method: "GET", path: `${objects}?${query}`, authorization });
    const { page } = await pageOf(reader, exchange.url, query);
    if (!page.next || page.objects!.length < 96) throw new Error("The page is not full.");
    query = `limit=100&next=${page.next}`;
  }
  return calls;
}

export async function taxiiPage({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  const from = await filled(world, "TAXII", 10_000);
  const calls = await pagesOf(from, 40);
  const raw = calls.map((_, at) => ({ method: "GET", path: `/read-objects?db=TAXII&at=${at}` }) as const);
  const found = await byTurns(
    quick ? 3 : 11,
    () => rate(from.exchange.url, calls, 1),
    () => rate(world.ceiling, raw, 1),
  );
  return {
    name: "taxii-page-100",
    value: found.ratio.median,
    unit: "of the raw read",
    target: 0.4,
    better: "higher",
    detail: {
      objects_stored: from.tips * objectsEach,
      pages_per_second: found.product,
      raw_pages_per_second: found.ceiling,
      ratio: found.ratio,
      turns: found.turns,
    },
  };
}

export async function taxiiGrowth({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  const few = await filled(world, "TAXII", 10_000);
  const many = await filled(world, "TAXIIMANY", 130_000);
  const [fewCalls, manyCalls] = [await pagesOf(few, 40), await pagesOf(many, 40)];
  const found = await byTurns(
    quick ? 3 : 11,
    () => rate(many.exchange.url, manyCalls, 1),
    () => rate(few.exchange.url, fewCalls, 1),
  );
  return {
    name: "taxii-growth",
    value: found.ratio.median,
    unit: "of the pages a second with 10,000 objects",
    target: 0.8,
    better: "higher",
    detail: {
      objects_stored: many.tips * objectsEach,
      pages_per_second: found.product,
      pages_per_second_with_few: found.ceiling,
      ratio: found.ratio,
      turns: found.turns,
    },
  };
}

export async function taxiiObject({ quick, world: start }: Bench): Promise<Measure> {
  const world = await start();
  const from = await filled(world, "TAXII", 10_000);
  const { page } = await pageOf(from.reader, from.exchange.url, "limit=200&match[type]=indicator");
  const authorization = await from.reader.token();
  const calls = page.objects!.map(({ id }) => ({ method: "GET", path: `${objects}${id}/`, authorization }) as const);
  const raw = calls.map((_, at) => ({ method: "GET", path: `/read-object?db=TAXII&at=${at}` }) as const);
  const found = await byTurns(
    quick ? 3 : 11,
    () => rate(from.exchange.url, calls, 1),
    () => rate(world.ceiling, raw, 1),
  );
  return {
    name: "taxii-object",
    value: found.ratio.median,
    unit: "of the raw one-row read",
    target: 0.5,
    better: "higher",
    detail: {
      objects_stored: from.tips * objectsEach,
      objects_per_second: found.product,
      raw_rows_per_second: found.ceiling,
      ratio: found.ratio,
      turns: found.turns,
    },
  };
}

/** Follows `next` from the beginning, as clients do with a limit of their own. */
async function sync(reader: Partner, url: string, limit: number) {
  const sum = { objects: 0, pages: 0, rows: 0, bytes: 0 };
  for (let query = `limit=${limit}`; ; ) {
    const { page, rows, bytes } = await pageOf(reader, url, query);
    sum.objects += page.objects?.length ?? 0;
    sum.pages++;
    sum.rows += rows;
    sum.bytes += bytes;
    if (!page.more) return sum;
    query = `limit=${limit}&next=${page.next}`;
  }
}

export async function taxiiSync({ world: start }: Bench): Promise<Measure> {
  const world = await start();
  const half = await filled(world, "SYNC", 6_500);
  const fewer = await sync(half.reader, half.exchange.counted, 1_000);
  const from = await filled(world, "SYNC", 13_000);
  let read = fewer;
  const ms = await timed(async () => {
    read = await sync(from.reader, from.exchange.counted, 1_000);
  });
  return {
    name: "taxii-sync-13000",
    value: round(ms / 1_000),
    unit: "s, rows read linear in objects",
    target: null,
    better: "lower",
    detail: {
      ...read,
      objects_per_second: round((read.objects * 1_000) / ms),
      rows_an_object: round(read.rows / read.objects),
      rows_an_object_with_half: round(fewer.rows / fewer.objects),
    },
  };
}
