/**
 * Verifies a tip with the exchange switched off: against a saved key set, and its receipt. A tip under a key that is no
 * longer active needs the receipt, and its `accepted_at` is compared, never the document's `issued_at`.
 */
import { type CryptoKey, compactVerify, importJWK, type JWK } from "jose";
import { open, sha256, signedBytes, verify } from "../core/envelope.ts";
import { err, ok, type Result } from "../core/result.ts";
import { parseAgain, parseStrict } from "../core/strict-json.ts";
import { parseTime } from "../core/time.ts";
import type { TipDocument } from "../core/tip.ts";

export interface SavedKey {
  kid: string;
  jwk: JWK;
  state: string;
  active_from: string;
  retired_at?: string;
  compromised_since?: string;
}

/** What `fetchKeySet` gives and `tipoff keys save` writes: plain JSON. */
export interface KeySet {
  exchange: string;
  jwks: { keys: JWK[] };
  partners: Record<string, SavedKey[]>;
}

export interface Verified {
  /** As its author wrote it. Where a receipt vouches for it, the exchange checked its form; without one nobody did. */
  document: TipDocument;
  from: string;
  kid: string;
  digest: string;
  /** From the receipt; undefined where there was none. */
  accepted_at?: string;
}

/**
 * The verified document, or the sentence that says what is wrong; it never throws for what it is given and never uses the
 * network. That it verifies says who wrote it and that nothing was changed, not that it is still current: the feed says that.
 * `keys` is what `fetchKeySet` gave; `receipt` comes with the tip, and is needed where the key is no longer active.
 *
 * Without a receipt this is checked: the envelope's form, that the document is strict JSON which names this exchange, a tip,
 * its version and its author, that the key set holds the signing key as that author's and as active, and the signature. This
 * is not: that the exchange ever accepted the tip, and when; that the document is otherwise of a tip's form, since only the
 * exchange judges that; that the key was active when it signed, and has not ended since the key set was saved.
 *
 * @example
 * ```js
 * const verified = await verifyTip(envelope, keys, receipt);
 * if (!verified.ok) throw new Error(verified.error);
 * console.log(verified.value.from, verified.value.document.operation);
 * ```
 */
export const verifyTip = (envelope: unknown, keys: KeySet, receipt?: string): Promise<Result<Verified, string>> =>
  verifyRead(envelope, keys, receipt, parseStrict);

/**
 * The same of a tip with its receipt, for whoever takes in many: the exchange signed that it accepted this very document, and so
 * parsed it strictly, which is not done once more.
 */
export const verifyAccepted = (envelope: unknown, keys: KeySet, receipt: string): Promise<Result<Verified, string>> =>
  verifyRead(envelope, keys, receipt, parseAgain);

async function verifyRead(
  envelope: unknown,
  keys: KeySet,
  receipt: string | undefined,
  parse: typeof parseAgain,
): Promise<Result<Verified, string>> {
  const opened = open(envelope, "tip+jws");
  if (!opened.ok) return err(opened.error);
  const content = parse(opened.value.bytes);
  if (!content.ok)
    return err(`The document is not strict JSON: ${content.error[0]?.pointer} ${content.error[0]?.detail}`);
  if (typeof content.value !== "object" || content.value === null) return err("The document is no object.");
  const document = content.value as Record<string, unknown>;
  const { exchange, from, tip, version } = document;
  if (typeof exchange !== "string" || typeof from !== "string" || typeof tip !== "string" || !Number.isInteger(version))
    return err("The document is no tip: it names no exchange, author, tip or version.");
  if (!isKeySet(keys)) return err("This is no key set: save it anew (fetchKeySet, tipoff keys save).");
  if (exchange !== keys.exchange) return err(`The document is for ${exchange}; the key set is of ${keys.exchange}.`);
  const ofAuthor: unknown = Object.hasOwn(keys.partners, from) ? keys.partners[from] : [];
  const key = (Array.isArray(ofAuthor) ? (ofAuthor as SavedKey[]) : []).find(
    (known) => known?.kid === opened.value.kid,
  );
  if (!key)
    return err(`The key set has no key ${opened.value.kid} of ${from}. Save it anew (fetchKeySet, tipoff keys save).`);
  const imported = await importedKey(key.jwk);
  if (!imported) return err(`The key set's key ${key.kid} is damaged.`);
  const signed = signedBytes(opened.value.envelope);
  if (!(await verify(opened.value, imported, signed))) return err("The signature does not verify.");
  const identity = await sha256(signed);
  const vouched = receipt === undefined ? undefined : await readReceipt(receipt, keys, identity, document);
  if (vouched && !vouched.ok) return vouched;
  const at = vouched?.value;
  if (key.state !== "active") {
    if (at === undefined) return err(`The key is ${key.state}: such a tip is verified with its receipt.`);
    // Offsets and fractions differ in spelling, so instants are compared, not texts; of two ends the earlier counts.
    const ends = [key.compromised_since, key.retired_at].flatMap((text) =>
      text === undefined ? [] : [(typeof text === "string" ? parseTime(text) : undefined) ?? Number.NaN],
    );
    const accepted = parseTime(at) ?? Number.NaN;
    if (ends.length === 0 || !ends.every((end) => accepted < end))
      return err(`The key was ${key.state} when the exchange accepted the tip.`);
  }
  return ok({
    document: document as TipDocument,
    from,
    kid: key.kid,
    digest: identity,
    ...(at !== undefined && { accepted_at: at }),
  });
}

/** Imported once, as long as the key set is there. */
const imports = new WeakMap<JWK, Promise<CryptoKey | undefined>>();

export function importedKey(jwk: JWK): Promise<CryptoKey | undefined> {
  if (!isObject(jwk)) return Promise.resolve(undefined);
  const known =
    imports.get(jwk) ??
    importJWK(jwk, jwk.kty === "EC" ? "ES256" : "EdDSA").then(
      (key) => key as CryptoKey,
      () => undefined,
    );
  imports.set(jwk, known);
  return known;
}

/** As far as the types can be wrong in a file. */
const isKeySet = (keys: KeySet | null | undefined): boolean =>
  typeof keys?.exchange === "string" && isObject(keys.partners) && Array.isArray(keys.jwks?.keys);
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

async function readReceipt(
  receipt: string,
  keys: KeySet,
  identity: string,
  document: Record<string, unknown>,
): Promise<Result<string, string>> {
  for (const jwk of keys.jwks.keys) {
    try {
      const { payload, protectedHeader } = await compactVerify(receipt, (await importedKey(jwk))!, {
        algorithms: ["EdDSA", "Ed25519"],
      });
      const claims = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
      if (protectedHeader.typ !== "receipt+jws" || claims.iss !== keys.exchange)
        return err("The receipt is not this exchange's.");
      if (claims.digest !== identity || claims.tip !== document.tip || claims.version !== document.version)
        return err("The receipt is for another document.");
      return ok(String(claims.accepted_at));
    } catch {}
  }
  return err("The receipt's signature does not verify under the exchange's keys.");
}
