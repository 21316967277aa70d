/** The exchange on the embedded runtime: the bundled Worker in workerd, D1 kept on disk, migrations applied at start. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type * as Wrangler from "wrangler";

const root = path.join(import.meta.dirname, "..");

export interface Runtime {
  /** Where it answers. */
  url: string;
  /** Its identity, fixed at first start. */
  exchange: string;
  /** True where this start made the state. */
  first: boolean;
  tick(): Promise<void>;
  stop(): Promise<void>;
}

export interface Identity {
  exchange: string;
  exchange_key: Record<string, unknown>;
  steward_key: Record<string, unknown>;
}

const newJwk = (): Record<string, unknown> =>
  generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }) as Record<string, unknown>;

/** The exchange's identity and keys, made once; private, mode 0600. */
export function identityOf(state: string, port: number): { identity: Identity; first: boolean } {
  const file = path.join(state, "identity.json");
  if (existsSync(file)) return { identity: JSON.parse(readFileSync(file, "utf8")) as Identity, first: false };
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const identity = { exchange: `http://127.0.0.1:${port}`, exchange_key: newJwk(), steward_key: newJwk() };
  writeFileSync(file, JSON.stringify(identity, null, 2), { mode: 0o600 });
  return { identity, first: true };
}

/**
 * Bundles a Worker as a deploy would; the path of its module. Where TIPOFF_BUNDLES names a folder, of a time in which no source
 * changes, it is made there once and every process takes the same: a run of the tests starts some forty runtimes.
 */
export function bundle(folder: string, main = ".worker/index.ts"): string {
  const shared = process.env.TIPOFF_BUNDLES;
  if (!shared) return bundleInto(folder, main);
  const place = path.join(shared, main.replaceAll("/", "-"));
  const name = `${path.basename(main, ".ts")}.js`;
  if (!existsSync(place)) {
    const aside = mkdtempSync(`${place}-`);
    bundleInto(aside, main);
    // Whole, or not there; where another process was first, its own is taken.
    try {
      renameSync(aside, place);
    } catch (error) {
      if (!existsSync(path.join(place, name))) throw error;
    }
  }
  return path.join(place, name);
}

function bundleInto(folder: string, main: string): string {
  execFileSync(
    process.execPath,
    [path.join(root, "node_modules/wrangler/bin/wrangler.js"), "deploy", main, "--dry-run", "--outdir", folder],
    { cwd: root, env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" }, stdio: "pipe" },
  );
  return path.join(folder, `${path.basename(main, ".ts")}.js`);
}

interface WorkerOptions {
  bindings?: Record<string, unknown>;
  assets: { binding: string; directory: string };
}

/** wrangler.toml as Miniflare takes it. Wrangler takes half a second to load, so this too is made once where bundles are. */
function optionsOfToml(): WorkerOptions & Record<string, unknown> {
  const shared = process.env.TIPOFF_BUNDLES;
  const file = shared && path.join(shared, "options.json");
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const wrangler = createRequire(import.meta.url)("wrangler") as typeof Wrangler;
  const { workerOptions } = wrangler.unstable_getMiniflareWorkerOptions(path.join(root, "wrangler.toml"));
  const { modulesRules: _, ...options } = workerOptions;
  if (file) {
    const aside = path.join(mkdtempSync(`${file}-`), "options.json");
    writeFileSync(aside, JSON.stringify(options));
    renameSync(aside, file);
  }
  return options as unknown as WorkerOptions & Record<string, unknown>;
}

/** What Miniflare is to run for a bundle of this repository: wrangler.toml's options with an exchange's identity. */
export function workerOf(script: string, identity: Identity, vars?: Record<string, string>) {
  const { assets, ...worker } = optionsOfToml();
  const { d: _private, ...stewardPublic } = identity.steward_key;
  return {
    ...worker,
    name: "tipoff",
    modules: true,
    modulesRoot: path.dirname(script),
    scriptPath: script,
    // The same files by the same paths. Miniflare's own assets put two workers before ours: a quarter of the speed.
    serviceBindings: { [assets.binding]: { disk: { path: assets.directory, writable: false } } },
    bindings: {
      ...worker.bindings,
      ...vars,
      EXCHANGE_URL: identity.exchange,
      EXCHANGE_KEY: JSON.stringify(identity.exchange_key),
      STEWARD_KEY: JSON.stringify(stewardPublic),
    },
  };
}

/**
 * `script`: where it is bundled already. `rate`: requests in a minute of one address and of one partner, for tests that send
 * more than wrangler.toml allows. `vars`: over those of wrangler.toml. `loopback`: webhooks may go to this machine, which is
 * for development alone and in no configuration that is deployed. `database`: for tests that move time where it is kept.
 */
export async function startRuntime(options: {
  state: string;
  port: number;
  script?: string;
  rate?: number;
  vars?: Record<string, string>;
  loopback?: boolean;
}): Promise<Runtime & { identity: Identity; database: D1Database }> {
  const { identity, first } = identityOf(options.state, options.port);
  const vars = { ...options.vars, ...(options.loopback && { WEBHOOK_LOOPBACK: "1" }) };
  const worker = workerOf(options.script ?? bundle(path.join(options.state, "bundle")), identity, vars);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      host: "127.0.0.1",
      port: options.port,
      // Not `d1Persist` and `durableObjectsPersist`: this line of Miniflare drops them without a word, and the database and
      // the endpoints' cursors and retries with them at the next start.
      resourcePersistencePath: path.join(options.state, "data"),
      workers: [
        {
          ...worker,
          ...(options.rate && { ratelimits: ratesOf(options.rate) }),
        },
      ],
    } as never),
  );
  const url = (await miniflare.ready).origin;
  const database = (await miniflare.getD1Database("DB")) as unknown as D1Database;
  await migrate(database);
  return {
    url,
    exchange: identity.exchange,
    first,
    identity,
    database,
    tick: async () => {
      const fetcher = (await miniflare.getWorker()) as unknown as {
        scheduled(options: { cron: string; scheduledTime: Date }): Promise<unknown>;
      };
      await fetcher.scheduled({ cron: "* * * * *", scheduledTime: new Date() });
    },
    stop: () => miniflare.dispose(),
  };
}

const ratesOf = (limit: number) => ({
  ADDRESS_RATE: { namespace_id: "1001", simple: { limit, period: 60 } },
  PARTNER_RATE: { namespace_id: "1002", simple: { limit, period: 60 } },
});

/** As `wrangler d1 migrations apply` does: each file once, remembered in `d1_migrations`. */
export async function migrate(db: D1Database): Promise<void> {
  await db.exec(
    "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
  );
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const folder = path.join(root, "migrations");
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort()) {
    if (results.some((row) => row.name === name)) continue;
    const statements = splitStatements(readFileSync(path.join(folder, name), "utf8"));
    await db.batch([
      ...statements.map((text) => db.prepare(text)),
      db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
  }
}

/** Statements of a migration; a trigger's body ends with END. */
function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let open = "";
  for (const line of text.split("\n")) {
    if (line.trim().startsWith("--") || line.trim() === "") continue;
    open += `${line}\n`;
    const ends = line.trim().endsWith(";") && (!/^CREATE TRIGGER/i.test(open.trim()) || /END;$/i.test(line.trim()));
    if (!ends) continue;
    statements.push(open.trim());
    open = "";
  }
  return statements;
}
