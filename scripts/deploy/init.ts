/** `npm run deploy -- init`: makes the database and `production.toml`. What is there already is left as it is. */
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readSettings, settingsFile } from "./settings.ts";
import { Stop } from "./stop.ts";
import { checkSignedIn, createDatabase, databases } from "./wrangler.ts";

export interface InitOptions {
  url?: string;
  name: string;
  location?: string;
  jurisdiction?: string;
  account?: string;
}

export function init(folder: string, { url, name, location, jurisdiction, account }: InitOptions): void {
  const file = path.join(folder, settingsFile);
  if (existsSync(file)) {
    const settings = readSettings(folder);
    if (url && settings.url !== url)
      throw new Stop(`${settingsFile} is there already, for ${settings.url}. One folder holds one exchange.`);
    if (settings.faults.length > 0) throw new Stop(settings.faults.join("\n"));
    console.log(`${settingsFile} is there already: nothing to do. Next: npm run deploy -- keys`);
    return;
  }
  if (!url) throw new Stop("Say where the exchange will answer, for ever: --url https://YOUR-EXCHANGE");
  if (!location && !jurisdiction)
    throw new Stop(
      "Say where the data lies, which cannot be changed later: --location weur (eeur, apac, oc, wnam, enam), or --jurisdiction eu (fedramp, us), which is binding.",
    );
  if (account) process.env.CLOUDFLARE_ACCOUNT_ID = account;
  console.log(`Signed in ${checkSignedIn()}.`);
  const known = databases().find((database) => database.name === name);
  const place = jurisdiction ? ["--jurisdiction", jurisdiction] : ["--location", location!];
  const database = known ?? createDatabase(name, place);
  console.log(
    `Database ${name}: ${database.uuid}${known ? " (was there already; where it lies was not changed)" : ""}`,
  );
  writeFileSync(file, template({ url, name, id: database.uuid, account }));
  const { faults } = readSettings(folder);
  if (faults.length > 0) throw new Stop(`${settingsFile} is made, but:\n${faults.join("\n")}`);
  console.log(`${settingsFile} is made. Keep it with your other configuration; it holds no secret.`);
  console.log("Next: npm run deploy -- keys");
}

function template(own: { url: string; name: string; id: string; account?: string }): string {
  const { hostname } = URL.canParse(own.url) ? new URL(own.url) : { hostname: own.url };
  const address = hostname.endsWith(".workers.dev")
    ? `workers_dev = true\n`
    : `workers_dev = false\nroutes = [{ pattern = "${hostname}", custom_domain = true }]\n`;
  return `# Your exchange: what differs from wrangler.toml, in wrangler's own words. "npm run deploy" lays it over that file.
name = "${own.name}"
${own.account ? `account_id = "${own.account}"\n` : ""}${address}
[[d1_databases]]
binding = "DB"
database_name = "${own.name}"
database_id = "${own.id}"

[vars]
# The exchange's identity. Fixed for ever once the first tip is signed for it.
EXCHANGE_URL = "${own.url}"
# Raised by one when the database is restored; older cursors are then answered 410.
EPOCH = "1"
`;
}
