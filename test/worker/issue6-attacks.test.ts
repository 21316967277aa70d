/** Attacks on what came with feedback, disputes, recalls, held tips and operations: each was tried, and does not work. */
import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { dayOf } from "../../src/core/time.ts";
import { compromiseKey } from "../../src/exchange/compromise-key.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { insertKey } from "../../src/store/keys.ts";
import { url } from "./http.ts";
import { Member, newKey } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let hostile: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  hostile = await enrol("hostile", "platform", { hold: "auto" });
});

async function withFreshKey({ slug, kind }: Member): Promise<Member> {
  const signer = await newKey();
  const at = "2026-01-01T00:00:00.000Z";
  await batch(ground(), [
    insertKey({ kid: signer.kid, partner: slug, jwk: signer.jwk, active_from: at, introduced_by: null }, at),
  ]);
  return new Member(slug, kind, signer);
}

const slugOf = ({ body }: { body: any }) => body.type?.replace(`${url}/problems/`, "");
const count = async (table: string) =>
  ((await all(ground(), sql`SELECT count(*) AS n FROM ${sql.identifier(table)}`)) as { n: number }[])[0]!.n;

describe("a reading is recorded", () => {
  test("also where a filter of bulk triage asks for a value", async () => {
    const { id } = await chirper.submit(["platforms"], {
      indicators: [{ type: "account", platform: "grindbook", id: "1" }],
    });
    const asked = (platform: string) =>
      facepage.call("PUT", "/v1/triage", { filter: { platform, triage: "new" }, set: { state: "done" } });
    expect((await asked("grindbook")).body.changed).toBe(1);
    expect(await all(ground(), sql`SELECT partner, door FROM access_tip`)).toEqual([
      { partner: "facepage", door: "list" },
    ]);
    expect((await chirper.call("GET", `/v1/tips/${id}/accesses`)).body.accesses).toMatchObject([
      { partner: "facepage" },
    ]);
    expect((await asked("other")).body.changed).toBe(0);
    expect(await count("access_tip")).toBe(1);
  });
});

describe("a flood", () => {
  test("of words on a copy ends: each is kept for ever", async () => {
    const { id } = await chirper.submit(["platforms"]);
    await hostile.call("GET", `/v1/tips/${id}`);
    await chirper.withdraw(id);
    const say = (at: number) =>
      hostile.call("POST", `/v1/tips/${id}/acknowledgements`, { outcome: at % 2 ? "deleted" : "never_stored" });
    for (let at = 0; at < limits.acknowledgement.of_day; at++) expect((await say(at)).status).toBe(200);
    const more = await say(limits.acknowledgement.of_day);
    expect([more.status, slugOf(more)]).toEqual([429, "quota"]);
    expect((await say(limits.acknowledgement.of_day - 1)).status).toBe(200);
    expect(await count("acknowledgement")).toBe(limits.acknowledgement.of_day);
  });

  test("of shared feedback ends before it drowns those with sight, and what is for the author goes on", async () => {
    const { id, answer } = await chirper.submit(["platforms"]);
    const tip = { id, digest: answer.body.digest };
    const say = (note: string, share: object) => hostile.say(tip, { status: "received", note, ...share });
    for (let at = 0; at < limits.feedback.shared_of_day; at++)
      expect((await say(`${at}`, { share: "sight" })).status).toBe(201);
    const more = await say("more", { share: "sight" });
    expect([more.status, slugOf(more)]).toEqual([429, "quota"]);
    expect((await say("more", {})).status).toBe(201);
    expect((await facepage.feed()).filter(({ type }) => type === "feedback")).toHaveLength(
      limits.feedback.shared_of_day,
    );
  });

  test("of claims by one partner does not crowd out another's", async () => {
    await batch(ground(), [sql`UPDATE partner SET hold = 'never' WHERE slug = 'hostile'`]);
    const { id } = await chirper.submit(["platforms"]);
    for (let at = 0; at < limits.operation.claims; at++)
      await hostile.submit(["platforms"], { relates_to: [{ tip: id, relation: "duplicates" }] });
    const other = await facepage.submit(["platforms"]);
    await facepage.call("POST", `/v1/tips/${id}/claims`, { tip: other.id, relation: "same-operation" });
    const { claims } = (await chirper.call("GET", `/v1/tips/${id}`)).body;
    expect(claims).toHaveLength(limits.operation.claims);
    expect(claims.map((claim: { claimed_by: string }) => claim.claimed_by)).toContain("facepage");
  }, 30_000);
});

describe("the guard against floods", () => {
  const published = async () => (await all(ground(), sql`SELECT tips, indicators FROM partner_day`))[0];
  const flooded = () =>
    batch(ground(), [
      sql`UPDATE partner_day SET tips = ${limits.flood.tips} WHERE partner = 'hostile' AND day = ${dayOf(Date.now())}`,
    ]);
  const list = Array.from({ length: 5 }, (_, at) => ({ type: "domain", value: `d${at}.example`, control: "operated" }));

  test("is not dodged by publishing to nobody and addressing everybody then", async () => {
    const { id } = await hostile.submit([], { indicators: list });
    await flooded();
    const wider = await hostile.rescope(id, ["platforms"]);
    expect([wider.status, slugOf(wider)]).toEqual([429, "quota"]);
    expect(await facepage.feed()).toEqual([]);
    expect(await published()).toEqual({ tips: limits.flood.tips, indicators: 5 });
  });

  test("lets its author take recipients away, whatever it published", async () => {
    const { id } = await hostile.submit(["partner:chirper", "partner:facepage"], { indicators: list });
    await flooded();
    expect((await hostile.rescope(id, ["partner:chirper"])).status).toBe(200);
    expect((await hostile.rescope(id, ["partner:chirper"], { except: ["facepage"] })).status).toBe(200);
    expect((await hostile.rescope(id, ["partner:chirper"])).status).toBe(429);
    expect((await hostile.rescope(id, [], { except: ["facepage"] })).status).toBe(200);
  });

  test("counts what a rescoping or a version brings to somebody new", async () => {
    const { id } = await hostile.submit([], { indicators: list });
    expect(await published()).toEqual({ tips: 1, indicators: 5 });
    await hostile.rescope(id, ["partner:chirper"]);
    expect(await published()).toEqual({ tips: 2, indicators: 10 });
    await hostile.revise(id, ["partner:chirper"], { indicators: list });
    expect(await published()).toEqual({ tips: 3, indicators: 10 });
    await hostile.revise(id, ["platforms"], { indicators: list });
    expect(await published()).toEqual({ tips: 4, indicators: 15 });
  });
});

describe("a dispute", () => {
  const copies = Array.from({ length: 8 }, (_, at) => ({
    type: "domain",
    value: "harbour.example",
    note: `${at}`,
    control: "operated",
  }));
  const others = Array.from({ length: 12 }, (_, at) => ({ type: "domain", value: `d${at}.example` }));
  let one: Member;
  let two: Member;
  const marks = async (id: string) => (await facepage.call("GET", `/v1/tips/${id}`)).body.marks;

  beforeEach(async () => {
    one = await enrol("photogram", "platform", { ownership: "gram-inc" });
    two = await enrol("videotube", "platform", { ownership: "tube-inc" });
    await batch(ground(), [sql`UPDATE partner SET enrolled_at = '2026-01-01T00:00:00.000Z'`]);
  });

  async function disputed(ordinals: number[]) {
    const { id, answer } = await chirper.submit(["platforms"], { indicators: [...copies, ...others] });
    const tip = { id, digest: answer.body.digest };
    for (const each of [one, two]) await each.say(tip, { indicators: [{ ordinals, status: "false_positive" }] });
    return tip;
  }

  test("is of all copies of the same thing, however often its author lists it, and takes one voice of a budget", async () => {
    const tip = await disputed([3]);
    const eight = copies.map((_, at) => at);
    expect(await marks(tip.id)).toEqual({ disputed: eight });
    for (const each of [one, two])
      await each.say(tip, { indicators: [{ ordinals: [8, 9, 10, 11], status: "false_positive" }] });
    // A fifth of twenty is four: three more.
    expect(await marks(tip.id)).toEqual({ disputed: [...eight, 8, 9, 10] });
  });

  test("is taken back of all copies, and what is said of one of them apart stays said", async () => {
    const tip = await disputed([3]);
    await one.say(tip, { indicators: [{ ordinals: [5], status: "found" }] });
    expect(await marks(tip.id)).toBeUndefined();
    const again = await disputed([0, 1, 9]);
    expect((await marks(again.id)).disputed).toEqual([...copies.map((_, at) => at), 9]);
    const both = {
      indicators: [
        { ordinals: [2], status: "found" },
        { ordinals: [3], status: "false_positive" },
      ],
    };
    await two.say(again, both);
    expect((await marks(again.id)).disputed).toEqual([3, 9]);
  });

  test("that a thief took back under a stolen key may be spoken again by whose key it was", async () => {
    const tip = await disputed([0]);
    const since = new Date().toISOString();
    await one.say(tip, { indicators: [{ ordinals: [0], status: "found" }] });
    expect(await marks(tip.id)).toBeUndefined();
    const later = await withFreshKey(one);
    await compromiseKey(await exchangeNow(), one.slug, one.signer.kid, since, undefined);
    expect((await one.call("GET", "/v1/tips")).status).toBe(401);
    await later.say(tip, { indicators: [{ ordinals: [0], status: "false_positive" }] });
    expect((await marks(tip.id)).disputed).toHaveLength(copies.length);
  });
});

describe("a held tip", () => {
  test("is not released with a key that was stolen, and by two at once once", async () => {
    const steward = await enrol("steward", "steward");
    await batch(ground(), [sql`UPDATE partner SET hold = 'always' WHERE slug = 'hostile'`]);
    const held = async () => (await hostile.submit(["platforms"])).answer.body.digest as string;
    const release = (digest: string) => steward.call("POST", `/v1/partners/hostile/held-tips/${digest}/release`, {});
    const [first, second] = [await held(), await held()];
    const both = await Promise.all([release(first), release(first)]);
    for (const { status } of both) expect([200, 404]).toContain(status);
    expect(await all(ground(), sql`SELECT tips FROM partner_day`)).toEqual([{ tips: 1 }]);
    expect((await facepage.feed()).map(({ type }) => type)).toEqual(["published"]);
    const later = await withFreshKey(hostile);
    await compromiseKey(await exchangeNow(), "hostile", hostile.signer.kid, new Date().toISOString(), undefined);
    expect((await release(second)).body).toMatchObject({ state: "failed", problem: "key-not-active" });
    expect((await facepage.feed()).map(({ type }) => type)).toEqual(["published"]);
    expect((await later.call("GET", "/v1/held-tips")).body.held_tips).toHaveLength(1);
  });
});

test("one appeal, and a flood of disputes, do not keep the author of a large tip from its next version", async () => {
  const host = await enrol("grindbook", "platform", { platforms: ["grindbook"] });
  const list = Array.from({ length: 5_000 }, (_, at) => ({ type: "account", platform: "grindbook", id: `${at}` }));
  const { id, answer } = await chirper.submit(["platforms"], { indicators: list });
  await facepage.call("POST", `/v1/tips/${id}/appeals`, { version: 1, indicators: [7] });
  const ordinals = Array.from({ length: limits.disputes.hosted }, (_, at) => at + 1);
  await host.say({ id, digest: answer.body.digest }, { indicators: [{ ordinals, status: "false_positive" }] });
  const began = performance.now();
  expect((await chirper.revise(id, ["platforms"], { indicators: list.slice(1) })).answer.status).toBe(201);
  expect(performance.now() - began).toBeLessThan(5_000);
  const { marks } = (await facepage.call("GET", `/v1/tips/${id}`)).body;
  expect([marks.appealed, marks.disputed.length, marks.disputed[0]]).toEqual([[6], limits.disputes.hosted, 0]);
}, 60_000);
