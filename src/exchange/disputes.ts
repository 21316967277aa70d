/**
 * Disputes: a recipient's `false_positive` on single indicators is a voice; the platform that hosts one disputes it alone, of
 * others it takes two that are unrelated. The author confirms with a reason, corrects or drops it by a new version. A disputed
 * indicator stays where it is, marked at every door.
 */
import type { Standing } from "../core/feedback.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf, placesOf } from "../core/indicators/registry.ts";
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
  const voices =
    otherwise.length > 0 ? await all(exchange.db, store.selectVoices(tip_no, version, caller.partner)) : [];
  const voiced = new Set(voices.map(({ ordinal }) => ordinal));
  const back = new Set(otherwise.filter((ordinal) => voiced.has(ordinal)));
  const meant = [...named, ...back];
  const present = meant.length > 0 ? await all(exchange.db, selectPresent(tip_no, meant)) : [];
  const things = present.map(({ ordinal, body }) => ({ ordinal, indicator: JSON.parse(body) as Indicator }));
  const copies = await copiesOf(exchange, { tip_no, version }, things);
  const sites = await sitesOf(exchange);
  const own = new Set(caller.places);
  const spoken = new Set(words.map(({ ordinal }) => ordinal));
  const against = new Map<number, [number, boolean, number, boolean]>();
  for (const { ordinal, indicator } of things) {
    const others = copies.get(ordinal)!.filter((other) => !spoken.has(other));
    if (back.has(ordinal)) {
      otherwise.push(...others);
      continue;
    }
    const isHost = placesOf(indicator, sites).some((place) => own.has(place));
    const alike = copies.get(ordinal)!.find((other) => against.has(other));
    const thing = alike === undefined ? ordinal : against.get(alike)![2];
    against.set(ordinal, [ordinal, isHost, thing, thing !== ordinal]);
    for (const other of others) if (!against.has(other)) against.set(other, [other, isHost, thing, true]);
  }
  const word = { tip_no, version, indicators, against: [...against.values()], otherwise };
  return store.speak(word, caller.partner, digest, exchange.now);
}

/**
 * By ordinal those of the same thing in the tip, itself among them: else the author lists it a few times over, and is asked
 * of one. An image has no key that says what it is.
 */
async function copiesOf(
  exchange: Exchange,
  { tip_no, version }: { tip_no: number; version: number },
  things: readonly { ordinal: number; indicator: Indicator }[],
): Promise<Map<number, number[]>> {
  const places = new Map<string, number>();
  const keyOf = ({ indicator }: (typeof things)[number]): string => {
    const keys = keysOf(indicator);
    return indicator.type === "hash" && keys.length > 1 ? "" : (keys[0] ?? "");
  };
  const keyed = things.map((each) => ({ ordinal: each.ordinal, key: keyOf(each) }));
  for (const { key } of keyed) if (key !== "" && !places.has(key)) places.set(key, places.size);
  const found: number[][] = [...places].map(() => []);
  if (places.size > 0)
    for (const row of await all(exchange.db, store.selectCopies(tip_no, version, [...places.keys()])))
      found[row.place]!.push(row.ordinal);
  return new Map(keyed.map(({ ordinal, key }) => [ordinal, found[places.get(key) ?? -1] ?? [ordinal]]));
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
