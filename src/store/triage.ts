/** What a partner works at: its own word on tips it may see. No statement here reads or writes another's. */

import { instant, parseTime } from "../core/time.ts";
import type { TriageChange, TriageState } from "../core/triage.ts";
import type { Reader } from "./accesses.ts";
import { type SQL, sql } from "./database.ts";
import type { triage } from "./schema.ts";
import { held, visible } from "./visibility.ts";

export type TriageRow = Pick<typeof triage.$inferSelect, "state" | "assignee" | "snooze_until" | "changed_at">;

/** Of tip `t`, as JSON; NULL where the reader said nothing. */
export const triageOfTip = ({ partner }: Reader): SQL => sql`(
  SELECT json_object('state', tg.state, 'assignee', tg.assignee, 'snooze_until', tg.snooze_until, 'changed_at', tg.changed_at)
  FROM triage tg WHERE tg.partner = ${partner} AND tg.tip_no = t.tip_no)`;

/** Tip `t` stands so with the reader. Its own tips are no work of its own unless it said so. */
export function standsSo({ partner }: Reader, state: string, now: number): SQL {
  const said = (more: SQL) =>
    sql`(SELECT 1 FROM triage tg WHERE tg.partner = ${partner} AND tg.tip_no = t.tip_no AND ${more})`;
  if (state !== "new" && state !== "open") return sql`EXISTS ${said(sql`tg.state = ${state}`)}`;
  const not =
    state === "new"
      ? sql`tg.state <> 'new'`
      : sql`(tg.state IN ('done', 'not_relevant') OR tg.snooze_until > ${instant(now)})`;
  return sql`(NOT EXISTS ${said(not)} AND (t.author <> ${partner} OR EXISTS ${said(sql`1`)}))`;
}

export const isAssigned = ({ partner }: Reader, assignee: string): SQL => sql`EXISTS (
  SELECT 1 FROM triage tg WHERE tg.partner = ${partner} AND tg.tip_no = t.tip_no AND tg.assignee = ${assignee})`;

/** Of the tips that the query names (`tip_no`), those that may be seen at this moment: all changed at once. */
export function setTriage({ partner }: Reader, tipNos: SQL, change: TriageChange, now: number) {
  const { state, assignee, snooze_until } = change;
  const until = snooze_until && instant(parseTime(snooze_until)!);
  const of = (given: unknown) => (given === undefined ? sql`triage` : sql`excluded`);
  return sql<TriageRow & { tip_no: number }>`
    INSERT INTO triage (partner, tip_no, state, assignee, snooze_until, changed_at)
    WITH ${held(partner)}
    SELECT ${partner}, t.tip_no, ${state ?? ("new" satisfies TriageState)}, ${assignee ?? null}, ${until ?? null}, ${instant(now)}
    FROM (${tipNos}) n CROSS JOIN tip t ON t.tip_no = n.tip_no WHERE ${visible(partner, instant(now))}
    ON CONFLICT (partner, tip_no) DO UPDATE SET state = ${of(state)}.state, assignee = ${of(assignee)}.assignee,
      snooze_until = ${of(snooze_until)}.snooze_until, changed_at = excluded.changed_at
    RETURNING tip_no, state, assignee, snooze_until, changed_at`;
}

export const deleteTriage = (tipNo: number): SQL => sql`DELETE FROM triage WHERE tip_no = ${tipNo}`;
