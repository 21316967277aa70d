/**
 * Writing tips: signed with their audience, then sent. What is signed is complete before anything is sent: keep it, send it,
 * and send the same again where no answer came, which is the same tip.
 */
import type { Tlp } from "../core/audience.ts";
import { decode, encode } from "../core/base64url.ts";
import { type Envelope, sha256, sign } from "../core/envelope.ts";
import type { Indicator } from "../core/indicators/family.ts";
import type { TipDocument } from "../core/tip.ts";
import type { Connection } from "./connect.ts";
import type { HeldTip } from "./held-tips.ts";
import type { OwnTip } from "./own-tip.ts";

/** What its author says in a tip; signing adds the rest. Times are RFC 3339, days YYYY-MM-DD. */
export interface TipContent {
  /** Another id than a fresh one, where tips refer to each other. */
  tip?: string;
  /** `operation.id`, a lower-case UUID, and `operation.name` are required. */
  operation: TipDocument["operation"];
  /** May be empty; at most 10,000. `importReport` reads them, `toTips` divides what is more. */
  indicators: Indicator[];
  tlp: Tlp;
  /** When it ends without a new version; two years ahead at most, and by default. */
  expires_at?: string;
  handling?: TipDocument["handling"];
  pap?: TipDocument["pap"];
  embargo?: TipDocument["embargo"];
  ask?: TipDocument["ask"];
  contact?: TipDocument["contact"];
  basis?: TipDocument["basis"];
  sharing_basis?: string;
  relates_to?: TipDocument["relates_to"];
  references?: TipDocument["references"];
  /** Members of one's own, at most 4,000 characters each. */
  [extension: `x-${string}`]: unknown;
}

/** A tip and its audience, ready to be kept and sent; sending it again is the same tip. */
export interface Submission {
  tip: Envelope;
  audience: Envelope;
}

/** Who a tip is for: tokens such as `partner:facepage`, `group:election-cell`, `platforms`; `except` names partners by slug. */
export interface Scope {
  to: string[];
  except?: string[];
}

/** The exchange's word that it keeps the tip. */
export interface Receipt {
  held?: undefined;
  tip: string;
  version: number;
  digest: string;
  seq: number;
  accepted_at: string;
  /** Signed by the exchange; `verifyTip` takes it. */
  receipt: string;
  /** What is doubtful about single values; nothing was refused for it. */
  warnings: { pointer: string; detail: string }[];
}

/** A fresh id of a tip: a UUID whose order is time (RFC 9562, version 7). */
export function newTipId(now = Date.now()): string {
  const hex = now.toString(16).padStart(12, "0");
  const random = crypto.randomUUID();
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${random.slice(15)}`;
}

export const signer = (connection: Connection) => ({
  key: connection.key,
  kid: connection.profile.kid,
  alg: connection.alg,
});

const salt = (): string => encode(crypto.getRandomValues(new Uint8Array(16)));

/** The audience document at its place among the tip's audiences. */
export const signScope = (
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

/**
 * Signs the content as a new tip, or as the next version of `current` (`ownTip`), with the audience that goes with it.
 * Nothing is sent and nothing is checked: the exchange judges, with every fault at once. `exchange`, `from`, `version`,
 * `issued_at` and `audience` are filled in, and `tip` where the content states none.
 *
 * @example
 * ```js
 * const signed = await signTip(exchange, content, { to: ["platforms"], except: ["observatory"] });
 * const next = await signTip(exchange, changed, { to: ["platforms"] }, await ownTip(exchange, id));
 * ```
 */
export async function signTip(
  connection: Connection,
  content: TipContent,
  scope: Scope,
  current?: OwnTip,
): Promise<Submission> {
  const { exchange, partner } = connection.profile;
  const tip = current?.tip ?? content.tip ?? newTipId();
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

/**
 * Signs a tip back about the same operation: what was found on one's own side, for the author of the original alone unless
 * the scope says more. Send it with `submit`.
 *
 * @example
 * ```js
 * const original = await readTip(exchange, id);
 * await submit(exchange, await signReply(exchange, original, { tlp: "amber", indicators, summary: "Three more." }));
 * ```
 */
export const signReply = (
  connection: Connection,
  original: { tip: string; from: string; operation: { id: string; name: string } },
  { summary, ...content }: Omit<TipContent, "operation" | "relates_to"> & { summary?: string },
  scope: Scope = { to: [`partner:${original.from}`] },
): Promise<Submission> =>
  signTip(
    connection,
    {
      ...content,
      relates_to: [
        { tip: original.tip, relation: "reply" },
        { tip: original.tip, relation: "adds-to" },
      ],
      operation: { id: original.operation.id, name: original.operation.name, ...(summary && { summary }) },
    } as TipContent,
    scope,
  );

/**
 * Sends a signed tip. When it resolves, the exchange keeps the tip and those it is for see it; unless it has `held`, then nobody
 * else sees it until the steward lets it go (docs/disputes.md). The same submission again,
 * also after Unreachable, is answered with the same tip; nothing is doubled. Throws ExchangeProblem: 422 with every fault
 * of document or audience, 409 where the version has moved on, 429 where the day's quota is used up.
 *
 * @example
 * ```js
 * const sent = await submit(exchange, signed);
 * console.log(sent.held ? `held: ${sent.reason}` : `seq ${sent.seq}, ${sent.warnings.length} notes`);
 * ```
 */
export const submit = (connection: Connection, submission: Submission): Promise<Receipt | HeldTip> =>
  connection.call("POST", "/v1/tips", submission);
