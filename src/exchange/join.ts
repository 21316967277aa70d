/** Invitations (single use, hashed, expiring) and joining with one: the first key is active at once. */
import { calculateJwkThumbprint, type JWK } from "jose";
import { encode } from "../core/base64url.ts";
import { sha256 } from "../core/envelope.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { batch, brokenGuard, first, guard, isTaken, unlessThere } from "../store/database.ts";
import { insertInvitation, invitationOpen, selectInvitation, useInvitation } from "../store/invitations.ts";
import { insertKey, type KeyRow, selectKey } from "../store/keys.ts";
import { insertPartner, selectAnyPartner, selectPartner } from "../store/partners.ts";
import type { Exchange } from "./exchange.ts";
import { proveKey } from "./proof-of-possession.ts";

export async function invitePartner(
  exchange: Exchange,
  partner: string,
  hours: number,
): Promise<Record<string, unknown> | undefined> {
  if (!(await first(exchange.db, selectPartner(partner)))) return undefined;
  const code = encode(crypto.getRandomValues(new Uint8Array(24)));
  const expires = instant(exchange.now + hours * 3_600_000);
  const row = { code_sha256: await sha256(code), partner, made_at: instant(exchange.now), expires_at: expires };
  await batch(exchange.db, [insertInvitation(row)]);
  return { code, partner, expires_at: expires };
}

const noInvitation = problem(
  "not-found",
  "There is no such invitation: it was used, has expired, or never was. Ask the steward for a new one.",
);

export interface Joined {
  exchange: string;
  partner: string;
  kid: string;
  active_from: string;
  jwks: { keys: JWK[] };
}

/** The same key by the same code again is the same joining, so that a lost answer loses no key: then `created` is false. */
export async function joinExchange(
  exchange: Exchange,
  body: { code: string; jwk: Record<string, unknown>; proof: string },
): Promise<Result<{ created: boolean; joined: Joined }, Problem>> {
  const now = instant(exchange.now);
  const code = await sha256(body.code);
  const found = await first(exchange.db, selectInvitation(code, now));
  if (!found) return err(noInvitation);
  const proven = await proveKey(body.jwk, body.proof, "join+jws", { exchange: exchange.url, code_sha256: code });
  if (!proven.ok) return proven;
  const { kid, jwk } = proven.value;
  const { partner } = found;
  const joined = async (created: boolean) => {
    const key = await keyOf(exchange, code, kid);
    if (!key) return err(noInvitation);
    const jwks = { keys: [exchange.key.jwk] };
    return ok({ created, joined: { exchange: exchange.url, partner, kid, active_from: key.active_from, jwks } });
  };
  if (found.used_at) return joined(false);
  try {
    await batch(exchange.db, [
      guard("invitation_open", invitationOpen(code, now)),
      useInvitation(code, now),
      insertKey({ kid, partner, jwk, active_from: now, introduced_by: null }, now),
    ]);
  } catch (error) {
    if (brokenGuard(error)) return joined(false);
    if (!isTaken(error)) throw error;
    const detail = "This key is registered already; a key belongs to one partner for ever. Make a new one.";
    return err(problem("taken", detail));
  }
  return joined(true);
}

/** The key that this invitation made, as long as it is good. */
async function keyOf(exchange: Exchange, code: string, kid: string): Promise<KeyRow | undefined> {
  const [[invitation], [key]] = await batch(exchange.db, [
    selectInvitation(code, instant(exchange.now)),
    selectKey(kid),
  ]);
  const isIts = key?.partner === invitation?.partner && key?.added_at === invitation?.used_at;
  return key?.state === "active" && isIts ? key : undefined;
}

/** The steward's first key comes from configuration: while nobody is enrolled, it makes the steward. */
export async function ensureSteward(exchange: Exchange, jwkText: string): Promise<boolean> {
  if (await first(exchange.db, selectAnyPartner)) return false;
  const now = instant(exchange.now);
  const { kty, crv, x, y } = JSON.parse(jwkText) as Record<string, string>;
  const jwk = y ? { kty, crv, x, y } : { kty, crv, x };
  const kid = await calculateJwkThumbprint(jwk as JWK);
  const steward = { slug: "steward", name: "The steward", kind: "steward", country: "ZZ", dpop: 1 } as const;
  const key = { kid, partner: "steward", jwk, active_from: now, introduced_by: null };
  await batch(exchange.db, [
    unlessThere(insertPartner({ ...steward, scopes: "admin keys tips:read", enrolled_at: now })),
    unlessThere(insertKey(key, now)),
  ]);
  return true;
}
