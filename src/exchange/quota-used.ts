/** The refusal where a partner's day is used up: it says when the next one begins. */
import { type Problem, problem } from "../core/problem.ts";
import { dayMs } from "../core/time.ts";

export const quotaUsed = (what: string, now: number): Problem => ({
  ...problem("quota", `Today's quota of ${what} is used up. Go on after midnight UTC.`),
  retry_after: Math.ceil((dayMs - (now % dayMs)) / 1_000),
});
