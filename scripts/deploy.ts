/**
 * `npm run deploy`: from a Cloudflare account to an exchange that answers. Each step is checked before the next; the first
 * that fails ends the run with a sentence that says what to do. Run again, it goes on where it was.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { UsageError } from "../src/cli/terminal.ts";
import type { Profile } from "../src/client/profile.ts";
import { type InitOptions, init } from "./deploy/init.ts";
import { makeKeys, stewardProfile } from "./deploy/keys.ts";
import { configFile, readSettings, type Settings, writeConfig } from "./deploy/settings.ts";
import { smoke } from "./deploy/smoke.ts";
import { Stop } from "./deploy/stop.ts";
import * as wrangler from "./deploy/wrangler.ts";

const usage = `npm run deploy -- [COMMAND] [OPTIONS]

  init     make the database and production.toml
             --url URL                where it will answer, for ever
             --location PLACE         weur, eeur, apac, oc, wnam, enam
             --jurisdiction PLACE     eu, fedramp, us; binding, instead of a location
             --name NAME              of Worker and database (tipoff)
             --account ID             where you have several
  keys     make the exchange's key and the steward's, as secrets and a profile
             --copy FILE              keep a copy of the exchange's key there (or put the one that is there)
             --replace-exchange-key   after a theft
  (none)   check, migrate, deploy, try it
             --dry-run                check what can be checked without an account
             --without-steward        the steward's profile is on another machine
             --wait SECONDS           for the address to answer (120)
  smoke    try what is deployed
  close    answer 503 to everybody until the next deploy`;

const commands = ["init", "keys", "deploy", "smoke", "close"];
const options = {
  url: { type: "string" },
  name: { type: "string", default: "tipoff" },
  location: { type: "string" },
  jurisdiction: { type: "string" },
  account: { type: "string" },
  copy: { type: "string" },
  "replace-exchange-key": { type: "boolean" },
  "dry-run": { type: "boolean" },
  "without-steward": { type: "boolean" },
  wait: { type: "string", default: "120" },
  help: { type: "boolean" },
} as const;

const folder = process.cwd();
const repository = path.join(import.meta.dirname, "..");
const migrations = (): string[] =>
  readdirSync(path.join(repository, "migrations"))
    .filter((name) => name.endsWith(".sql"))
    .sort();

const step = (text: string) => console.log(`\n— ${text}`);

/** The settings, once they are the operator's own and the configuration is written. */
function configured(): Settings {
  const settings = readSettings(folder);
  writeConfig(folder, settings);
  return settings;
}

function dryRun(): void {
  const settings = readSettings(folder);
  step("Settings");
  console.log(`${settings.name} at ${settings.url}, epoch ${settings.epoch}, database ${settings.database.id}`);
  step("Migrations of this version");
  console.log(migrations().join("\n"));
  step("Bundle");
  writeConfig(folder, settings);
  const out = mkdtempSync(path.join(tmpdir(), "tipoff-deploy-"));
  try {
    wrangler.bundle(out);
    console.log(`${(gzipSync(readFileSync(path.join(out, "index.js"))).length / 1024).toFixed(1)} KiB gzip`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  console.log("\nNothing was sent. What only the account knows was not checked: sign-in, database, secrets.");
}

async function deploy(withoutSteward: boolean, seconds: number): Promise<void> {
  step("Settings");
  const settings = configured();
  console.log(`${settings.name} at ${settings.url}, epoch ${settings.epoch}; written to ${configFile}.`);
  step("Account");
  console.log(`Signed in ${wrangler.checkSignedIn()}.`);
  wrangler.ownDatabase(settings);
  const set = wrangler.secretNames();
  const missing = ["EXCHANGE_KEY", "STEWARD_KEY"].filter((name) => !set.includes(name));
  if (missing.length > 0) throw new Stop(`${missing.join(" and ")} not set. Make the keys: npm run deploy -- keys`);
  const steward = withoutSteward ? undefined : stewardHere(settings);
  console.log("The database is this account's, and both secrets are set.");
  step("Migrations");
  console.log(`The database's bookmark before them, for Time Travel: ${wrangler.bookmark()}`);
  wrangler.applyMigrations();
  step("Deploy");
  wrangler.deploy();
  step("Try it");
  await smoke(settings.url, steward, seconds);
  console.log(
    `\nThe exchange runs at ${settings.url}. The steward's commands: bin/tipoff.mjs --as steward partner add --help`,
  );
}

function stewardHere(settings: Settings): Profile {
  const profile = stewardProfile(settings);
  if (!profile)
    throw new Stop(
      "The steward's profile is not on this machine, so its sign-in cannot be tried. Put it here, or add --without-steward.",
    );
  return profile;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command = "deploy", more] = positionals;
  const seconds = Number(values.wait);
  if (values.help) return console.log(usage);
  if (more !== undefined || !commands.includes(command) || !Number.isInteger(seconds)) throw new Stop(usage);
  if (command === "init") return init(folder, values as InitOptions);
  if (command === "deploy") return values["dry-run"] ? dryRun() : deploy(values["without-steward"] ?? false, seconds);
  const settings = configured();
  if (command === "smoke")
    return smoke(settings.url, values["without-steward"] ? undefined : stewardHere(settings), seconds);
  console.log(`Signed in ${wrangler.checkSignedIn()}.`);
  if (command === "keys")
    return makeKeys(settings, { copy: values.copy, replace: values["replace-exchange-key"] ?? false });
  wrangler.deploy(path.relative(folder, path.join(repository, "src/closed.ts")));
  console.log("Everybody is answered 503, and the schedule rests. To open it again: npm run deploy");
}

try {
  await run();
} catch (error) {
  const known =
    error instanceof Stop ||
    error instanceof UsageError ||
    (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  console.error(known ? (error as Error).message : error);
  process.exit(1);
}
