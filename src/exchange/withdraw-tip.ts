/** Takes a tip back for good: hidden from all at once, and everyone who has or had it is told by name. */
import { withdrawalSchema } from "../core/audience.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { batch, brokenGuard, first, guard } from "../store/database.ts";
import { keyLive } from "../store/keys.ts";
import * as tips from "../store/tips.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { judgeOwn, keyGone, notChanged } from "./own-document.ts";
import { ring } from "./waiting.ts";

/** `current` is the caller's own tip; whether it is was judged before the body was read. */
export async function withdrawTip(
  exchange: Exchange,
  caller: Caller,
  current: tips.TipRow,
  body: unknown,
): Promise<Result<tips.Withdrawn, Problem>> {
  const find = (digest: string) => first(exchange.db, tips.selectWithdrawn(current.tip, digest));
  const judged = await judgeOwn(exchange, caller, current, {
    body,
    type: "withdrawal+jws",
    schema: withdrawalSchema,
    find,
  });
  if (!judged.ok) return judged;
  if (judged.value.done) return ok(judged.value.done);
  const { kept, content } = judged.value;
  if (current.withdrawn_at) return err(problem("withdrawn", "The tip is withdrawn already."));
  if (content.version !== current.version || content.digest !== current.digest) {
    return err(problem("version-conflict", `Withdraw the current version ${current.version}, by its digest.`));
  }
  const now = instant(exchange.now);
  let failure: unknown;
  try {
    await batch(exchange.db, [
      guard("key_live", keyLive(kept.kid, now), keyLive(caller.kid, now)),
      guard("version_current", tips.standsAt(current.tip, caller.partner, { version: current.version })),
      ...tips.withdraw(current.tip, kept, now),
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
  if (broken) {
    return err(problem("version-conflict", "The tip has moved on meanwhile. Read it and sign again."));
  }
  return err(notChanged);
}
