/**
 * Judges a signed document as far as it goes for all of them: envelope, key and signature, author. The order is DESIGN.md's:
 * envelope, key and signature, author = caller; then the deed looks for the same digest; then key active, content.
 */
import { type CryptoKey, importJWK, type JWK } from "jose";
import type * as z from "zod";
import { type DocumentType, digest, type Envelope, type Opened, open, verify } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { parseStrict } from "../core/strict-json.ts";
import { faultsOf } from "../core/zod-faults.ts";
import { all } from "../store/database.ts";
import { type KeyRow, selectOwnKeys } from "../store/keys.ts";
import type { Caller, Exchange } from "./exchange.ts";

export interface Signed {
  opened: Opened;
  envelope: Envelope;
  digest: string;
  /** The strictly parsed payload, or what is wrong with it. */
  content: Result<unknown, Fault[]>;
  /** Where faults of its content point: "/tip", "/audience" or "". */
  root: string;
}

/** Envelope, size and digest; believes nothing. */
export async function openDocument(value: unknown, type: DocumentType, root: string): Promise<Result<Signed, Problem>> {
  const opened = open(value, type);
  if (!opened.ok) {
    return err(problem("invalid-envelope", opened.error, [{ pointer: root, detail: opened.error }]));
  }
  const most = type === "tip+jws" ? limits.tip_bytes : limits.document_bytes;
  if (opened.value.bytes.length > most) {
    return err(
      problem("too-large", `The document has ${opened.value.bytes.length} bytes; at most ${most} are taken. Split it.`),
    );
  }
  const { envelope, bytes } = opened.value;
  return ok({ opened: opened.value, envelope, digest: await digest(envelope), content: parseStrict(bytes), root });
}

/** A document's content as far as it can be read: what is wrong with it, and the members with which nothing is. */
export interface Read<Content> {
  /** All of it, in the schema's form; undefined where there are faults. */
  whole?: Content;
  sound: Partial<Content>;
  faults: Fault[];
}

/** Every fault of form; the sound members let the rest be judged too, so that a refusal has every reason. */
export function readContent<Schema extends z.ZodType>(signed: Signed, schema: Schema): Read<z.infer<Schema>> {
  if (!signed.content.ok) return { sound: {}, faults: signed.content.error.map((fault) => under(signed.root, fault)) };
  const parsed = schema.safeParse(signed.content.value);
  if (parsed.success) return { whole: parsed.data, sound: parsed.data as Partial<z.infer<Schema>>, faults: [] };
  const sound = soundOf(signed.content.value, parsed.error.issues) as Partial<z.infer<Schema>>;
  return { sound, faults: faultsOf(parsed, signed.root) };
}

/** The members in which no issue lies; of a list the sound items, with holes where the others were. */
function soundOf(value: unknown, issues: readonly z.core.$ZodIssue[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  const sound: Record<string, unknown> = { ...value };
  for (const { path } of issues) {
    const [member, item] = path as (string | number)[];
    if (member === undefined) continue;
    const list = (value as Record<string, unknown>)[member];
    if (typeof item !== "number" || !Array.isArray(list)) delete sound[member];
    else if (Array.isArray(sound[member])) {
      if (sound[member] === list) sound[member] = [...list];
      (sound[member] as unknown[])[item] = undefined;
    }
  }
  return sound;
}

/** A fault inside a document, from where the document stands in the request. */
export const under = (root: string, fault: Fault): Fault => ({
  pointer: `${root}${fault.pointer}`,
  detail: fault.detail,
});

const imported = new Map<string, Promise<CryptoKey>>();

/** Key known as the caller's, signature, author. */
export async function judgeSignature(
  signed: Signed,
  caller: Caller,
  keys: readonly KeyRow[],
): Promise<Problem | undefined> {
  const row = keys.find((key) => key.kid === signed.opened.kid);
  if (!row) {
    return problem("unknown-key", "Sign with a key registered for you; `kid` is its RFC 7638 thumbprint.", [
      { pointer: `${signed.root}/protected`, detail: "This kid is not one of your keys." },
    ]);
  }
  const jwk = JSON.parse(row.jwk) as JWK;
  const isEd = jwk.kty === "OKP";
  if (isEd !== (signed.opened.alg !== "ES256")) {
    return problem("bad-signature", "The header's alg is not the key's: EdDSA for Ed25519, ES256 for P-256.");
  }
  let key = imported.get(row.kid);
  if (!key) {
    if (imported.size > 5_000) imported.clear();
    key = importJWK(jwk, isEd ? "EdDSA" : "ES256") as Promise<CryptoKey>;
    imported.set(row.kid, key);
  }
  if (!(await verify(signed.opened, await key))) {
    return problem("bad-signature", "The signature does not verify. Sign exactly the bytes you send.", [
      { pointer: `${signed.root}/signature`, detail: "Not this key's signature over protected.payload." },
    ]);
  }
  if (signed.content.ok) {
    const from = (signed.content.value as { from?: unknown } | null)?.from;
    if (typeof from === "string" && from !== caller.partner) {
      return problem("not-the-author", "Documents are submitted by their author: `from` must be you.", [
        { pointer: `${signed.root}/from`, detail: "Not the caller." },
      ]);
    }
  }
  return undefined;
}

/** Whether the key may sign now. */
export function judgeKey(signed: Signed, keys: readonly KeyRow[], now: string): Problem | undefined {
  const row = keys.find((key) => key.kid === signed.opened.kid);
  if (row?.state === "active" && row.active_from <= now) return undefined;
  return problem("key-not-active", "The key is waiting, retired or compromised. Sign again with an active key.", [
    { pointer: `${signed.root}/protected`, detail: "This key is not active." },
  ]);
}

/** The caller's keys among those the document could be by. */
export const loadKeys = (exchange: Exchange, caller: Caller, signed: Signed): Promise<KeyRow[]> =>
  all(exchange.db, selectOwnKeys(caller.partner, [signed.opened.kid]));
