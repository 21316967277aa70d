/**
 * What became of all of one's own tips, a row a tip, those with the newest word first: also of tips that have ended, and once
 * their content was erased. Words of others are handed out, so the reading is recorded; nothing is told of anybody else's tip.
 */
import { limits } from "../core/limits.ts";
import { countsOf } from "../core/marks.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { recordAccess } from "../store/accesses.ts";
import { batch, first } from "../store/database.ts";
import { type HeardFilter, type HeardRow, selectHeard, selectLooked } from "../store/heard.ts";
import { selectSeqBefore } from "../store/subscriptions.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { summaryShown } from "./list-feedback.ts";
import type { Page } from "./list-tips.ts";
import { marksIn } from "./tip-item.ts";

export async function listHeard(
  exchange: Exchange,
  caller: Caller,
  { limit, after, since, ...filter }: HeardFilter & { since?: string; limit: number; after?: string },
): Promise<Result<Page<Record<string, unknown>>, Problem>> {
  const cursor = after ? await readCursor(exchange, caller, "heard", after, 1) : ok([Number.MAX_SAFE_INTEGER]);
  if (!cursor.ok) return cursor;
  const share = caller.work.allowed();
  if (share) return err(share);
  const { db, now } = exchange;
  const behind = since === undefined ? 0 : (await first(db, selectSeqBefore(since)))!.seq;
  const range = { after: behind, before: cursor.value[0]! };
  const [rows, [looked]] = await batch(db, [
    selectHeard(caller, filter, range, limit + 1, now),
    selectLooked(caller, range),
    recordAccess(caller, "feedback", now),
  ]);
  const page = rows.slice(0, limit);
  // A full page goes on behind its last tip, else behind the last that was looked at.
  const place = rows.length > limit ? page.at(-1)!.seq : looked!.tips === limits.feedback.heard ? looked!.seq : null;
  return ok({
    items: page.map(shown),
    next: place === null ? null : await writeCursor(exchange, caller, "heard", [place]),
    more: place !== null,
  });
}

function shown({ name, newest, operation, summary, marked, seq: _seq, ...row }: HeardRow): Record<string, unknown> {
  const marks = marksIn(marked);
  const { status, statuses, reply_to, void: isVoid, ...word } = JSON.parse(newest);
  return {
    ...row,
    operation: { id: operation, ...(name !== null && { name }) },
    ...(summary && { summary: summaryShown(summary) }),
    ...(marks && { marked: countsOf(marks) }),
    newest: {
      ...word,
      ...(status && { status }),
      ...(Object.keys(statuses).length > 0 && { statuses }),
      ...(reply_to && { reply_to }),
      ...(isVoid === 1 && { void: true }),
    },
  };
}
