/**
 * Accepts a signed tip with its audience: a new one, a new version, or the same again. When this returns a receipt, document,
 * indicators, audience and event are kept, together or not at all; a refused request leaves nothing but its quota count.
 */
import { audienceFaults, audienceSchema } from "../core/audience.ts";
import { sha256 } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayMs, dayOf, instant, parseTime } from "../core/time.ts";
import { headingOf, type TipDocument, tipSchema } from "../core/tip.ts";
import { brokenGuard, first, guard, isTaken, prepare, type SQL, sql } from "../store/database.ts";
import { addEvent, addressAudience } from "../store/events.ts";
import { insertIndicators } from "../store/indicators.ts";
import { type KeyRow, keyLive } from "../store/partners.ts";
import { use } from "../store/quotas.ts";
import * as tips from "../store/tips.ts";
import { leftGroup, recipientFaults, selectRecipients, stillBelongs } from "./check-recipients.ts";
import { deriveTip } from "./derive-tip.ts";
import { type Caller, type Exchange, receipt } from "./exchange.ts";
import { quotaUsed } from "./quota-used.ts";
import { judgeKey, judgeSignature, openDocument, selectKeys } from "./signed-document.ts";
import { sitesOf } from "./sites.ts";
import { faultsOf } from "./zod-faults.ts";

export interface Submitted {
  tip: string;
  version: number;
  digest: string;
  seq: number;
  accepted_at: string;
  receipt: string;
  warnings: Fault[];
}

const taken = problem(
  "tip-taken",
  "That tip id, or that version of it, is taken. Use a fresh id, or the next version of your own tip.",
);

export async function submitTip(
  exchange: Exchange,
  caller: Caller,
  body: { tip: unknown; audience: unknown },
): Promise<Result<{ created: boolean; submitted: Submitted }, Problem>> {
  const now = instant(exchange.now);
  const signedTip = await openDocument(body.tip, "tip+jws", "/tip");
  if (!signedTip.ok) return signedTip;
  const signedAudience = await openDocument(body.audience, "audience+jws", "/audience");
  if (!signedAudience.ok) return signedAudience;
  const tip = signedTip.value;
  const audience = signedAudience.value;

  const parsedTip = tip.content.ok ? tipSchema.safeParse(tip.content.value) : undefined;
  const parsedAudience = audience.content.ok ? audienceSchema.safeParse(audience.content.value) : undefined;
  const tipId = String((tip.content.ok && (tip.content.value as { tip?: unknown } | null)?.tip) || "");
  const sites = await sitesOf(exchange);
  const [partners, groups] = selectRecipients(
    caller.partner,
    parsedAudience?.data ?? ({ to: [], except: [] } as never),
  );
  const found = await exchange.db.batch<Record<string, unknown>>(
    [
      selectKeys(caller, [tip, audience]),
      tips.selectAccepted(tip.digest, caller.partner),
      tips.selectTip(tipId),
      partners,
      groups,
    ].map((query) => prepare(exchange.db, query)),
  );
  const keys = found[0]!.results as unknown as KeyRow[];

  const refused = (await judgeSignature(tip, caller, keys)) ?? (await judgeSignature(audience, caller, keys));
  if (refused) return err(refused);
  const same = found[1]!.results[0] as unknown as tips.Accepted | undefined;
  if (same) return ok({ created: false, submitted: await answer(exchange, same) });
  const dead = judgeKey(tip, keys, now) ?? judgeKey(audience, keys, now);
  if (dead) return err(dead);

  const faults: Fault[] = [
    ...(tip.content.ok ? faultsOf(parsedTip!, "/tip") : tip.content.error.map((fault) => under("/tip", fault))),
    ...(audience.content.ok
      ? faultsOf(parsedAudience!, "/audience")
      : audience.content.error.map((fault) => under("/audience", fault))),
  ];
  if (!parsedTip?.success || !parsedAudience?.success) return err(invalid(faults));
  const document = parsedTip.data;
  const scope = parsedAudience.data;
  const expires = expiryOf(document, exchange.now);
  faults.push(...documentFaults(document, exchange, expires).map((fault) => under("/tip", fault)));
  for (const member of ["exchange", "from", "tip", "version"] as const) {
    if (scope[member] !== document[member])
      faults.push({ pointer: `/audience/${member}`, detail: `Must be the tip's ${member}.` });
  }
  if (document.audience !== (await sha256(audience.opened.bytes))) {
    faults.push({
      pointer: "/tip/audience",
      detail: "Must be the SHA-256 of the decoded audience payload, base64url.",
    });
  }
  const handling = document.handling ?? [];
  const embargoed = document.embargo !== undefined && parseTime(document.embargo.until)! > exchange.now;
  faults.push(
    ...audienceFaults(scope, { tlp: document.tlp, handling, embargoed }).map((fault) => under("/audience", fault)),
  );
  const derived = deriveTip(document, sites, exchange.now, expires);
  if (!derived.ok) faults.push(...derived.error.map((fault) => under("/tip", fault)));
  const recipients = recipientFaults(
    scope,
    handling,
    found[3]!.results as unknown as { slug: string; kind: string }[],
    found[4]!.results as unknown as { slug: string; mixed: number }[],
  ).map((fault) => under("/audience", fault));
  if (faults.length > 0) return err(invalid([...faults, ...recipients]));
  if (recipients.length > 0) {
    return err(
      problem("unknown-recipient", "Some recipients cannot be addressed by you. Nothing was stored.", recipients),
    );
  }
  if (!derived.ok) return err(invalid(faults));

  const current = found[2]!.results[0] as unknown as tips.TipRow | undefined;
  if (current ? current.author !== caller.partner || document.version <= current.version : false) return err(taken);
  if (current?.withdrawn_at) return err(problem("withdrawn", "Withdrawal is final. Publish a new tip instead."));
  if (document.version !== (current?.version ?? 0) + 1) {
    return err(problem("version-conflict", `The next version of this tip is ${(current?.version ?? 0) + 1}.`));
  }
  if (scope.revision !== (current?.revision ?? 0) + 1 || scope.previous !== (current?.audience_digest ?? null)) {
    return err(
      problem(
        "audience-conflict",
        `The next audience has revision ${(current?.revision ?? 0) + 1} and the digest of the current one as previous.`,
      ),
    );
  }
  const size = (found[0]!.meta as { size_after?: number }).size_after ?? 0;
  if (size > limits.database_bytes * limits.database_share) {
    return err({
      ...problem("full", "The exchange's database is nearly full; reading goes on. Try again later."),
      retry_after: 3_600,
    });
  }
  if (
    caller.quota.index_keys + derived.value.keys.length > limits.quota.index_keys ||
    caller.quota.bytes + tip.envelope.payload.length > limits.quota.bytes
  ) {
    return err(quotaUsed("index keys or bytes", exchange.now));
  }

  const tipNo = tips.tipNoOf(document.tip);
  const columns: tips.TipColumns = {
    tip: document.tip,
    author: caller.partner,
    version: document.version,
    tlp: document.tlp,
    operation: document.operation.id,
    urgency: document.ask?.urgency ?? null,
    respond_by: document.ask?.respond_by ?? null,
    expires_at: instant(expires),
    embargo_until: document.embargo ? instant(parseTime(document.embargo.until)!) : null,
  };
  const isFirst = document.version === 1;
  const statements: SQL[] = [
    guard(
      "key_live",
      sql`${keyLive(tip.opened.kid, now)} AND ${keyLive(audience.opened.kid, now)} AND ${keyLive(caller.kid, now)}`,
    ),
    guard("recipients_known", stillBelongs(caller.partner, scope)),
    ...(isFirst
      ? [
          guard("tip_free", sql`NOT EXISTS (SELECT 1 FROM tip WHERE tip = ${document.tip})`),
          tips.insertTip(columns, now),
        ]
      : [
          guard(
            "version_current",
            sql`EXISTS (SELECT 1 FROM tip WHERE tip = ${document.tip} AND author = ${caller.partner}
            AND version = ${document.version - 1} AND revision = ${scope.revision - 1} AND withdrawn_at IS NULL)`,
          ),
        ]),
    ...(isFirst ? [] : [tips.reviseTip(columns)]),
    // The event gives the seq; the old audience is still in place.
    addEvent(isFirst ? "published" : "revised", now, tipNo),
    ...tips.insertVersion(
      document.tip,
      {
        version: document.version,
        digest: tip.digest,
        kid: tip.opened.kid,
        envelope: tip.envelope,
        heading: headingOf(document),
        warnings: derived.value.warnings,
      },
      now,
    ),
    ...tips.replaceAudience(
      document.tip,
      scope,
      { digest: audience.digest, kid: audience.opened.kid, envelope: audience.envelope },
      now,
      isFirst ? "first" : "revise",
    ),
    ...insertIndicators(document.tip, document.version, now, derived.value),
    // The version's own event, found by the version's seq: a recall may have come since.
    ...addressAudience(
      tipNo,
      sql`(SELECT seq FROM tip_version WHERE tip_no = ${tipNo} AND version = ${document.version})`,
    ),
    use(caller.partner, dayOf(exchange.now), {
      bytes: tip.envelope.payload.length,
      index_keys: derived.value.keys.length,
    }),
    tips.selectAccepted(tip.digest, caller.partner),
  ];
  try {
    const results = await exchange.db.batch<Record<string, unknown>>(
      statements.map((query) => prepare(exchange.db, query)),
    );
    return ok({
      created: true,
      submitted: await answer(exchange, results.at(-1)!.results[0] as unknown as tips.Accepted),
    });
  } catch (error) {
    // Also where the outcome is unknown: what was kept is found by its digest.
    const kept = await first<tips.Accepted>(exchange.db, tips.selectAccepted(tip.digest, caller.partner)).catch(
      () => undefined,
    );
    if (kept) return ok({ created: true, submitted: await answer(exchange, kept) });
    const broken = brokenGuard(error);
    if (broken === "key_live")
      return err(problem("key-not-active", "A key ceased to be active meanwhile. Sign again with an active key."));
    if (broken === "recipients_known") return err(leftGroup);
    if (broken === "version_current")
      return err(problem("version-conflict", "The tip has moved on meanwhile. Read it and sign the next version."));
    if (broken === "tip_free" || isTaken(error)) return err(taken);
    return err({
      ...problem(
        "unavailable",
        "It is not known whether the tip was stored. Send the same document again: it is the same tip.",
      ),
      retry_after: 5,
    });
  }
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

const under = (root: string, fault: Fault): Fault => ({ pointer: `${root}${fault.pointer}`, detail: fault.detail });

const invalid = (faults: Fault[]): Problem =>
  problem("invalid-document", "Nothing was stored. Mend each fault, sign again, and send again.", faults);

const expiryOf = (document: TipDocument, now: number): number =>
  document.expires_at ? parseTime(document.expires_at)! : now + limits.tip_days * dayMs;

function documentFaults(document: TipDocument, exchange: Exchange, expires: number): Fault[] {
  const faults: Fault[] = [];
  if (document.exchange !== exchange.url)
    faults.push({ pointer: "/exchange", detail: `This exchange is ${exchange.url}.` });
  if (parseTime(document.issued_at)! > exchange.now + limits.future_seconds * 1_000) {
    faults.push({ pointer: "/issued_at", detail: "This lies in the future. Check the clock." });
  }
  if (expires <= exchange.now) faults.push({ pointer: "/expires_at", detail: "This has passed." });
  if (expires > exchange.now + (limits.tip_days + 1) * dayMs)
    faults.push({ pointer: "/expires_at", detail: "A tip lives two years at most; a new version extends it." });
  return faults;
}
