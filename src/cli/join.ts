/** `tipoff join`, `tipoff token`. */
import type { Command } from "commander";
import { join } from "../client/join.ts";
import type { Purpose } from "../core/purpose.ts";
import { home, loadProfile, profileNames, saveProfile } from "./home.ts";
import { readJson, session } from "./session.ts";
import { show, UsageError } from "./terminal.ts";

export function addJoinCommands(program: Command): void {
  program
    .command("join <url> <code>")
    .description("make a key pair on this machine and register its public half by an invitation")
    .option("--profile <name>", "name of the profile; the partner's slug by default")
    .addHelpText("after", "\nExample: tipoff join https://tipoff.example pX3…")
    .action(async (url: string, code: string, options: { profile?: string }, command: Command) => {
      const { profile } = await join(url, code);
      const name = options.profile ?? profile.partner;
      if (profileNames().includes(name)) {
        saveProfile(`${name}-${profile.kid.slice(0, 6)}`, profile);
        throw new UsageError(`A profile "${name}" was there; the new one is "${name}-${profile.kid.slice(0, 6)}".`);
      }
      saveProfile(name, profile);
      show(command.optsWithGlobals().json, { profile: name, partner: profile.partner, exchange: profile.exchange, kid: profile.kid }, () =>
        [`You are ${profile.partner} at ${profile.exchange}.`, `The private key is in ${home()}/profiles/${name}.json, for its owner alone, and stays there.`, `Next: tipoff --as ${name} feed`].join("\n"),
      );
    });

  program
    .command("token")
    .description("ask for an access token; law enforcement states its purpose here, and the profile keeps it")
    .option("--purpose <file>", "JSON: { legal_basis, case, unit, until, non_disclosure? }")
    .option("--case <reference>")
    .option("--basis <kind>", "court-order, statutory-request, consent, emergency, voluntary-disclosure")
    .option("--unit <name>")
    .option("--until <time>", "RFC 3339; the purpose's end")
    .addHelpText("after", "\nExample: tipoff --as cyber-unit token --case XA-17 --basis court-order --unit 'Unit 3' --until 2027-01-31T00:00:00Z")
    .action(async (options: { purpose?: string; case?: string; basis?: string; unit?: string; until?: string }, command: Command) => {
      const globals = command.optsWithGlobals();
      const { name, profile } = loadProfile(globals.as, globals.exchange);
      if (options.purpose || options.case) {
        const { case: reference, basis, unit, until } = options;
        if (!options.purpose && !(reference && basis && unit && until)) throw new UsageError("A purpose needs --case, --basis, --unit and --until.");
        const given = options.purpose ? readJson(options.purpose) : { legal_basis: basis, case: reference, unit, until };
        saveProfile(name, { ...profile, purpose: { type: "tipoff_purpose", ...given } as Purpose });
      }
      const token = await (await session(command)).connection.token();
      show(globals.json, token, () => `A ${token.token_type} token for ${token.expires_in} s, scope: ${token.scope}\n${token.access_token}`);
    });
}
