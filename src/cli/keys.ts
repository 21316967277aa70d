/** `tipoff keys`: one's own, and saving everybody's public ones. */
import type { Command } from "commander";
import { fetchKeySet } from "../client/directory.ts";
import { makeKey, proofOf } from "../client/join.ts";
import { keySetFile, saveProfile, writePrivate } from "./home.ts";
import { type Row, session } from "./session.ts";
import { show, table } from "./terminal.ts";

export const keyTable = (keys: Row[]): string[] =>
  table(
    ["kid", "state", "active from"],
    keys.map((key) => [key.kid, key.state, key.active_from]),
  );

export function addKeyCommands(program: Command): void {
  const keys = program
    .command("keys")
    .description("your keys: list, add, cancel, retire, compromise; approve (steward); save all for verifying offline");
  keys
    .command("list")
    .description("your keys and their states")
    .action(async (_options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const found = await connection.call<{ keys: Row[] }>("GET", "/v1/keys");
      show(json, found, () => keyTable(found.keys));
    });
  keys
    .command("save")
    .description("keep the exchange's and all partners' public keys for `tipoff verify`")
    .action(async (_options: unknown, command: Command) => {
      const { connection, json, name } = await session(command);
      const saved = await fetchKeySet(connection);
      writePrivate(keySetFile(name), saved);
      show(json, saved, () => `Saved the keys of ${Object.keys(saved.partners).length} partners.`);
    });
  keys
    .command("add")
    .description("make a second key here and register it; it becomes active after 24 hours or the steward's approval")
    .action(async (_options: unknown, command: Command) => {
      const { connection, json, name } = await session(command);
      const made = await makeKey();
      const proof = await proofOf(made, "key+jws", {
        exchange: connection.profile.exchange,
        partner: connection.profile.partner,
      });
      const profile = `${name}-${made.kid.slice(0, 6)}`;
      // On disk before it is registered: a registered key without its private half would be lost.
      saveProfile(profile, { ...connection.profile, kid: made.kid, jwk: made.jwk });
      const added = await connection.call<Row>("POST", "/v1/keys", { jwk: made.open, proof });
      show(
        json,
        { profile, ...added },
        () => `Key ${added.kid} is ${added.state}, active from ${added.active_from}. Its profile: --as ${profile}`,
      );
    });
  for (const [deed, what] of [
    ["cancel", "stop a waiting key from becoming active: you did not add it"],
    ["retire", "end a key, by itself or by an older one; what it signed stays valid"],
  ] as const) {
    keys
      .command(`${deed} <kid>`)
      .description(what)
      .action(async (kid: string, _options: unknown, command: Command) => {
        const { connection, json } = await session(command);
        const done = await connection.call<Row>("POST", `/v1/keys/${kid}/${deed}`);
        show(json, done, () => `Key ${kid} is ${done.state}.`);
      });
  }
  keys
    .command("compromise <kid>")
    .description(
      "declare a key compromised since a time: keys it introduced since fall with it, tips signed since are suspended",
    )
    .requiredOption("--since <time>", "RFC 3339")
    .option("--partner <slug>", "whose key (the steward's form)")
    .action(async (kid: string, options: { since: string; partner?: string }, command: Command) => {
      const { connection, json } = await session(command);
      const path = options.partner
        ? `/v1/partners/${options.partner}/keys/${kid}/compromise`
        : `/v1/keys/${kid}/compromise`;
      const done = await connection.call<Row>("POST", path, { since: options.since });
      show(json, done, () => `${done.keys.length} keys compromised, ${done.tips_suspended} tips suspended.`);
    });
  keys
    .command("approve <partner> <kid>")
    .description("steward: make a waiting key active now")
    .action(async (partner: string, kid: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const done = await connection.call<Row>("POST", `/v1/partners/${partner}/keys/${kid}/approve`);
      show(json, done, () => `Key ${kid} is ${done.state}.`);
    });
}
