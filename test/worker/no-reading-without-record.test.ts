/**
 * No reading without a record, at every door there is: the operations themselves say which that are, so a new one is tested, or
 * fails here until this test can ask it.
 */
import { exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { eventUuid } from "../../src/formats/misp/uuid.ts";
import { operations } from "../../src/operations.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { campaignOf, ofTip, queryOf } from "./doors.ts";
import { url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

/** They say what there is to ask, that nothing is done, what one's own records and words add up to, or what of one's own tips. */
const tellNothing = [
  "readStats",
  "listHeard",
  "readTaxii",
  "readTaxiiRoot",
  "listTaxiiCollections",
  "readTaxiiCollection",
  "readTaxiiStatus",
];
const doors = operations.filter(
  ({ id, access, isRefused }) =>
    (access === "tips:read" || access === "match") && !isRefused && !tellNothing.includes(id),
);
const value = "secret-lantern.example";
const reads = { questions: [value] };

let reader: Member;
let tip: string;

beforeEach(async () => {
  await freshWorld();
  const author = await enrol("chirper", "platform");
  reader = await enrol("facepage", "platform");
  tip = (await author.submit(["platforms"], { indicators: [{ type: "domain", value }] })).id;
});

/** What the door answers, a stream as far as it gets in two seconds: whether it tells of the tip. */
async function tells(door: (typeof doors)[number]): Promise<boolean> {
  const { method } = door;
  const asked = ofTip(door.path, tip) + queryOf(door.path);
  const worker = (exports as unknown as { default: Fetcher }).default;
  const request = new Request(url + asked, {
    method,
    headers: { ...(await reader.authorization(method, asked)), "content-type": "application/json" },
    ...(method !== "GET" && { body: JSON.stringify(reads) }),
  });
  const response = await worker.fetch(request);
  const stream = response.body!.getReader();
  let text = "";
  const decoder = new TextDecoder();
  const over = scheduler.wait(2_000).then(() => ({ done: true, value: undefined }));
  // The question itself comes back with the refusal of none; the tip's id does not.
  while (!text.includes(tip)) {
    const piece = await Promise.race([stream.read().catch(() => ({ done: true, value: undefined })), over]);
    if (piece.done) break;
    text += decoder.decode(piece.value, { stream: true });
  }
  await stream.cancel().catch(() => {});
  return [tip, eventUuid(tip), "Harbour Lantern", campaignOf(tip), '{"versions":['].some((told) => text.includes(told));
}

test("there are doors to ask", () => {
  expect(doors.length).toBeGreaterThan(6);
  for (const { id, path } of doors) expect(ofTip(path, crypto.randomUUID()), id).not.toContain("{");
});

test.each(doors.map((door) => [door.id, door] as const))(
  "%s hands out a tip with a record, and without one nothing",
  async (_id, door) => {
    const db = ground();
    await reader.authorization("GET", "/");
    for (const table of ["access", "access_tip"]) {
      await batch(db, [
        sql`CREATE TRIGGER no_records BEFORE INSERT ON ${sql.identifier(table)} BEGIN SELECT RAISE(ABORT, 'D1_ERROR no records'); END`,
      ]);
      expect(await tells(door), table).toBe(false);
      await batch(db, [sql`DROP TRIGGER no_records`]);
    }
    expect(await all(db, sql`SELECT partner FROM access_tip`)).toEqual([]);
    expect(await tells(door)).toBe(true);
    expect(await all(db, sql`SELECT DISTINCT partner, purpose FROM access_tip`)).toEqual([
      { partner: "facepage", purpose: "" },
    ]);
    expect((await all(db, sql`SELECT partner FROM access`)).length).toBeGreaterThan(0);
  },
);
