/** `tipoff subscription`: endpoints of yours that the exchange calls as things happen. */
import type { Command } from "commander";
import type { Connection } from "../client/connect.ts";
import { Unreachable } from "../client/problem.ts";
import * as client from "../client/subscriptions.ts";
import { deliveryStates, eventTypes } from "../core/names.ts";
import { newSecretFile, rotatedSecretFile, type SecretFile } from "./secret-file.ts";
import { list, type Row, session } from "./session.ts";
import { type Settings, settingsOf, withSettings } from "./subscription-settings.ts";
import { deliveryTable, proofText, subscriptionTable, subscriptionText, wentText } from "./subscription-text.ts";
import { exitCodes, show, table, tell, UsageError } from "./terminal.ts";

interface SecretOptions {
  secretFile?: string;
  dropFormer?: boolean;
}

const id = "<subscription>";

export function addSubscriptionCommands(program: Command): void {
  const group = program
    .command("subscription")
    .description("webhooks: endpoints of yours that are called as things happen; `tipoff listen` is one to try with")
    .addHelpText(
      "after",
      `
A subscription is named by its id, or by as much of its beginning as only it has.

Examples:
  tipoff subscription add https://hooks.facepage.example/tipoff --secret-file hook.secret
  tipoff subscription prove 5f0d
  tipoff subscription set 5f0d --tlp amber,green --no-own
  tipoff subscription deliveries 5f0d --state exhausted
  tipoff subscription recover 5f0d --since 3d`,
    );
  const command = (words: string, what: string): Command => group.command(words).description(what);
  addSettings(command);
  addStates(command);
  addSecret(command);
  addLog(command);
}

type Make = (words: string, what: string) => Command;

function addSettings(command: Make): void {
  command("list", "yours, with their state").action(async (_options: unknown, self: Command) => {
    const { connection, json } = await session(self);
    const subscriptions = await client.listSubscriptions(connection);
    show(json, { subscriptions }, () => subscriptionTable(subscriptions));
  });

  withSettings(command("add <url>", "have an endpoint called from now on; it proves itself first"))
    .option("--secret-file <file>", "write the secret there, for its owner alone, and show it nowhere")
    .addHelpText(
      "after",
      `
The secret signs what is sent, and is shown this once. An endpoint that verifies cannot answer the first challenge, since it has no
secret yet: give it the secret, then tipoff subscription prove.
--payload notice posts {"text": …} for people, as chats take it; somebody confirms the text that arrives there first.

Examples:
  tipoff subscription add https://hooks.facepage.example/tipoff --secret-file hook.secret
  tipoff subscription add https://chat.facepage.example/hooks/T0A1 --payload notice --no-own`,
    )
    .action(async (url: string, options: Settings & SecretOptions, self: Command) => {
      const { connection, json } = await session(self);
      const file = options.secretFile === undefined ? undefined : newSecretFile(options.secretFile);
      const made = await keeping(file, () => client.makeSubscription(connection, { url, ...settingsOf(options, {}) }));
      const { proof, secret, ...row } = made;
      show(json, shown(made, options), () => [
        ...secretText(`Made: ${row.subscription} to ${row.url}.`, secret, options),
        ...proofText(row, proof),
      ]);
    });

  command(`show ${id}`, "one, as it is now").action(async (name: string, _options: unknown, self: Command) => {
    const { connection, json } = await session(self);
    const row = await client.readSubscription(connection, await idOf(connection, name));
    show(json, row, () => subscriptionText(row));
  });

  withSettings(command(`set ${id}`, "change it; what is not named stays"))
    .option("--url <url>", "another endpoint, which has to prove itself")
    .option("--all", "drop the filters it has; those named beside this are all there are then")
    .addHelpText(
      "after",
      "\nIt is yours again in full: the key, and for law enforcement the purpose, become those of this profile.",
    )
    .action(async (name: string, options: Settings, self: Command) => {
      const { connection, json } = await session(self);
      const before = await client.readSubscription(connection, await idOf(connection, name));
      const change = { ...(options.url && { url: options.url }), ...settingsOf(options, before.filters) };
      const { proof, ...row } = await client.changeSubscription(connection, before.subscription, change);
      show(json, { ...row, ...(proof && { proof }) }, () =>
        proof ? [...subscriptionText(row).slice(0, 2), ...proofText(row, proof)] : subscriptionText(row),
      );
    });
}

function addStates(command: Make): void {
  command(`prove ${id} [text]`, "send another challenge; or, with the text that arrived in a chat, confirm that")
    .addHelpText(
      "after",
      "\nExamples:\n  tipoff subscription prove 5f0d\n  tipoff subscription prove 5f0d b1pJrZtJ1m3p2cQ0xw7h5g",
    )
    .action(async (name: string, text: string | undefined, _options: unknown, self: Command) => {
      const { connection, json } = await session(self);
      const row = await client.proveSubscription(connection, await idOf(connection, name), text);
      show(json, row, () => `${row.subscription} is proved${row.state === "active" ? ": what happens is sent" : ""}.`);
    });
  for (const [deed, change, what] of [
    ["pause", client.pauseSubscription, "send nothing until it is resumed; what comes meanwhile waits in the feed"],
    ["resume", client.resumeSubscription, "go on where it stopped, whoever paused it"],
  ] as const) {
    command(`${deed} ${id}`, what).action(async (name: string, _options: unknown, self: Command) => {
      const { connection, json } = await session(self);
      const row = await change(connection, await idOf(connection, name));
      show(json, row, () => subscriptionText(row));
    });
  }
  command(`delete ${id}`, "end it, with its log and its secrets").action(
    async (name: string, _options: unknown, self: Command) => {
      const { connection, json } = await session(self);
      const subscription = await idOf(connection, name);
      await client.deleteSubscription(connection, subscription);
      show(json, { subscription, deleted: true }, () => `${subscription} is deleted: nothing is sent any more.`);
    },
  );
}

function addSecret(command: Make): void {
  command(`rotate ${id}`, "a new secret; the one before signs too for 24 hours")
    .option("--drop-former", "sign by the new one alone, at once: the former is in wrong hands")
    .option(
      "--secret-file <file>",
      "write the new secret there, before the former one it may hold, and show it nowhere",
    )
    .addHelpText("after", "\nExample: tipoff subscription rotate 5f0d --secret-file hook.secret")
    .action(async (name: string, options: SecretOptions, self: Command) => {
      const { connection, json } = await session(self);
      const { secretFile, dropFormer = false } = options;
      const subscription = await idOf(connection, name);
      const file = secretFile === undefined ? undefined : rotatedSecretFile(secretFile, dropFormer);
      const rotated = await keeping(file, () =>
        client.rotateSecret(connection, subscription, { drop_former: dropFormer }),
      );
      show(json, shown(rotated, options), () => [
        ...secretText(`${subscription} has a new secret.`, rotated.secret, options),
        rotated.former_secret_until
          ? `The former one signs too until ${rotated.former_secret_until}.`
          : "The former one signs nothing any more: what the endpoint refuses until it has this comes again.",
      ]);
    });
}

/** The secret is in the file when this returns; where nothing was made, no file is. */
async function keeping<Made extends { subscription: string; secret: string }>(
  file: SecretFile | undefined,
  make: () => Promise<Made>,
): Promise<Made> {
  const made = await make().catch((error: unknown) => {
    file?.forget();
    if (error instanceof Unreachable && error.redirects_to === undefined)
      tell("Whether it was done is not known. See it by: tipoff subscription list; a secret you have by: … rotate ID");
    throw error;
  });
  try {
    file?.keep(made.secret);
  } catch (error) {
    const why = `its secret could not be written (${(error as NodeJS.ErrnoException).code})`;
    throw new UsageError(`It is done, but ${why}. Make another: tipoff subscription rotate ${made.subscription}`);
  }
  return made;
}

const secretText = (what: string, secret: string, { secretFile }: SecretOptions): string[] =>
  secretFile === undefined
    ? [
        what,
        `Its secret, shown this once: ${secret}`,
        "It goes where your endpoint verifies, and nowhere else: TIPOFF_WEBHOOK_SECRET for `tipoff listen`.",
      ]
    : [what, `Its secret is in ${secretFile}, for you alone: tipoff listen --secret-file ${secretFile}`];

/** With a file for it, the secret is nowhere else. */
function shown({ secret, ...rest }: { secret: string }, { secretFile }: SecretOptions): Row {
  return { ...rest, ...(secretFile === undefined ? { secret } : { secret_file: secretFile }) };
}

function addLog(command: Make): void {
  command(`deliveries ${id}`, "what was sent and how it went, the newest first; kept for 30 days")
    .option("--state <state>", `only these: ${deliveryStates.join(", ")}`)
    .option("--limit <n>", "at most so many", "50")
    .action(
      async (name: string, options: { state?: (typeof deliveryStates)[number]; limit: string }, self: Command) => {
        if (!/^[1-9]\d{0,5}$/.test(options.limit)) throw new UsageError("--limit takes a whole number from 1 on.");
        const { connection, json } = await session(self);
        const deliveries: client.Delivery[] = [];
        const all = client.listDeliveries(connection, await idOf(connection, name), { state: options.state });
        for await (const delivery of all) if (deliveries.push(delivery) >= Number(options.limit)) break;
        show(json, { deliveries }, () => deliveryTable(deliveries));
      },
    );
  command(`resend ${id} <event>`, "send an event again, whatever became of it, under the same webhook-id")
    .addHelpText("after", "\nExample: tipoff subscription resend 5f0d evt_1_4711")
    .action(async (name: string, event: string, _options: unknown, self: Command) => {
      const { connection, json } = await session(self);
      const sent = await client.resendEvent(connection, await idOf(connection, name), event);
      show(json, sent, () => `${sent.event} is going to be sent, if it is still yours then.`);
    });
  command(`recover ${id}`, "send again what was missed since a time and is still yours")
    .requiredOption("--since <time>", "RFC 3339, or how long ago: 90m, 12h, 3d; 14 days at most")
    .addHelpText("after", "\nExample: tipoff subscription recover 5f0d --since 3d")
    .action(async (name: string, options: { since: string }, self: Command) => {
      const since = timeOf(options.since, Date.now());
      const { connection, json } = await session(self);
      const done = await client.recoverDeliveries(connection, await idOf(connection, name), since);
      show(json, done, () => `What was not delivered since ${done.since} is going to be sent.`);
    });
  command(
    `test ${id}`,
    "have a sample of each kind of event sent, marked as a test; exits 1 where one is not delivered",
  )
    .option("--types <kinds>", eventTypes.join(", "), list)
    .action(async (name: string, options: { types?: (typeof eventTypes)[number][] }, self: Command) => {
      const { connection, json } = await session(self);
      const samples = await client.sendSamples(connection, await idOf(connection, name), options.types);
      show(json, { samples }, () =>
        table(
          ["sample", "endpoint", "ms"],
          samples.map((sample) => [sample.type, wentText(sample), sample.milliseconds]),
        ),
      );
      if (samples.some(({ outcome }) => outcome !== "delivered")) process.exitCode = exitCodes.refused;
    });
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(text: string, now: number): string {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return count === undefined ? text : new Date(now - Number(count) * units[unit!]!).toISOString();
}

/** The one whose id begins so. A whole id is not looked up: the exchange says whether it is there. */
async function idOf(connection: Connection, name: string): Promise<string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)) return name;
  const found = (await client.listSubscriptions(connection)).map((row) => row.subscription);
  const meant = found.filter((one) => one.startsWith(name.toLowerCase()));
  if (meant.length === 1) return meant[0]!;
  throw new UsageError(
    meant.length === 0
      ? `No subscription of yours begins with "${name}": tipoff subscription list`
      : `"${name}" may be ${meant.join(" or ")}: say more of it.`,
  );
}
