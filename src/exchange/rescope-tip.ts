/** A further audience for a tip: by its author, at revision current + 1, with the current one as `previous`. */
import { audienceFaults, audienceSchema, type Tlp } from "../core/audience.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { batch, brokenGuard, first, guard, sql } from "../store/database.ts";
import { addEvent, addressAuthor } from "../store/events.ts";
import { keyLive } from "../store/partners.ts";
import * as tips from "../store/tips.ts";
import { leftGroup, recipientFaults, selectRecipients, stillBelongs } from "./check-recipients.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { judgeKey, judgeSignature, loadKeys, openDocument } from "./signed-document.ts";
import { faultsOf } from "./zod-faults.ts";

export interface Rescoped {
  tip: string;
  revision: number;
  digest: string;
  seq: number;
}

const selectAudience = (tip: string, digest: string) => sql`
  SELECT t.tip, a.revision, a.digest, a.seq FROM tip t JOIN audience a ON a.tip_no = t.tip_no AND a.revision = t.revision
  WHERE t.tip = ${tip} AND a.digest = ${digest}`;

const moved = (revision?: number) =>
  problem(
    "audience-conflict",
    `The audience has moved on: ${revision ? `the next has revision ${revision + 1} and` : "read the tip, and give"} the digest of the current one as previous.`,
  );

/** `current` is the caller's own tip; whether it is was judged before the body was read. */
export async function rescopeTip(
  exchange: Exchange,
  caller: Caller,
  current: tips.TipRow,
  body: unknown,
): Promise<Result<Rescoped, Problem>> {
  const now = instant(exchange.now);
  const opened = await openDocument(body, "audience+jws", "");
  if (!opened.ok) return opened;
  const signed = opened.value;
  const keys = await loadKeys(exchange, caller, [signed]);
  const refused = await judgeSignature(signed, caller, keys);
  if (refused) return err(refused);
  if (signed.digest === current.audience_digest) {
    return ok((await first<Rescoped>(exchange.db, selectAudience(current.tip, signed.digest)))!);
  }
  const dead = judgeKey(signed, keys, now);
  if (dead) return err(dead);
  const parsed = signed.content.ok ? audienceSchema.safeParse(signed.content.value) : undefined;
  const faults: Fault[] = signed.content.ok ? faultsOf(parsed!) : signed.content.error;
  if (!parsed?.success)
    return err(problem("invalid-document", "The audience is not acceptable. Nothing was changed.", faults));
  const audience = parsed.data;
  if (audience.exchange !== exchange.url)
    faults.push({ pointer: "/exchange", detail: `This exchange is ${exchange.url}.` });
  if (audience.tip !== current.tip) faults.push({ pointer: "/tip", detail: "Must be the tip of the path." });
  if (faults.length > 0)
    return err(problem("invalid-document", "The audience is not for this tip. Nothing was changed.", faults));
  if (current.withdrawn_at) return err(problem("withdrawn", "Withdrawal is final; a withdrawn tip has no audience."));
  if (
    audience.version !== current.version ||
    audience.revision !== current.revision + 1 ||
    audience.previous !== current.audience_digest
  ) {
    return err(moved(current.revision));
  }
  const handling = JSON.parse(current.handling) as string[];
  faults.push(
    ...audienceFaults(audience, { tlp: current.tlp as Tlp, handling, embargoed: (current.embargo_until ?? "") > now }),
  );
  const [partners, groups] = await batch(exchange.db, selectRecipients(caller.partner, audience));
  const recipients = recipientFaults(audience, handling, partners as never, groups as never);
  if (faults.length > 0)
    return err(
      problem("invalid-document", "The audience is not acceptable. Nothing was changed.", [...faults, ...recipients]),
    );
  if (recipients.length > 0)
    return err(
      problem("unknown-recipient", "Some recipients cannot be addressed by you. Nothing was changed.", recipients),
    );

  const tipNo = tips.tipNoOf(current.tip);
  const statements = [
    guard("key_live", sql`${keyLive(signed.opened.kid, now)} AND ${keyLive(caller.kid, now)}`),
    guard("recipients_known", stillBelongs(caller.partner, audience)),
    guard(
      "audience_current",
      sql`EXISTS (SELECT 1 FROM tip WHERE tip = ${current.tip} AND author = ${caller.partner}
      AND version = ${current.version} AND revision = ${current.revision} AND withdrawn_at IS NULL)`,
    ),
    addEvent("rescoped", now, tipNo),
    addressAuthor(tipNo),
    ...tips.replaceAudience(
      current.tip,
      audience,
      { digest: signed.digest, kid: signed.opened.kid, envelope: signed.envelope },
      now,
      "rescope",
    ),
  ];
  let failure: unknown;
  try {
    await batch(exchange.db, statements);
  } catch (error) {
    failure = error;
  }
  const kept = await first<Rescoped>(exchange.db, selectAudience(current.tip, signed.digest)).catch(() => undefined);
  if (kept) return ok(kept);
  const broken = brokenGuard(failure);
  if (broken === "key_live")
    return err(problem("key-not-active", "The key ceased to be active meanwhile. Sign again with an active key."));
  if (broken === "recipients_known") return err(leftGroup);
  if (broken) return err(moved());
  return err({
    ...problem("unavailable", "The audience was not changed. Send the same document again."),
    retry_after: 5,
  });
}
