/**
 * What the platform allows, in the same workerd as the product: the same rows inserted, the same keys looked up, the same
 * rows read, with nothing around them. What a route needs is put into its memory beforehand, so that only the raw deed is timed.
 */
import { DurableObject } from "cloudflare:workers";
import { importJWK, type JWK, jwtVerify } from "jose";

/** An object that keeps what it is about to send, sends it, and keeps that it did: what each delivery of any such design takes. */
export class Endpoint extends DurableObject {
  async deliver(url: string, body: string): Promise<void> {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS sent (id TEXT PRIMARY KEY, at INTEGER, status INTEGER)");
    const id = crypto.randomUUID();
    sql.exec("INSERT INTO sent VALUES (?, ?, NULL)", id, Date.now());
    const { status } = await post(url, body);
    sql.exec("UPDATE sent SET status = ? WHERE id = ?", status, id);
  }
}
/** wrangler.toml binds it; nothing here calls it. */
export class Dispatcher extends DurableObject {}

async function post(url: string, body: string): Promise<Response> {
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  await response.arrayBuffer();
  return response;
}

async function each(connections: number, deliver: (url: string, body: string) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < messages.length) {
        const { url, body } = messages[next++]!;
        await deliver(url, body);
      }
    }),
  );
}

/** `RAW` is the ceiling's own database, with the product's tables and indexes; the others are the exchanges' own. */
type Env = Record<string, D1Database> & { EXCHANGE_KEY: string };

let statements: [string, string][] = [];
let keys = "[]";
let messages: { url: string; body: string }[] = [];

/** What one tip's submission is measured by. */
const tables = ["document_piece", "indicator", "index_key"];

const routes: Record<string, (env: Env, query: URLSearchParams, request: Request) => Promise<Response>> = {
  /** The rows of the exchange's newest tip, as statements of at most a megabyte. */
  async "/take-rows"(env, query) {
    const db = env[query.get("db")!]!;
    statements = [];
    for (const table of tables) {
      const rows = await db
        .prepare(`SELECT * FROM ${table} WHERE tip_no = (SELECT max(tip_no) FROM tip)`)
        .raw<unknown[]>({ columnNames: true });
      const columns = rows.shift()!;
      const values = columns.map((_, at) => `value ->> ${at}`);
      const into = `INSERT INTO ${table} (${columns}) SELECT ${values} FROM json_each(?)`;
      const size = Math.max(1, Math.floor((rows.length * 1_000_000) / JSON.stringify(rows).length));
      for (let at = 0; at < rows.length; at += size) statements.push([into, JSON.stringify(rows.slice(at, at + size))]);
    }
    return new Response();
  },
  async "/insert-rows"(env) {
    await env.RAW!.batch(statements.map(([text, rows]) => env.RAW!.prepare(text).bind(rows)));
    return new Response();
  },
  async "/insert-row"(env) {
    await env
      .RAW!.prepare("INSERT INTO site (domain, platform, partner) VALUES (?, 'raw', 'raw')")
      .bind(crypto.randomUUID())
      .run();
    return new Response();
  },
  async "/take-keys"(_env, _query, request) {
    keys = await request.text();
    return new Response();
  },
  async "/look-up-keys"(env, query) {
    const found = await env[query.get("db")!]!.prepare(
      "SELECT k.key, k.tip_no, k.version, k.ordinal FROM json_each(?) q CROSS JOIN index_key k ON k.key = q.value",
    )
      .bind(keys)
      .all();
    return new Response(String(found.results.length));
  },
  /** A page of the feed with its documents, as the tables hold it. */
  async "/read-page"(env, query) {
    const page = await env[query.get("db")!]!.prepare(
      `SELECT e.seq, e.type, e.at, t.tip, t.version, t.author, v.digest, v.seq AS version_seq, v.accepted_at, v.protected, v.signature, d.text
      FROM event_token q CROSS JOIN event e ON e.seq = q.seq CROSS JOIN tip t ON t.tip_no = e.tip_no
        CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
        CROSS JOIN document_piece d ON d.tip_no = t.tip_no AND d.version = t.version
      WHERE q.token = ? ORDER BY q.seq LIMIT 100`,
    )
      .bind(query.get("token"))
      .all();
    return Response.json(page.results);
  },
  /** A tip with its document and its indicators, as the tables hold them: what a page of some 100 objects is made of. */
  async "/read-objects"(env, query) {
    const db = env[query.get("db")!]!;
    const found = await db.batch([
      db
        .prepare(
          `SELECT e.seq, e.type, e.at, t.tip, t.version, t.author, t.tlp, t.accepted_at, t.expires_at, p.name, p.kind, p.contact,
            v.digest, v.seq AS version_seq, v.heading, d.text
          FROM event e CROSS JOIN tip t ON t.tip_no = e.tip_no CROSS JOIN partner p ON p.slug = t.author
            CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
            CROSS JOIN document_piece d ON d.tip_no = t.tip_no AND d.version = t.version
          WHERE e.seq > ? ORDER BY e.seq LIMIT 1`,
        )
        .bind(Number(query.get("at"))),
      db
        .prepare(
          `SELECT i.ordinal, i.body FROM indicator i WHERE i.tip_no = (SELECT tip_no FROM event WHERE seq > ? ORDER BY seq LIMIT 1)
          ORDER BY i.ordinal`,
        )
        .bind(Number(query.get("at"))),
    ]);
    return Response.json(found.map(({ results }) => results));
  },
  /** One indicator with what its tip says of it. */
  async "/read-object"(env, query) {
    const found = await env[query.get("db")!]!.prepare(
      `SELECT t.tip, t.version, t.author, t.tlp, t.accepted_at, v.digest, v.heading, i.body
      FROM tip t CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
        CROSS JOIN indicator i ON i.tip_no = t.tip_no AND i.version = t.version
      WHERE t.tip_no = ? AND i.ordinal = ?`,
    )
      .bind(1 + Math.floor(Number(query.get("at")) / 25), Number(query.get("at")) % 25)
      .first();
    return Response.json(found);
  },
  async "/take-messages"(_env, _query, request) {
    messages = await request.json();
    return new Response();
  },
  /** The same bodies to the same URLs, so many at a time, with nothing around them. */
  async "/post-messages"(_env, query) {
    await each(Number(query.get("connections")), post);
    return new Response();
  },
  /** The same by an object for each URL that keeps what it does, and nothing else. */
  async "/deliver-messages"(env, query) {
    const endpoints = env.ENDPOINT as unknown as DurableObjectNamespace<Endpoint>;
    await each(Number(query.get("connections")), (url, body) =>
      endpoints.get(endpoints.idFromName(url)).deliver(url, body),
    );
    return new Response();
  },
  /** An empty route behind the product's access token. */
  async "/authenticated"(env, _query, request) {
    const { d: _private, ...open } = JSON.parse(env.EXCHANGE_KEY) as JWK;
    await jwtVerify(request.headers.get("authorization")!.slice(7), await importJWK(open, "EdDSA"));
    return new Response();
  },
};

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const url = new URL(request.url);
    return (await routes[url.pathname]?.(env, url.searchParams, request)) ?? new Response(null, { status: 404 });
  },
};
