/** What every deed is given: the database, the exchange's identity and key, and the time. */
import { CompactSign, type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from "jose";
import type { Kind, Scope } from "../core/names.ts";

export interface Env {
  DB: D1Database;
  EXCHANGE_URL: string;
  EXCHANGE_KEY: string;
  EPOCH: string;
  /** The steward's first public key, JWK JSON; read only while there is no steward. */
  STEWARD_KEY?: string;
  ADDRESS_RATE?: { limit(options: { key: string }): Promise<{ success: boolean }> };
  PARTNER_RATE?: { limit(options: { key: string }): Promise<{ success: boolean }> };
}

export interface ExchangeKey {
  kid: string;
  private: CryptoKey;
  public: CryptoKey;
  jwk: JWK;
}

export interface Exchange {
  db: D1Database;
  /** The issuer URL, without a slash at the end. */
  url: string;
  epoch: string;
  key: ExchangeKey;
  /** Milliseconds since 1970. */
  now: number;
}

/** The partner behind a request, as it is at this moment. */
export interface Caller {
  partner: string;
  kind: Kind;
  country: string;
  scopes: readonly Scope[];
  /** The key that asked for the token. */
  kid: string;
  /** Tokens held when the request was authenticated: which ranges to read, never what may be seen. */
  held: readonly string[];
  /** Own platforms and registered domains, as `tip_place` holds them. */
  places: readonly string[];
  /** The purpose row the token is bound to; "" for all but law enforcement. */
  purpose: string;
  quota: { requests: number; bytes: number; index_keys: number; questions: number };
}

const keys = new Map<string, Promise<ExchangeKey>>();

/** Imported once in the life of a worker. */
export function exchangeKey(secret: string): Promise<ExchangeKey> {
  const known = keys.get(secret);
  if (known) return known;
  const loaded = loadKey(secret);
  keys.set(secret, loaded);
  return loaded;
}

async function loadKey(secret: string): Promise<ExchangeKey> {
  const jwk = JSON.parse(secret) as JWK;
  const { d: _private, ...open } = jwk;
  const kid = await calculateJwkThumbprint(open);
  return {
    kid,
    private: (await importJWK(jwk, "EdDSA")) as CryptoKey,
    public: (await importJWK(open, "EdDSA")) as CryptoKey,
    jwk: { ...open, kid, alg: "EdDSA", use: "sig" },
  };
}

/** A receipt, made from the stored row: the same row gives the same receipt (Ed25519 is deterministic). */
export async function receipt(
  exchange: Exchange,
  row: { tip: string; version: number; digest: string; seq: number; accepted_at: string },
): Promise<string> {
  const claims = {
    iss: exchange.url,
    tip: row.tip,
    version: row.version,
    digest: row.digest,
    seq: row.seq,
    accepted_at: row.accepted_at,
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "EdDSA", kid: exchange.key.kid, typ: "receipt+jws" })
    .sign(exchange.key.private);
}
