/** What commands share: the options of all, the connection of a profile, and sending what was kept. */
import { existsSync, readFileSync, statSync } from "node:fs";
import type { Command } from "commander";
import { type Connection, connect } from "../client/connect.ts";
import { listPartners, type Partner, sitesOf } from "../client/directory.ts";
import { ExchangeProblem, Unreachable } from "../client/problem.ts";
import type { Sites } from "../core/indicators/family.ts";
import { circumstances, keepOutgoing, loadProfile, nameOf, type Outgoing, settleOutgoing } from "./home.ts";
import { tell, UsageError } from "./terminal.ts";

/** An answer of the exchange, as far as a command shows it. */
export type Row = Record<string, any>;

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

/** Not there, conflict, too large, not acceptable. */
const refusals = new Set([404, 409, 413, 422]);

/**
 * Signs once, keeps, sends. After a crash or a lost answer the same words send the same document; with `again`, also after
 * it was accepted, which is said on stderr.
 */
export async function sendKept<Body, Answer>(
  { name, connection }: Session,
  identity: unknown[],
  make: () => Promise<Outgoing<Body>>,
  again = false,
): Promise<{ answer: Answer; body: Body; from: "outbox" | "sent" | "new" }> {
  // Another key, or the same name at another exchange, is another writer.
  const id = nameOf(name, connection.profile.exchange, connection.profile.kid, ...identity);
  const { kept: out, from } = await keepOutgoing(name, id, make, again);
  if (from === "outbox") tell("This was signed before and its answer never came: sending the same document.");
  if (from === "sent")
    tell(
      "This was sent and accepted before: sending the same document, which changes nothing. --new makes a new tip of it.",
    );
  try {
    const answer = await connection.call<Answer>(out.method, out.path, out.body);
    settleOutgoing(name, id, "sent");
    return { answer, body: out.body, from };
  } catch (error) {
    if (error instanceof Unreachable) circumstances.waiting = true;
    // A refusal of these bytes is final. What was refused for another reason (a token, a clock, a quota) is sent again.
    if (error instanceof ExchangeProblem && refusals.has(error.status)) settleOutgoing(name, id, "refused");
    throw error;
  }
}

/** The directory's partners, and the sites with which values on their domains are read as theirs. */
export async function directory({ connection }: Session): Promise<{ partners: Partner[]; sites: Sites }> {
  const partners = await listPartners(connection);
  return { partners, sites: sitesOf(partners) };
}

/** A file as text; "-" is standard input. */
export function readBytes(file: string): Buffer {
  if (file !== "-" && !existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  if (file !== "-" && statSync(file).isDirectory()) throw new UsageError(`${file} is a directory: name a file in it.`);
  return readFileSync(file === "-" ? 0 : file);
}

export const readText = (file: string): string => readBytes(file).toString("utf8");

export function readJson(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readText(file)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

/** Aborted when the program is told to stop: what is in hand is done first. Twice, since the launcher passes a signal on. */
export function untilStopped(): AbortSignal {
  const stopped = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => stopped.abort());
  return stopped.signal;
}

/** An option's whole number. */
export function wholeNumber(option: string, text: string, least = 0): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new UsageError(`${option} takes a whole number${least > 0 ? ` from ${least} on` : ""}.`);
  return Number(text);
}

/** One of the words an option knows. */
export function oneOf(option: string, text: string | undefined, words: readonly string[]): void {
  if (text !== undefined && !words.includes(text)) throw new UsageError(`${option} knows: ${words.join(", ")}`);
}

/** "a,b" and repeated options alike. */
export const list = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
];
