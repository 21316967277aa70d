/**
 * One workerd for a whole run: exchanges of the product's own bundle, each with a database of its own, and the ceiling's
 * worker beside them. Each has a socket of its own, without Miniflare's proxy before it. All state is temporary.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { calculateJwkThumbprint, type JWK } from "jose";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundle, type Identity, migrate, workerOf } from "../../scripts/runtime.ts";
import { type Connection, connect } from "../../src/client/connect.ts";
import { join } from "../../src/client/join.ts";
import { closeConnections } from "./load.ts";
import { Partner } from "./partner.ts";

/** The exchanges of a run. What is submitted to one does not weigh on another's figures. */
const exchanges = [
  "SUBMIT",
  "FEW",
  "MANY",
  "FEED",
  "CROWD",
  "LATENCY",
  "FANOUT",
  "DRAIN",
  "PUSHED",
  "TAXII",
  "TAXIIMANY",
  "SYNC",
] as const;
export type Name = (typeof exchanges)[number];

export interface World {
  ceiling: string;
  exchange(name: Name): Promise<Exchange>;
  stop(): Promise<void>;
}

export interface Exchange {
  name: Name;
  url: string;
  /** The same exchange behind a database that counts rows. */
  counted: string;
  db: D1Database;
  steward: Connection;
  /** `url`: which door it uses, where not the exchange's own. */
  enrol(slug: string, scopes?: string[], url?: string): Promise<Partner>;
}

export const newIdentity = (): Identity => {
  const jwk = () => generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }) as Record<string, unknown>;
  return { exchange: "https://bench.example", exchange_key: jwk(), steward_key: jwk() };
};

export const socket = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };

export async function startWorld(): Promise<World> {
  const state = mkdtempSync(path.join(tmpdir(), "tipoff-bench-"));
  const scripts = [".worker/index.ts", "test/bench/workers/counted.ts", "test/bench/workers/ceiling.ts"];
  const [product, counted, ceiling] = scripts.map((main, at) => bundle(path.join(state, String(at)), main)) as [
    string,
    string,
    string,
  ];
  const identity = newIdentity();
  const worker = (script: string, name: string, d1Databases: Record<string, string>) => ({
    // The receivers of the bench are on this machine.
    ...workerOf(script, identity, { WEBHOOK_LOOPBACK: "1" }),
    ...socket,
    name,
    // None: a load would reach them, and here each is a simulated object's round trip (0.5 ms) that the platform does not have.
    ratelimits: {},
    d1Databases,
  });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      resourcePersistencePath: path.join(state, "data"),
      workers: [
        worker(ceiling, "ceiling", Object.fromEntries([...exchanges, "RAW"].map((name) => [name, name]))),
        ...exchanges.map((name) => worker(product, name, { DB: name })),
        ...exchanges.map((name) => worker(counted, `${name}-counted`, { DB: name })),
      ],
    } as never),
  );
  await miniflare.ready;
  const at = async (name: string) => (await miniflare.unsafeGetDirectURL(name)).origin;
  const raw = (await miniflare.getD1Database("RAW", "ceiling")) as unknown as D1Database;
  await migrate(raw);
  await raw.exec(
    "INSERT INTO partner (slug, name, kind, country, scopes, enrolled_at) VALUES ('raw', 'raw', 'platform', 'XA', '', '')",
  );

  const opened = new Map<Name, Promise<Exchange>>();
  const open = async (name: Name): Promise<Exchange> => {
    const url = await at(name);
    const db = (await miniflare.getD1Database(name, "ceiling")) as unknown as D1Database;
    await migrate(db);
    const steward = await stewardOf(identity, url);
    return {
      name,
      url,
      counted: await at(`${name}-counted`),
      db,
      steward,
      enrol: (slug, scopes, door) => enrol(steward, door ?? url, slug, scopes),
    };
  };
  return {
    ceiling: await at("ceiling"),
    exchange: (name) => {
      if (!opened.has(name)) opened.set(name, open(name));
      return opened.get(name)!;
    },
    stop: async () => {
      closeConnections();
      await miniflare.dispose();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

export async function stewardOf(identity: Identity, url: string): Promise<Connection> {
  const { d: _private, ...open } = identity.steward_key as JWK;
  const kid = await calculateJwkThumbprint(open);
  return connect({ exchange: identity.exchange, url, partner: "steward", kid, jwk: identity.steward_key as JWK });
}

/** A platform, enrolled and joined as partners are. */
export async function enrol(
  steward: Connection,
  url: string,
  slug: string,
  scopes = ["tips:read", "tips:write", "match"],
): Promise<Partner> {
  const places = { platforms: [slug], domains: [`${slug}.example`] };
  await steward.call("POST", "/v1/partners", { slug, name: slug, kind: "platform", country: "XA", ...places, scopes });
  const { code } = await steward.call<{ code: string }>("POST", `/v1/partners/${slug}/invitations`, {});
  return new Partner(url, await connect((await join(url, code)).profile));
}
