/**
 * Purposes: registered by the agency, approved by the steward where its enrolment says so, ended by either. What was stated
 * never changes; with the end everything that was bound to it ends at its next step.
 */
import { sha256 } from "../core/envelope.ts";
import { type Problem, problem } from "../core/problem.ts";
import { judgePurpose, normalPurpose, type Purpose } from "../core/purpose.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { batch, brokenGuard, first, guard, type SQLWrapper } from "../store/database.ts";
import { keyLive } from "../store/keys.ts";
import { selectPartner } from "../store/partners.ts";
import * as store from "../store/purposes.ts";
import type { Caller, Exchange } from "./exchange.ts";
import type { Page } from "./list-tips.ts";
import { keyGone } from "./own-document.ts";

type Row = store.KnownPurpose;
type View = Record<string, unknown>;

const stateOf = ({ counts, ended_at, until }: Row, now: string) =>
  ended_at ? "ended" : until <= now ? "over" : counts ? "active" : "waiting";

export const showPurpose = ({ now }: Exchange, row: Row): View => ({
  purpose: row.purpose,
  state: stateOf(row, instant(now)),
  type: "tipoff_purpose",
  legal_basis: row.legal_basis,
  case: row.case_reference,
  unit: row.unit,
  until: row.until,
  ...(row.non_disclosure && { non_disclosure: JSON.parse(row.non_disclosure) }),
  made_at: row.made_at,
  ...(row.approved_at && { approved_at: row.approved_at }),
  ...(row.ended_at && { ended_at: row.ended_at, ended_by: row.ended_by }),
});

/** The row of a purpose as it is stated; its id follows from what it says, so that the same purpose again is the same row. */
export async function purposeRow(exchange: Exchange, partner: string, stated: Purpose) {
  const purpose = normalPurpose(stated);
  const { legal_basis, case: case_reference, unit, until, non_disclosure } = purpose;
  return {
    purpose: await sha256(`${partner}\n${JSON.stringify(purpose)}`),
    partner,
    legal_basis,
    case_reference,
    unit,
    until,
    non_disclosure: non_disclosure ? JSON.stringify(non_disclosure) : null,
    made_at: instant(exchange.now),
  };
}

export const findPurpose = (exchange: Exchange, partner: string, id: string): Promise<Row | undefined> =>
  first(exchange.db, store.selectPurpose(partner, id, instant(exchange.now)));

/** The last one's id is the place to go on at. Undefined: there is no such partner. */
export async function listPurposes(
  exchange: Exchange,
  partner: string,
  { after, limit }: { after?: string; limit: number },
): Promise<Page<View> | undefined> {
  const [[known], rows] = await batch(exchange.db, [
    selectPartner(partner),
    store.selectPurposes(partner, after, limit + 1, instant(exchange.now)),
  ]);
  if (!known) return undefined;
  const page = rows.slice(0, limit);
  const more = rows.length > page.length;
  return { items: page.map((row) => showPurpose(exchange, row)), next: more ? page.at(-1)!.purpose : null, more };
}

/** `created` is false where it was there already, whatever became of it. */
export async function registerPurpose(
  exchange: Exchange,
  caller: Caller,
  stated: Purpose,
): Promise<Result<{ created: boolean; view: View }, Problem>> {
  const faults = judgePurpose(stated, exchange.now);
  if (faults.length > 0) {
    return err(problem("invalid-request", "Mend each fault and send again. Nothing was stored.", faults));
  }
  const row = await purposeRow(exchange, caller.partner, stated);
  const there = await findPurpose(exchange, caller.partner, row.purpose);
  if (!there) {
    const refused = await write(exchange, caller, store.insertPurpose(row));
    if (refused) return err(refused);
  }
  const known = there ?? (await findPurpose(exchange, caller.partner, row.purpose))!;
  return ok({ created: !there, view: showPurpose(exchange, known) });
}

/** By the agency. Ending what is ended changes nothing. */
export async function endPurpose(exchange: Exchange, caller: Caller, { purpose }: Row): Promise<Result<View, Problem>> {
  const refused = await write(exchange, caller, store.markEnded(purpose, "partner", instant(exchange.now)));
  return refused ? err(refused) : ok(showPurpose(exchange, (await findPurpose(exchange, caller.partner, purpose))!));
}

async function write(exchange: Exchange, { kid }: Caller, statement: SQLWrapper): Promise<Problem | undefined> {
  try {
    await batch(exchange.db, [guard("key_live", keyLive(kid, instant(exchange.now))), statement]);
    return undefined;
  } catch (error) {
    if (brokenGuard(error) === "key_live") return keyGone;
    throw error;
  }
}

/** By the steward: it counts from now on. Approving what is approved changes nothing. */
export async function approvePurpose(exchange: Exchange, row: Row): Promise<Result<View, Problem>> {
  const now = instant(exchange.now);
  if (!row.ended_at && row.until > now) {
    await batch(exchange.db, [store.markApproved(row.purpose, now)]);
    const approved = (await findPurpose(exchange, row.partner, row.purpose))!;
    if (!approved.ended_at) return ok(showPurpose(exchange, approved));
  }
  return err(problem("purpose-state", "It has ended and cannot be approved. The agency states another."));
}

/** By the steward: declined where it waits, taken back where it was approved. */
export async function endPartnerPurpose(exchange: Exchange, row: Row): Promise<View> {
  await batch(exchange.db, [store.markEnded(row.purpose, "steward", instant(exchange.now))]);
  return showPurpose(exchange, (await findPurpose(exchange, row.partner, row.purpose))!);
}
