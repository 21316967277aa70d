/** An operation across tips: what is gathered for whom, and that a relation is shown where both tips are, as a claim. */
import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import type { Caller } from "../../src/exchange/exchange.ts";
import { readOperation } from "../../src/exchange/read-operation.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, sql } from "../../src/store/database.ts";
import { url } from "./http.ts";
import { type Member, operation } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

let chirper: Member;
let facepage: Member;
let observatory: Member;
const view = async (member: Member, query = "", id = operation) => member.call("GET", `/v1/operations/${id}${query}`);
const other = "9d0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c99";
const seen = async (member: Member) => (await view(member)).body.tips.map(({ tip }: { tip: string }) => tip);

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
  observatory = await enrol("observatory", "research");
});

const account = (platform: string, id: string) => ({ type: "account", platform, kind: "page", id });
const relating = (tip: string, relation: string, id = operation, name = "Harbour Lantern") => ({
  operation: { id, name },
  relates_to: [{ tip, relation }],
});

describe("the view of an operation", () => {
  test("sums what may be seen: names, who tipped, times, indicators by type, what is the reader's", async () => {
    await chirper.submit(["everyone"], {
      tlp: "green",
      operation: {
        id: operation,
        name: "Harbour Lantern",
        aliases: ["HL"],
        first_seen: "2026-06-01",
        last_seen: "2026-08-01",
      },
      ask: { for: ["preserve"], respond_by: "2030-01-02T00:00:00Z" },
      indicators: [account("facepage", "1"), account("facepage", "2"), { type: "domain", value: "a.example" }],
    });
    await observatory.submit(["platforms"], {
      operation: { id: operation, name: "Pier Light", aliases: ["HL", "PL"], first_seen: "2026-05-01" },
      ask: { for: ["investigate"], respond_by: "2030-01-01T00:00:00Z" },
      indicators: [account("facepage", "3")],
    });
    const { status, body } = await view(facepage);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      names: ["Harbour Lantern", "Pier Light"],
      aliases: ["HL", "PL"],
      from: [
        { partner: "observatory", tips: 1 },
        { partner: "chirper", tips: 1 },
      ],
      first_seen: "2026-05-01",
      last_seen: "2026-08-01",
      indicators: { total: 4, by_type: { account: 3, domain: 1 } },
      for_you: { indicators: 3, ask: ["investigate", "preserve"], respond_by: "2030-01-01T00:00:00Z" },
      more: false,
    });
    // Observatory does not see its readers' share, and the other's only as far as it goes to everyone.
    expect((await view(observatory)).body).toMatchObject({ for_you: { indicators: 0 }, indicators: { total: 4 } });
  });

  test("holds replies to replies, and what is connected from either side with another id, one step away", async () => {
    const { id: first } = await chirper.submit(["platforms"]);
    const { id: reply } = await facepage.submit(["partner:chirper"], relating(first, "reply"));
    const { id: again } = await chirper.submit(["partner:facepage"], relating(reply, "reply"));
    const { id: mine } = await facepage.submit(["partner:chirper"], relating(first, "duplicates", other, "Quay"));
    const { id: far } = await facepage.submit(["partner:chirper"], relating(mine, "adds-to", other, "Quay"));
    const { body } = await view(chirper);
    expect(body.tips.map(({ tip }: any) => tip)).toEqual([mine, again, reply, first]);
    expect(body.names).toEqual(["Harbour Lantern", "Quay"]);
    const claim = (relation: string, tip: string, related: string, claimed_by: string) => ({
      relation,
      tip,
      related,
      claimed_by,
    });
    expect(body.claims).toEqual([
      claim("duplicates", mine, first, "facepage"),
      claim("reply", again, reply, "chirper"),
      claim("reply", reply, first, "facepage"),
    ]);
    // From the other operation's side it is connected all the same.
    const tips = (await view(chirper, "", other)).body.tips.map(({ tip }: any) => tip);
    expect(tips).toEqual([far, mine, first]);
  });

  test("shows a relation only to whoever sees both tips, whichever of them says it", async () => {
    const { id: first } = await chirper.submit(["platforms", "research"]);
    const { id: hidden } = await facepage.submit(["partner:chirper"], relating(first, "duplicates", other, "Quay"));
    const { body } = await view(observatory);
    expect(body.tips.map(({ tip }: any) => tip)).toEqual([first]);
    expect(body.claims).toEqual([]);
    expect(JSON.stringify(body)).not.toMatch(/Quay|facepage/);
    expect(body.tips[0]).not.toHaveProperty("claims");
    expect((await view(observatory, "", other)).status).toBe(404);
    // The tip's own page says what others' tips say of it, to whoever sees those.
    expect((await chirper.call("GET", `/v1/tips/${first}`)).body.claims).toEqual([
      { relation: "duplicates", tip: hidden, related: first, claimed_by: "facepage" },
    ]);
  });

  test("judges again as it hands out: what was hidden since it was gathered is neither there nor claimed", async () => {
    const { id: first } = await chirper.submit(["research"]);
    const { id: second } = await chirper.submit(["research"], relating(first, "duplicates"));
    const exchange = await exchangeNow();
    const { db } = exchange;
    const between = new Proxy(db, {
      get: (target, property) =>
        property === "batch"
          ? async (list: D1PreparedStatement[]) => {
              await chirper.rescope(second, ["partner:facepage"]);
              return db.batch(list);
            }
          : Reflect.get(target, property).bind(target),
    });
    const { slug: partner, kind, signer } = observatory;
    const work = { begin: async () => undefined };
    const caller = { partner, kind, kid: signer.kid, purpose: "", places: [], work } as unknown as Caller;
    const read = await readOperation({ ...exchange, db: between }, caller, operation, { limit: 10 });
    expect(read).toMatchObject({ ok: true, value: { tips: [{ tip: first }], claims: [], indicators: { total: 1 } } });
  });

  test("is paged without a gap, and without an end to come, where tips between those one sees are hidden", async () => {
    const hide = () => chirper.submit(["partner:facepage"]);
    const ids: string[] = [];
    for (let made = 0; made < 3; made++) {
      await hide();
      ids.unshift((await chirper.submit(["platforms", "research"])).id);
    }
    await hide();
    await chirper.submit(["partner:facepage"], relating(ids[0]!, "duplicates", other, "Quay"));
    const pages: { tips: { tip: string }[]; more: boolean; next: string | null }[] = [];
    for (let after = ""; after !== null && pages.length < 9; ) {
      const { body } = await view(observatory, `?limit=1${after && `&after=${after}`}`);
      pages.push(body);
      after = body.next;
    }
    expect(pages.map(({ tips, more }) => [tips.map(({ tip }) => tip), more])).toEqual([
      [[ids[0]], true],
      [[ids[1]], true],
      [[ids[2]], false],
    ]);
  });

  test("goes page by page over each tip once, a claim with the page of the tip that makes it; all of it is recorded", async () => {
    const { id: first } = await chirper.submit(["platforms"]);
    const made = [first];
    for (let n = 0; n < 3; n++) made.unshift((await chirper.submit(["platforms"], relating(first, "adds-to"))).id);
    const tips: string[] = [];
    let claims = 0;
    for (let after = ""; ; ) {
      const { body } = await view(facepage, `?limit=2${after && `&after=${after}`}`);
      tips.push(...body.tips.map(({ tip }: any) => tip));
      claims += body.claims.length;
      expect(body.indicators.total).toBe(4);
      if (!body.more) break;
      after = body.next;
    }
    expect([tips, claims]).toEqual([made, 3]);
    expect(await all(ground(), sql`SELECT DISTINCT door FROM access_tip WHERE partner = 'facepage'`)).toEqual([
      { door: "list" },
    ]);
    expect(await all(ground(), sql`SELECT tip_no FROM access_tip WHERE partner = 'facepage'`)).toHaveLength(4);
  });

  test("is not there where nothing of it may be seen, alike for one that is not there", async () => {
    const { id } = await chirper.submit(["partner:facepage"]);
    const nothing = await view(observatory, "", crypto.randomUUID());
    const hidden = await view(observatory);
    expect([hidden.status, hidden.body]).toEqual([404, nothing.body]);
    await chirper.withdraw(id);
    expect((await view(facepage)).status).toBe(404);
    expect(await all(ground(), sql`SELECT tip_no FROM access_tip`)).toEqual([]);
  });

  test("counts of one partner's relations to a tip so many, that nobody drowns another's", async () => {
    const { id: first } = await chirper.submit(["platforms"]);
    const bounds = limits.operation as { claims: number };
    const { claims } = bounds;
    bounds.claims = 2;
    try {
      for (let n = 0; n < 3; n++) await facepage.submit(["partner:chirper"], relating(first, "reply"));
      const { id: own } = await chirper.submit(["platforms"], relating(first, "adds-to"));
      const rows = await all(
        ground(),
        sql<{ tip_no: number }>`SELECT tip_no FROM tip_relation WHERE related = ${first}`,
      );
      expect(rows).toHaveLength(3);
      bounds.claims = claims;
      expect((await view(chirper)).body.claims).toContainEqual(expect.objectContaining({ tip: own, related: first }));
    } finally {
      bounds.claims = claims;
    }
  });

  test("follows a tip's current version: what an earlier one said of others is said no more", async () => {
    const { id: first } = await chirper.submit(["platforms"]);
    const { id } = await facepage.submit(["platforms"], relating(first, "duplicates", other, "Quay"));
    expect(await seen(chirper)).toEqual([id, first]);
    await facepage.revise(id, ["platforms"], { operation: { id: other, name: "Quay" } });
    expect(await seen(chirper)).toEqual([first]);
    // The other side claims it by a new version of its own.
    await chirper.revise(first, ["platforms"], relating(id, "same-operation"));
    expect((await view(facepage)).body).toMatchObject({
      tips: [{ tip: id }, { tip: first, version: 2 }],
      claims: [{ relation: "same-operation", tip: first, related: id, claimed_by: "chirper" }],
    });
  });
});

describe("a claim without a tip", () => {
  let theirs: string;
  let own: string;
  const claim = (member: Member, tip: string, related: string, relation = "duplicates") =>
    member.call("POST", `/v1/tips/${tip}/claims`, { relation, tip: related });

  beforeEach(async () => {
    theirs = (await chirper.submit(["platforms"])).id;
    own = (await facepage.submit(["partner:chirper"], { operation: { id: other, name: "Quay" } })).id;
  });

  test("by the author of either is shown to whoever sees both, told to nobody, and taken back", async () => {
    const before = (await chirper.feed()).length;
    const made = await claim(facepage, own, theirs);
    expect(made.body).toMatchObject({ relation: "duplicates", tip: own, related: theirs, claimed_by: "facepage" });
    expect((await claim(facepage, own, theirs)).body).toEqual(made.body);
    expect((await claim(chirper, own, theirs, "same-operation")).status).toBe(200);
    const said = ["duplicates facepage", "same-operation chirper"];
    const words = (claims: any[]) => claims.map(({ relation, claimed_by }) => `${relation} ${claimed_by}`);
    for (const member of [chirper, facepage]) {
      expect(words((await view(member)).body.claims)).toEqual(said);
      for (const tip of [own, theirs])
        expect(words((await member.call("GET", `/v1/tips/${tip}`)).body.claims)).toEqual(said);
    }
    expect((await view(observatory)).status).toBe(404);
    expect((await chirper.feed()).length).toBe(before);
    const takeBack = (member: Member) => member.call("DELETE", `/v1/tips/${own}/claims/${theirs}`);
    expect((await takeBack(observatory)).status).toBe(404);
    expect((await takeBack(facepage)).status).toBe(204);
    expect((await takeBack(facepage)).status).toBe(404);
    expect(words((await view(chirper)).body.claims)).toEqual(["same-operation chirper"]);
  });

  test("is refused to strangers: who wrote neither, or does not see both, and alike for what is not there", async () => {
    const third = await enrol("third", "platform");
    const { id: public_ } = await facepage.submit(["platforms"], { operation: { id: other, name: "Quay" } });
    const neither = await claim(third, public_, theirs);
    expect([neither.status, neither.body.type]).toEqual([422, `${url}/problems/invalid-request`]);
    const { id: thirds } = await third.submit(["platforms"]);
    const unseen = await claim(third, thirds, own);
    const nothing = await claim(third, thirds, crypto.randomUUID());
    expect([unseen.status, unseen.body]).toEqual([422, nothing.body]);
    expect((await claim(third, thirds, thirds)).status).toBe(422);
    const hidden = await third.call("POST", `/v1/tips/${own}/claims`, { nonsense: 1 });
    const absent = await third.call("POST", `/v1/tips/${crypto.randomUUID()}/claims`, { nonsense: 1 });
    expect([hidden.status, hidden.body]).toEqual([404, absent.body]);
    expect(await all(ground(), sql`SELECT partner FROM claim`)).toEqual([]);
  });

  test("is bounded for each partner and tip, and goes with either tip's content", async () => {
    const tips = [];
    for (let n = 0; n < 3; n++) tips.push((await facepage.submit(["platforms"])).id);
    const bounds = limits.operation as { claims: number };
    const { claims } = bounds;
    bounds.claims = 2;
    try {
      for (const [at, status] of [200, 200, 409].entries())
        expect((await claim(facepage, own, tips[at]!)).status).toBe(status);
      expect((await claim(facepage, own, tips[0]!)).status).toBe(200);
    } finally {
      bounds.claims = claims;
    }
    await facepage.withdraw(tips[0]!);
    const days = limits.withdrawn_days + 1;
    for (let run = 0; run < 2; run++) await runSchedule(await exchangeNow(Date.now() + days * 86_400_000));
    expect(await all(ground(), sql`SELECT partner FROM claim`)).toHaveLength(1);
  });
});
