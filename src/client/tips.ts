/** Writing: signs tips, audiences and withdrawals, and sends them. What is signed is complete before anything is sent. */
import { decode, encode } from "../core/base64url.ts";
import { type Envelope, sha256, sign } from "../core/envelope.ts";
import type { Connection } from "./connect.ts";

/** A tip and its audience, ready to be kept and sent; sending it again is the same tip. */
export interface Submission {
  tip: Envelope;
  audience: Envelope;
}

export interface Scope {
  to: string[];
  except?: string[];
}

export interface Receipt {
  tip: string;
  version: number;
  digest: string;
  seq: number;
  accepted_at: string;
  receipt: string;
  warnings: { pointer: string; detail: string }[];
}

/** The current state of one's own tip, from which a next version or audience goes on. */
export interface OwnTip {
  tip: string;
  version: number;
  revision: number;
  digest: string;
  audience_digest: string;
  document: Record<string, unknown>;
}

/** A UUID whose order is time (RFC 9562, version 7). */
export function newTipId(now = Date.now()): string {
  const hex = now.toString(16).padStart(12, "0");
  const random = crypto.randomUUID();
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${random.slice(15)}`;
}

const signer = (connection: Connection) => ({ key: connection.key, kid: connection.profile.kid, alg: connection.alg });

const salt = (): string => encode(crypto.getRandomValues(new Uint8Array(16)));

const signScope = (
  connection: Connection,
  tip: { tip: string; version: number },
  place: { revision: number; previous: string | null },
  scope: Scope,
) =>
  sign(
    {
      exchange: connection.profile.exchange,
      from: connection.profile.partner,
      tip: tip.tip,
      version: tip.version,
      ...place,
      salt: salt(),
      to: scope.to,
      except: scope.except ?? [],
    },
    "audience+jws",
    signer(connection),
  );

/** Signs the content as a new tip, or as the next version of `current`. Members for the exchange are filled in. */
export async function signTip(
  connection: Connection,
  content: Record<string, unknown>,
  scope: Scope,
  current?: OwnTip,
): Promise<Submission> {
  const { exchange, partner } = connection.profile;
  const tip = current?.tip ?? (content.tip as string | undefined) ?? newTipId();
  const version = (current?.version ?? 0) + 1;
  const place = { revision: (current?.revision ?? 0) + 1, previous: current?.audience_digest ?? null };
  const audience = await signScope(connection, { tip, version }, place, scope);
  const document = {
    ...content,
    exchange,
    tip,
    version,
    from: partner,
    issued_at: new Date().toISOString(),
    audience: await sha256(decode(audience.payload)!),
  };
  return { tip: await sign(document, "tip+jws", signer(connection)), audience };
}

export const submit = (connection: Connection, submission: Submission): Promise<Receipt> =>
  connection.call("POST", "/v1/tips", submission);

export const ownTip = (connection: Connection, tip: string): Promise<OwnTip> =>
  connection.call("GET", `/v1/tips/${tip}`);

/** Signs the next audience of one's own tip. */
export const signRescope = (connection: Connection, current: OwnTip, scope: Scope): Promise<Envelope> =>
  signScope(connection, current, { revision: current.revision + 1, previous: current.audience_digest }, scope);

export const rescope = (connection: Connection, tip: string, audience: Envelope): Promise<Record<string, unknown>> =>
  connection.call("PUT", `/v1/tips/${tip}/audience`, audience);

export const signWithdrawal = (
  connection: Connection,
  current: OwnTip,
  reason: string,
  note?: string,
): Promise<Envelope> =>
  sign(
    {
      exchange: connection.profile.exchange,
      from: connection.profile.partner,
      tip: current.tip,
      version: current.version,
      digest: current.digest,
      reason,
      ...(note && { note }),
    },
    "withdrawal+jws",
    signer(connection),
  );

export const withdraw = (connection: Connection, tip: string, withdrawal: Envelope): Promise<Record<string, unknown>> =>
  connection.call("POST", `/v1/tips/${tip}/withdrawal`, withdrawal);
