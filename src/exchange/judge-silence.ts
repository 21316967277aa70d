/**
 * What a partner says of a tip names it to the tip's author. An agency that reads under a non-disclosure does not say it by a slip:
 * it is refused, and speaks under a purpose that has none.
 */
import { type Problem, problem } from "../core/problem.ts";
import { selectDisclosed } from "../store/accesses.ts";
import { first } from "../store/database.ts";
import type { Caller, Exchange } from "./exchange.ts";

export async function judgeSilence(exchange: Exchange, { kind, purpose }: Caller): Promise<Problem | undefined> {
  if (kind !== "law_enforcement") return undefined;
  const found = await first(exchange.db, selectDisclosed(purpose, exchange.now));
  if (found?.disclosed === 1) return undefined;
  return problem(
    "under-non-disclosure",
    "You read under a non-disclosure, and this would name you to the tip's author. Say it under a purpose that states none.",
  );
}
