/** A new version comes with its difference: told with the event, with the tip, and to nobody else. */
import { beforeEach, expect, test } from "vitest";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
});

const domain = (value: string, more = {}) => ({ type: "domain", value, ...more });
const ip = (value: string) => ({ type: "ip", value });

/** The difference of the newest version, as the tables keep it. */
const kept = async (id: string) => {
  const [row] = await all(
    ground(),
    sql<{
      difference: string;
    }>`SELECT v.difference FROM tip t JOIN tip_version v USING (tip_no, version) WHERE t.tip = ${id}`,
  );
  return JSON.parse(row!.difference);
};

test("revised tells how many indicators were added, changed and removed, and so does the tip", async () => {
  const { id } = await chirper.submit(["platforms"], {
    indicators: [domain("a.example"), domain("b.example"), domain("c.example")],
  });
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.difference).toBeUndefined();
  await chirper.revise(id, ["platforms"], {
    indicators: [domain("b.example"), domain("A.example.", { note: "changed" }), domain("d.example")],
  });
  const difference = { added: 1, changed: 1, removed: 1 };
  expect((await facepage.feed()).at(-1)).toMatchObject({ type: "revised", difference });
  expect((await facepage.call("GET", `/v1/tips/${id}`)).body.difference).toEqual(difference);
  expect(await kept(id)).toEqual({ added: [2], changed: [[0, 1]], removed: [2], kept: [[1, 0]] });
});

test("an indicator past its validity, swept from the tables, is compared by the signed document", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: [ip("203.0.113.0/24"), domain("a.example")] });
  await runSchedule(await exchangeNow(Date.now() + 31 * 86_400_000));
  expect(await all(ground(), sql`SELECT type FROM indicator`)).toHaveLength(1);
  await chirper.revise(id, ["platforms"], { indicators: [ip("203.0.113.0/24"), ip("198.51.100.0/24")] });
  expect(await kept(id)).toEqual({ added: [1], changed: [], removed: [1], kept: [[0, 0]] });
});
