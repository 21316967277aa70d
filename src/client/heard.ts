/** What became of all of one's own tips. Reading it changes nothing. */
import type { FeedbackStatus } from "../core/feedback.ts";
import type { Mark } from "../core/marks.ts";
import type { TipState } from "../core/tip.ts";
import type { Connection } from "./connect.ts";
import type { FeedbackItem, FeedbackSummary } from "./feedback.ts";
import { rowsOf } from "./pages.ts";

export interface HeardFilter {
  /** Of which a partner's newest word says this, of anything in it. */
  status?: FeedbackStatus;
  /** Spoken of at or after: RFC 3339, or a day. */
  since?: string;
  /** Asking for context that you have not given; `false`: none such. */
  unanswered?: boolean;
}

/** One of your own tips (schema `HeardTip`). */
export interface HeardTip {
  tip: string;
  version: number;
  state: TipState | "erased";
  /** The name is gone with the tip's content. */
  operation: { id: string; name?: string };
  /** How many documents others gave; with `since`, since then. */
  words: number;
  /** How many of those ask for context and still wait for your answer. */
  unanswered: number;
  /** Absent where nothing that was said counts any more. */
  summary?: FeedbackSummary;
  /** How many of its indicators the exchange marks. */
  marked?: Partial<Record<Mark, number>>;
  /** The newest document that somebody else gave. */
  newest: Pick<FeedbackItem, "feedback" | "by" | "accepted_at" | "status" | "statuses" | "reply_to" | "void">;
}

/**
 * Your own tips that others have spoken of, those with the newest word first, page by page as they are wanted; who said what of
 * one is `listFeedback`. Throws as `call` does.
 *
 * @example
 * ```js
 * for await (const { tip, summary, unanswered } of listHeard(exchange, { since: "2026-11-01" }))
 *   console.log(tip, summary?.by_status, unanswered, "wait for an answer");
 * ```
 */
export const listHeard = (
  connection: Connection,
  filter: HeardFilter = {},
): AsyncGenerator<HeardTip, void, undefined> => rowsOf(connection, "/v1/feedback", "tips", { ...filter });
