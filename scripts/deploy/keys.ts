/**
 * `npm run deploy -- keys`: the exchange's private key goes from this process's memory into the secret EXCHANGE_KEY, and onto
 * disk only where a copy is asked for; the steward's private key becomes a profile (mode 0600) and only its public half
 * leaves this machine. What is set already is kept, so a run that was cut short is run again.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { JWK } from "jose";
import { home, loadProfile, profileNames, saveProfile } from "../../src/cli/home.ts";
import { makeKey } from "../../src/client/join.ts";
import type { Profile } from "../../src/client/profile.ts";
import { configFile, type Settings } from "./settings.ts";
import { Stop } from "./stop.ts";
import { putSecret, secretNames } from "./wrangler.ts";

/** The steward's profile on this machine, if it is here. Another exchange's under that name is refused. */
export function stewardProfile({ url }: Settings): Profile | undefined {
  if (!profileNames().includes("steward")) return undefined;
  const { profile } = loadProfile("steward", undefined);
  if (profile.exchange !== url)
    throw new Stop(
      `The profile "steward" in ${home()} is for ${profile.exchange}, not for ${url}. Name another folder for this exchange: export TIPOFF_HOME=…`,
    );
  return profile;
}

export async function makeKeys(settings: Settings, options: { copy?: string; replace?: boolean }): Promise<void> {
  const set = secretNames();
  await makeStewardKey(settings, set.includes("STEWARD_KEY"));
  await makeExchangeKey(set.includes("EXCHANGE_KEY"), options);
  console.log("Next: npm run deploy");
}

async function makeStewardKey(settings: Settings, set: boolean): Promise<void> {
  let profile = stewardProfile(settings);
  if (!profile && set)
    throw new Stop(
      `STEWARD_KEY is set, but the steward's profile is not in ${home()}. Put it there (profiles/steward.json, from the machine that made it). If it is lost and the steward has never signed in: npx wrangler secret delete STEWARD_KEY --config ${configFile}, then this again.`,
    );
  if (!profile) {
    const { kid, jwk } = await makeKey();
    profile = { exchange: settings.url, url: settings.url, partner: "steward", kid, jwk };
    saveProfile("steward", profile);
  }
  const { d: _private, ...open } = profile.jwk;
  if (!set) putSecret("STEWARD_KEY", JSON.stringify(open));
  console.log(`The steward's key  ${profile.kid}: private in ${home()}/profiles/steward.json, public in STEWARD_KEY.`);
}

async function makeExchangeKey(set: boolean, { copy, replace }: { copy?: string; replace?: boolean }): Promise<void> {
  const copied = copy !== undefined && existsSync(copy);
  if (set && !replace) {
    if (copy && !copied) throw new Stop("EXCHANGE_KEY is set already and cannot be read back, so no copy can be made.");
    console.log("The exchange's key is set already and was kept.");
    return;
  }
  if (copied && replace) throw new Stop(`${copy} is there already, with another key: name a new file.`);
  const jwk = copied ? readCopy(copy) : (await makeKey()).jwk;
  // Before the secret is put: a copy that cannot be written must not be missed later.
  if (copy && !copied) writeFileSync(copy, `${JSON.stringify(jwk)}\n`, { mode: 0o600, flag: "wx" });
  putSecret("EXCHANGE_KEY", JSON.stringify(jwk));
  console.log(`The exchange's key  is in EXCHANGE_KEY${copy ? `, with a copy in ${copy}` : " and nowhere else"}.`);
}

function readCopy(file: string): JWK {
  const text = readFileSync(file, "utf8");
  try {
    const { kty, crv, x, d } = JSON.parse(text) as JWK;
    if (kty === "OKP" && crv === "Ed25519" && x && d) return { kty, crv, x, d };
  } catch {}
  throw new Stop(`${file} is not a private Ed25519 JWK.`);
}
