/**
 * Standard Webhooks 1.0.0, symmetric (https://github.com/standard-webhooks/standard-webhooks): HMAC-SHA256 over
 * `id.timestamp.body`, keyed by what `whsec_` and base64 spell, several signatures side by side while a secret is rotated.
 * Only the text that was sent verifies; JSON that was read and written again does not.
 */
import { limits } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

export interface WebhookHeaders {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
}

/** The secret of 24 to 64 random bytes, as both sides keep it. */
export const secretOf = (bytes: Uint8Array): string => `whsec_${toBase64(bytes)}`;

export const isSecret = (text: string): boolean => bytesOf(text) !== undefined;

/** A secret as it signs: whoever signs much under it makes this once. */
export async function signingKey(secret: string): Promise<CryptoKey> {
  const key = await keyOf(secret);
  if (!key) throw new Error(secretForm);
  return key;
}

/** The headers of one attempt, signed under each secret, the newest first. `seconds` is the attempt's time, not the event's. */
export async function signWebhook(
  secrets: readonly (string | CryptoKey)[],
  id: string,
  seconds: number,
  body: string,
): Promise<WebhookHeaders> {
  if (!idForm.test(id) || !Number.isSafeInteger(seconds) || secrets.length === 0)
    throw new Error("A webhook is signed with an id without full stops, whole seconds and at least one secret.");
  const content = `${id}.${seconds}.${body}`;
  const signatures = await Promise.all(secrets.map((secret) => signText(secret, content)));
  return { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": signatures.join(" ") };
}

/** `v1,` and the base64 of the HMAC: a signature's form, also for a text that is no message. */
export async function signText(secret: string | CryptoKey, text: string): Promise<string> {
  const key = typeof secret === "string" ? await signingKey(secret) : secret;
  return `v1,${toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text))))}`;
}

/**
 * Whether one of the signatures is of one of the secrets, in time that does not tell how far a wrong one was right; else the
 * sentence that says what is wrong. Signatures of other versions are passed over (`v1a` is the asymmetric kind).
 */
export async function checkWebhook(
  secrets: readonly string[],
  headers: WebhookHeaders,
  body: string,
  nowSeconds: number,
  tolerance: number = limits.webhook_tolerance_seconds,
): Promise<Result<true, string>> {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
  // A full stop would let id, time and body be divided otherwise than they were signed.
  if (!idForm.test(id)) return err("The header webhook-id is not of its form.");
  if (!/^\d{1,12}$/.test(timestamp)) return err("The header webhook-timestamp is not in seconds.");
  const signatures = signature.split(" ").flatMap((each) => (each.startsWith("v1,") ? [each.slice(3)] : []));
  if (signatures.length === 0) return err("The header webhook-signature has no signature of version v1.");
  // Each is an HMAC over the whole body, and whoever sends chooses how many.
  if (signatures.length > maxSignatures)
    return err("The header webhook-signature has more signatures than a sender makes.");
  const keys = await Promise.all(secrets.map(keyOf));
  if (keys.length === 0 || keys.includes(undefined)) return err(secretForm);
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const each of signatures) {
    const bytes = fromBase64(each);
    if (bytes?.length !== 32) continue;
    for (const key of keys) {
      if (!(await crypto.subtle.verify("HMAC", key!, bytes, content))) continue;
      // After the signature: a clock that is wrong is another fault than a message that is not the exchange's.
      const age = nowSeconds - Number(timestamp);
      if (Math.abs(age) <= tolerance) return ok(true);
      return err(
        `The message is signed for ${Math.round(Math.abs(age))} s ${age < 0 ? "ahead" : "ago"}: a replay, or a wrong clock.`,
      );
    }
  }
  return err("No signature verifies: another secret, or the message was changed on its way.");
}

const idForm = /^[!-\-/-~]{1,256}$/;
const maxSignatures = 10;
const secretForm = "A webhook's secret is whsec_ and the base64 of 24 to 64 bytes.";

function bytesOf(secret: unknown): Uint8Array<ArrayBuffer> | undefined {
  const bytes = typeof secret === "string" && secret.startsWith("whsec_") ? fromBase64(secret.slice(6)) : undefined;
  return bytes && bytes.length >= 24 ? bytes : undefined;
}

async function keyOf(secret: string): Promise<CryptoKey | undefined> {
  const bytes = bytesOf(secret);
  return (
    bytes && (await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]))
  );
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** Padded and canonical base64 of at most 64 bytes, or undefined. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > 88 || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return bytes.length <= 64 && toBase64(bytes) === text ? bytes : undefined;
}
