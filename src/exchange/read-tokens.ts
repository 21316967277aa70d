/**
 * Read tokens: making, listing, revoking. The text is given once and kept hashed; who makes or revokes one may read tips
 * itself. Of law enforcement each is bound to the purpose of the token it was made with, and to source addresses.
 */
import type * as z from "zod";
import { encode } from "../core/base64url.ts";
import { sha256 } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { type newReadToken, readTokenPrefix } from "../core/read-token.ts";
import { err, ok, type Result } from "../core/result.ts";
import { readSourceRange } from "../core/source-addresses.ts";
import { dayMs, instant } from "../core/time.ts";
import { all, batch, brokenGuard, first, guard, json } from "../store/database.ts";
import { keyLive } from "../store/keys.ts";
import { selectPartner } from "../store/partners.ts";
import * as store from "../store/read-tokens.ts";
import type { Caller, Exchange } from "./exchange.ts";
import type { Page } from "./list-tips.ts";
import { keyGone } from "./own-document.ts";

type View = Record<string, unknown>;

export const showReadToken = (row: store.ReadTokenRow): View => ({
  read_token: row.read_token,
  ...(row.description !== null && { description: row.description }),
  ...(row.purpose && { purpose: row.purpose }),
  ...(row.addresses !== null && { addresses: JSON.parse(row.addresses) }),
  key: row.kid,
  made_at: row.made_at,
  expires_at: row.expires_at,
  ...(row.revoked_at !== null && { revoked_at: row.revoked_at }),
  ...(row.used_on !== null && { used_on: row.used_on }),
});

/** The scope to read goes with the scope to make what reads. */
export const mayHandOn = (caller: Caller): Problem | undefined =>
  caller.scopes.includes("tips:read")
    ? undefined
    : {
        ...problem("missing-scope", "Ask for a token with the scopes keys and tips:read: a read token reads tips."),
        scope: "tips:read",
      };

export async function makeReadToken(
  exchange: Exchange,
  caller: Caller,
  asked: z.infer<typeof newReadToken>,
): Promise<Result<{ row: store.ReadTokenRow; token: string }, Problem>> {
  const partner = await first(exchange.db, selectPartner(caller.partner));
  const ranges = judgeAddresses(asked.addresses, caller.kind === "law_enforcement" || partner?.dpop === 1);
  if (!ranges.ok)
    return err(problem("invalid-request", "Mend each fault and send again. Nothing was stored.", ranges.error));
  const now = instant(exchange.now);
  const token = readTokenPrefix + encode(crypto.getRandomValues(new Uint8Array(32)));
  const row = {
    read_token: crypto.randomUUID(),
    secret_sha256: await sha256(token),
    partner: caller.partner,
    description: asked.description ?? null,
    purpose: caller.purpose,
    addresses: ranges.value && json(ranges.value),
    kid: caller.kid,
    made_at: now,
    expires_at: instant(exchange.now + asked.days * dayMs),
    revoked_at: null,
    used_on: null,
  };
  try {
    await batch(exchange.db, [
      guard("key_live", keyLive(caller.kid, now)),
      guard("room_left", store.hasRoom(caller.partner, limits.read_token.live, now)),
      store.insertReadToken(row),
    ]);
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "key_live") return err(keyGone);
    if (broken !== "room_left") throw error;
    return err(problem("read-tokens-full", `A partner has at most ${limits.read_token.live} read tokens: revoke one.`));
  }
  return ok({ row, token });
}

/** The ranges as they are kept, each once; null: from anywhere. */
function judgeAddresses(given: readonly string[] | undefined, needed: boolean): Result<string[] | null, Fault[]> {
  if (given === undefined) {
    const detail = "Name the addresses your tool calls from: yours are bound to them, as other tokens are to a key.";
    return needed ? err([{ pointer: "/addresses", detail }]) : ok(null);
  }
  const read = given.map(readSourceRange);
  const faults = read.flatMap((each, at) => (each.ok ? [] : [{ pointer: `/addresses/${at}`, detail: each.error }]));
  return faults.length > 0 ? err(faults) : ok([...new Set(read.flatMap((each) => (each.ok ? [each.value] : [])))]);
}

/** The last one's id is the place to go on at. */
export async function listReadTokens(
  exchange: Exchange,
  caller: Caller,
  { after, limit }: { after?: string; limit: number },
): Promise<Page<View>> {
  const rows = await all(exchange.db, store.selectReadTokens(caller.partner, after, limit + 1));
  const page = rows.slice(0, limit);
  const more = rows.length > page.length;
  return { items: page.map(showReadToken), next: more ? page.at(-1)!.read_token : null, more };
}

export const findReadToken = (
  exchange: Exchange,
  caller: Caller,
  id: string,
): Promise<store.ReadTokenRow | undefined> => first(exchange.db, store.selectReadToken(caller.partner, id));

/** From the next request on it is refused. One that was revoked stays so since then. */
export const revokeReadToken = async (exchange: Exchange, caller: Caller, id: string): Promise<void> =>
  void (await batch(exchange.db, [store.markRevoked(caller.partner, id, instant(exchange.now))]));
