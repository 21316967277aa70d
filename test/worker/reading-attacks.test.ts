/** Regressions named for their faults: what a hostile partner once got out of the doors of others' tools. */
import { beforeEach, expect, test } from "vitest";
import { idOf } from "../../src/formats/stix/ids.ts";
import { observableId } from "../../src/formats/stix/uuid.ts";
import { batch, sql } from "../../src/store/database.ts";
import type { Member } from "./member.ts";
import { all, follow, get } from "./taxii-client.ts";
import { enrol, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let agency: Member;
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
});

const trap = { type: "domain", value: "trap.example" };
const trapId = observableId("domain-name", { value: trap.value });
const handed = async (tip: string) => (await chirper.call("GET", `/v1/tips/${tip}/accesses`)).body.accesses;

test.each([
  ["by its path", `${all}objects/${trapId}/`],
  ["by a filter", `${all}objects/?match[id]=${trapId}`],
  ["of a manifest", `${all}manifest/?match[id]=${trapId}`],
])("who asks for an observable %s asks for a value: the tip's author was told who asked", async (_, path) => {
  const { id } = await chirper.submit(["platforms"], { indicators: [trap] });
  await follow(chirper);
  expect((await get(facepage, path)).body.objects).toHaveLength(1);
  expect(await handed(id)).toEqual([]);
});

test("whether an observable is found tells nobody that somebody read the tip, a silent agency least", async () => {
  await chirper.submit(["partner:cyber-unit"], { indicators: [trap] });
  const before = await get(chirper, `${all}objects/${trapId}/`);
  await follow(agency);
  const after = await get(chirper, `${all}objects/${trapId}/`);
  expect([after.status, after.body]).toEqual([before.status, before.body]);
});

test("a tip is found by the ids of its objects though a stranger filled the ids around its own", async () => {
  const { id } = await chirper.submit(["platforms"], {
    indicators: [trap],
    tip: crypto.randomUUID().replace(/....$/, "ffff"),
  });
  const near = (at: number) => `${id.slice(0, 12)}0-0000-0000-${at.toString(16).padStart(12, "0")}`;
  await batch(ground(), [
    sql`INSERT INTO tip (tip, mark, author, version, revision, audience_seq, tlp, operation, accepted_at, expires_at, embargo_told)
      SELECT value, 'm' || value, 'facepage', 1, 0, 0, 'amber', 'x', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', 0
      FROM json_each(${JSON.stringify(Array.from({ length: 10_000 }, (_, at) => near(at)))})`,
  ]);
  expect((await get(facepage, `${all}objects/${idOf("indicator", id, 0)}/`)).status).toBe(200);
  expect((await facepage.call("GET", `/misp/${idOf("campaign", id, 0).slice("campaign--".length)}.json`)).status).toBe(
    200,
  );
});
