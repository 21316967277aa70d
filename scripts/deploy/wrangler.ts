/**
 * Wrangler, run as the operator's account. A secret goes in by standard input: it is in no argument, no file and no output.
 * `TIPOFF_WRANGLER` names another command, for tests.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { configFile, type Settings } from "./settings.ts";
import { Stop } from "./stop.ts";

const installed = path.join(import.meta.dirname, "../../node_modules/wrangler/bin/wrangler.js");
const [command, ...first] = process.env.TIPOFF_WRANGLER ? [process.env.TIPOFF_WRANGLER] : [process.execPath, installed];

interface Ran {
  ok: boolean;
  out: string;
  /** All it printed. */
  text: string;
}

/** `shown`: its output goes to the terminal as it comes. */
function run(words: string[], options: { input?: string; shown?: boolean } = {}): Ran {
  const { status, stdout, stderr, error } = spawnSync(command!, [...first, ...words], {
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true", NO_COLOR: "1" },
    encoding: "utf8",
    stdio: ["pipe", options.shown ? "inherit" : "pipe", options.shown ? "inherit" : "pipe"],
    input: options.input ?? "",
  });
  if (error) throw new Stop(`Wrangler did not start (${error.message}). Install what is missing: npm ci`);
  return { ok: status === 0, out: stdout ?? "", text: `${stdout ?? ""}${stderr ?? ""}`.trim() };
}

/** Its output where it succeeded; else what it said, and what to do. */
function must(words: string[], otherwise: string, options: { input?: string; shown?: boolean } = {}): string {
  const { ok, out, text } = run(words, options);
  if (!ok) throw new Stop(`wrangler ${words.slice(0, 3).join(" ")} failed. ${otherwise}${text ? `\n\n${text}` : ""}`);
  return out;
}

/** JSON in its output, whatever greeting stands before it. */
function parse<Value>(out: string, what: string): Value {
  try {
    return JSON.parse(out.slice(out.search(/^[[{]/m))) as Value;
  } catch {
    throw new Stop(`Wrangler's ${what} is not what this version expects:\n${out}`);
  }
}

const mine = ["--config", configFile];

export function checkSignedIn(): string {
  const token = process.env.CLOUDFLARE_API_TOKEN !== undefined;
  const { ok, out } = run(["whoami", "--json"]);
  if (!ok)
    throw new Stop(
      token
        ? "Cloudflare does not take CLOUDFLARE_API_TOKEN. It needs to edit Workers scripts, Workers routes and D1."
        : "Wrangler is not signed in. Run: npx wrangler login\n(On a machine without a browser set CLOUDFLARE_API_TOKEN.)",
    );
  const { email } = parse<{ email?: string }>(out, "answer to whoami");
  return token ? "by CLOUDFLARE_API_TOKEN" : `as ${email ?? "somebody without an e-mail address"}`;
}

export interface Database {
  uuid: string;
  name: string;
}
export const databases = (): Database[] =>
  parse(must(["d1", "list", "--json"], "See what it says:"), "list of databases");

/** Where it lies cannot be changed later. */
export function createDatabase(name: string, place: string[]): Database {
  must(["d1", "create", name, ...place], "See what it says:");
  const made = databases().find((database) => database.name === name);
  if (!made) throw new Stop(`The database ${name} was created, but wrangler d1 list does not show it. Run this again.`);
  return made;
}

/** Names of the Worker's secrets; none while there is no Worker. */
export function secretNames(): string[] {
  const { ok, out, text } = run(["secret", "list", ...mine]);
  if (!ok && /10007|not found|does not exist/i.test(text)) return [];
  if (!ok) throw new Stop(`wrangler secret list failed:\n\n${text}`);
  return parse<{ name: string }[]>(out, "list of secrets").map(({ name }) => name);
}

export const putSecret = (name: string, value: string): string =>
  must(["secret", "put", name, ...mine], `${name} is not set; run this again.`, { input: value });

/** Where Time Travel could restore the database to: the moment before the migrations. */
export function bookmark(): string {
  const out = must(["d1", "time-travel", "info", "DB", "--json", ...mine], "Without it there is no way back:");
  return parse<{ bookmark: string }>(out, "answer about Time Travel").bookmark;
}

export const applyMigrations = (): string =>
  must(["d1", "migrations", "apply", "DB", "--remote", ...mine], "Nothing was deployed; mend it and run this again.", {
    shown: true,
  });

/** `script`: another entry than the exchange's. */
export const deploy = (script?: string): string =>
  must(
    ["deploy", ...(script ? [script] : []), ...mine],
    "The version before goes on running; mend it and run this again.",
    { shown: true },
  );

export const bundle = (folder: string): string =>
  must(["deploy", "--dry-run", "--outdir", folder, ...mine], "The Worker cannot be bundled:");

export const ownDatabase = ({ database }: Settings): void => {
  const there = databases();
  if (!there.some(({ uuid }) => uuid === database.id))
    throw new Stop(
      `This account has no database ${database.id}. It has: ${there.map(({ name, uuid }) => `${name} ${uuid}`).join(", ") || "none"}. Is it the right account (npx wrangler whoami)? If so, mend database_id.`,
    );
};
