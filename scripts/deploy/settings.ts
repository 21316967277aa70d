/**
 * An operator's own settings, kept apart from the repository: `production.toml` holds only what differs from wrangler.toml,
 * in wrangler's own words, and no `git pull` touches it. Both together become `wrangler.production.json`, a whole
 * configuration that any wrangler command takes with `--config`. What the exchange is for ever is not changed by mistake.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { experimental_readRawConfig } from "wrangler";
import { Stop } from "./stop.ts";

export const settingsFile = "production.toml";
export const configFile = "wrangler.production.json";
const repository = path.join(import.meta.dirname, "../..");

type Table = Record<string, unknown>;

export interface Settings {
  name: string;
  url: string;
  epoch: string;
  database: { name: string; id: string };
  /** The whole configuration. */
  config: Table;
  /** What is not the operator's own yet, or cannot be: sentences that say what to do. */
  faults: string[];
}

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** By what a list's entries are told apart: the same database, the same rate limit. */
const nameOf = (entry: unknown): unknown => (isTable(entry) ? (entry.binding ?? entry.name) : undefined);

/** The operator's values over the repository's: tables are merged, lists of bindings entry by entry, the rest replaced. */
export function lay(own: unknown, base: unknown): unknown {
  if (isTable(own) && isTable(base)) {
    const merged: Table = { ...base };
    for (const [key, value] of Object.entries(own)) merged[key] = lay(value, base[key]);
    return merged;
  }
  if (!Array.isArray(own) || !Array.isArray(base) || own.some((entry) => nameOf(entry) === undefined)) return own;
  const added = own.filter((entry) => !base.some((known) => nameOf(known) === nameOf(entry)));
  const kept = base.map((known) => {
    const entry = own.find((one) => nameOf(one) === nameOf(known));
    return entry === undefined ? known : lay(entry, known);
  });
  return [...kept, ...added];
}

const readToml = (file: string): Table => {
  try {
    return experimental_readRawConfig({ config: file }).rawConfig as Table;
  } catch (error) {
    throw new Stop(`${path.basename(file)} cannot be read: ${(error as Error).message}`);
  }
};

/** The settings of a folder, with every fault they have. Without production.toml these are the repository's placeholders. */
export function readSettings(folder: string): Settings {
  const own = path.join(folder, settingsFile);
  const there = existsSync(own);
  const base = readToml(path.join(repository, "wrangler.toml"));
  const config = lay(there ? readToml(own) : {}, base) as Table;
  const here = (place: unknown) => path.relative(folder, path.join(repository, String(place)));
  config.main = here(".worker/index.ts");
  (config.assets as Table).directory = here((config.assets as Table).directory);
  const alias = config.alias as Record<string, string>;
  config.alias = Object.fromEntries(Object.entries(alias).map(([name, place]) => [name, `./${here(place)}`]));
  (config.build as Table).cwd = here(".") || ".";
  const databases = config.d1_databases as Table[];
  for (const database of databases) database.migrations_dir = here(database.migrations_dir);
  const vars = config.vars as Record<string, string>;
  const database = databases.find(({ binding }) => binding === "DB")!;
  const settings = {
    name: String(config.name),
    url: String(vars.EXCHANGE_URL),
    epoch: String(vars.EPOCH),
    database: { name: String(database.database_name), id: String(database.database_id) },
    config,
  };
  const missing = `There is no ${settingsFile}. Make it: npm run deploy -- init --url https://YOUR-EXCHANGE --location weur`;
  return { ...settings, faults: there ? [...faultsOf(settings), ...changesSince(folder, settings)] : [missing] };
}

function faultsOf({ url, epoch, database, config }: Omit<Settings, "faults">): string[] {
  const faults: string[] = [];
  const say = (fault: string) => faults.push(`${settingsFile}: ${fault}`);
  if (!/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(database.id) || /^[0-]+$/.test(database.id))
    say(`database_id is "${database.id}", which is no database of yours: npx wrangler d1 list shows their ids.`);
  const host = hostOf(url);
  if (host === undefined)
    say(`EXCHANGE_URL is "${url}": write https:// and a host in lower case, with nothing behind it.`);
  else if (/(^|\.)example(\.(com|net|org))?$/.test(host))
    say(
      `EXCHANGE_URL is "${url}", a name for examples: put your exchange's own. It is the exchange's identity for ever.`,
    );
  else if (!isLoopback(host) && !leadsTo(config, host))
    say(`nothing leads to ${host}: add it as [[routes]] with custom_domain = true, or use a workers.dev name.`);
  if (!/^[1-9]\d{0,8}$/.test(epoch)) say(`EPOCH is "${epoch}": write a whole number from "1" up, in quotes.`);
  for (const secret of ["EXCHANGE_KEY", "STEWARD_KEY"])
    if (secret in (config.vars as Table))
      say(`${secret} is a secret and does not belong in a file: remove it, then: npm run deploy -- keys`);
  const { WEBHOOK_PORTS, WEBHOOK_LOOPBACK } = config.vars as Table;
  if (!isPorts(WEBHOOK_PORTS))
    say(
      `WEBHOOK_PORTS is ${JSON.stringify(WEBHOOK_PORTS)}: write ports from 1 to 65535 with commas, in quotes, as in "8443,9443"; 443 is allowed without it.`,
    );
  if (WEBHOOK_LOOPBACK !== undefined)
    say("WEBHOOK_LOOPBACK lets webhooks go to the machine they are sent from, for development alone: remove it.");
  return faults;
}

/** Ports as the exchange reads them: none, or numbers with commas. */
const isPorts = (text: unknown): boolean =>
  text === "" ||
  (typeof text === "string" && text.split(",").every((port) => /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535));

/** The host of an origin as the exchange names itself; plain http on this machine alone. */
function hostOf(url: string): string | undefined {
  const read = URL.canParse(url) ? new URL(url) : undefined;
  if (!read || read.origin !== url) return undefined;
  return read.protocol === "https:" || (read.protocol === "http:" && isLoopback(read.hostname))
    ? read.hostname
    : undefined;
}
const isLoopback = (host: string): boolean => host === "127.0.0.1" || host === "localhost";

function leadsTo({ routes, route, workers_dev }: Table, host: string): boolean {
  const patterns = [route, ...((routes as unknown[]) ?? [])].map((one) => (isTable(one) ? one.pattern : one));
  if (patterns.some((pattern) => typeof pattern === "string" && pattern.split("/")[0] === host)) return true;
  return host.endsWith(".workers.dev") && workers_dev !== false;
}

/** Against the configuration made last: the identity stays, the epoch only goes up. */
function changesSince(folder: string, { url, epoch }: Omit<Settings, "faults">): string[] {
  const made = path.join(folder, configFile);
  if (!existsSync(made)) return [];
  const { vars } = JSON.parse(readFileSync(made, "utf8")) as { vars: Record<string, string> };
  const faults: string[] = [];
  if (vars.EXCHANGE_URL !== url)
    faults.push(
      `EXCHANGE_URL was ${vars.EXCHANGE_URL} and is now ${url}. Every signed tip names it, so it stays. (Only if nothing was ever signed: delete ${configFile} and the steward's profile.)`,
    );
  if (Number(epoch) < Number(vars.EPOCH))
    faults.push(`EPOCH was ${vars.EPOCH} and is now ${epoch}: it is only ever raised.`);
  return faults;
}

/** Refuses what has faults; else the whole configuration is on disk when this returns. */
export function writeConfig(folder: string, settings: Settings): void {
  if (settings.faults.length > 0) throw new Stop(settings.faults.join("\n"));
  writeFileSync(path.join(folder, configFile), `${JSON.stringify(settings.config, null, 2)}\n`);
}
