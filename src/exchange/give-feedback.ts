/**
 * A partner's signed word on a tip it may see, kept with its event; the same document again is the same feedback. A tip's author
 * does not speak on its own tip, but answers. Sight is judged before the document is, and again in the batch that keeps it.
 */
import { type Feedback, feedbackFaults, feedbackSchema, standingsOf } from "../core/feedback.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant } from "../core/time.ts";
import { all, batch, brokenGuard, first, guard, isTaken } from "../store/database.ts";
import * as store from "../store/feedback.ts";
import { hearOf } from "../store/heard.ts";
import { keyLive } from "../store/keys.ts";
import { quotaLeft, use } from "../store/quotas.ts";
import type { Kept } from "../store/tips.ts";
import { selectOwnVoices } from "../store/voices.ts";
import { disputeBy } from "./disputes.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { judgeOwn, keyGone, notChanged, unacceptable } from "./own-document.ts";
import { type OwnVoice, ownVoice } from "./own-voice.ts";
import { quotaOfTips, quotaUsed } from "./quota-used.ts";
import { ring } from "./waiting.ts";

/** The tip, where the caller may see it: judged before a request's body is read. */
export const seenTip = (exchange: Exchange, caller: Caller, tip: string): Promise<store.SeenTip | undefined> =>
  first(exchange.db, store.selectSeen(caller.partner, tip, instant(exchange.now)));

type Given = store.Given & { dispute?: OwnVoice };
type Outcome = Result<{ created: boolean; given: Given } | undefined, Problem>;

/** Undefined: the caller has lost sight of the tip meanwhile. */
export async function giveFeedback(
  exchange: Exchange,
  caller: Caller,
  tip: store.SeenTip,
  body: unknown,
): Promise<Outcome> {
  const judged = await judgeOwn(exchange, caller, tip, {
    body,
    type: "feedback+jws",
    schema: feedbackSchema,
    find: (digest) => findGiven(exchange, caller, digest),
    also: async (sound) => (await judgeMeaning(exchange, caller, tip, sound)).faults,
  });
  if (!judged.ok) return judged;
  if (judged.value.done) return ok({ created: false, given: judged.value.done });
  const { kept, content } = judged.value;
  if (caller.partner === tip.author && !isReply(content)) {
    const detail = "An author does not speak on its own tip, but answers: give reply_to and a note, nothing else.";
    return err(problem("own-tip", detail));
  }
  const { faults, answered } = await judgeMeaning(exchange, caller, tip, content);
  if (faults.length > 0) return err(unacceptable(faults));
  if (tip.withdrawn_at) return err(problem("withdrawn", "The tip is withdrawn: nobody would be told of it."));
  if (content.version !== tip.version || content.digest !== tip.digest) return err(movedOn(tip.version));
  return write(exchange, caller, tip, { kept, content, answered });
}

/** What the caller gave, and whether it disputes as things are now. */
async function findGiven({ db, now }: Exchange, { partner }: Caller, digest: string): Promise<Given | undefined> {
  // Reads by themselves, which the database tries again where one fails.
  const [given, voices] = await Promise.all([
    first(db, store.selectGiven(digest, partner)),
    all(db, selectOwnVoices(digest, partner, now)),
  ]);
  const dispute = ownVoice(voices);
  return given && { ...given, ...(dispute && { dispute }) };
}

const isReply = ({ reply_to, status, indicators, share }: Feedback): boolean =>
  reply_to !== undefined && status === undefined && indicators === undefined && share === undefined;

const movedOn = (version?: number): Problem =>
  problem(
    "version-conflict",
    version
      ? `Speak of the current version ${version}, by its digest: read the tip and sign again.`
      : "The tip has moved on meanwhile. Read it and sign again.",
  );

/** Against the tip, and whether what it replies to is there for the caller; `answered`: who gave that, where the author answers. */
async function judgeMeaning(
  exchange: Exchange,
  caller: Caller,
  tip: store.SeenTip,
  said: Partial<Feedback>,
): Promise<{ faults: Fault[]; answered?: string }> {
  const faults = feedbackFaults(said, tip, exchange.now);
  if (said.reply_to === undefined) return { faults };
  const found = await first(exchange.db, store.selectAnswered(caller.partner, tip.tip_no, said.reply_to));
  if (!found) faults.push({ pointer: "/reply_to", detail: "There is no such feedback on this tip that you may read." });
  return { faults, answered: caller.partner === tip.author ? found?.partner : undefined };
}

/** One transaction: document, event and standing, or nothing. */
async function write(
  exchange: Exchange,
  caller: Caller,
  tip: store.SeenTip,
  { kept, content, answered }: { kept: Kept; content: Feedback; answered: string | undefined },
): Promise<Outcome> {
  const { partner, kid } = caller;
  const now = instant(exchange.now);
  const day = dayOf(exchange.now);
  const used = {
    bytes: kept.envelope.payload.length + store.standingBytes * standingsOf(content).length,
    index_keys: 0,
  };
  const { tip_no } = tip;
  const disputing = await disputeBy(exchange, caller, tip, standingsOf(content), kept.digest);
  let failure: unknown;
  try {
    await batch(exchange.db, [
      guard("still_visible", store.stillVisible(partner, tip_no, now)),
      guard("key_live", keyLive(kept.kid, now), keyLive(kid, now)),
      guard("version_current", store.stillCurrent(tip_no, content.version)),
      guard("quota_left", quotaLeft(partner, day, used)),
      guard("room_left", store.maySayMore(partner, tip_no, `${day}T`, content)),
      ...store.keepFeedback(tip, partner, content, kept, now, answered),
      ...(partner === tip.author ? [] : [hearOf(tip.author, tip_no)]),
      ...disputing,
      use(partner, day, used),
    ]);
  } catch (error) {
    failure = error;
  }
  ring();
  // Also where the outcome is unknown: what was kept is found by its digest.
  const given = await findGiven(exchange, caller, kept.digest).catch(() => undefined);
  if (given) {
    exchange.wake(given.seq);
    return ok({ created: failure === undefined || !isTaken(failure), given });
  }
  switch (brokenGuard(failure)) {
    case "still_visible":
      return ok(undefined);
    case "key_live":
      return err(keyGone);
    case "version_current":
      return err(movedOn());
    case "quota_left":
      return err(quotaUsed(quotaOfTips, exchange.now));
    case "room_left":
      return err(quotaUsed("feedback on this tip", exchange.now));
    default:
      return err(notChanged);
  }
}
