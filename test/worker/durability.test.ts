/** Races, lost answers, failing records, pages of the feed, query plans. */
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { sign } from "../../src/core/envelope.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { selectRanged } from "../../src/store/feed.ts";
import { url } from "./http.ts";
import { type Member, salt } from "./member.ts";
import { enrol, freshWorld, ground, group } from "./world.ts";

let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

const database = () => env as unknown as { DB: D1Database };

test("of 20 concurrent versions one wins, the rest are 409, none mixes", async () => {
  const { id } = await chirper.submit(["platforms"]);
  const now = (await chirper.call("GET", `/v1/tips/${id}`)).body;
  const drafts = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      chirper.draft(
        ["platforms"],
        { tip: id, version: 2, indicators: [{ type: "domain", value: `race-${n}.example` }] },
        { revision: 2, previous: now.audience_digest },
      ),
    ),
  );
  const answers = await Promise.all(
    drafts.map((draft) => chirper.call("POST", "/v1/tips", { tip: draft.tip, audience: draft.audience })),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  const winner = drafts[answers.findIndex((answer) => answer.status === 201)]!;
  const read = (await facepage.call("GET", `/v1/tips/${id}`)).body;
  expect(read.envelope).toEqual(winner.tip);
  const flat = (await facepage.call("GET", "/v1/indicators")).body.indicators;
  expect(flat.map((row: any) => row.indicator.value)).toEqual([winner.document.indicators[0].value]);
});

test("of 20 concurrent rescopings and withdrawals one wins each round", async () => {
  const { id } = await chirper.submit(["platforms"]);
  const now = (await chirper.call("GET", `/v1/tips/${id}`)).body;
  const scopes = await Promise.all(
    Array.from({ length: 20 }, () =>
      sign(
        {
          exchange: url,
          from: "chirper",
          tip: id,
          version: 1,
          revision: 2,
          previous: now.audience_digest,
          salt: salt(),
          to: ["partner:facepage"],
          except: [],
        },
        "audience+jws",
        chirper.signer,
      ),
    ),
  );
  const rescoped = await Promise.all(scopes.map((scope) => chirper.call("PUT", `/v1/tips/${id}/audience`, scope)));
  expect(rescoped.map((answer) => answer.status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  const notes = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      sign(
        { exchange: url, from: "chirper", tip: id, version: 1, digest: now.digest, reason: "mistake", note: `${n}` },
        "withdrawal+jws",
        chirper.signer,
      ),
    ),
  );
  const withdrawn = await Promise.all(notes.map((note) => chirper.call("POST", `/v1/tips/${id}/withdrawal`, note)));
  expect(withdrawn.map((answer) => answer.status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  expect((await facepage.feed()).map((event) => event.type)).toEqual(["withdrawn"]);
});

test("a batch whose answer is lost after the commit gives the same receipt on retry", async () => {
  const draft = await chirper.draft(["platforms"]);
  await chirper.authorization("POST", "/v1/tips");
  const db = database().DB;
  const real = db.batch.bind(db);
  database().DB = new Proxy(db, {
    get: (target, property) =>
      property === "batch"
        ? async (list: D1PreparedStatement[]) => {
            const result = await real(list);
            if (list.length > 10) throw new Error("D1_ERROR: Network connection lost.");
            return result;
          }
        : Reflect.get(target, property),
  });
  const first = await chirper.call("POST", "/v1/tips", { tip: draft.tip, audience: draft.audience });
  database().DB = db;
  const again = await chirper.call("POST", "/v1/tips", { tip: draft.tip, audience: draft.audience });
  expect(first.status).toBe(201);
  expect(again.status).toBe(200);
  expect(again.body).toEqual(first.body);
});

test("a batch that fails at any statement leaves nothing of the tip", async () => {
  const db = ground();
  const real = db.batch.bind(db);
  const counts = async () =>
    (
      await all(
        db,
        sql<{
          n: number;
        }>`SELECT (SELECT count(*) FROM tip) + (SELECT count(*) FROM tip_version) + (SELECT count(*) FROM event)
    + (SELECT count(*) FROM event_token) + (SELECT count(*) FROM indicator) + (SELECT count(*) FROM index_key) + (SELECT count(*) FROM audience) + (SELECT count(*) FROM document_piece) AS n`,
      )
    )[0]!.n;
  await chirper.authorization("POST", "/v1/tips");
  for (let at = 0; at < 30; at++) {
    const draft = await chirper.draft(["platforms"]);
    let broken = false;
    database().DB = new Proxy(db, {
      get: (target, property) =>
        property === "batch"
          ? (list: D1PreparedStatement[]) => {
              if (list.length <= 10 || at >= list.length) return real(list);
              broken = true;
              return real([
                ...list.slice(0, at),
                db.prepare("INSERT INTO guard (tip_free) VALUES (0)"),
                ...list.slice(at),
              ]);
            }
          : Reflect.get(target, property),
    });
    const answer = await chirper.call("POST", "/v1/tips", { tip: draft.tip, audience: draft.audience });
    database().DB = db;
    if (!broken) return expect(at).toBeGreaterThan(12);
    expect(answer.status, `statement ${at}`).toBe(409);
    expect(await counts(), `statement ${at}`).toBe(0);
  }
});

test("an author that leaves a group between the check and the write no longer reaches it", async () => {
  await group("cell", [chirper, facepage]);
  const db = ground();
  await chirper.authorization("POST", "/v1/tips");
  database().DB = new Proxy(db, {
    get: (target, property) =>
      property === "batch"
        ? async (list: D1PreparedStatement[]) => {
            if (list.length > 10) await batch(db, [sql`DELETE FROM membership WHERE partner = 'chirper'`]);
            return db.batch(list);
          }
        : Reflect.get(target, property),
  });
  const { answer } = await chirper.submit(["group:cell"]);
  database().DB = db;
  expect([answer.status, answer.body.type]).toEqual([422, `${url}/problems/unknown-recipient`]);
  expect(await all(db, sql`SELECT count(*) AS n FROM tip`)).toEqual([{ n: 0 }]);
});

test.each(["tip", "list", "feed", "documents", "indicators", "match"])(
  "where the access record cannot be written, %s hands out nothing",
  async (door) => {
    const { id } = await chirper.submit(["platforms"]);
    const db = ground();
    await facepage.authorization("GET", "/");
    const paths: Record<string, () => Promise<any>> = {
      tip: () => facepage.call("GET", `/v1/tips/${id}`),
      list: () => facepage.call("GET", "/v1/tips"),
      feed: () => facepage.call("GET", "/v1/feed"),
      documents: () => facepage.call("GET", "/v1/feed?documents=true"),
      indicators: () => facepage.call("GET", "/v1/indicators"),
      match: () => facepage.call("POST", "/v1/match", { questions: ["harbour-news.example"] }),
    };
    await batch(db, [
      sql`CREATE TRIGGER no_records BEFORE INSERT ON access_tip BEGIN SELECT RAISE(ABORT, 'D1_ERROR no records'); END`,
    ]);
    const refused = await paths[door]!();
    expect(refused.status).toBe(503);
    expect(JSON.stringify(refused.body)).not.toContain("harbour");
    await batch(db, [sql`DROP TRIGGER no_records`]);
    expect((await paths[door]!()).status).toBe(200);
    expect(await all(db, sql`SELECT DISTINCT partner FROM access_tip`)).toEqual([{ partner: "facepage" }]);
  },
);

test("records are append-only", async () => {
  const { id } = await chirper.submit(["platforms"]);
  await facepage.call("GET", `/v1/tips/${id}`);
  const db = ground();
  await expect(batch(db, [sql`UPDATE access_tip SET partner = 'chirper'`])).rejects.toThrow(/access_tip_is_kept/);
  await expect(batch(db, [sql`UPDATE event SET type = 'revised'`])).rejects.toThrow(/event_is_kept/);
});

test("a question leaves no trace of its content", async () => {
  await chirper.submit(["platforms"]);
  await facepage.call("POST", "/v1/match", { questions: ["harbour-news.example", "very-private-question.example"] });
  const db = ground();
  const tables = await all(
    db,
    sql<{
      name: string;
    }>`SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 3) <> '_cf' AND substr(name, 1, 6) <> 'sqlite'`,
  );
  for (const { name } of tables) {
    const rows = await all(db, sql`SELECT * FROM ${sql.identifier(name)}`);
    expect(JSON.stringify(rows), name).not.toContain("very-private");
  }
});

test("the ranges of all tokens, merged, equal the model's list for every size of page", async () => {
  await group("cell", [chirper, facepage]);
  const tokens = ["partner:facepage", "platforms", "everyone", "group:cell"];
  const reader = { partner: "facepage", kid: "", purpose: "", places: [] };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uniqueArray(fc.nat(200), { maxLength: 60 }), { maxLength: tokens.length }),
      fc.integer({ min: 1, max: 40 }),
      async (ranges, rows) => {
        const held = ranges.flatMap((seqs, at) => seqs.map((seq) => [tokens[at], seq + 1_000]));
        await batch(ground(), [
          sql`DELETE FROM event_token`,
          sql`INSERT INTO event_token (token, seq) SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(held)})`,
        ]);
        const read: number[] = [];
        for (let pages = 0; pages < 2_000; pages++) {
          const page = await all(ground(), selectRanged(reader, read.at(-1) ?? 0, rows));
          read.push(...page.map(({ seq }) => seq));
          if (page.length < rows) break;
        }
        expect(read).toEqual([...new Set(held.map(([, seq]) => seq as number))].sort((a, b) => a - b));
      },
    ),
    { numRuns: 40 },
  );
});

test("the feed in pages of every size, written to meanwhile, skips nothing and repeats nothing", async () => {
  await group("cell", [chirper, facepage]);
  const sent: string[] = [];
  const scopes = [["platforms"], ["group:cell"], ["partner:facepage"], ["platforms", "group:cell"], ["research"]];
  const write = async () => {
    const scope = scopes[sent.length % scopes.length]!;
    const { id } = await chirper.submit(scope);
    sent.push(scope[0] === "research" ? "" : id);
  };
  for (let n = 0; n < 12; n++) await write();
  for (const limit of [1, 2, 3, 5, 8, 1_000]) {
    const events = await facepage.feed(limit, async () => {
      if (sent.length < 40) await write();
    });
    const rest = await facepage.feed(1_000);
    expect(rest.map((event) => event.tip)).toEqual(sent.filter(Boolean));
    expect(events.map((event) => event.tip)).toEqual(sent.filter(Boolean).slice(0, events.length));
    expect(events.length).toBeGreaterThan(9);
  }
});

test("a cursor from before a restore is 410, and another door's is 400", async () => {
  await chirper.submit(["platforms"]);
  const { next } = (await facepage.call("GET", "/v1/feed")).body;
  expect((await facepage.call("GET", `/v1/tips?after=${next}`)).status).toBe(400);
  const bindings = env as unknown as { EPOCH: string };
  bindings.EPOCH = "2";
  expect((await facepage.call("GET", `/v1/feed?after=${next}`)).status).toBe(410);
  bindings.EPOCH = "1";
});

test("a cursor from before the exchange got a new key is 410, and what never was one is 400", async () => {
  const before = (await facepage.call("GET", "/v1/feed")).body.next as string;
  const changed = `${before.slice(0, -4)}${before.endsWith("AAAA") ? "BBBB" : "AAAA"}`;
  expect((await facepage.call("GET", `/v1/feed?after=${changed}`)).status).toBe(410);
  for (const text of ["x", before.slice(4), `${before}AAAA`]) {
    expect((await facepage.call("GET", `/v1/feed?after=${text}`)).status).toBe(400);
  }
});

test("a tip of 4 MB is kept in pieces and handed on untouched", async () => {
  const note = "n".repeat(1_900);
  const indicators = Array.from({ length: 1_950 }, (_, n) => ({ type: "domain", value: `big-${n}.example`, note }));
  const { answer, id, tip } = await chirper.submit(["platforms"], { indicators });
  expect(answer.status, JSON.stringify(answer.body).slice(0, 300)).toBe(201);
  const read = await facepage.call("GET", `/v1/tips/${id}`, undefined, { accept: "application/jose+json" });
  expect(read.body).toEqual(tip);
  expect((await all(ground(), sql`SELECT piece FROM document_piece`)).length).toBe(4);
});
