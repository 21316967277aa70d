/** `tipoff join`, `tipoff token`. */
import type { Command } from "commander";
import { connect } from "../client/connect.ts";
import { join } from "../client/join.ts";
import type { Purpose } from "../core/purpose.ts";
import { checkProfileName, checkUrl, home, keyForJoining, loadProfile, profileNames, saveProfile } from "./home.ts";
import { readJson } from "./session.ts";
import { show, tell, UsageError } from "./terminal.ts";

/** JSON on the command line, or a file of it. */
function purposeOf(given: string): Record<string, unknown> {
  if (!given.trimStart().startsWith("{")) return readJson(given);
  try {
    return JSON.parse(given) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`--purpose is not JSON: ${(error as Error).message}`);
  }
}

export function addJoinCommands(program: Command): void {
  program
    .command("join <url> <code>")
    .description("make a key pair on this machine and register its public half by an invitation")
    .option("--profile <name>", "name of the profile; the partner's slug by default")
    .addHelpText("after", "\nExample: tipoff join https://tipoff.example pX3…")
    .action(async (url: string, code: string, options: { profile?: string }, command: Command) => {
      // Before the code is spent.
      const address = checkUrl(url);
      if (options.profile) checkProfileName(options.profile);
      // The key is on disk before the code is spent: the same command goes on where it was cut short.
      const { key, forget } = await keyForJoining(code);
      const { profile } = await join(address, code, { key });
      const wanted = options.profile ?? profile.partner;
      const taken = profileNames().includes(wanted);
      const name = taken ? `${wanted}-${profile.kid.slice(0, 6)}` : wanted;
      saveProfile(name, profile);
      forget();
      if (taken) tell(`A profile "${wanted}" was there and is kept; this one is "${name}".`);
      show(
        command.optsWithGlobals().json,
        { profile: name, partner: profile.partner, exchange: profile.exchange, kid: profile.kid },
        () => [
          `You are ${profile.partner} at ${profile.exchange}.`,
          `The private key is in ${home()}/profiles/${name}.json, for its owner alone, and stays there.`,
          `Next: tipoff --as ${name} feed`,
        ],
      );
    });

  program
    .command("token")
    .description("ask for an access token; law enforcement states its purpose here, and the profile keeps it")
    .option("--purpose <json>", "JSON, or a file of it: { legal_basis, case, unit, until, non_disclosure? }")
    .option("--case <reference>", "the case's reference; authors of tips do not see it")
    .option("--basis <kind>", "court-order, statutory-request, consent, emergency, voluntary-disclosure")
    .option("--unit <name>", "which unit reads")
    .option("--until <time>", "RFC 3339; the purpose's end")
    .option("--bearer", "a token for curl and the like, bound to no key; not for law enforcement or the steward")
    .addHelpText(
      "after",
      "\nExamples:\n  tipoff --as facepage --json token --bearer\n  tipoff --as cyber-unit token --case XA-17 --basis court-order --unit 'Unit 3' --until 2027-01-31T00:00:00Z",
    )
    .action(
      async (
        options: { purpose?: string; case?: string; basis?: string; unit?: string; until?: string; bearer?: boolean },
        command: Command,
      ) => {
        const globals = command.optsWithGlobals();
        const { name, profile } = loadProfile(globals.as, globals.exchange);
        if (options.purpose || options.case) {
          const { case: reference, basis, unit, until } = options;
          if (!options.purpose && !(reference && basis && unit && until))
            throw new UsageError("A purpose needs --case, --basis, --unit and --until.");
          const given = options.purpose
            ? purposeOf(options.purpose)
            : { legal_basis: basis, case: reference, unit, until };
          profile.purpose = { type: "tipoff_purpose", ...given } as Purpose;
        }
        const token = await (await connect(profile)).token({ bearer: options.bearer });
        // Kept once the exchange took it, with the address the profile has, not one given for this command alone.
        if (options.purpose || options.case)
          saveProfile(name, { ...loadProfile(name, undefined).profile, purpose: profile.purpose });
        show(globals.json, token, () => [
          `A ${token.token_type} token for ${token.expires_in} s, scope: ${token.scope}`,
          String(token.access_token),
        ]);
      },
    );
}
