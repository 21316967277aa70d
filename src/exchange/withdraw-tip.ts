/** Takes a tip back for good: hidden from all at once, and everyone who has or had it is told by name. */
import { withdrawalSchema } from "../core/audience.ts";
import { type Fault, type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { batch, brokenGuard, first, guard, sql } from "../store/database.ts";
import { addEvent, addressAuthor, addressNames, lastSeq } from "../store/events.ts";
import { keyLive } from "../store/partners.ts";
import * as tips from "../store/tips.ts";
import { hadOrHas } from "../store/visibility.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { judgeKey, judgeSignature, loadKeys, openDocument } from "./signed-document.ts";
import { faultsOf } from "./zod-faults.ts";

export interface Withdrawn {
  tip: string;
  withdrawn_at: string;
  seq: number;
}

const selectWithdrawal = (tip: string, digest: string) => sql`
  SELECT t.tip, w.accepted_at AS withdrawn_at, w.seq FROM tip t JOIN withdrawal w ON w.tip_no = t.tip_no
  WHERE t.tip = ${tip} AND w.digest = ${digest}`;

/** `current` is the caller's own tip; whether it is was judged before the body was read. */
export async function withdrawTip(
  exchange: Exchange,
  caller: Caller,
  current: tips.TipRow,
  body: unknown,
): Promise<Result<Withdrawn, Problem>> {
  const now = instant(exchange.now);
  const opened = await openDocument(body, "withdrawal+jws", "");
  if (!opened.ok) return opened;
  const signed = opened.value;
  const keys = await loadKeys(exchange, caller, [signed]);
  const refused = await judgeSignature(signed, caller, keys);
  if (refused) return err(refused);
  const same = await first<Withdrawn>(exchange.db, selectWithdrawal(current.tip, signed.digest));
  if (same) return ok(same);
  const dead = judgeKey(signed, keys, now);
  if (dead) return err(dead);
  const parsed = signed.content.ok ? withdrawalSchema.safeParse(signed.content.value) : undefined;
  const faults: Fault[] = signed.content.ok ? faultsOf(parsed!) : signed.content.error;
  if (parsed?.success) {
    if (parsed.data.exchange !== exchange.url)
      faults.push({ pointer: "/exchange", detail: `This exchange is ${exchange.url}.` });
    if (parsed.data.tip !== current.tip) faults.push({ pointer: "/tip", detail: "Must be the tip of the path." });
  }
  if (faults.length > 0 || !parsed?.success)
    return err(problem("invalid-document", "The withdrawal is not acceptable. Nothing was changed.", faults));
  if (current.withdrawn_at) return err(problem("withdrawn", "The tip is withdrawn already."));
  if (parsed.data.version !== current.version || parsed.data.digest !== current.digest) {
    return err(problem("version-conflict", `Withdraw the current version ${current.version}, by its digest.`));
  }
  const tipNo = tips.tipNoOf(current.tip);
  let failure: unknown;
  try {
    await batch(exchange.db, [
      guard("key_live", sql`${keyLive(signed.opened.kid, now)} AND ${keyLive(caller.kid, now)}`),
      guard(
        "version_current",
        sql`EXISTS (SELECT 1 FROM tip WHERE tip = ${current.tip} AND author = ${caller.partner}
        AND version = ${current.version} AND withdrawn_at IS NULL)`,
      ),
      addEvent("withdrawn", now, tipNo),
      addressAuthor(tipNo),
      addressNames(hadOrHas(tipNo)),
      sql`INSERT OR REPLACE INTO withdrawal (tip_no, digest, kid, protected, payload, signature, seq, accepted_at)
        SELECT ${tipNo}, ${signed.digest}, ${signed.opened.kid}, ${signed.envelope.protected}, ${signed.envelope.payload},
          ${signed.envelope.signature}, ${lastSeq}, ${now}`,
      sql`UPDATE tip SET withdrawn_at = ${now} WHERE tip = ${current.tip}`,
    ]);
  } catch (error) {
    failure = error;
  }
  const kept = await first<Withdrawn>(exchange.db, selectWithdrawal(current.tip, signed.digest)).catch(() => undefined);
  if (kept) return ok(kept);
  const broken = brokenGuard(failure);
  if (broken === "key_live")
    return err(problem("key-not-active", "The key ceased to be active meanwhile. Sign again with an active key."));
  if (broken) return err(problem("version-conflict", "The tip has moved on meanwhile. Read it and sign again."));
  return err({ ...problem("unavailable", "The tip was not withdrawn. Send the same document again."), retry_after: 5 });
}
