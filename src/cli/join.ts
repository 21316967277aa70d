/** `tipoff join`, `tipoff token`. */
import type { Command } from "commander";
import { connect } from "../client/connect.ts";
import { join } from "../client/join.ts";
import { checkProfileName, checkUrl, home, keyForJoining, loadProfile, profileNames, saveProfile } from "./home.ts";
import { type PurposeOptions, purposeOf, withPurpose } from "./purpose-options.ts";
import { show, tell } from "./terminal.ts";

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
          `(Law enforcement first states why it reads: tipoff --as ${name} purpose add --help)`,
        ],
      );
    });

  withPurpose(
    program
      .command("token")
      .description("ask for an access token; law enforcement states its purpose here, and the profile keeps it"),
  )
    .option("--bearer", "a token for curl and the like, bound to no key; not for law enforcement or the steward")
    .addHelpText(
      "after",
      "\nExamples:\n  tipoff --as facepage --json token --bearer\n  tipoff --as cyber-unit token --case XA-17 --basis court-order --unit 'Unit 3' --until 2027-01-31T00:00:00Z",
    )
    .action(async (options: PurposeOptions & { bearer?: boolean }, command: Command) => {
      const globals = command.optsWithGlobals();
      const { name, profile } = loadProfile(globals.as, globals.exchange);
      const purpose = purposeOf(options);
      const stating = { ...profile, ...(purpose && { purpose }) };
      const token = await (await connect(stating)).token({ bearer: options.bearer });
      // Kept once the exchange took it, with the address the profile has, not one given for this command alone.
      if (purpose) saveProfile(name, { ...loadProfile(name, undefined).profile, purpose });
      show(globals.json, token, () => [
        `A ${token.token_type} token for ${token.expires_in} s, scope: ${token.scope}`,
        String(token.access_token),
      ]);
    });
}
