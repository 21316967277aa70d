/**
 * What became of a tip: saying it, and reading what was said. A word is signed before it is sent; the same signed word again is
 * the same feedback. Places of indicators are those of the tip's current version.
 */
import type { Envelope } from "../core/envelope.ts";
import { sign } from "../core/envelope.ts";
import type { Feedback, FeedbackStatus, VoicelessReason } from "../core/feedback.ts";
import type { Connection } from "./connect.ts";
import type { MatchAnswer } from "./match.ts";
import { ExchangeProblem } from "./problem.ts";
import { queryOf } from "./send.ts";
import { signer } from "./tips.ts";

/** What is said; signing adds the rest (`/openapi.json`, schema `Feedback`). */
export type FeedbackContent = Omit<Feedback, "exchange" | "from" | "tip" | "version" | "digest" | "issued_at">;

/** The version of a tip that is spoken of: what `readTip` gives, and `listFeedback`. */
export interface SpokenOf {
  tip: string;
  version: number;
  digest: string;
}

/** Feedback as it was accepted. `feedback` is its id: the digest of the signed document. */
export interface GivenFeedback {
  feedback: string;
  tip: string;
  version: number;
  accepted_at: string;
  seq: number;
  /** Where it says `false_positive`: whether that disputes, as things are now. */
  dispute?: OwnVoice;
}

/** Whether one's `false_positive` is a voice in a dispute, by the indicators' places; nothing of others' voices. */
export interface OwnVoice {
  /** You host these: your word disputes them by itself. */
  alone?: number[];
  /** Your voice counts, together with that of another partner that is unrelated. */
  with_another?: number[];
  /** Feedback, and no voice. */
  not_counted?: { reason: VoicelessReason; indicators?: number[] }[];
}

/** How many partners said something, and which status how many of them said, each by its newest word. */
export interface FeedbackSummary {
  reporters: number;
  by_status: Partial<Record<FeedbackStatus, number>>;
}

/** One document (schema `FeedbackItem`). */
export interface FeedbackItem {
  feedback: string;
  by: string;
  version: number;
  accepted_at: string;
  seq: number;
  share: "author" | "sight";
  law_enforcement?: true;
  status?: FeedbackStatus;
  /** Of how many indicators which status was said. */
  statuses?: Partial<Record<FeedbackStatus, number>>;
  reply_to?: string;
  /** Something of it is still its giver's newest word. Told to the giver and the tip's author. */
  stands?: boolean;
  /** Signed with a key since declared compromised: it does not count. */
  void?: true;
  /** Gone with the tip's content. */
  envelope?: Envelope;
  document?: Feedback;
}

/** What was said of a tip, as far as it is the reader's. */
export interface TipFeedback extends SpokenOf {
  /** The tip's author. */
  from: string;
  summary: { tip?: FeedbackSummary; indicators?: ({ ordinal: number } & FeedbackSummary)[] };
  /** The newest first. */
  feedback: FeedbackItem[];
}

interface FeedbackPage extends TipFeedback {
  summary: TipFeedback["summary"] & { more_indicators?: true };
  next: string | null;
  more: boolean;
}

const pageOf = (connection: Connection, tip: string, query: Record<string, string | number>): Promise<FeedbackPage> =>
  connection.call("GET", `/v1/tips/${tip}/feedback?${queryOf(query)}`);

/**
 * All that was said of a tip as far as it is yours to read: of your own tip everything, of another's what you said, the author's
 * answers and what was shared with you, with counts where five partners have spoken. Throws ExchangeProblem 404 where the tip is
 * not there or not yours.
 *
 * @example
 * ```js
 * const { summary, feedback } = await listFeedback(exchange, id);
 * for (const { by, status, document } of feedback) console.log(by, status, document?.note);
 * ```
 */
export async function listFeedback(connection: Connection, tip: string): Promise<TipFeedback> {
  let { next, summary: counted, ...whole } = await pageOf(connection, tip, { limit: 100 });
  while (next) {
    const page = await pageOf(connection, tip, { limit: 100, after: next });
    whole.feedback.push(...page.feedback);
    next = page.next;
  }
  const { more_indicators: _more, ...summary } = counted;
  while (counted.more_indicators) {
    const ordinal_after = summary.indicators!.at(-1)!.ordinal;
    counted = (await pageOf(connection, tip, { limit: 1, ordinal_after })).summary;
    summary.indicators!.push(...(counted.indicators ?? []));
  }
  const { more: _, ...all } = whole;
  return { ...all, summary };
}

/**
 * Signs what you say of a tip. Nothing is sent.
 *
 * @example
 * ```js
 * const word = await signFeedback(exchange, await readTip(exchange, id), { status: "found", seen: { count: 12 } });
 * ```
 */
export const signFeedback = (
  connection: Connection,
  { tip, version, digest }: SpokenOf,
  said: FeedbackContent,
): Promise<Envelope> =>
  sign(
    {
      exchange: connection.profile.exchange,
      from: connection.profile.partner,
      tip,
      version,
      digest,
      issued_at: new Date().toISOString(),
      ...said,
    },
    "feedback+jws",
    signer(connection),
  );

/**
 * The tip's current version, as feedback speaks of it. Where `version` is given and another is current, the places of indicators
 * may have changed: throws ExchangeProblem 409 `version-conflict`, as the exchange would.
 */
export async function spokenOf(connection: Connection, tip: string, version?: number): Promise<SpokenOf> {
  const { digest, ...current } = await pageOf(connection, tip, { limit: 1 });
  if (version !== undefined && version !== current.version) {
    const detail = `Tip ${tip} is at version ${current.version} by now: match, or read it, again.`;
    throw new ExchangeProblem(409, "version-conflict", detail);
  }
  return { tip, version: current.version, digest };
}

/**
 * Says what became of a tip, to its author alone unless `share` says more. Of an indicator your newest word counts. Give what
 * `signFeedback` signed, to be able to send the same again; or the content, which is signed here for the current version, or for
 * `version`. Throws ExchangeProblem 404 where the tip is not there or not yours, 409 where it has a newer version.
 *
 * @example
 * ```js
 * await giveFeedback(exchange, id, { status: "found", indicators: [{ ordinals: [0, 3], status: "actioned" }] });
 * ```
 */
export async function giveFeedback(
  connection: Connection,
  tip: string,
  said: FeedbackContent | Envelope,
  version?: number,
): Promise<GivenFeedback> {
  const word =
    "payload" in said ? said : await signFeedback(connection, await spokenOf(connection, tip, version), said);
  return connection.call("POST", `/v1/tips/${tip}/feedback`, word);
}

/**
 * One word for each tip that answers matched, on the indicators that did; what is in a range that is everyone's is no match. Send
 * each with `giveFeedback(exchange, tip, said, version)`.
 *
 * @example
 * ```js
 * for (const { tip, version, said } of feedbackOfMatches(await match(exchange, values), { status: "found" }))
 *   await giveFeedback(exchange, tip, said, version);
 * ```
 */
export function feedbackOfMatches(
  answers: readonly MatchAnswer[],
  word: { status: FeedbackStatus } & Pick<FeedbackContent, "already_known" | "seen">,
  more: Pick<FeedbackContent, "note" | "share" | "law_enforcement"> = {},
): { tip: string; version: number; said: FeedbackContent & Required<Pick<FeedbackContent, "indicators">> }[] {
  const tips = new Map<string, { tip: string; version: number; ordinals: Set<number> }>();
  for (const { tip, version, ordinal } of answers.flatMap(({ hits }) => hits)) {
    const id = `${tip} ${version}`;
    if (!tips.has(id)) tips.set(id, { tip, version, ordinals: new Set() });
    tips.get(id)!.ordinals.add(ordinal);
  }
  return [...tips.values()].map(({ tip, version, ordinals }) => ({
    tip,
    version,
    said: { ...more, indicators: [{ ordinals: [...ordinals].sort((a, b) => a - b), ...word }] },
  }));
}
