/** The public report: made of whole months once, frozen, counted from the tables as it says, the same for everybody. */
import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import type { Figure, Report } from "../../src/core/transparency.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { http, url } from "./http.ts";
import { type Member, purpose } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

const { step } = limits.transparency;
const april = Date.parse("2026-04-15T12:00:00Z");

beforeEach(freshWorld);

const runAt = async (time: string) => runSchedule(await exchangeNow(Date.parse(time)));
const months = async (): Promise<(Report & { made_at: string })[]> =>
  (await http("GET", "/v1/transparency")).body.months;

interface Given {
  tips: number;
  authors: number;
  /** Of each agency: country, legal basis, and cases each of which reads so many tips. */
  agencies?: { country: string; basis: string; cases: number; reads: number; silent?: boolean }[];
}

/** April, put straight into the tables. */
async function history({ tips, authors, agencies = [] }: Given): Promise<void> {
  const db = ground();
  const author = (n: number) => `author-${n % authors}`;
  const partner = (slug: string, kind: string, country: string) =>
    sql`INSERT INTO partner (slug, name, kind, country, scopes, enrolled_at) VALUES (${slug}, ${slug}, ${kind}, ${country}, 'tips:read', '2026-04-02T00:00:00.000Z')`;
  const at = new Date(april).toISOString();
  await batch(
    db,
    Array.from({ length: authors }, (_, n) => partner(`author-${n}`, "platform", "XA")),
  );
  await batch(
    db,
    Array.from({ length: tips }, (_, n) => [
      sql`INSERT INTO tip (tip_no, tip, author, version, revision, audience_seq, tlp, operation, accepted_at, expires_at)
        VALUES (${n + 1}, ${`tip-${n}`}, ${author(n)}, 1, 1, 1, 'amber', 'o', ${at}, '2028-01-01T00:00:00.000Z')`,
      sql`INSERT INTO tip_type (tip_no, type, indicators) VALUES (${n + 1}, 'domain', 900)`,
    ]).flat(),
  );
  for (const [n, { country, basis, cases, reads, silent }] of agencies.entries()) {
    const slug = `unit-${n}`;
    await batch(db, [
      partner(slug, "law_enforcement", country),
      ...Array.from({ length: cases }, (_, c) => [
        sql`INSERT INTO purpose (purpose, partner, legal_basis, case_reference, unit, until, non_disclosure, made_at)
          VALUES (${`${slug}-${c}`}, ${slug}, ${basis}, ${`SECRET-${n}-${c}`}, 'u', '2027-01-01T00:00:00Z',
            ${silent ? '{"basis":"x","until":"2026-09-01T00:00:00Z"}' : null}, ${at})`,
        ...Array.from({ length: reads }, (_, r) =>
          ["tip", "list"].map(
            (door) =>
              sql`INSERT INTO access_tip (tip_no, partner, version, day, door, purpose)
                VALUES (${((c * reads + r * 7 + n) % tips) + 1}, ${slug}, 1, '2026-04-16', ${door}, ${`${slug}-${c}`})`,
          ),
        ).flat(),
      ]).flat(),
    ]);
  }
}

const near = (figure: Figure, count: number): void => {
  expect(figure! % step).toBe(0);
  expect(Math.abs(figure! - count)).toBeLessThan(step);
};
const six = (country: string, basis: string, silent = false) =>
  Array.from({ length: 6 }, () => ({ country, basis, cases: 2, reads: 5, silent }));

test("counts a month's tips, indicators, partners and readings, a reading once through however many doors", async () => {
  await history({ tips: 57, authors: 7, agencies: [...six("XA", "court-order"), ...six("XB", "consent", true)] });
  await runAt("2026-05-01T02:00:00Z");
  const [april] = await months();
  expect(april).toMatchObject({ month: "2026-04", refusals: null, withdrawn: null, recalled: null });
  near(april!.tips, 57);
  expect(Math.abs(april!.indicators! - 57 * 900)).toBeLessThan(step * limits.transparency.indicators_of_tip);
  const [xa, xb] = april!.law_enforcement_reads.apart;
  expect([xa!.country, xa!.legal_basis, xb!.country, xb!.legal_basis]).toEqual(["XA", "court-order", "XB", "consent"]);
  near(xa!.reads, 60);
  // A non-disclosure is the author's to wait for, not the count's.
  near(xb!.reads, 60);
  expect(april!.law_enforcement_reads.other).toBe(null);
});

test("what is too few, or one agency's, is counted with the others, and not at all where they too are", async () => {
  const few = (country: string) => ({ country, basis: "emergency", cases: 4, reads: 5 });
  await history({ tips: 57, authors: 7, agencies: [...six("XA", "court-order"), few("XC"), few("XD")] });
  await runAt("2026-05-01T02:00:00Z");
  const [report] = await months();
  expect(report!.law_enforcement_reads.apart.map(({ country }) => country)).toEqual(["XA"]);
  expect(report!.law_enforcement_reads.other).toBe(null);
  expect(JSON.stringify(report)).not.toMatch(/XC|XD|SECRET|unit-|author-/);
});

test("many countries that are too few each are counted together, as are agencies' own kinds of basis", async () => {
  const agencies = ["XC", "XD", "XE", "XF", "XG", "XH"].map((country, n) => ({
    country,
    basis: `x-my-case-${n}`,
    cases: 2,
    reads: 5,
  }));
  await history({ tips: 57, authors: 7, agencies });
  await runAt("2026-05-01T02:00:00Z");
  const [report] = await months();
  expect(report!.law_enforcement_reads.apart).toEqual([]);
  near(report!.law_enforcement_reads.other, 60);
});

test("where one author makes up more than half of the tips their number is not published", async () => {
  await history({ tips: 40, authors: 7 });
  await batch(ground(), [sql`UPDATE tip SET author = 'author-0' WHERE tip_no > 15`]);
  await runAt("2026-05-01T02:00:00Z");
  expect(await months()).toMatchObject([{ tips: null, indicators: null }]);
});

test("a month is reported when it is over, once, and stands from then on; months missed are made up, one a run", async () => {
  await history({ tips: 57, authors: 7 });
  await runAt("2026-04-30T23:59:00Z");
  await runAt("2026-05-01T00:30:00Z");
  expect(await months()).toEqual([]);
  await runAt("2026-05-01T01:30:00Z");
  const first = await months();
  expect(first.map(({ month }) => month)).toEqual(["2026-04"]);
  // What comes into the tables later, or leaves them, changes nothing.
  await batch(ground(), [sql`UPDATE tip SET accepted_at = '2026-07-01T00:00:00.000Z' WHERE tip_no > 20`]);
  for (let run = 0; run < 5; run++) await runAt("2026-08-20T02:00:00Z");
  const later = await months();
  expect(later.map(({ month }) => month)).toEqual(["2026-07", "2026-06", "2026-05", "2026-04"]);
  expect(later.at(-1)).toEqual(first[0]);
  // The number of partners did not change, and no month shows another side of it.
  expect(new Set(later.map(({ partners }) => JSON.stringify(partners))).size).toBe(1);
  for (const statement of ["DELETE FROM transparency", "UPDATE transparency SET report = '{}'"])
    await expect(ground().exec(statement)).rejects.toThrow(/transparency_is_frozen/);
  expect((await http("GET", "/v1/transparency?before=2026-06")).body.months).toEqual(later.slice(2));
});

describe("refusals of law enforcement", () => {
  const refused = async (agency: Member, details: string) =>
    (await agency.requestToken({ authorization_details: details })).body.error;
  const counted = () => all(ground(), sql`SELECT reason, refusals FROM refusal ORDER BY reason`);

  test("are counted by reason and month, an agency once in a third of it, and name nobody", async () => {
    const agencies = await Promise.all(["unit-a", "unit-b", "unit-c"].map((slug) => enrol(slug, "law_enforcement")));
    const [a, b, c] = agencies as [Member, Member, Member];
    expect(await refused(a, "")).toBe("invalid_authorization_details");
    expect(await refused(b, purpose("2020-01-01T00:00:00Z"))).toBe("invalid_authorization_details");
    for (let n = 0; n < 3; n++) await refused(a, "nonsense");
    expect(await counted()).toEqual([
      { reason: "no-purpose", refusals: 1 },
      { reason: "purpose-unacceptable", refusals: 1 },
    ]);
    expect((await c.requestToken()).status).toBe(200);
    expect(await counted()).toHaveLength(2);
    const rows = JSON.stringify(await all(ground(), sql`SELECT r.*, u.* FROM refusal r, used_once u`));
    expect(rows).not.toMatch(/unit-[abc]/);
  });

  test("are not counted of platforms, nor of who is not known", async () => {
    const chirper = await enrol("chirper", "platform");
    expect(await refused(chirper, purpose())).toBe("invalid_authorization_details");
    const agency = await enrol("unit-a", "law_enforcement");
    expect(
      (await agency.requestToken({ authorization_details: "" }, await agency.assertion({ aud: "other" }))).status,
    ).toBe(401);
    expect(await counted()).toEqual([]);
  });

  test("are published where they are many enough", async () => {
    await history({ tips: 1, authors: 1 });
    await batch(ground(), [sql`INSERT INTO refusal VALUES ('2026-04', 'no-purpose', 31)`]);
    await runAt("2026-05-01T02:00:00Z");
    near((await months())[0]!.refusals, 31);
  });
});

test("tips taken back are counted once each, however many are told", async () => {
  await history({ tips: 57, authors: 7 });
  const at = new Date(april).toISOString();
  const told = (type: string, tips: number) =>
    sql`INSERT INTO event (type, at, tip_no, version) SELECT ${type}, ${at}, tip_no, 1 FROM tip WHERE tip_no <= ${tips}`;
  await batch(ground(), [told("withdrawn", 42), told("recalled", 35), told("recalled", 35)]);
  await runAt("2026-05-01T02:00:00Z");
  const [report] = await months();
  near(report!.withdrawn, 42);
  near(report!.recalled, 35);
});

describe("the page", () => {
  test("shows the same figures to everybody, without an account, a script or another host", async () => {
    await history({ tips: 57, authors: 7, agencies: six("XA", "court-order") });
    expect((await http("GET", "/transparency")).body).toContain("No month is over yet.");
    await runAt("2026-05-01T02:00:00Z");
    const { status, body, headers } = await http("GET", "/transparency");
    const [report] = await months();
    expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=3600"]);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(body).toContain("<h2>2026-04</h2>");
    expect(body).toContain(`<td class="name">Tips</td><td class="number">${report!.tips}</td>`);
    expect(body).toContain(
      `XA, court-order</td><td class="number">${report!.law_enforcement_reads.apart[0]!.reads}</td>`,
    );
    expect(body).not.toMatch(/<script|src=|<form|SECRET|unit-|author-/);
    const again = await http("GET", "/transparency", { headers: { "if-none-match": headers.get("etag")! } });
    expect(again.status).toBe(304);
    expect((await http("GET", "/v1/transparency")).headers.get("cache-control")).toBe("public, max-age=3600");
    expect((await http("GET", "/v1/transparency?before=soon")).body.type).toBe(`${url}/problems/malformed-parameter`);
  });

  test("escapes what it is given", async () => {
    const report = {
      month: "<b>",
      law_enforcement_reads: { apart: [{ country: "<i>", legal_basis: '"&', reads: 10 }] },
      partners: {},
    };
    await batch(ground(), [sql`INSERT INTO transparency VALUES ('2026-04', ${JSON.stringify(report)}, 'now')`]);
    const { body } = await http("GET", "/transparency");
    expect(body).toContain("<h2>&#60;b&#62;</h2>");
    expect(body).toContain("&#60;i&#62;, &#34;&#38;");
  });
});
