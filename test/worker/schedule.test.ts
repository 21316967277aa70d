/** One run of the scheduled job is bounded; what it leaves, the next does, and nothing is told twice. */
import { beforeEach, expect, test } from "vitest";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
const day = 86_400_000;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});

/** Runs the job over a database that counts; the number of statements it made. */
async function run(now: number): Promise<number> {
  const exchange = await exchangeNow(now);
  let made = 0;
  const db = new Proxy(exchange.db, {
    get(target, property) {
      const value = Reflect.get(target, property).bind(target);
      if (property !== "prepare") return value;
      return (text: string) => {
        made++;
        return value(text);
      };
    },
  });
  await runSchedule({ ...exchange, db });
  return made;
}

test("hundreds of tips that end at once are told of once each, in runs of under 1,000 statements", async () => {
  const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
  const embargo = { until: soon(3_600_000), no: ["publication"] };
  for (let n = 0; n < 130; n++) {
    const { answer } = await chirper.submit(["platforms"], { expires_at: soon(20 * day), embargo });
    expect(answer.status).toBe(201);
  }
  // The embargoes are over, and the tips end within two weeks.
  for (let runs = 0; runs < 6; runs++) expect(await run(Date.now() + 10 * day)).toBeLessThan(1_000);
  // They have ended.
  for (let runs = 0; runs < 6; runs++) expect(await run(Date.now() + 21 * day)).toBeLessThan(1_000);
  const told = await all(
    ground(),
    sql`SELECT type, count(*) AS n, count(DISTINCT tip_no) AS tips FROM event GROUP BY type`,
  );
  expect(told.map((row) => [row.type, row.n, row.tips]).sort()).toEqual([
    ["embargo_lifted", 130, 130],
    ["expired", 130, 130],
    ["expiring", 130, 130],
    ["published", 130, 130],
  ]);
  // A month later they are erased.
  for (let runs = 0; runs < 4; runs++) expect(await run(Date.now() + 60 * day)).toBeLessThan(1_000);
  expect(await all(ground(), sql`SELECT tip_no FROM tip WHERE erased_at IS NULL`)).toEqual([]);
  expect((await facepage.feed()).map((event) => event.type)).toEqual(Array(130).fill("expired"));
}, 120_000);
