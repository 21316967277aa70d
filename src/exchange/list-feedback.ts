/**
 * What was said of a tip, to whom it concerns. Its author: every document, and how many said what of the tip and of each
 * indicator, also when the content was erased. Who may see the tip: its own documents, those it was told of by name, and
 * counts where enough partners have spoken. Documents are handed out with their signatures, and with a record.
 */
import { readPayload } from "../core/envelope.ts";
import { feedbackStatuses } from "../core/feedback.ts";
import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch } from "../store/database.ts";
import {
  type FeedbackRow,
  type OfIndicator,
  selectAsked,
  selectByIndicator,
  selectFeedback,
} from "../store/feedback.ts";
import { tipNumberOf } from "../store/tips.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";

interface Asked {
  limit: number;
  after?: string;
  /** Of the summary by indicator: behind this ordinal. */
  ordinal_after: number;
}

/** Undefined: not there or not the caller's, which are the same work. */
export async function listFeedback(
  exchange: Exchange,
  caller: Caller,
  tip: string,
  { limit, after, ordinal_after }: Asked,
): Promise<Result<Record<string, unknown> | undefined, Problem>> {
  const place = after ? await readCursor(exchange, caller, "feedback", after, 1) : ok([Number.MAX_SAFE_INTEGER]);
  if (!place.ok) return place;
  const share = caller.work.allowed();
  if (share) return err(share);
  const now = instant(exchange.now);
  const { summary: most } = limits.feedback;
  const [[asked], rows, indicators] = await batch(exchange.db, [
    selectAsked(caller, tip, now),
    selectFeedback(caller.partner, tip, place.value[0]!, limit + 1, now),
    selectByIndicator(caller, tip, ordinal_after, most + 1, now),
    recordTips(caller, "feedback", exchange.now, tipNumberOf(tip)),
    recordAccess(caller, "feedback", exchange.now),
  ]);
  if (!asked) return ok(undefined);
  let bytes = 0;
  for (const { payload } of rows) bytes += payload.length;
  const busy = bytes > limits.large.answer_bytes ? await caller.work.begin(bytes / 2) : undefined;
  if (busy) return err(busy);
  const page = rows.slice(0, limit);
  const more = page.at(-1) !== undefined && (rows.length > limit || page.at(-1)!.older === 1);
  const ofIndicators = indicators.slice(0, most).map(ofIndicator);
  return ok({
    tip: asked.tip,
    version: asked.version,
    from: asked.author,
    digest: asked.digest,
    summary: {
      ...(asked.summary && { tip: summaryShown(asked.summary) }),
      ...(ofIndicators.length > 0 && { indicators: ofIndicators }),
      ...(indicators.length > most && { more_indicators: true }),
    },
    feedback: page.map((row) => shown(row, [row.partner, asked.author].includes(caller.partner))),
    next: more ? await writeCursor(exchange, caller, "feedback", [page.at(-1)!.seq]) : null,
    more,
  });
}

type ByStatus = Record<string, number>;

/** As a tip's own view shows it too: statuses that somebody said alone. */
export function summaryShown(summary: string): { reporters: number; by_status: ByStatus } {
  const { reporters, by_status } = JSON.parse(summary) as { reporters: number; by_status: ByStatus };
  return { reporters, by_status: said(by_status) };
}

const said = (counts: ByStatus): ByStatus =>
  Object.fromEntries(feedbackStatuses.map((status) => [status, counts[status]!]).filter(([, count]) => count !== 0));

const ofIndicator = ({ ordinal, reporters, ...counts }: OfIndicator) => ({
  ordinal,
  reporters,
  by_status: said(counts),
});

/** `whole`: to its giver and the tip's author. That something newer was said, for the author alone, is nobody else's business. */
const shown = (row: FeedbackRow, whole: boolean): Record<string, unknown> => ({
  feedback: row.digest,
  by: row.partner,
  version: row.version,
  accepted_at: row.accepted_at,
  seq: row.seq,
  share: row.shared > 0 ? "sight" : "author",
  ...(row.shared === 2 && { law_enforcement: true }),
  ...(row.status && { status: row.status }),
  ...(row.statuses !== "{}" && { statuses: JSON.parse(row.statuses) }),
  ...(row.answers && { reply_to: row.answers }),
  ...(whole && { stands: row.stands === 1 }),
  ...(row.void === 1 && { void: true }),
  // Erased with the tip's content.
  ...(row.payload && {
    envelope: { protected: row.protected, payload: row.payload, signature: row.signature },
    document: readPayload(row.payload),
  }),
});
