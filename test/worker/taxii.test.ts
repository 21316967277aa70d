/** TAXII: who is given what and when, by the ways in which widespread clients read; each known trap of such servers. */
import { beforeEach, describe, expect, test } from "vitest";
import { addMember } from "../../src/exchange/manage-groups.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { batch, all as rows, sql } from "../../src/store/database.ts";
import { keepObservableIds } from "../../src/taxii/keep-observables.ts";
import { http } from "./http.ts";
import type { Member } from "./member.ts";
import { reader } from "./readers.ts";
import { all, follow, type Given, get, kept, poll, taxiiType } from "./taxii-client.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
let agency: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
});

const domain = (value: string) => ({ type: "domain", value });
const domains = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => domain(`site-${from + at}.example`));
const ofType = (objects: readonly Given[], type: string) => objects.filter((object) => object.type === type);
const values = (objects: Iterable<Given>) =>
  [...objects].flatMap(({ value, type }) => (type === "domain-name" ? [value] : [])).sort();
const manifest = async (member: Member, query = ""): Promise<Given[]> =>
  (await get(member, `${all}manifest/?limit=1000${query}`)).body.objects ?? [];
const dateOf = async (member: Member, id: string) =>
  (await manifest(member)).find((entry) => entry.id === id)?.date_added;
/** Its id, by which it is found from now on. */
async function observableOf(member: Member, value: string): Promise<string> {
  await keepObservableIds(await exchangeNow());
  return (await follow(member)).find((object) => object.type === "domain-name" && object.value === value)!.id;
}

/** What a reader has that kept the latest of each object: its live indicators by pattern, and how many are revoked. */
const standing = (held: ReadonlyMap<string, Given>) => {
  const indicators = ofType([...held.values()], "indicator");
  return {
    live: indicators
      .filter(({ revoked }) => !revoked)
      .map(({ pattern }) => pattern)
      .sort(),
    revoked: indicators.filter(({ revoked }) => revoked).length,
  };
};

/** Some tips, then some that come, change and end. */
async function history(between: () => Promise<void>): Promise<{ live: string[]; revoked: number }> {
  const withdrawn = await chirper.submit(["platforms"], { indicators: domains(3) });
  const recalled = await chirper.submit(["partner:facepage"], { indicators: domains(2, 10) });
  const shortened = await chirper.submit(["platforms"], { indicators: domains(4, 20) });
  const regained = await chirper.submit(["partner:facepage"], { indicators: domains(1, 30) });
  const later = await chirper.submit(["partner:cyber-unit"], { indicators: domains(2, 40) });
  await between();
  await chirper.withdraw(withdrawn.id);
  await chirper.rescope(recalled.id, ["partner:cyber-unit"]);
  await chirper.rescope(regained.id, ["partner:cyber-unit"]);
  await between();
  await chirper.revise(shortened.id, ["platforms"], { indicators: domains(2, 20) });
  await chirper.rescope(regained.id, ["platforms"]);
  await chirper.rescope(later.id, ["platforms"]);
  await between();
  const live = ["site-20", "site-21", "site-30", "site-40", "site-41"];
  return { live: live.map((name) => `[domain-name:value = '${name}.example']`), revoked: 3 + 2 + 2 };
}

describe("widespread clients end with everything, revocations included:", () => {
  test("one that follows `next`, and comes back with the date it got to", async () => {
    let held = new Map<string, Given>();
    let after = "";
    const expected = await history(async () => {
      let next = "";
      for (;;) {
        const { body, headers } = await get(
          facepage,
          `${all}objects/?limit=10${after && `&added_after=${after}`}${next}`,
        );
        held = kept(body.objects ?? [], held);
        if (!body.more) {
          after = headers.get("x-taxii-date-added-last")!;
          return;
        }
        next = `&next=${body.next}`;
      }
    });
    expect(standing(held)).toEqual(expected);
  });

  test("one that knows no `next`, and goes on behind the date of the last object", async () => {
    let held = new Map<string, Given>();
    let after: string | undefined;
    const expected = await history(async () => {
      const read = await poll(facepage, { limit: 7, ...(after && { after }) });
      held = kept(read.objects, held);
      after = read.last;
    });
    expect(standing(held)).toEqual(expected);
    // There is nothing for who is behind everything.
    expect((await poll(facepage, { limit: 7, after: after! })).objects).toEqual([]);
  });

  test("one that sends `next` without its date, and an old one beside the time of its last run", async () => {
    let held = new Map<string, Given>();
    const filters = new Map([
      ["limit", "10"],
      ["added_after", "2020-01-01T00:00:00.000000Z"],
    ]);
    const expected = await history(async () => {
      const run = new Date().toISOString();
      for (;;) {
        const query = [...filters].map(([name, value]) => `${name}=${value}`).join("&");
        const { status, body } = await get(facepage, `${all}objects/?${query}`);
        expect(status).toBe(200);
        held = kept(body.objects ?? [], held);
        if (!body.more) break;
        filters.delete("added_after");
        filters.set("next", body.next);
      }
      filters.set("added_after", run);
    });
    expect(standing(held)).toEqual(expected);
  });

  test("one that keeps to as many objects as a page had is not led to ever smaller pages", async () => {
    for (let at = 0; at < 6; at++) await chirper.submit(["platforms"], { indicators: domains(at, 10 * at) });
    let limit = 20;
    let next = "";
    for (;;) {
      const { body } = await get(facepage, `${all}objects/?limit=${limit}${next}`);
      if (!body.more) break;
      limit = body.objects.length;
      expect(limit).toBeGreaterThan(12);
      next = `&next=${body.next}`;
    }
  });
});

test("of a tip so large that its objects share dates, dates leave nothing out either", async () => {
  await chirper.submit(["platforms"], { indicators: domains(300) });
  await chirper.submit(["platforms"], { indicators: domains(1, 500) });
  const whole = (await follow(facepage, `${all}objects/`, "limit=1000")).map(({ id }) => id);
  expect(whole).toHaveLength(1_204 + 8);
  expect((await poll(facepage, { limit: 130 })).objects.map(({ id }) => id)).toEqual(whole);
});

describe("what is given, and when", () => {
  test("a tip that is rescoped to a reader comes behind where the reader was", async () => {
    const { id } = await chirper.submit(["partner:cyber-unit"], { indicators: [domain("late.example")] });
    await chirper.submit(["platforms"], { indicators: [domain("first.example")] });
    const { last } = await poll(facepage, { limit: 100 });
    await chirper.rescope(id, ["platforms"]);
    expect(values((await poll(facepage, { limit: 100, after: last })).objects)).toEqual(["late.example"]);
  });

  test("an observable that a hidden tip has too tells nothing of it: not by its date, nor by its id", async () => {
    await chirper.submit(["partner:cyber-unit"], { indicators: [domain("shared.example"), domain("other.example")] });
    const other = await observableOf(chirper, "other.example");
    const { id: hidden } = await chirper.submit(["platforms"], { indicators: [domain("shared.example")] });
    const shared = await observableOf(facepage, "shared.example");
    const given = await dateOf(facepage, shared);
    const event = (await facepage.feed()).find(({ tip }) => tip === hidden);
    expect(given!.slice(0, 23)).toBe(event.at.slice(0, 23));
    const by = await get(facepage, `${all}objects/${shared}/`);
    expect(by.headers.get("x-taxii-date-added-last")).toBe(given);
    // An observable of hidden tips alone is not there, though others were told of it.
    expect((await get(facepage, `${all}objects/${other}/`)).status).toBe(404);
    expect((await get(chirper, `${all}objects/${other}/`)).status).toBe(200);
    await chirper.withdraw(hidden);
    expect((await get(facepage, `${all}objects/${shared}/`)).status).toBe(404);
  });

  test("not there and not the caller's answer alike: objects, their versions, collections", async () => {
    await group("cell", [chirper]);
    await chirper.submit(["group:cell"], { indicators: [domain("hidden.example")] });
    const objects = await follow(chirper);
    const nowhere = await get(facepage, `${all}objects/indicator--00000000-0000-4000-8000-000000000000/`);
    expect(nowhere.status).toBe(404);
    for (const { id, type } of objects.filter(({ id }) => !id.startsWith("marking-definition--55d920b0"))) {
      for (const path of [`${all}objects/${id}/`, `${all}objects/${id}/versions/`]) {
        const { status, body } = await get(facepage, path);
        expect([status, body], type).toEqual([404, nowhere.body]);
      }
      expect((await get(facepage, `${all}objects/?match[id]=${id}`)).body, type).toEqual({});
    }
    const { collections } = (await get(chirper, "/taxii2/tips/collections/")).body;
    const { id } = collections.find(({ alias }: Given) => alias === "group-cell");
    for (const name of [id, "group-cell", "group-none", crypto.randomUUID()]) {
      for (const rest of ["", "objects/", "manifest/", `objects/${objects[0]!.id}/`]) {
        const { status, body } = await get(facepage, `/taxii2/tips/collections/${name}/${rest}`);
        expect([status, body]).toEqual([404, nowhere.body]);
      }
      const added = await facepage.call("POST", `/taxii2/tips/collections/${name}/objects/`, {});
      expect([added.status, added.body]).toEqual([404, nowhere.body]);
    }
  });

  test("every object of a page is there by its id, as the page has it", async () => {
    await chirper.submit(["platforms"], {
      indicators: [
        domain("a.example"),
        { type: "account", platform: "x", handle: "harbour_voice" },
        { type: "phone", value: "+493012345678" },
      ],
    });
    await keepObservableIds(await exchangeNow());
    const objects = await follow(facepage);
    expect(objects).toHaveLength(4 + 4 + 4 + 2);
    for (const object of objects) {
      expect((await get(facepage, `${all}objects/${object.id}/`)).body, object.type).toEqual({ objects: [object] });
    }
  });

  test("collections part by TLP and by the group a tip reached its reader through", async () => {
    await group("cell", [chirper, facepage]);
    await chirper.submit(["group:cell"], { tlp: "green", indicators: [domain("cell.example")] });
    await chirper.submit(["platforms"], { tlp: "amber", indicators: [domain("amber.example")] });
    const read = async (alias: string) => values(await follow(facepage, `/taxii2/tips/collections/${alias}/objects/`));
    expect(await read("all")).toEqual(["amber.example", "cell.example"]);
    expect(await read("group-cell")).toEqual(["cell.example"]);
    expect(await read("tlp-green")).toEqual(["cell.example"]);
    expect(await read("tlp-amber")).toEqual(["amber.example"]);
    expect(await read("tlp-red")).toEqual([]);
    const amber = await observableOf(facepage, "amber.example");
    expect((await get(facepage, `/taxii2/tips/collections/tlp-green/objects/${amber}/`)).status).toBe(404);
    const newcomer = await enrol("newcomer", "platform");
    await addMember(await exchangeNow(), "cell", "newcomer");
    expect(values(await follow(newcomer, "/taxii2/tips/collections/group-cell/objects/"))).toEqual([]);
  });

  test("an embargoed tip is in the root that says so alone, until its embargo is over", async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await chirper.submit(["platforms"], {
      indicators: [domain("embargoed.example")],
      embargo: { until, no: ["publication"] },
    });
    await keepObservableIds(await exchangeNow());
    const embargoed = "/taxii2/embargoed/collections/all/";
    expect(await follow(facepage)).toEqual([]);
    const found = await follow(facepage, `${embargoed}objects/`);
    expect(values(found)).toEqual(["embargoed.example"]);
    for (const { id, type } of found.filter(({ created }) => created !== "2022-10-01T00:00:00.000Z")) {
      expect((await get(facepage, `${all}objects/${id}/`)).status, type).toBe(404);
      expect((await get(facepage, `${embargoed}objects/${id}/`)).status, type).toBe(200);
    }
    expect((await get(facepage, "/taxii2/embargoed/")).body.description).toContain("must not be done before");
    await batch(ground(), [sql`UPDATE tip SET embargo_until = ${new Date(Date.now() - 1).toISOString()}`]);
    await runSchedule(await exchangeNow());
    expect(values(await follow(facepage))).toEqual(["embargoed.example"]);
  });
});

describe("the record", () => {
  const recorded = async (member: Member) =>
    (
      await rows(
        ground(),
        sql<{ tip: string }>`SELECT DISTINCT t.tip FROM access_tip a JOIN tip t ON t.tip_no = a.tip_no
          WHERE a.door = 'taxii' AND a.partner = ${member.slug}`,
      )
    ).map(({ tip }) => tip);
  const accesses = async (member: Member) =>
    rows(
      ground(),
      sql<{ purpose: string }>`SELECT purpose FROM access WHERE door = 'taxii' AND partner = ${member.slug}`,
    );

  test.each(["objects/", "manifest/"])(
    "names the tips that %s told of, and one access for each request",
    async (list) => {
      const { id } = await chirper.submit(["platforms"], { indicators: [domain("a.example")] });
      await chirper.submit(["partner:cyber-unit"], { indicators: [domain("b.example")] });
      await get(facepage, all + list);
      expect(await recorded(facepage)).toEqual([id]);
      expect(await accesses(facepage)).toHaveLength(1);
    },
  );

  test("names the tip of an object that was read, and no tip where there was none", async () => {
    const { id } = await chirper.submit(["platforms"], { indicators: [domain("a.example")] });
    const [indicator] = ofType(await follow(chirper), "indicator");
    await get(facepage, `${all}objects/indicator--00000000-0000-4000-8000-000000000000/`);
    expect(await recorded(facepage)).toEqual([]);
    await get(facepage, `${all}objects/${indicator!.id}/versions/`);
    expect(await recorded(facepage)).toEqual([id]);
  });

  test("holds the purpose for which an agency reads", async () => {
    await chirper.submit(["partner:cyber-unit"], { indicators: [domain("a.example")] });
    expect(values(await follow(agency))).toEqual(["a.example"]);
    const [{ purpose }] = (await accesses(agency)) as [{ purpose: string }];
    const stated = await rows(
      ground(),
      sql<{ purpose: string }>`SELECT purpose FROM purpose WHERE partner = 'cyber-unit'`,
    );
    expect(stated.map((row) => row.purpose)).toContain(purpose);
  });

  test("where it cannot be written nothing is handed out", async () => {
    await chirper.submit(["platforms"], { indicators: [domain("a.example")] });
    const read = await follow(chirper);
    await batch(ground(), [sql`CREATE TRIGGER full BEFORE INSERT ON access BEGIN SELECT RAISE(ABORT, 'full'); END`]);
    const [indicator] = ofType(read, "indicator");
    for (const rest of ["objects/", "manifest/", `objects/${indicator!.id}/`]) {
      expect((await get(facepage, all + rest)).status).toBeGreaterThanOrEqual(500);
    }
    await batch(ground(), [sql`DROP TRIGGER full`]);
  });
});

test("a read token as Basic's password, as clients of TAXII send it, reads every resource, and writes nothing", async () => {
  await chirper.submit(["platforms"], { indicators: [domain("a.example")] });
  const { token } = await reader(facepage);
  const headers = { authorization: `Basic ${btoa(`anybody:${token}`)}`, accept: taxiiType };
  const [indicator] = ofType(await follow(facepage), "indicator");
  const object = `${all}objects/${indicator!.id}/`;
  const { api_roots } = (await http("GET", "/taxii2/", { headers })).body;
  for (const path of [...api_roots, `${api_roots[0]}collections/`, all, `${all}objects/`, `${all}manifest/`, object]) {
    expect((await http("GET", path, { headers })).status, path).toBe(200);
  }
  expect((await http("POST", `${all}objects/`, { headers, body: { objects: [] } })).status).toBe(403);
  expect((await http("DELETE", object, { headers })).status).toBe(403);
  expect((await http("GET", all)).headers.get("www-authenticate")).toMatch(/Basic/);
});

test("what is known of an observable goes with the tip's content", async () => {
  const { id } = await chirper.submit(["platforms"], { indicators: [domain("a.example")] });
  await keepObservableIds(await exchangeNow());
  const known = () => rows(ground(), sql`SELECT * FROM observable`);
  expect(await known()).toHaveLength(1);
  await chirper.withdraw(id);
  await runSchedule(await exchangeNow(Date.now() + 40 * 86_400_000));
  expect(await known()).toEqual([]);
});
