/** The refusal where a partner's day is used up: it says when the next one begins. */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { dayMs } from "../core/time.ts";
import type { Caller, Exchange } from "./exchange.ts";

export const quotaOfTips = "index keys or bytes of tips";

export const quotaUsed = (what: string, now: number): Problem => ({
  ...problem("quota", `Today's quota of ${what} is used up. Go on after midnight UTC.`),
  retry_after: Math.ceil((dayMs - (now % dayMs)) / 1_000),
});

/** Where nothing is left at all there is no need to read what is asked. */
export const submissionsLeft = ({ now }: Exchange, { quota }: Caller): Problem | undefined =>
  quota.index_keys >= limits.quota.index_keys || quota.bytes >= limits.quota.bytes
    ? quotaUsed(quotaOfTips, now)
    : undefined;

export const questionsLeft = ({ now }: Exchange, { quota }: Caller): Problem | undefined =>
  quota.questions >= limits.quota.questions ? quotaUsed("questions", now) : undefined;
