/** What commands share: the options of all, the connection of a profile, and sending what was kept. */
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { type Connection, connect } from "../client/connect.ts";
import { ExchangeProblem } from "../client/problem.ts";
import type { KeySet, SavedKey } from "../client/verify.ts";
import { keepOutgoing, keySetFile, loadProfile, nameOf, settleOutgoing, writePrivate } from "./home.ts";
import { UsageError } from "./terminal.ts";

export interface Globals {
  as?: string;
  exchange?: string;
  json?: boolean;
}

export interface Session extends Globals {
  name: string;
  connection: Connection;
}

export async function session(command: Command): Promise<Session> {
  const globals = command.optsWithGlobals<Globals>();
  const { name, profile } = loadProfile(globals.as, globals.exchange);
  return { ...globals, name, connection: await connect(profile) };
}

/** Signs once, keeps, sends. After a crash or a lost answer the same words send the same document. */
export async function sendKept<Body, Answer>(
  { name, connection }: Session,
  identity: unknown[],
  make: () => Promise<{ method: string; path: string; body: Body }>,
): Promise<{ answer: Answer; body: Body }> {
  const id = nameOf(name, ...identity);
  const out = await keepOutgoing(name, id, make);
  try {
    const answer = await connection.call<Answer>(out.method, out.path, out.body);
    settleOutgoing(name, id, "sent");
    return { answer, body: out.body };
  } catch (error) {
    // A refusal is final for these bytes; anything else leaves them to be sent again.
    if (error instanceof ExchangeProblem && error.status < 500 && error.status !== 429 && error.status !== 401) settleOutgoing(name, id, "refused");
    throw error;
  }
}

/** Fetches the exchange's and all partners' public keys and keeps them for verifying offline. */
export async function saveKeys({ name, connection }: Session): Promise<KeySet> {
  const partners: Record<string, SavedKey[]> = {};
  for (let after = ""; ; ) {
    const page = await connection.call<{ partners: { slug: string; keys: SavedKey[] }[]; next: string | null }>("GET", `/v1/partners?limit=200${after && `&after=${after}`}`);
    for (const partner of page.partners) partners[partner.slug] = partner.keys;
    if (!page.next) break;
    after = page.next;
  }
  const jwks = (await (await fetch(`${connection.profile.url}/.well-known/jwks.json`)).json()) as KeySet["jwks"];
  const keys: KeySet = { exchange: connection.profile.exchange, jwks, partners };
  writePrivate(keySetFile(name), keys);
  return keys;
}

/** A file as text; "-" is standard input. */
export function readText(file: string): string {
  if (file !== "-" && !existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  return readFileSync(file === "-" ? 0 : file, "utf8");
}

export function readJson(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readText(file)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

/** "a,b" and repeated options alike. */
export const list = (value: string, before: string[] = []): string[] => [...before, ...value.split(",").map((part) => part.trim()).filter(Boolean)];
