/** What one partner cannot do to the others: large requests take turns, bodies come in time, floods end, a full database reads on. */
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBytes } from "../../src/api/body.ts";
import { limits } from "../../src/core/limits.ts";
import { dayOf } from "../../src/core/time.ts";
import { holdBack } from "../../src/exchange/hold-back.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { use } from "../../src/store/quotas.ts";
import { type Answer, url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let tests = 0;

/** Names of their own for each test: a worker remembers what a partner took of it. */
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol(`chirper-${++tests}`, "platform");
  facepage = await enrol(`facepage-${tests}`, "platform");
});

const spend = (used: Parameters<typeof use>[2]) => batch(ground(), [use(chirper.slug, dayOf(Date.now()), used)]);
/** Until whoever was in the worker before no longer counts as there. */
const alone = () => scheduler.wait(3_100);
const refusal = (answer: Answer) => [answer.status, String(answer.body.type).split("/").at(-1)];
const counted = async (table: string) =>
  (await all(ground(), sql<{ n: number }>`SELECT count(*) AS n FROM ${sql.identifier(table)}`))[0]!.n;
const domains = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ type: "domain", value: `site-${n}.example` }));
/** Two keys each. */
const addresses = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ type: "url", value: `https://site-${n}.example/${n}` }));

/** A request whose body comes when the test says so. */
async function dripping(member: Member, path: string) {
  let body!: ReadableStreamDefaultController<Uint8Array>;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      body = controller;
    },
  });
  const headers = { ...(await member.authorization("POST", path)), "content-type": "application/json" };
  const worker = (exports as unknown as { default: Fetcher }).default;
  const request = new Request(url + path, { method: "POST", headers, body: stream });
  return { answer: worker.fetch(request), send: (text: string) => body.enqueue(new TextEncoder().encode(text)), body };
}

describe("where the day is used up", () => {
  test.each([
    ["/v1/tips", { index_keys: limits.quota.index_keys }],
    ["/v1/tips", { bytes: limits.quota.bytes }],
    ["/v1/match", { questions: limits.quota.questions }],
  ])("%s is refused before its body is there, %o", async (path, used) => {
    await spend(used);
    const { answer, body } = await dripping(chirper, path);
    const { status, headers } = await answer;
    expect(status).toBe(429);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    body.close();
    expect(refusal(await chirper.call("POST", path, { not: "what is asked for" }))).toEqual([429, "quota"]);
  });

  test("a flood of tips of 20,000 keys stores none beyond it, and reading goes on and is recorded", async () => {
    await spend({ index_keys: limits.quota.index_keys - 30_000 });
    await alone();
    const answers: Answer[] = [];
    for (let n = 0; n < 4; n++)
      answers.push((await chirper.submit(["platforms"], { indicators: addresses(10_000) })).answer);
    expect(answers.map((answer) => answer.status)).toEqual([201, 429, 429, 429]);
    expect(answers.slice(1).map(refusal)).toEqual(Array(3).fill([429, "quota"]));
    expect(await counted("index_key")).toBe(20_000);
    const { body } = await facepage.call("GET", "/v1/tips");
    expect(body.tips).toHaveLength(1);
    expect((await facepage.call("GET", `/v1/tips/${body.tips[0].tip}`)).status).toBe(200);
    expect(await all(ground(), sql`SELECT partner FROM access_tip WHERE door = 'tip'`)).toEqual([
      { partner: facepage.slug },
    ]);
    expect((await facepage.submit(["platforms"])).answer.status).toBe(201);
  });

  test("of ten tips at once no more are kept than there was room for", async () => {
    await spend({ index_keys: limits.quota.index_keys - 250 });
    const drafts = await Promise.all(
      Array.from({ length: 10 }, () => chirper.draft(["platforms"], { indicators: domains(100) })),
    );
    const answers = await Promise.all(
      drafts.map(({ tip, audience }) => chirper.call("POST", "/v1/tips", { tip, audience })),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(2);
    expect(answers.filter((answer) => answer.status !== 201).map(refusal)).toEqual(Array(8).fill([429, "quota"]));
    expect(await counted("index_key")).toBe(200);
    expect(await all(ground(), sql`SELECT index_keys FROM quota WHERE partner = ${chirper.slug}`)).toEqual([
      { index_keys: limits.quota.index_keys - 50 },
    ]);
  });
});

describe("large requests", () => {
  test("of one partner wait for their turn, then are told when to come back; another's pass; afterwards they pass", async () => {
    const questions = { questions: Array(20).fill("f".repeat(64)) };
    const slow = [];
    for (let n = 0; n < limits.large.reading; n++) slow.push(await dripping(chirper, "/v1/match"));
    for (const { send } of slow) send("{");
    const { tip, audience } = await chirper.draft(["platforms"], { indicators: domains(700) });
    const large = () => chirper.call("POST", "/v1/tips", { tip, audience });
    const waits = large();
    expect((await chirper.call("POST", "/v1/match", questions)).status).toBe(200);
    const theirs = await facepage.draft(["platforms"], { indicators: domains(700) });
    const passed = await facepage.call("POST", "/v1/tips", { tip: theirs.tip, audience: theirs.audience });
    expect(passed.status).toBe(201);
    const refused = await waits;
    expect(refusal(refused)).toEqual([429, "rate"]);
    expect(refused.headers.get("retry-after")).toBe("2");
    for (const { body, answer } of slow) {
      body.close();
      expect((await answer).status).toBe(400);
    }
    expect((await large()).status).toBe(201);
  });

  test("one that is waited for passes as soon as its turn comes", async () => {
    const slow = await Promise.all([dripping(chirper, "/v1/match"), dripping(chirper, "/v1/match")]);
    for (const { send } of slow) send("{");
    const waits = chirper.submit(["platforms"], { indicators: domains(700) });
    await scheduler.wait(200);
    for (const { body } of slow) body.close();
    expect((await waits).answer.status).toBe(201);
  });

  test("a large answer comes whole", async () => {
    const indicators = Array.from({ length: 1_000 }, (_, n) => ({
      type: "domain",
      value: `ü-${n}.example`,
      note: "ü".repeat(300),
    }));
    const { id, document } = await chirper.submit(["platforms"], { indicators });
    const { body } = await facepage.call("GET", `/v1/tips/${id}`);
    expect(body.document).toEqual(document);
  });
});

test("a body that is not there in time is given up, and what comes of it is not read on", async () => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      pulled++;
      await scheduler.wait(20);
      controller.enqueue(new Uint8Array([0x20]));
    },
  });
  const request = new Request(url, { method: "POST", body });
  expect(await readBytes(request, 1_000_000, 0.2)).toBe("late");
  const then = pulled;
  await scheduler.wait(200);
  expect(pulled).toBeLessThanOrEqual(then + 1);
});

test("who goes on being refused without waiting is answered late, and nobody else is", async () => {
  const now = Date.now();
  // A worker's memory outlasts a test: others may have been refused under a name that is used again.
  const [hostile, honest] = [`hostile-${now}`, `honest-${now}`];
  const took = async (who: string, at = now) => {
    const began = performance.now();
    await holdBack(who, 2, at);
    return performance.now() - began;
  };
  for (let n = 0; n < 21; n++) expect(await took(hostile)).toBeLessThan(500);
  expect(await took(honest)).toBeLessThan(500);
  expect(await took(hostile)).toBeGreaterThan(1_000);
  expect(await took(hostile, now + 2_000)).toBeLessThan(500);
});

describe("a database at its bound", () => {
  const bindings = env as unknown as { DB: D1Database };
  const real = () => ground();
  const full = (db: D1Database): D1Database =>
    new Proxy(db, {
      get: (target, property) =>
        property === "batch"
          ? async (list: D1PreparedStatement[]) => {
              const results = await target.batch(list);
              for (const { meta } of results) meta.size_after = limits.database_bytes * limits.database_share + 1;
              return results;
            }
          : Reflect.get(target, property),
    });
  afterEach(() => {
    bindings.DB = real();
  });

  test("takes no tip and no version, and reads, matches, records, rescopes and withdraws on", async () => {
    const { id } = await chirper.submit(["platforms"]);
    bindings.DB = full(bindings.DB);
    for (const { answer } of [await chirper.submit(["platforms"]), await chirper.revise(id, ["platforms"])]) {
      expect(refusal(answer)).toEqual([503, "full"]);
      expect(answer.headers.get("retry-after")).toBe("3600");
    }
    expect([await counted("tip"), await counted("tip_version"), await counted("document_piece")]).toEqual([1, 1, 1]);
    expect((await facepage.call("GET", `/v1/tips/${id}`)).status).toBe(200);
    const { answers } = (await facepage.call("POST", "/v1/match", { questions: ["harbour-news.example"] })).body;
    expect(answers[0].hits).toHaveLength(1);
    expect(await all(ground(), sql`SELECT door FROM access_tip ORDER BY door`)).toEqual([
      { door: "match" },
      { door: "tip" },
    ]);
    expect((await chirper.rescope(id, [`partner:${facepage.slug}`])).status).toBe(200);
    expect((await chirper.withdraw(id)).status).toBe(200);
    expect((await facepage.feed()).map((event) => event.type)).toContain("withdrawn");
  });
});
