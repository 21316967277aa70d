/**
 * One exchange as it is deployed: the product's bundle in workerd on a socket of its own, the rates bound as wrangler.toml
 * says, state in a folder that outlives the runtime so that its database can be looked into.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundle, migrate, workerOf } from "../../../scripts/runtime.ts";
import type { Partner } from "../partner.ts";
import { enrol, newIdentity, socket, stewardOf } from "../world.ts";

export interface Exchange {
  url: string;
  db: D1Database;
  /** Where the database's file lies. */
  data: string;
  enrol(slug: string): Promise<Partner>;
  /** Ends the runtime; the files stay until `remove`. */
  stop(): Promise<void>;
  remove(): void;
}

export async function startExchange(): Promise<Exchange> {
  const state = mkdtempSync(path.join(tmpdir(), "tipoff-hostile-"));
  const data = path.join(state, "data");
  const identity = newIdentity();
  const worker = { ...workerOf(bundle(path.join(state, "bundle")), identity), ...socket };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ cf: false, resourcePersistencePath: data, workers: [worker] } as never),
  );
  await miniflare.ready;
  const url = (await miniflare.unsafeGetDirectURL("tipoff")).origin;
  const db = (await miniflare.getD1Database("DB")) as unknown as D1Database;
  await migrate(db);
  let stopped: Promise<void> | undefined;
  const steward = await stewardOf(identity, url);
  return {
    url,
    db,
    data,
    enrol: (slug) => enrol(steward, url, slug),
    stop: () => {
      stopped ??= miniflare.dispose();
      return stopped;
    },
    remove: () => rmSync(state, { recursive: true, force: true }),
  };
}
