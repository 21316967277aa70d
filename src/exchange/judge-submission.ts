/** Judges what a submission says, after its signatures: every fault is found before anything is refused. Writes nothing. */
import { type Audience, audienceFaults } from "../core/audience.ts";
import { type Derived, deriveTip, expiryOf } from "../core/derive-tip.ts";
import { sha256 } from "../core/envelope.ts";
import type { Sites } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayMs, parseTime } from "../core/time.ts";
import { headingOf, type TipDocument, tipSchema } from "../core/tip.ts";
import type { TipRow } from "../store/tips.ts";
import { type GroupKind, type PartnerKind, recipientFaults } from "./check-recipients.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { type Read, readContent, type Signed, under } from "./signed-document.ts";

/** A submission with nothing wrong in itself. */
export interface Submission {
  tip: Signed;
  audience: Signed;
  document: TipDocument;
  scope: Audience;
  derived: Derived;
  /** Milliseconds since 1970. */
  expires: number;
}

interface Given {
  tip: Signed;
  audience: Signed;
  scope: Read<Audience>;
  sites: Sites;
  /** Those among the recipients that exist, and the author's groups. */
  partners: readonly PartnerKind[];
  groups: readonly GroupKind[];
}

export async function judgeContent(
  exchange: Exchange,
  caller: Caller,
  given: Given,
): Promise<Result<Submission, Problem>> {
  const { tip, audience } = given;
  await caller.work.breathe();
  const content = readContent(tip, tipSchema);
  await caller.work.breathe();
  // Of what is at fault in its form the sound members are judged all the same: nobody mends one fault to learn of the next.
  const document = content.sound;
  const scope = given.scope.sound;
  const expires = expiryOf(document, exchange.now);
  const indicators = document.indicators ?? [];
  const derived = await deriveTip({ indicators }, given.sites, exchange.now, expires, () => caller.work.breathe());
  const form = [...content.faults, ...given.scope.faults];
  const meaning = [
    ...documentFaults(document, exchange, expires).map((fault) => under("/tip", fault)),
    ...(content.whole ? headingFaults(content.whole) : []),
    ...(await bindingFaults(document, scope, audience)),
    ...scopeFaults(document, scope, exchange.now).map((fault) => under("/audience", fault)),
    ...(derived.ok ? [] : derived.error.map((fault) => under("/tip", fault))),
  ];
  const recipients = recipientFaults(named(scope), document.handling ?? [], given.partners, given.groups).map((fault) =>
    under("/audience", fault),
  );
  if (form.length + meaning.length > 0 || !derived.ok || !content.whole || !given.scope.whole)
    return err(invalid(together(form, [...meaning, ...recipients])));
  if (recipients.length > 0) {
    const detail = "Some recipients cannot be addressed by you. Nothing was stored.";
    return err(problem("unknown-recipient", detail, recipients));
  }
  return ok({ tip, audience, document: content.whole, scope: given.scope.whole, derived: derived.value, expires });
}

/** Where the form is at fault, what it means is not told besides. */
export function together(form: readonly Fault[], meaning: readonly Fault[]): Fault[] {
  const told = new Set(form.map(({ pointer }) => pointer));
  return [...form, ...meaning.filter(({ pointer }) => !told.has(pointer))];
}

const invalid = (faults: Fault[]): Problem =>
  problem("invalid-document", "Nothing was stored. Mend each fault, sign again, and send again.", faults);

/** Recipients as far as they could be read. */
export const named = ({ to = [], except = [] }: Partial<Audience>): Pick<Audience, "to" | "except"> => ({
  to: to.map((token) => token ?? ""),
  except: except.map((partner) => partner ?? ""),
});

function documentFaults(document: Partial<TipDocument>, exchange: Exchange, expires: number): Fault[] {
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string) => void faults.push({ pointer, detail });
  if (document.exchange !== undefined && document.exchange !== exchange.url)
    fault("/exchange", `This exchange is ${exchange.url}.`);
  if (document.issued_at && parseTime(document.issued_at)! > exchange.now + limits.future_seconds * 1_000) {
    fault("/issued_at", "This lies in the future. Check the clock.");
  }
  if (expires <= exchange.now) fault("/expires_at", "This has passed.");
  if (expires > exchange.now + (limits.tip_days + 1) * dayMs) {
    fault("/expires_at", "A tip lives two years at most; a new version extends it.");
  }
  return faults;
}

function headingFaults(document: TipDocument): Fault[] {
  if (JSON.stringify(headingOf(document)).length <= limits.heading_bytes) return [];
  const detail = `Without indicators, measures, observations and references this has more than ${limits.heading_bytes} characters.`;
  return [{ pointer: "/tip", detail }];
}

/** Tip and audience are of one author, tip and version, and the tip names this audience. */
async function bindingFaults(
  document: Partial<TipDocument>,
  scope: Partial<Audience>,
  audience: Signed,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const member of ["exchange", "from", "tip", "version"] as const) {
    if (scope[member] === undefined || document[member] === undefined) continue;
    if (scope[member] !== document[member]) {
      faults.push({ pointer: `/audience/${member}`, detail: `Must be the tip's ${member}.` });
    }
  }
  if (document.audience !== undefined && document.audience !== (await sha256(audience.opened.bytes))) {
    const detail = "Must be the SHA-256 of the decoded audience payload, base64url.";
    faults.push({ pointer: "/tip/audience", detail });
  }
  return faults;
}

function scopeFaults(document: Partial<TipDocument>, scope: Partial<Audience>, now: number): Fault[] {
  const { tlp, handling = [], embargo } = document;
  const embargoed = embargo !== undefined && parseTime(embargo.until)! > now;
  return audienceFaults(named(scope), { ...(tlp && { tlp }), handling, embargoed });
}

/** Whether the submission comes next after what is there: `current` is the author's own tip, or nothing. */
export function judgePlace({ document, scope }: Submission, current: TipRow | undefined): Problem | undefined {
  if (current?.withdrawn_at) return problem("withdrawn", "Withdrawal is final. Publish a new tip instead.");
  const version = (current?.version ?? 0) + 1;
  if (document.version !== version) return problem("version-conflict", `The next version of this tip is ${version}.`);
  const revision = (current?.revision ?? 0) + 1;
  if (scope.revision !== revision || scope.previous !== (current?.audience_digest ?? null)) {
    const detail = `The next audience has revision ${revision} and the digest of the current one as previous.`;
    return problem("audience-conflict", detail);
  }
  return undefined;
}
