/** A tip as lists and single reads show it, made from its row. */
import { countsOf, type Marks, marksOf } from "../core/marks.ts";
import type { ItemRow } from "../store/reading.ts";
import type { TriageRow } from "../store/triage.ts";
import { type Exchange, receipt } from "./exchange.ts";

export async function tipItem(exchange: Exchange, row: ItemRow): Promise<Record<string, unknown>> {
  const heading = JSON.parse(row.heading) as Record<string, unknown> & {
    ask?: { for: string[]; respond_by?: string };
    operation: Record<string, unknown>;
  };
  const {
    exchange: _exchange,
    tip: _tip,
    version: _version,
    from: _from,
    expires_at: _expires,
    relates_to: _relates,
    ...rest
  } = heading;
  const marks = marksIn(row.marked);
  const byType = JSON.parse(row.types ?? "{}") as Record<string, number>;
  return {
    tip: row.tip,
    version: row.version,
    from: row.author,
    accepted_at: row.accepted_at,
    first_accepted_at: row.first_accepted_at,
    expires_at: row.expires_at,
    handling: [],
    ...rest,
    indicators: { total: Object.values(byType).reduce((sum, n) => sum + n, 0), by_type: byType },
    ...(marks && { marked: countsOf(marks) }),
    through: row.through,
    ...(row.state && { state: row.state }),
    for_you: forYou(row.mine, heading.ask),
    ...(row.relates_to !== "[]" && { relates_to: JSON.parse(row.relates_to) }),
    ...(row.claims && row.claims !== "[]" && { claims: JSON.parse(row.claims) }),
    ...(row.triage !== undefined && row.through !== "author" && { triage: triageOf(null) }),
    ...(row.triage && { triage: triageOf(JSON.parse(row.triage)) }),
    ...(row.legal_process_url && { legal_process_url: row.legal_process_url }),
    digest: row.digest,
    seq: row.seq,
    receipt: await receipt(exchange, row),
  };
}

/** What is marked of a tip, as its row has it. */
export const marksIn = (marked: string | null): Marks | undefined =>
  marked ? marksOf(JSON.parse(marked) as [number, number][]) : undefined;

/** As the partner that said it is shown it; on what it said nothing of, the beginning. */
export const triageOf = (row: TriageRow | null): Record<string, unknown> =>
  row === null
    ? { state: "new" }
    : {
        state: row.state,
        ...(row.assignee !== null && { assignee: row.assignee }),
        ...(row.snooze_until !== null && { snooze_until: row.snooze_until }),
        changed_at: row.changed_at,
      };

/** How much of it is the reader's own, what is asked, by when. */
export const forYou = (
  indicators: number,
  ask?: { for: string[]; respond_by?: string } | null,
): Record<string, unknown> => ({
  indicators,
  ...(ask && { ask: ask.for }),
  ...(ask?.respond_by && { respond_by: ask.respond_by }),
});
