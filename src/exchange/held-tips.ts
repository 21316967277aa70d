/**
 * What becomes of a held tip: its author takes it back, the steward releases or refuses it by counts alone, or its time is over.
 * A release is the ordinary submission in the author's name at that moment; where that is refused, the author learns why.
 */
import { open } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import type { Scope } from "../core/names.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { selectCaller } from "../store/callers.ts";
import { all, batch, first } from "../store/database.ts";
import {
  failRelease,
  forget,
  type HeldRow,
  refuse,
  selectAllHeld,
  selectHeld,
  selectHeldPieces,
} from "../store/held-tips.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { type Held, heldView } from "./hold-tip.ts";
import { submitTip } from "./submit-tip.ts";

export const listHeldTips = async (exchange: Exchange, caller: Caller): Promise<Held[]> =>
  Promise.all((await all(exchange.db, selectAllHeld(caller.partner, true))).map((row) => heldView(exchange, row)));

/** Undefined: there is none of that digest. */
export const findHeld = (exchange: Exchange, partner: string, digest: string): Promise<HeldRow | undefined> =>
  first(exchange.db, selectHeld(partner, digest));

export async function takeBackHeld(exchange: Exchange, { held_no }: HeldRow): Promise<void> {
  await batch(exchange.db, forget(held_no));
}

/** What the steward decides by: no id, no recipient, nothing of the content. */
export interface HeldCounts {
  digest: string;
  state: HeldRow["state"];
  reason: HeldRow["reason"];
  held_at: string;
  indicators: Record<string, number>;
  bytes: number;
  recipients: number;
  /** Which problem its release met. */
  problem?: string;
}

export const listHeldCounts = async (exchange: Exchange, partner: string): Promise<HeldCounts[]> =>
  (await all(exchange.db, selectAllHeld(partner, false))).map((row) => ({
    digest: row.digest,
    state: row.state,
    reason: row.reason,
    held_at: row.held_at,
    indicators: JSON.parse(row.types) as Record<string, number>,
    bytes: row.bytes,
    recipients: row.recipients,
    ...(row.problem && { problem: (JSON.parse(row.problem) as { slug: string }).slug }),
  }));

export async function refuseHeld(
  exchange: Exchange,
  { held_no, digest }: HeldRow,
): Promise<{ digest: string; state: "refused" }> {
  await batch(exchange.db, refuse(held_no));
  return { digest, state: "refused" };
}

export interface Released {
  digest: string;
  state: "released" | "failed";
  problem?: string;
}

export async function releaseHeld(
  exchange: Exchange,
  steward: Caller,
  row: HeldRow,
): Promise<Result<Released | undefined, Problem>> {
  const busy = row.bytes > limits.large.body_bytes ? await steward.work.begin(row.bytes) : undefined;
  if (busy) return err(busy);
  const pieces = await all(exchange.db, selectHeldPieces(row.held_no));
  if (pieces.length === 0) return ok(undefined);
  const body = JSON.parse(pieces.map(({ text }) => text).join("")) as { tip: unknown; audience: unknown };
  const refused = await submitAs(exchange, steward, row, body);
  if (!refused) return ok({ digest: row.digest, state: "released" });
  // Taken back or released meanwhile: it is not there any more.
  if (!(await findHeld(exchange, row.partner, row.digest))) return ok(undefined);
  const { slug, detail, faults } = refused;
  await batch(exchange.db, [failRelease(row.held_no, { slug, detail, ...(faults && { faults }) })]);
  return ok({ digest: row.digest, state: "failed", problem: slug });
}

/** As its author, under the key it signed with: what the author may not do now does not happen. */
async function submitAs(
  exchange: Exchange,
  steward: Caller,
  { partner, held_no }: HeldRow,
  body: { tip: unknown; audience: unknown },
): Promise<Problem | undefined> {
  const opened = open(body.tip, "tip+jws");
  const kid = opened.ok ? opened.value.kid : "";
  const author = await first(exchange.db, selectCaller(partner, kid, "", instant(exchange.now)));
  if (!author)
    return { slug: "key-not-active", detail: "The key it was signed with is not active. Sign and send it again." };
  const caller: Caller = {
    ...steward,
    partner,
    kid,
    purpose: "",
    kind: author.kind,
    country: author.country,
    scopes: author.scopes.split(" ") as Scope[],
    held: JSON.parse(author.held) as Caller["held"],
    places: JSON.parse(author.places) as string[],
  };
  const done = await submitTip(exchange, caller, body, held_no);
  if (!done.ok) return done.error;
  // Accepted before, by another way: there is nothing to hold any more.
  if (!done.value.held && !done.value.created) await batch(exchange.db, forget(held_no));
  return undefined;
}
