/** Joining with an invitation, and adding a key: the pair is made here, and only its public half is sent. */
import {
  CompactSign,
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import { sha256 } from "../core/envelope.ts";
import type { Profile } from "./profile.ts";
import { type ConnectOptions, problemOf, readAnswer, send, sendingOf } from "./send.ts";

export interface NewKey {
  /** RFC 7638 thumbprint. */
  kid: string;
  jwk: JWK;
  open: JWK;
  key: CryptoKey;
}

/** An Ed25519 pair, made here. */
export async function makeKey(): Promise<NewKey> {
  const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const open = await exportJWK(pair.publicKey);
  return {
    kid: await calculateJwkThumbprint(open),
    jwk: await exportJWK(pair.privateKey),
    open,
    key: pair.privateKey as CryptoKey,
  };
}

/** The same pair from its stored private half. Throws where that is no Ed25519 key. */
export async function loadKey(jwk: JWK): Promise<NewKey> {
  const open = { kty: jwk.kty, crv: jwk.crv, x: jwk.x };
  return { kid: await calculateJwkThumbprint(open), jwk, open, key: (await importJWK(jwk, "EdDSA")) as CryptoKey };
}

export const proofOf = (made: NewKey, typ: "join+jws" | "key+jws", claims: Record<string, string>): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify({ ...claims, thumbprint: made.kid })))
    .setProtectedHeader({ alg: "EdDSA", kid: made.kid, typ })
    .sign(made.key);

/**
 * Makes an Ed25519 pair and registers its public half by the invitation's code, which works once. The profile is complete
 * and in memory alone: store it before anything else. `jwks` are the exchange's own public keys.
 * With `key`, made before by `makeKey` and stored, a joining whose answer was lost is repeated by the same call: the exchange
 * answers the same key by the same code alike. Without it the code may then be spent: ask the steward for another.
 * Throws ExchangeProblem (404 for a code that was used, has expired or never was) or Unreachable.
 *
 * @example
 * ```js
 * const { profile } = await join("https://tipoff.example", code);
 * writeFileSync("facepage.json", JSON.stringify(profile), { mode: 0o600 });
 * ```
 */
export async function join(
  url: string,
  code: string,
  options: ConnectOptions & { key?: NewKey } = {},
): Promise<{ profile: Profile; jwks: { keys: JWK[] }; active_from: string }> {
  const base = url.replace(/\/+$/, "");
  const sending = sendingOf(options);
  const ask = async <Answer>(path: string, init: RequestInit): Promise<Answer> => {
    const answer = await send(sending, base + path, async () => init, { repeatable: true });
    if (answer.status < 200 || answer.status > 299) throw problemOf(answer);
    return readAnswer(base, answer) as Answer;
  };
  const { issuer } = await ask<{ issuer: string }>("/.well-known/oauth-authorization-server", {});
  const made = options.key ?? (await makeKey());
  const proof = await proofOf(made, "join+jws", { exchange: issuer, code_sha256: await sha256(code) });
  const joined = await ask<{
    exchange: string;
    partner: string;
    kid: string;
    active_from: string;
    jwks: { keys: JWK[] };
  }>("/join", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code, jwk: made.open, proof }),
  });
  return {
    profile: { exchange: joined.exchange, url: base, partner: joined.partner, kid: joined.kid, jwk: made.jwk },
    jwks: joined.jwks,
    active_from: joined.active_from,
  };
}
