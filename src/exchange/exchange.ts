/** What every deed is given: the database, the exchange's identity and key, and the time. */
import { CompactSign, type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from "jose";
import { readSuffixList } from "../bundle/suffix-list.ts";
import { decode } from "../core/base64url.ts";
import type { Kind, Scope } from "../core/names.ts";
import type { Problem } from "../core/problem.ts";
import type { Result } from "../core/result.ts";
import type { Reader } from "../store/accesses.ts";
import type { Used } from "../store/quotas.ts";
import type { Work } from "./work.ts";

export interface Env {
  DB: D1Database;
  EXCHANGE_URL: string;
  EXCHANGE_KEY: string;
  EPOCH: string;
  /** Static assets: the reference's files (src/reference/files.ts) and the public suffix list. */
  REFERENCE: Fetcher;
  /** The steward's first public key, JWK JSON; read only while there is no steward. */
  STEWARD_KEY?: string;
  ADDRESS_RATE?: { limit(options: { key: string }): Promise<{ success: boolean }> };
  PARTNER_RATE?: { limit(options: { key: string }): Promise<{ success: boolean }> };
  ENDPOINT: DurableObjectNamespace;
  DISPATCHER: DurableObjectNamespace;
  /** Ports besides 443 that webhooks may go to, with commas. */
  WEBHOOK_PORTS?: string;
  /** "1" on one's own machine alone: webhooks may go to it. */
  WEBHOOK_LOOPBACK?: string;
}

export interface ExchangeKey {
  kid: string;
  private: CryptoKey;
  public: CryptoKey;
  jwk: JWK;
  /** Seals cursors; derived from the private key. */
  seal: CryptoKey;
  /** What further secrets are derived from: `derive`. */
  root: CryptoKey;
}

export interface Exchange {
  db: D1Database;
  /** The issuer URL, without a slash at the end. */
  url: string;
  epoch: string;
  key: ExchangeKey;
  /** Milliseconds since 1970. */
  now: number;
  /** Wakes the endpoints that a deed's events may concern, by the seq of its first and how many. A hint: the schedule finds who was missed. */
  wake(seq: number, events?: number): void;
}

/** Every entry of the platform comes through here. */
export async function exchangeOf(env: Env, now: number, wake: Exchange["wake"]): Promise<Exchange> {
  await readSuffixList(env.REFERENCE);
  return {
    db: env.DB,
    url: env.EXCHANGE_URL.replace(/\/$/, ""),
    epoch: env.EPOCH,
    key: await exchangeKey(env.EXCHANGE_KEY),
    now,
    wake,
  };
}

/** The partner behind a request, as it is at this moment. */
export interface Caller extends Reader {
  kind: Kind;
  country: string;
  scopes: readonly Scope[];
  /** Tokens held when the request was authenticated, and since which seq: which ranges to read, never what may be seen. */
  held: readonly { token: string; since: number }[];
  quota: Used;
  /** This request's part in the turns of its partner. */
  work: Work;
  /** When its token ends; milliseconds. */
  until: number;
  /** As it is later, for what goes on after its request was judged; refused where the same token would be. */
  again(later: Exchange): Promise<Result<Caller, Problem>>;
}

const keys = new Map<string, Promise<ExchangeKey>>();

/** Imported once in the life of a worker. */
function exchangeKey(secret: string): Promise<ExchangeKey> {
  const known = keys.get(secret);
  if (known) return known;
  const loaded = loadKey(secret);
  keys.set(secret, loaded);
  return loaded;
}

async function loadKey(secret: string): Promise<ExchangeKey> {
  const jwk = JSON.parse(secret) as JWK;
  const { d, ...open } = jwk;
  const kid = await calculateJwkThumbprint(open);
  const base = await crypto.subtle.importKey("raw", decode(d!) as BufferSource, "HKDF", false, [
    "deriveKey",
    "deriveBits",
  ]);
  return {
    kid,
    private: (await importJWK(jwk, "EdDSA")) as CryptoKey,
    public: (await importJWK(open, "EdDSA")) as CryptoKey,
    jwk: { ...open, kid, alg: "EdDSA", use: "sig" },
    seal: (await crypto.subtle.deriveKey(derivation("tipoff cursors"), base, { name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ])) as CryptoKey,
    root: base as CryptoKey,
  };
}

/** RFC 5869 (HKDF), so that what is derived tells nothing of the signing key, nor of anything derived for another use. */
const derivation = (info: string) => ({
  name: "HKDF",
  hash: "SHA-256",
  salt: new Uint8Array(),
  info: new TextEncoder().encode(info),
});

/** 32 bytes for one use: made again where they are needed, so that no table holds them. */
export const derive = async ({ root }: ExchangeKey, use: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.deriveBits(derivation(use), root, 256));

interface ReceiptRow {
  tip: string;
  version: number;
  digest: string;
  seq: number;
  accepted_at: string;
}

/** Signatures made in the life of a worker, by what they say: the newest tips are read by many. */
const receipts = new Map<string, Promise<string>>();
const receiptsKept = 10_000;

/** A receipt, made from the stored row: the same row gives the same receipt (Ed25519 is deterministic). */
export function receipt(exchange: Exchange, row: ReceiptRow): Promise<string> {
  const { tip, version, digest, seq, accepted_at } = row;
  return signClaims(exchange, "receipt+jws", { tip, version, digest, seq, accepted_at });
}

/** That a tip is held: of another type, so that nobody takes it for a receipt. */
export const heldReceipt = (
  exchange: Exchange,
  { tip, version, digest, held_at }: Pick<ReceiptRow, "tip" | "version" | "digest"> & { held_at: string },
): Promise<string> => signClaims(exchange, "held+jws", { tip, version, digest, held_at, held: true });

function signClaims(exchange: Exchange, typ: string, said: object): Promise<string> {
  const claims = JSON.stringify({ iss: exchange.url, ...said });
  const id = `${exchange.key.kid}.${claims}`;
  const known = receipts.get(id);
  if (known) return known;
  const made = new CompactSign(new TextEncoder().encode(claims))
    .setProtectedHeader({ alg: "EdDSA", kid: exchange.key.kid, typ })
    .sign(exchange.key.private);
  if (receipts.size >= receiptsKept) receipts.clear();
  receipts.set(id, made);
  return made;
}
