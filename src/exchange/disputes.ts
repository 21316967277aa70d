/**
 * Disputes: a recipient's `false_positive` on single indicators is a voice; the platform that hosts one disputes it alone, of
 * others it takes two that are unrelated. The author confirms with a reason, corrects or drops it by a new version. A disputed
 * indicator stays where it is, marked at every door.
 */
import type { Standing } from "../core/feedback.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { placesOf } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { all, batch, brokenGuard, first, guard, type SQLWrapper } from "../store/database.ts";
import * as store from "../store/disputes.ts";
import { newest } from "../store/events.ts";
import { type SeenTip, selectSeen } from "../store/feedback.ts";
import { keyLive } from "../store/keys.ts";
import { selectPresent } from "../store/marks.ts";
import { type TipRow, tipNoOf, tipNumberOf } from "../store/tips.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { keyGone } from "./own-document.ts";
import { sitesOf } from "./sites.ts";
import { ring } from "./waiting.ts";

/** What a partner's word on single indicators does besides: statements for the batch that keeps it. */
export async function disputeBy(
  exchange: Exchange,
  caller: Caller,
  { tip_no, author, version, indicators }: SeenTip,
  said: readonly Standing[],
  digest: string,
): Promise<SQLWrapper[]> {
  const words = said.filter(({ ordinal }) => ordinal >= 0);
  // Of the author there are answers alone, and an agency's word is feedback, no voice.
  if (words.length === 0 || caller.partner === author || caller.kind === "law_enforcement") return [];
  const named = words.filter(({ status }) => status === "false_positive").map(({ ordinal }) => ordinal);
  const otherwise = words.filter(({ status }) => status !== "false_positive").map(({ ordinal }) => ordinal);
  const present = named.length > 0 ? await all(exchange.db, selectPresent(tip_no, named)) : [];
  const sites = await sitesOf(exchange);
  const own = new Set(caller.places);
  const against = present.map(({ ordinal, body }) => {
    const isHost = placesOf(JSON.parse(body) as Indicator, sites).some((place) => own.has(place));
    return [ordinal, isHost] as const;
  });
  return store.speak({ tip_no, version, indicators, against, otherwise }, caller.partner, digest, exchange.now);
}

/** As many disputes of a tip as are told at once. */
const most = limits.page;

/** For its author with whose voices, for others who see it without. Undefined: not there, or not the caller's. */
export async function listDisputes(
  exchange: Exchange,
  caller: Caller,
  tip: string,
): Promise<Record<string, unknown> | undefined> {
  const [[seen], rows] = await batch(exchange.db, [
    selectSeen(caller.partner, tip, instant(exchange.now)),
    store.selectDisputes(tipNoOf(tip), most),
    recordTips(caller, "feedback", exchange.now, tipNumberOf(tip)),
    recordAccess(caller, "feedback", exchange.now),
  ] as const);
  if (!seen) return undefined;
  const isAuthor = seen.author === caller.partner;
  return { tip, version: seen.version, from: seen.author, disputes: rows.map((row) => disputeView(row, isAuthor)) };
}

const disputeView = (row: store.DisputeRow, isAuthor: boolean): Record<string, unknown> => ({
  ordinal: row.ordinal,
  version: row.version,
  state: row.state,
  opened_at: row.opened_at,
  ...(row.decided_at && { decided_at: row.decided_at }),
  ...(row.reason && { reason: row.reason }),
  ...(isAuthor && { by: JSON.parse(row.partners) }),
});

export interface Confirmed {
  tip: string;
  version: number;
  ordinal: number;
  state: "confirmed";
  decided_at: string;
}

/** By the tip's author. The same again changes nothing. Undefined: that indicator is not disputed. */
export async function confirmIndicator(
  exchange: Exchange,
  caller: Caller,
  current: TipRow,
  ordinal: number,
  reason: string,
): Promise<Result<Confirmed | undefined, Problem>> {
  const { tip, tip_no, version } = current;
  if (current.withdrawn_at) return err(problem("withdrawn", "The tip is withdrawn: there is nothing to confirm."));
  const find = () => first(exchange.db, store.selectDispute(tip_no, ordinal));
  const found = await find();
  if (!found) return ok(undefined);
  const view = (decided_at: string) => ok({ tip, version, ordinal, state: "confirmed" as const, decided_at });
  if (found.state === "confirmed") return view(found.decided_at!);
  if (found.state === "taken-back") return ok(undefined);
  const now = instant(exchange.now);
  try {
    const results = await batch(exchange.db, [
      guard("key_live", keyLive(caller.kid, now)),
      guard("still_due", store.isUnsettled(found)),
      ...store.confirm(found, reason, now),
      newest,
    ]);
    ring();
    exchange.wake((results.at(-1) as unknown as { seq: number }[])[0]!.seq);
    return view(now);
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "key_live") return err(keyGone);
    if (broken !== "still_due") throw error;
    const again = await find();
    if (again?.state === "confirmed") return view(again.decided_at!);
    return err(problem("version-conflict", "The dispute has moved on meanwhile. Look at it again."));
  }
}
