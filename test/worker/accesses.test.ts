/** Records of access: who is told of which, what betrays nothing, and that they are kept. */
import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { runSchedule } from "../../src/exchange/run-schedule.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { statements } from "./d1-limits.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground } from "./world.ts";

const day = 86_400_000;
const today = () => new Date().toISOString().slice(0, 10);
let chirper: Member;
let facepage: Member;
let agency: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  agency = await enrol("cyber-unit", "law_enforcement");
});

const submit = async (to = ["platforms", "law-enforcement"]) => (await chirper.submit(to)).id;
const handed = async (tip: string, author = chirper) =>
  (await author.call("GET", `/v1/tips/${tip}/accesses`)).body.accesses;

/** The agency goes on under this purpose. */
async function under(member: Member, change: Record<string, unknown>): Promise<void> {
  const until = new Date(Date.now() + 300 * day).toISOString();
  const stated = { type: "tipoff_purpose", legal_basis: "court-order", case: "XA-1", unit: "Unit 3", until, ...change };
  const answer = await member.requestToken({ authorization_details: JSON.stringify([stated]) });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  member.token = answer.body.access_token;
}

/** A record as if it had been made then. */
const record = (tip: string, partner: string, at: string, door = "tip", purpose = "") =>
  batch(ground(), [
    sql`INSERT INTO access_tip (tip_no, partner, version, day, door, purpose)
    SELECT tip_no, ${partner}, 1, ${at}, ${door}, ${purpose} FROM tip WHERE tip = ${tip}`,
  ]);

describe("the author of a tip", () => {
  test("sees partner and day, of law enforcement country and kind of legal basis, and no more", async () => {
    const tip = await submit();
    await under(agency, { legal_basis: "court-order", case: "SECRET-CASE", unit: "SECRET-UNIT" });
    for (const path of ["/v1/feed", "/v1/tips", `/v1/tips/${tip}`]) await facepage.call("GET", path);
    await agency.call("GET", `/v1/tips/${tip}`);
    await under(agency, { legal_basis: "consent", case: "SECRET-2" });
    await agency.call("GET", "/v1/tips");
    const { accesses } = (await chirper.call("GET", `/v1/tips/${tip}/accesses`)).body;
    expect(accesses).toEqual([
      { day: today(), partner: "facepage", kind: "platform" },
      {
        day: today(),
        partner: "cyber-unit",
        kind: "law_enforcement",
        country: "XA",
        legal_bases: ["consent", "court-order"],
      },
    ]);
    expect(JSON.stringify(accesses)).not.toContain("SECRET");
  });

  test("is not told of a match, neither alone nor on another day than a reading's", async () => {
    const tip = await submit();
    const questions = { questions: ["harbour-news.example"] };
    expect((await facepage.call("POST", "/v1/match", questions)).body.answers[0].hits).toHaveLength(1);
    expect((await agency.call("POST", "/v1/match", questions)).body.answers[0].hits).toHaveLength(1);
    expect(await handed(tip)).toEqual([]);
    await record(tip, "facepage", "2026-01-05");
    expect(await handed(tip)).toEqual([{ day: "2026-01-05", partner: "facepage", kind: "platform" }]);
  });

  test("is alone with it: for everyone else, the steward too, there is nothing there", async () => {
    const tip = await submit();
    const steward = await enrol("steward", "steward", { scopes: ["admin", "keys", "tips:read", "tips:write"] });
    const nothing = await facepage.call("GET", `/v1/tips/${crypto.randomUUID()}/accesses`);
    for (const other of [facepage, agency, steward]) {
      const answer = await other.call("GET", `/v1/tips/${tip}/accesses?limit=nonsense`);
      expect([answer.status, answer.body]).toEqual([404, nothing.body]);
    }
    expect((await chirper.call("GET", `/v1/tips/${tip}/accesses?limit=nonsense`)).status).toBe(400);
  });

  test("sees it also after withdrawal and erasure", async () => {
    const tip = await submit();
    await facepage.call("GET", `/v1/tips/${tip}`);
    await chirper.withdraw(tip);
    const before = await handed(tip);
    expect(before).toHaveLength(1);
    for (let run = 0; run < 2; run++) await runSchedule(await exchangeNow(Date.now() + 40 * day));
    expect((await chirper.call("GET", `/v1/tips/${tip}`)).body.state).toBe("erased");
    expect(await handed(tip)).toEqual(before);
  });

  test("reads pages that end in the middle of a day, each row once", async () => {
    const tip = await submit();
    for (const at of ["2026-01-05", "2026-01-06", "2026-01-07"])
      for (const partner of ["facepage", "cyber-unit"]) {
        await record(tip, partner, at, "tip");
        await record(tip, partner, at, "list");
      }
    const found: string[] = [];
    let after = "";
    do {
      const { body } = await chirper.call("GET", `/v1/tips/${tip}/accesses?limit=1${after && `&after=${after}`}`);
      found.push(...body.accesses.map((row: any) => `${row.day} ${row.partner}`));
      after = body.next;
    } while (after);
    expect(found).toEqual(["07", "06", "05"].flatMap((at) => [`2026-01-${at} facepage`, `2026-01-${at} cyber-unit`]));
  });
});

describe("a reading under a stated non-disclosure", () => {
  const silent = (until: string) => ({ non_disclosure: { basis: "Order 7", until } });
  const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();

  test("changes nothing of what the author sees before it has ended: no row, no page, no cursor's length", async () => {
    const [tip, other] = [await submit(), await submit()];
    for (const id of [tip, other]) {
      await record(id, "facepage", "2026-01-05");
      await record(id, "facepage", "2026-01-06");
    }
    await under(agency, silent(inDays(30)));
    for (let n = 0; n < 3; n++) await agency.call("GET", `/v1/tips/${tip}`);
    const look = async (id: string) => {
      const pages: unknown[] = [];
      let after = "";
      do {
        const { body } = await chirper.call("GET", `/v1/tips/${id}/accesses?limit=1${after && `&after=${after}`}`);
        after = body.next;
        pages.push({ ...body, next: after?.length });
      } while (after);
      return pages;
    };
    expect(await look(tip)).toEqual(await look(other));
    // Its own record, and the count, do not wait.
    expect((await agency.call("GET", "/v1/accesses")).body.accesses).toMatchObject([{ tip, case: "XA-1" }]);
  });

  test("hides no other reading of that day", async () => {
    const tip = await submit();
    await under(agency, { legal_basis: "consent" });
    await agency.call("GET", `/v1/tips/${tip}`);
    await under(agency, { ...silent(inDays(30)), legal_basis: "emergency" });
    await agency.call("GET", `/v1/tips/${tip}`);
    expect(await handed(tip)).toMatchObject([{ partner: "cyber-unit", legal_bases: ["consent"] }]);
  });

  test("is shown at its end and not an hour before, in whatever way that time is written", async () => {
    const seconds = (ms: number) => new Date(ms).toISOString().slice(0, 19);
    const ways: ((ms: number) => string)[] = [
      (ms) => new Date(ms).toISOString(),
      (ms) => `${seconds(ms)}Z`,
      (ms) => `${seconds(ms)}.123456789Z`,
      (ms) => `${seconds(ms + 14 * 3_600_000)}+14:00`,
      (ms) => `${seconds(ms - 12 * 3_600_000)}-12:00`,
    ];
    for (const [at, written] of ways.entries()) {
      const tip = await submit();
      await under(agency, { ...silent(written(Date.now() + 3_600_000)), case: `XA-${at}` });
      await agency.call("GET", `/v1/tips/${tip}`);
      expect(await handed(tip), `${at}`).toEqual([]);
      await under(agency, { ...silent(written(Date.now() - 5_000)), case: `XA-${at}` });
      await agency.call("GET", `/v1/tips/${tip}`);
      expect(await handed(tip), `${at}`).toMatchObject([{ partner: "cyber-unit" }]);
    }
  });

  test("is shown after the most it may last, whatever it says, and not before", async () => {
    const tip = await submit();
    const purposeMade = (days: number) => sql`
      INSERT INTO purpose (purpose, partner, legal_basis, case_reference, unit, until, non_disclosure, made_at)
      VALUES (${`made-${days}`}, 'cyber-unit', 'court-order', 'XA-1', 'Unit 9', '2099-01-01T00:00:00.000Z',
        '{"basis":"order","until":"9999-12-31T23:59:59+23:59"}', ${new Date(Date.now() - days * day).toISOString()})`;
    await batch(ground(), [purposeMade(limits.non_disclosure_days - 1), purposeMade(limits.non_disclosure_days + 1)]);
    await record(tip, "cyber-unit", "2026-01-05", "tip", `made-${limits.non_disclosure_days - 1}`);
    expect(await handed(tip)).toEqual([]);
    await record(tip, "cyber-unit", "2026-01-06", "tip", `made-${limits.non_disclosure_days + 1}`);
    expect(await handed(tip)).toMatchObject([{ day: "2026-01-06" }]);
  });

  test("puts off the notice of no reading before it, however often it is stated anew for the case", async () => {
    const tip = await submit();
    const until = inDays(300);
    const stated = { type: "tipoff_purpose", legal_basis: "court-order", case: "XA-1", unit: "Unit 3", until };
    const first = (await agency.call("POST", "/v1/purposes", { ...stated, ...silent(inDays(170)) })).body;
    await batch(ground(), [
      sql`INSERT INTO purpose (purpose, partner, legal_basis, case_reference, unit, until, non_disclosure, made_at)
        SELECT 'long ago', partner, legal_basis, case_reference, unit, until, non_disclosure,
          ${inDays(-limits.non_disclosure_days)} FROM purpose WHERE purpose = ${first.purpose}`,
    ]);
    await record(tip, "cyber-unit", "2026-01-05", "tip", "long ago");
    const again = (await agency.call("POST", "/v1/purposes", { ...stated, ...silent(inDays(180)) })).body;
    expect(again.purpose).not.toBe(first.purpose);
    await under(agency, { until, ...silent(again.non_disclosure.until) });
    await agency.call("GET", `/v1/tips/${tip}`);
    expect(await handed(tip)).toMatchObject([{ day: "2026-01-05" }]);
  });

  test("whose purpose is not there is not shown", async () => {
    const tip = await submit();
    await record(tip, "cyber-unit", "2026-01-05", "tip", "no such purpose");
    expect(await handed(tip)).toEqual([]);
  });
});

describe("a partner", () => {
  test("sees its own records, matches too, with its case, and nobody else's", async () => {
    const tip = await submit();
    await under(agency, { case: "XA-7", unit: "Unit 9" });
    await agency.call("GET", `/v1/tips/${tip}`);
    await facepage.call("POST", "/v1/match", { questions: ["harbour-news.example"] });
    expect((await agency.call("GET", "/v1/accesses")).body.accesses).toEqual([
      {
        day: today(),
        partner: "cyber-unit",
        tip,
        version: 1,
        door: "tip",
        country: "XA",
        purpose: expect.stringMatching(/^[\w-]{43}$/),
        legal_basis: "court-order",
        case: "XA-7",
        unit: "Unit 9",
      },
    ]);
    expect((await facepage.call("GET", "/v1/accesses")).body.accesses).toEqual([
      { day: today(), partner: "facepage", tip, version: 1, door: "match" },
    ]);
    expect((await chirper.call("GET", "/v1/accesses")).body.accesses).toEqual([]);
    expect((await facepage.call("GET", `/v1/accesses?tip=${tip}`)).body.accesses).toHaveLength(1);
    const refused = await facepage.call("GET", "/v1/accesses?partner=cyber-unit");
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([403, expect.stringContaining("admin")]);
  });

  test("filters by days, both included, in pages of each row once", async () => {
    const tips = [await submit(), await submit()];
    for (const tip of tips)
      for (const at of ["2026-01-05", "2026-01-06", "2026-01-07"])
        for (const door of ["list", "tip"]) await record(tip, "facepage", at, door);
    const read = async (query: string) => {
      const rows: string[] = [];
      let after = "";
      do {
        const { body } = await facepage.call("GET", `/v1/accesses?${query}${after && `&after=${after}`}`);
        rows.push(...body.accesses.map((row: any) => `${row.day} ${tips.indexOf(row.tip)} ${row.door}`));
        after = body.next;
      } while (after);
      return rows;
    };
    const whole = await read("limit=500");
    expect(whole).toHaveLength(12);
    for (const limit of [1, 5, 12]) expect(await read(`limit=${limit}`)).toEqual(whole);
    expect(await read("since=2026-01-06&until=2026-01-06&limit=3")).toEqual(
      whole.filter((row) => row.startsWith("2026-01-06")),
    );
    expect(await read(`tip=${tips[0]}&limit=4`)).toHaveLength(6);
    expect((await facepage.call("GET", "/v1/accesses?since=yesterday")).status).toBe(400);
  });
});

describe("the steward", () => {
  let steward: Member;
  beforeEach(async () => {
    steward = await enrol("steward", "steward", { scopes: ["admin", "tips:read", "tips:write"] });
  });

  const read = async (query: string): Promise<any[]> => {
    const rows: any[] = [];
    let after = "";
    do {
      const { body } = await steward.call("GET", `/v1/accesses?${query}${after && `&after=${after}`}`);
      rows.push(...body.accesses);
      after = body.next;
    } while (after);
    return rows;
  };

  test("sees everybody's records, without a case or a unit, in pages of each row once", async () => {
    const tip = await submit();
    await agency.call("GET", `/v1/tips/${tip}`);
    for (const at of ["2026-01-05", "2026-01-06"])
      for (const door of ["list", "tip", "match"]) await record(tip, "facepage", at, door);
    const whole = await read("limit=500");
    expect(whole).toHaveLength(7);
    expect(JSON.stringify(whole)).not.toMatch(/XA-2026|Unit|"case"/);
    for (const limit of [1, 2, 3]) expect(await read(`limit=${limit}`)).toEqual(whole);
    expect(await read("partner=facepage&limit=2")).toEqual(whole.filter((row) => row.partner === "facepage"));
    const ofTip = await read(`tip=${tip}&limit=2`);
    expect(ofTip.map((row) => JSON.stringify(row)).sort()).toEqual(whole.map((row) => JSON.stringify(row)).sort());
    expect(await read(`tip=${tip}&partner=facepage&until=2026-01-05`)).toHaveLength(3);
  });

  test("is an author as others are: not told of matches and silent readings of its own tips", async () => {
    const { id } = await steward.submit(["partner:facepage", "partner:cyber-unit"]);
    await facepage.call("POST", "/v1/match", { questions: ["harbour-news.example"] });
    await under(agency, { non_disclosure: { basis: "Order 7", until: new Date(Date.now() + day).toISOString() } });
    await agency.call("GET", `/v1/tips/${id}`);
    for (const query of ["limit=9", `tip=${id}`, "partner=facepage", "partner=cyber-unit"])
      expect(await read(query)).toEqual([]);
    await facepage.call("GET", `/v1/tips/${id}`);
    expect(await read("limit=9")).toMatchObject([{ partner: "facepage", door: "tip" }]);
  });
});

test("records are kept: the database refuses to change or delete one", async () => {
  const tip = await submit();
  await facepage.call("GET", `/v1/tips/${tip}`);
  const db = ground();
  for (const table of ["access", "access_tip"]) {
    const refusal = new RegExp(`${table}_is_kept`);
    await expect(db.exec(`DELETE FROM ${table}`)).rejects.toThrow(refusal);
    await expect(db.exec(`UPDATE ${table} SET partner = 'chirper'`)).rejects.toThrow(refusal);
    expect((await all(db, sql`SELECT partner FROM ${sql.identifier(table)}`)).length).toBeGreaterThan(0);
  }
});

test("a record, a purpose and a month's report are not replaced either", async () => {
  const tip = await submit();
  await agency.call("GET", `/v1/tips/${tip}`);
  const db = ground();
  await db.exec(
    "INSERT INTO transparency (month, report, made_at) VALUES ('2026-01', '{}', '2026-02-01T00:00:00.000Z')",
  );
  const rows = () =>
    Promise.all(
      ["access", "purpose", "transparency"].map((table) => all(db, sql`SELECT * FROM ${sql.identifier(table)}`)),
    );
  const before = await rows();
  const replace = (table: string, columns: string) =>
    db.exec(`INSERT OR REPLACE INTO ${table} SELECT ${columns} FROM ${table}`);
  await expect(replace("access", "access_no, 'chirper', at, door, purpose, kid")).rejects.toThrow(/access_is_kept/);
  await replace(
    "purpose",
    "purpose, partner, 'consent', case_reference, unit, until, non_disclosure, '2026-01-01T00:00:00.000Z', approved_at, ended_at, ended_by",
  );
  await replace("transparency", `month, '{"tips":10}', made_at`);
  expect(before.every((found) => found.length > 0)).toBe(true);
  expect(await rows()).toEqual(before);
});

test("lists are read in the order of an index, without sorting", async () => {
  const tip = await submit();
  const steward = await enrol("steward", "steward");
  await handed(tip);
  for (const query of ["", `?tip=${tip}`]) await facepage.call("GET", `/v1/accesses${query}`);
  await steward.call("GET", "/v1/accesses");
  const lists = [...statements].filter((text) => text.includes("LEFT JOIN purpose u"));
  expect(lists.length).toBeGreaterThanOrEqual(4);
  for (const text of lists) {
    const plan = await ground()
      .prepare(`EXPLAIN QUERY PLAN ${text}`)
      .bind(...Array(text.split("?").length - 1).fill(null))
      .all<{ detail: string }>();
    const steps = plan.results.map(({ detail }) => detail);
    expect(
      steps.filter((step) => /TEMP B-TREE FOR (ORDER|GROUP) BY/.test(step)),
      text,
    ).toEqual([]);
  }
});

describe("where a partner takes legal process", () => {
  const page = "https://chirper.example/legal";

  test("is set by the steward, and shown in the directory and on each of its tips to every reader", async () => {
    const steward = await enrol("steward", "steward");
    const tip = await submit();
    const set = (value: unknown) => steward.call("PATCH", "/v1/partners/chirper", { legal_process_url: value });
    expect((await set(page)).body.legal_process_url).toBe(page);
    for (const reader of [chirper, facepage, agency]) {
      expect((await reader.call("GET", "/v1/partners/chirper")).body.legal_process_url).toBe(page);
      expect((await reader.call("GET", `/v1/tips/${tip}`)).body.legal_process_url).toBe(page);
      expect((await reader.call("GET", "/v1/tips")).body.tips[0].legal_process_url).toBe(page);
    }
    expect((await set(null)).body).not.toHaveProperty("legal_process_url");
    expect((await agency.call("GET", `/v1/tips/${tip}`)).body).not.toHaveProperty("legal_process_url");
    expect((await chirper.call("PATCH", "/v1/partners/chirper", { legal_process_url: page })).status).toBe(403);
  });

  test("is an https page and no trick", async () => {
    const steward = await enrol("steward", "steward");
    for (const value of [
      "http://chirper.example/legal",
      "javascript:alert(1)",
      "https://chirper.example@evil.example/",
      "https://chirper",
      "https://chirper.example/a b",
      "https://chirper.example/\u202e",
      `https://chirper.example/${"a".repeat(500)}`,
      "",
    ])
      expect((await steward.call("PATCH", "/v1/partners/chirper", { legal_process_url: value })).status, value).toBe(
        422,
      );
  });
});
