/**
 * Accepts a signed tip with its audience: a new one, a new version, or the same again. When this returns a receipt, document,
 * indicators, audience and event are kept, together or not at all; a refused request leaves nothing but its quota count.
 */
import { audienceSchema } from "../core/audience.ts";
import { type Difference, movedIn } from "../core/difference.ts";
import { limits } from "../core/limits.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant, parseTime } from "../core/time.ts";
import { headingOf } from "../core/tip.ts";
import { markOf } from "../core/tip-mark.ts";
import { carryOver } from "../store/carry-over.ts";
import { batch, batchAndSize, brokenGuard, first, guard, isTaken, type SQLWrapper } from "../store/database.ts";
import { addEvent, addressAudience } from "../store/events.ts";
import { countPublished, forget, isHeld, isNotHeld, newToSomebody, selectHeldOf } from "../store/held-tips.ts";
import { insertIndicators } from "../store/indicators.ts";
import { keyLive, selectOwnKeys } from "../store/keys.ts";
import { belongsTo } from "../store/partners.ts";
import { quotaLeft, type Used, use } from "../store/quotas.ts";
import { replaceRelations } from "../store/relations.ts";
import * as tips from "../store/tips.ts";
import { groupsNamed, leftGroup, selectRecipients } from "./check-recipients.ts";
import { compareWith } from "./compare-versions.ts";
import { type Caller, type Exchange, receipt } from "./exchange.ts";
import { type Held, heldView, holdTip } from "./hold-tip.ts";
import { judgeContent, judgePlace, named, type Submission } from "./judge-submission.ts";
import { quotaOfTips, quotaUsed } from "./quota-used.ts";
import { judgeKey, judgeSignature, openDocument, readContent, type Signed } from "./signed-document.ts";
import { sitesOf } from "./sites.ts";
import { ring } from "./waiting.ts";

export interface Submitted {
  tip: string;
  version: number;
  digest: string;
  seq: number;
  accepted_at: string;
  receipt: string;
  warnings: Fault[];
}

/** Accepted, now or before; or held, of which nobody else learns. */
export type Outcome = { created: boolean; submitted: Submitted; held?: never } | { held: Held };

const taken = problem(
  "tip-taken",
  "That tip id, or that version of it, is taken. Use a fresh id, or the next version of your own tip.",
);

/**
 * DESIGN.md's order: envelope, key and signature, author, the same digest already there, key active, content, place.
 * `released`: the held tip that the steward lets go, which the guard against floods and the day's quota had before.
 */
export async function submitTip(
  exchange: Exchange,
  caller: Caller,
  body: { tip: unknown; audience: unknown },
  released?: number,
): Promise<Result<Outcome, Problem>> {
  const now = instant(exchange.now);
  const openedTip = await openDocument(body.tip, "tip+jws", "/tip");
  if (!openedTip.ok) return openedTip;
  const openedAudience = await openDocument(body.audience, "audience+jws", "/audience");
  if (!openedAudience.ok) return openedAudience;
  const tip = openedTip.value;
  const audience = openedAudience.value;
  await caller.work.breathe();

  const sites = await sitesOf(exchange);
  const scope = readContent(audience, audienceSchema);
  const { rows, bytes } = await batchAndSize(exchange.db, [
    tips.selectAccepted(tip.digest, caller.partner),
    tips.selectTip(idOf(tip)),
    selectOwnKeys(caller.partner, [tip.opened.kid, audience.opened.kid]),
    selectHeldOf(caller.partner, tip.digest, idOf(tip)),
    ...selectRecipients(caller.partner, named(scope.sound)),
  ]);
  const [[same], [current], keys, held, partners, groups] = rows;
  await caller.work.breathe();
  const refused = (await judgeSignature(tip, caller, keys)) ?? (await judgeSignature(audience, caller, keys));
  if (refused) return err(refused);
  if (same) return ok({ created: false, submitted: await answer(exchange, same) });
  const sameHeld = released === undefined && held.find(({ digest }) => digest === tip.digest);
  if (sameHeld) return ok({ held: await heldView(exchange, sameHeld) });
  const dead = judgeKey(tip, keys, now) ?? judgeKey(audience, keys, now);
  if (dead) return err(dead);
  const judged = await judgeContent(exchange, caller, { tip, audience, scope, sites, partners, groups });
  if (!judged.ok) return judged;
  const submission = judged.value;
  if (current && (current.author !== caller.partner || submission.document.version <= current.version)) {
    return err(taken);
  }
  const misplaced = judgePlace(submission, current);
  if (misplaced)
    return err(
      held.length > 0 && released === undefined
        ? { ...misplaced, detail: `${misplaced.detail} ${isBehindHeld}` }
        : misplaced,
    );
  const noRoom = judgeRoom(exchange, released === undefined ? caller.quota : nothing, submission, bytes);
  if (noRoom) return err(noRoom);
  await caller.work.breathe();
  const difference = current && (await compareWith(exchange, current, submission.derived.rows, sites));
  await caller.work.breathe();
  return write(exchange, caller, submission, difference, released);
}

const nothing = { index_keys: 0, bytes: 0 };
const isBehindHeld = "A version of it is held: it counts for nothing until it is released (GET /v1/held-tips).";

/** What the document says its id is, before anything of it is believed. */
function idOf({ content }: Signed): string {
  const id = content.ok && (content.value as { tip?: unknown } | null)?.tip;
  return typeof id === "string" ? id : "";
}

/** The database's share, and the author's day. */
function judgeRoom(
  exchange: Exchange,
  quota: Pick<Used, "index_keys" | "bytes">,
  submission: Submission,
  bytes: number,
): Problem | undefined {
  if (bytes > limits.database_bytes * limits.database_share) {
    const detail = "The exchange's database is nearly full; reading goes on. Try again later.";
    return { ...problem("full", detail), retry_after: 3_600 };
  }
  const keys = quota.index_keys + submission.derived.keys.length;
  const sent = quota.bytes + submission.tip.envelope.payload.length + submission.derived.bytes;
  if (keys <= limits.quota.index_keys && sent <= limits.quota.bytes) return undefined;
  return quotaUsed(quotaOfTips, exchange.now);
}

async function write(
  exchange: Exchange,
  caller: Caller,
  submission: Submission,
  difference: Difference | undefined,
  released: number | undefined,
): Promise<Result<Outcome, Problem>> {
  const { digest } = submission.tip;
  let stored: tips.Accepted | undefined;
  try {
    const results = await batch(exchange.db, statementsOf(exchange, caller, submission, difference, released));
    stored = results.at(-1)![0] as unknown as tips.Accepted;
  } catch (error) {
    if (brokenGuard(error) === "not_held")
      return holdTip(exchange, caller, submission, freshOf(submission, difference));
    // Also where the outcome is unknown: what was kept is found by its digest.
    stored = await first(exchange.db, tips.selectAccepted(digest, caller.partner)).catch(() => undefined);
    if (!stored) return err(refusalOf(error, exchange.now));
  }
  ring();
  exchange.wake(stored.seq);
  return ok({ created: true, submitted: await answer(exchange, stored) });
}

/** One transaction. The last statement gives the row the receipt is made from. */
function statementsOf(
  exchange: Exchange,
  caller: Caller,
  submission: Submission,
  difference: Difference | undefined,
  released: number | undefined,
): SQLWrapper[] {
  const { tip, audience, document, scope, derived } = submission;
  const now = instant(exchange.now);
  const isFirst = document.version === 1;
  const tipNo = tips.tipNoOf(document.tip);
  const columns: tips.TipColumns = {
    tip: document.tip,
    mark: markOf(document.tip),
    author: caller.partner,
    version: document.version,
    tlp: document.tlp,
    operation: document.operation.id,
    urgency: document.ask?.urgency ?? null,
    respond_by: document.ask?.respond_by ?? null,
    expires_at: instant(submission.expires),
    embargo_until: document.embargo ? instant(parseTime(document.embargo.until)!) : null,
  };
  const day = dayOf(exchange.now);
  const used = {
    bytes: tip.envelope.payload.length,
    index_keys: derived.keys.length + (document.relates_to?.length ?? 0),
  };
  const before = { version: document.version - 1, revision: scope.revision - 1 };
  const version = {
    version: document.version,
    heading: headingOf(document),
    warnings: [...movedWarning(difference), ...derived.warnings].slice(0, 100),
    indicators: document.indicators.length,
    difference,
  };
  const fresh = difference
    ? newToSomebody(tips.widens(document.tip, scope), document.indicators.length, freshOf(submission, difference))
    : document.indicators.length;
  return [
    guard("key_live", ...[tip.opened.kid, audience.opened.kid, caller.kid].map((kid) => keyLive(kid, now))),
    ...(released === undefined
      ? [
          guard("quota_left", quotaLeft(caller.partner, day, used)),
          guard("not_held", isNotHeld(caller.partner, fresh, exchange.now)),
          use(caller.partner, day, used),
        ]
      : [guard("still_due", isHeld(released)), ...forget(released)]),
    guard("recipients_known", belongsTo(caller.partner, groupsNamed(scope))),
    ...(isFirst
      ? [guard("tip_free", tips.isFree(document.tip)), tips.insertTip(columns, now)]
      : [guard("version_current", tips.standsAt(document.tip, caller.partner, before)), tips.reviseTip(columns, now)]),
    // The old audience is still in place.
    countPublished(caller.partner, day, fresh),
    // The event gives the seq.
    addEvent(isFirst ? "published" : "revised", now, tipNo),
    ...(difference ? [tips.tellDifference(document.tip, difference)] : []),
    ...tips.insertVersion(document.tip, { ...version, ...kept(tip) }, now),
    ...tips.replaceAudience(document.tip, scope, kept(audience), now, isFirst ? "first" : "revise"),
    ...insertIndicators(document.tip, document.version, now, derived),
    ...replaceRelations(document.tip, document.version, document.relates_to ?? []),
    // The version's own event, found by the version's seq: a recall may have come since.
    ...addressAudience(tipNo, tips.seqOfVersion(document.tip, document.version)),
    ...(isFirst ? [] : carryOver(tipNo, document.version, now)),
    tips.selectAccepted(tip.digest, caller.partner),
  ];
}

/** Tools that read by STIX know an indicator by its place: one that moves is another to them, and what stood there is changed. */
function movedWarning(difference: Difference | undefined): Fault[] {
  const moved = difference ? movedIn(difference) : 0;
  const stand = moved === 1 ? "1 indicator stands" : `${moved} indicators stand`;
  const detail = `${stand} in another place than in the version before, and others' tools know them by place: keep what stays where it was, with what is new in the place of what goes, or at the end.`;
  return moved > 0 ? [{ pointer: "/indicators", detail }] : [];
}

/** How many indicators it brings that its author had not published in it before. */
const freshOf = ({ document }: Submission, difference: Difference | undefined): number =>
  difference ? difference.added.length + difference.changed.length : document.indicators.length;

const kept = ({ digest, opened, envelope }: Signed): tips.Kept => ({
  digest,
  kid: opened.kid,
  envelope,
});

function refusalOf(error: unknown, now: number): Problem {
  const broken = brokenGuard(error);
  if (broken === "quota_left") return quotaUsed(quotaOfTips, now);
  if (broken === "key_live") {
    return problem("key-not-active", "A key ceased to be active meanwhile. Sign again with an active key.");
  }
  if (broken === "recipients_known") return leftGroup;
  if (broken === "still_due") return problem("version-conflict", "The tip is not held any more.");
  if (broken === "version_current") {
    return problem("version-conflict", "The tip has moved on meanwhile. Read it and sign the next version.");
  }
  if (broken === "tip_free" || isTaken(error)) return taken;
  return {
    ...problem(
      "unavailable",
      "It is not known whether the tip was stored. Send the same document again: it is the same tip.",
    ),
    retry_after: 5,
  };
}

const answer = async (exchange: Exchange, row: tips.Accepted): Promise<Submitted> => ({
  tip: row.tip,
  version: row.version,
  digest: row.digest,
  seq: row.seq,
  accepted_at: row.accepted_at,
  receipt: await receipt(exchange, row),
  warnings: JSON.parse(row.warnings) as Fault[],
});
