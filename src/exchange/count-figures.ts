/**
 * A partner's own figures of a period: of the tips it was first handed then. They are its own records and its own words, so they
 * stay as they are when a tip is revised, taken back or erased, and change by its further feedback alone.
 */
import { type Figures, figuresBy, figuresOf, type Received } from "../core/figures.ts";
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayMs, dayOf } from "../core/time.ts";
import { all } from "../store/database.ts";
import { type FiguresRow, selectReceived } from "../store/figures.ts";
import type { Caller, Exchange } from "./exchange.ts";

/** Days of a period of which one end is not stated, both included. */
const usualDays = 30;

export interface Stats {
  from: string;
  to: string;
  by: "group" | "partner";
  rows: ({ [By in "from" | "through"]?: string | null } & Figures)[];
  total: Figures;
  truncated?: true;
}

export async function countFigures(
  exchange: Exchange,
  caller: Caller,
  { by, ...asked }: { from?: string; to?: string; by: "group" | "partner" },
): Promise<Result<Stats, Problem>> {
  const to = asked.to ?? dayOf(exchange.now);
  const from = asked.from ?? dayOf(Date.parse(to) - (usualDays - 1) * dayMs);
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (days < 1 || days > limits.stats.days) {
    const detail = `A period has 1 to ${limits.stats.days} days, both ends included.`;
    return err(problem("malformed-parameter", detail, [{ pointer: "/from", detail }]));
  }
  const busy = await caller.work.begin(limits.large.answer_bytes);
  if (busy) return err(busy);
  const rows = await all(exchange.db, selectReceived(caller.partner, { from, to, by }));
  const tips = rows.slice(0, limits.stats.tips).map(receivedOf);
  const name = by === "group" ? "through" : "from";
  return ok({
    from,
    to,
    by,
    rows: figuresBy(tips).map(({ of, figures }) => ({ [name]: of, ...figures })),
    total: figuresOf(tips),
    ...(rows.length > tips.length && { truncated: true as const }),
  });
}

function receivedOf({ of, at, for_you, answered_at, words }: FiguresRow): Received {
  const [found, new_to_you, actioned, no_violation, false_positives] = JSON.parse(words) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const hours = answered_at === null ? null : Math.max(0, (Date.parse(answered_at) - Date.parse(at)) / 3_600_000);
  return { of, for_you, found, new_to_you, actioned, no_violation, false_positives, hours };
}
