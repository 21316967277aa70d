/** The reference as it is served, and that its sample tip is what the exchange makes of it. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { examples } from "../../src/api/examples.ts";
import { honoPath } from "../../src/api/operation.ts";
import { problems } from "../../src/core/problem.ts";
import { submitTip } from "../../src/exchange/submit-tip.ts";
import { Turns } from "../../src/exchange/turns.ts";
import { Work } from "../../src/exchange/work.ts";
import { operations } from "../../src/operations.ts";
import { selectCaller } from "../../src/store/callers.ts";
import { all, batch, sql } from "../../src/store/database.ts";
import { insertKey } from "../../src/store/keys.ts";
import { http, url } from "./http.ts";
import type { Member } from "./member.ts";
import { enrol, exchangeNow, freshWorld, ground, group } from "./world.ts";

const pages = ["/", "/docs", "/openapi.json", ...Object.keys(problems).map((slug) => `/problems/${slug}`)];
let chirper: Member;
let facepage: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", {
    platforms: ["chirper"],
    domains: ["chirper.example"],
    legal_process_url: "https://chirper.example/legal",
  });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"], domains: ["facepage.example"] });
});

/** Runs with a binding of the Worker replaced. */
async function withBinding(name: string, value: unknown, run: () => Promise<void>): Promise<void> {
  const bindings = env as unknown as Record<string, unknown>;
  const kept = bindings[name];
  bindings[name] = value;
  try {
    await run();
  } finally {
    bindings[name] = kept;
  }
}

describe("the open pages", () => {
  test("are served without a token and without the database, and name no partner", async () => {
    const touched: string[] = [];
    const database = new Proxy({}, { get: (_target, name) => touched.push(String(name)) && undefined });
    await withBinding("DB", database, async () => {
      for (const path of pages) expect((await http("GET", path)).status, path).toBe(200);
    });
    expect(touched).toEqual([]);
  });

  test("are kept by caches and answered 304 to who has them", async () => {
    for (const path of pages) {
      const { headers, body } = await http("GET", path);
      expect(headers.get("cache-control")).toBe("public, max-age=3600");
      const again = await http("GET", path, { headers: { "if-none-match": `W/${headers.get("etag")}, "other"` } });
      expect(again).toMatchObject({ status: 304, body: "" });
      expect((await http("GET", path, { headers: { "if-none-match": '"other"' } })).body).toEqual(body);
    }
  });

  test("let a browser load nothing but their own style", async () => {
    for (const path of pages.filter((path) => path !== "/openapi.json")) {
      const { headers, body } = await http("GET", path);
      const policy = headers.get("content-security-policy")!;
      expect(policy).toContain("default-src 'none'");
      const style = /<style>([\s\S]*?)<\/style>/.exec(body)![1]!;
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)));
      expect(policy).toContain(`style-src 'sha256-${btoa(String.fromCharCode(...hash))}'`);
    }
  });

  test("an unknown problem is not there, like anything else", async () => {
    const nowhere = await http("GET", "/nowhere");
    expect(await http("GET", "/problems/none")).toMatchObject({ status: 404, body: nowhere.body });
  });

  test("the document speaks of this exchange", async () => {
    expect((await http("GET", "/openapi.json")).body.servers).toEqual([{ url }]);
  });
});

test("the type of a problem that is met is a page", async () => {
  const { body } = await http("GET", "/v1/me");
  const page = await http("GET", body.type.slice(url.length));
  expect(page.status).toBe(200);
  expect(page.body).toContain(body.title);
});

/** A partner that holds the scope. */
async function callers(): Promise<(access: string) => Member> {
  const steward = await enrol("steward", "steward");
  const agency = await enrol("cyber-unit", "law_enforcement");
  return (access) => (access === "admin" ? steward : access === "purposes" ? agency : chirper);
}

test("a query parameter that no operation declares is refused at every route with a token", async () => {
  const callerFor = await callers();
  for (const { method, path, access, find } of operations) {
    if (access === "open") continue;
    const at = path
      .replace(/\{(kid|purpose)\}/g, chirper.signer.kid)
      .replace(/\{(tip|read_token|operation|related)\}/g, crypto.randomUUID())
      .replace(/\{\w+\}/g, "chirper");
    const answer = await callerFor(access).call(method, `${at}?nonsense=1`, method === "GET" ? undefined : {});
    // What the path names is judged first.
    expect(answer.status, `${method} ${honoPath(path)}`).toBe(find && answer.status === 404 ? 404 : 400);
  }
});

test("what the path names is judged before the body is read", async () => {
  const callerFor = await callers();
  const raw = { body: undefined, headers: { "content-type": "text/plain" } };
  for (const { method, path, access, at, find } of operations) {
    if (!find) continue;
    const missing = path
      .replace(/\{(kid|purpose)\}/g, "A".repeat(43))
      .replace(/\{(tip|read_token|related)\}/g, crypto.randomUUID())
      .replace(/\{\w+\}/g, "nobody");
    const answer = await callerFor(access).call(method, missing, raw.body, raw.headers);
    expect(answer.status, path).toBe(404);
    expect(Object.keys(at!).length).toBeGreaterThan(0);
  }
});

describe("the sample tip", () => {
  const at = Date.parse(examples.accepted.accepted_at);
  const shown = (id: string, status = 200): any =>
    (operations.find((operation) => operation.id === id)!.answers as any)[status].example;
  /** Receipts are signed, and cursors sealed, by this run's exchange key. */
  const plain = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value, (name, inner) => (name === "receipt" || (name === "next" && inner) ? name : inner)),
    );

  async function callerOf(member: Member) {
    const now = new Date().toISOString();
    const [row] = await all(ground(), selectCaller(member.slug, member.signer.kid, "", now));
    return {
      partner: member.slug,
      kind: member.kind,
      country: "XA",
      scopes: [],
      kid: member.signer.kid,
      held: JSON.parse(row!.held),
      places: [member.slug, `${member.slug}.example`],
      purpose: "",
      quota: { requests: 0, bytes: 0, index_keys: 0, questions: 0, calls: 0 },
      work: new Work(member.slug, Date.now, new Turns()),
      until: at + 300_000,
      again: () => Promise.reject(new Error("not asked for here")),
    } as const;
  }

  async function run(id: string, request: Record<string, unknown>): Promise<any> {
    const declared = operations.find((operation) => operation.id === id)!;
    const context = { req: { header: () => undefined } };
    const exchange = await exchangeNow(at + 1_000);
    const caller = await callerOf(facepage);
    const outcome: any = await declared.run({ context, exchange, caller, at: {}, ...request } as never);
    return plain(outcome.value.body);
  }

  beforeEach(async () => {
    await group("election-cell", [chirper]);
    const { jwk, kid } = examples.keys.chirper;
    const since = "2026-09-01T08:00:00.000Z";
    await batch(ground(), [
      insertKey({ kid, partner: "chirper", jwk, active_from: since, introduced_by: null }, since),
      sql`INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ${examples.accepted.seq - 1})`,
    ]);
    const caller = { ...(await callerOf(chirper)), kid };
    const done = await submitTip(await exchangeNow(at), caller, { tip: examples.tip, audience: examples.audience });
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    if (done.value.held) throw new Error("held");
    expect(plain(done.value.submitted)).toEqual(plain(shown("submitTip", 201)));
  });

  test.each([
    ["listTips", { query: { limit: 50 } }],
    ["readTip", { at: { tip: examples.accepted.tip } }],
    ["readFeed", { query: { limit: 100, documents: true } }],
    ["listIndicators", { query: { limit: 200, type: "domain" } }],
    ["match", {}],
  ] as [string, Record<string, unknown>][])("%s answers with its example", async (id, request) => {
    const body = operations.find((operation) => operation.id === id)!.body?.example;
    expect(await run(id, { body, ...request })).toEqual(plain(shown(id)));
  });
});

describe("what every answer carries", () => {
  test.each(["ADDRESS_RATE", "PARTNER_RATE"])("holds for a refusal by %s too", async (name) => {
    await chirper.call("GET", "/v1/me");
    await withBinding(name, { limit: async () => ({ success: false }) }, async () => {
      const { status, body, headers } = await chirper.call("GET", "/v1/me");
      expect([status, body.type]).toEqual([429, `${url}/problems/rate`]);
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("retry-after")).toBe("60");
    });
  });

  test("an identity configured with a slash at its end gives problem types that are pages", async () => {
    await withBinding("EXCHANGE_URL", `${url}/`, async () => {
      const { body } = await http("GET", "/v1/me");
      expect(body.type).toBe(`${url}/problems/unauthenticated`);
    });
  });
});
