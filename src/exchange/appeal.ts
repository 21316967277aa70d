/**
 * A recipient reports that it upheld an appeal against what it did on an indicator. When this returns, the indicator is marked and
 * everyone who has it or had it is told, each by name, so that each can look again; who reported it is told to the author alone.
 */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant } from "../core/time.ts";
import {
  type Appealable,
  appeal,
  appealsLeft,
  selectAppealable,
  selectAppealed,
  stillAppealable,
} from "../store/appeals.ts";
import { batch, brokenGuard, first, guard, isTaken } from "../store/database.ts";
import { newest } from "../store/events.ts";
import { selectPresent } from "../store/marks.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { notChanged } from "./own-document.ts";
import { quotaUsed } from "./quota-used.ts";
import { ring } from "./waiting.ts";

/** Undefined: not there, not the caller's to speak of, or its own. */
export const findAppealable = (exchange: Exchange, caller: Caller, tip: string): Promise<Appealable | undefined> =>
  first(exchange.db, selectAppealable(caller, tip, exchange.now));

export interface Appealed {
  tip: string;
  version: number;
  indicators: number[];
}

const moved = problem("version-conflict", "The tip has another version now. Look at it, and name its indicators.");

/** Times it is judged anew where the same was reported meanwhile. */
const tries = 3;

export async function appealIndicators(
  exchange: Exchange,
  caller: Caller,
  found: Appealable,
  body: { indicators: number[]; version: number; decided_on?: string | undefined },
): Promise<Result<Appealed, Problem>> {
  if (body.version !== found.version) return err(moved);
  const list = [...new Set(body.indicators)].sort((a, b) => a - b);
  const done = ok({ tip: found.tip, version: found.version, indicators: list });
  const now = instant(exchange.now);
  const today = dayOf(exchange.now);
  const used = quotaUsed("reports of appeals", exchange.now);
  for (let round = 0; round < tries; round++) {
    const [present, appealed] = await batch(exchange.db, [
      selectPresent(found.tip_no, list),
      selectAppealed(caller.partner, found, list),
    ]);
    const known = new Set(present.map(({ ordinal }) => ordinal));
    const faults = body.indicators.flatMap((ordinal, at) =>
      known.has(ordinal)
        ? []
        : [{ pointer: `/indicators/${at}`, detail: "No indicator of this version, or past its validity." }],
    );
    if (faults.length > 0) return err(problem("invalid-request", "Nothing was reported.", faults));
    const before = new Set(appealed.map(({ ordinal }) => ordinal));
    const fresh = list.filter((ordinal) => !before.has(ordinal));
    if (fresh.length === 0) return done;
    const budget = [caller.partner, today, fresh.length, limits.appeals] as const;
    try {
      const results = await batch(exchange.db, [
        guard("version_current", stillAppealable(caller, found, exchange.now)),
        guard("quota_left", appealsLeft(...budget)),
        ...appeal(caller.partner, found, fresh, body.decided_on, now),
        newest,
      ]);
      ring();
      exchange.wake((results.at(-1) as { seq: number }[])[0]!.seq);
      return done;
    } catch (error) {
      if (isTaken(error)) continue;
      const broken = brokenGuard(error);
      if (broken === "version_current") return err(moved);
      if (broken === "quota_left") return err(used);
      throw error;
    }
  }
  return err(notChanged);
}
