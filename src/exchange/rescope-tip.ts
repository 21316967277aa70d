/** A further audience for a tip: by its author, at revision current + 1, with the current one as `previous`. */
import { type Audience, audienceFaults, audienceSchema, type Tlp } from "../core/audience.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayMs, dayOf, instant } from "../core/time.ts";
import { batch, brokenGuard, first, guard } from "../store/database.ts";
import { addEvent, addressAuthor } from "../store/events.ts";
import { countPublished, mayReach } from "../store/held-tips.ts";
import { keyLive } from "../store/keys.ts";
import { belongsTo } from "../store/partners.ts";
import * as tips from "../store/tips.ts";
import { groupsNamed, leftGroup, recipientFaults, selectRecipients } from "./check-recipients.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { named } from "./judge-submission.ts";
import { judgeOwn, keyGone, notChanged, unacceptable } from "./own-document.ts";
import { ring } from "./waiting.ts";

const moved = (current?: tips.TipRow): Problem =>
  problem(
    "audience-conflict",
    current
      ? `The next audience has revision ${current.revision + 1} and the digest of the current one as previous.`
      : "The audience has moved on meanwhile: read the tip, and sign the next one.",
  );

/** `current` is the caller's own tip; whether it is was judged before the body was read. */
export async function rescopeTip(
  exchange: Exchange,
  caller: Caller,
  current: tips.TipRow,
  body: unknown,
): Promise<Result<tips.Rescoped, Problem>> {
  const find = (digest: string) => first(exchange.db, tips.selectRescoped(current.tip, digest));
  const judged = await judgeOwn(exchange, caller, current, {
    body,
    type: "audience+jws",
    schema: audienceSchema,
    find,
    also: async (sound) => Object.values(await scopeFaults(exchange, caller, current, named(sound))).flat(),
  });
  if (!judged.ok) return judged;
  if (judged.value.done) return ok(judged.value.done);
  const { kept, content: audience } = judged.value;
  const refused = await judgeAudience(exchange, caller, current, audience);
  if (refused) return err(refused);

  const now = instant(exchange.now);
  const tipNo = tips.tipNoOf(current.tip);
  const widens = tips.widens(current.tip, audience);
  let failure: unknown;
  try {
    await batch(exchange.db, [
      guard("key_live", keyLive(kept.kid, now), keyLive(caller.kid, now)),
      guard("recipients_known", belongsTo(caller.partner, groupsNamed(audience))),
      guard("audience_current", tips.standsAt(current.tip, caller.partner, current)),
      // Whom it reaches for the first time may be drowned as by a new tip.
      guard("not_held", mayReach(widens, caller.partner, current.indicators, exchange.now)),
      countPublished(caller.partner, dayOf(exchange.now), current.indicators, widens),
      addEvent("rescoped", now, tipNo),
      addressAuthor(tipNo),
      ...tips.replaceAudience(current.tip, audience, kept, now, "rescope"),
    ]);
  } catch (error) {
    failure = error;
  }
  ring();
  const done = await find(kept.digest).catch(() => undefined);
  if (done) {
    exchange.wake(done.seq);
    return ok(done);
  }
  const broken = brokenGuard(failure);
  if (broken === "key_live") return err(keyGone);
  if (broken === "recipients_known") return err(leftGroup);
  if (broken === "not_held") return err(tooMuch(exchange.now));
  return err(broken ? moved() : notChanged);
}

const tooMuch = (now: number): Problem => ({
  ...problem(
    "quota",
    "A new tip of yours would be held now, so nobody is added. Name fewer, wait, or ask the steward.",
  ),
  retry_after: Math.ceil((dayMs - (now % dayMs)) / 1_000),
});

async function judgeAudience(
  exchange: Exchange,
  caller: Caller,
  current: tips.TipRow,
  audience: Audience,
): Promise<Problem | undefined> {
  if (current.withdrawn_at) return problem("withdrawn", "Withdrawal is final; a withdrawn tip has no audience.");
  if (current.erased_at) {
    return problem("version-conflict", "The tip expired and its content was erased. Publish a new version.");
  }
  const { version, revision, audience_digest } = current;
  if (audience.version !== version || audience.revision !== revision + 1 || audience.previous !== audience_digest) {
    return moved(current);
  }
  const { faults, recipients } = await scopeFaults(exchange, caller, current, audience);
  if (faults.length > 0) return unacceptable([...faults, ...recipients]);
  if (recipients.length === 0) return undefined;
  return problem("unknown-recipient", "Some recipients cannot be addressed by you. Nothing was changed.", recipients);
}

/** Of whom an audience names: against the tip as it stands, and whether its author may address them. */
async function scopeFaults(
  exchange: Exchange,
  caller: Caller,
  current: tips.TipRow,
  scope: Pick<Audience, "to" | "except">,
): Promise<{ faults: Fault[]; recipients: Fault[] }> {
  const handling = JSON.parse(current.handling) as string[];
  const embargoed = (current.embargo_until ?? "") > instant(exchange.now);
  const faults = audienceFaults(scope, { tlp: current.tlp as Tlp, handling, embargoed });
  const [partners, groups] = await batch(exchange.db, selectRecipients(caller.partner, scope));
  return { faults, recipients: recipientFaults(scope, handling, partners, groups) };
}
