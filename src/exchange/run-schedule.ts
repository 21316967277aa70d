/**
 * What time brings, once a minute, in bounded steps that resume: `embargo_lifted`, `expiring`, `expired`, recalls after a
 * departure, erasure, index rows that can no longer match, ids no longer needed. Each step is one transaction.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import { dayMs, instant } from "../core/time.ts";
import { all, batch, brokenGuard, guard, type SQL, type SQLWrapper } from "../store/database.ts";
import * as schedule from "../store/schedule.ts";
import type { Exchange } from "./exchange.ts";

/** Tips of one kind told, or erased, in one run. */
const tipsARun = 100;
const departuresARun = 5;
/** Indicators swept in one step, and steps in one run. */
const indicatorsAStep = 1_000;
const sweepsARun = 10;

export async function runSchedule(exchange: Exchange): Promise<void> {
  await tellTimes(exchange);
  await recallDepartures(exchange);
  await eraseContent(exchange);
  await sweepIndex(exchange);
  await batch(exchange.db, schedule.deleteStale(instant(exchange.now), instant(exchange.now - 30 * dayMs)));
}

/** Unless what was found due is not so any more: then nothing is written. */
async function ifStill(exchange: Exchange, condition: SQL, statements: SQLWrapper[]): Promise<void> {
  try {
    await batch(exchange.db, [guard("still_due", condition), ...statements]);
  } catch (error) {
    if (brokenGuard(error) !== "still_due") throw error;
  }
}

async function tellTimes(exchange: Exchange): Promise<void> {
  const soon = instant(exchange.now + limits.expiring_days * dayMs);
  for (const due of schedule.dueTimes(instant(exchange.now), soon)) {
    for (const { tip_no } of await all(exchange.db, schedule.selectDue(due, tipsARun))) {
      await ifStill(exchange, schedule.stillDue(due, tip_no), schedule.tell(due, tip_no));
    }
  }
}

/** What an ended membership gave sight of: recalled by name, or told afresh where the partner still sees it otherwise. */
async function recallDepartures(exchange: Exchange): Promise<void> {
  const now = instant(exchange.now);
  for (const left of await all(exchange.db, schedule.selectDepartures(departuresARun))) {
    const tips = await all(exchange.db, schedule.selectLeftBehind(left, now, tipsARun));
    for (const tip of tips) {
      if (tip.lost === 1)
        await ifStill(exchange, schedule.lacksSight(left, tip.tip_no), schedule.recallFrom(left, tip.tip_no, now));
      // What it still sees by another token may never have been read under the group's.
      else if (tip.sees === 1) await batch(exchange.db, schedule.tellAfresh(left, tip.tip_no, now));
    }
    const next = tips.length < tipsARun ? undefined : tips.at(-1)!.tip_no + 1;
    await batch(exchange.db, [schedule.advanceDeparture(left, next)]);
  }
}

/** Rule 10: nothing lives forever. The author has a while to publish a new version, which begins the tip anew. */
async function eraseContent(exchange: Exchange): Promise<void> {
  const before = instant(exchange.now - limits.erase_days * dayMs);
  for (const { tip_no } of await all(exchange.db, schedule.selectErasable(before, tipsARun))) {
    const erased = schedule.erase(tip_no, instant(exchange.now));
    await ifStill(exchange, schedule.stillErasable(tip_no, before), erased);
  }
}

/**
 * Indicators that no question may meet any more: of replaced versions, past validity, erased. Their keys are made again
 * from the canonical form, since the index has no second order.
 */
async function sweepIndex(exchange: Exchange): Promise<void> {
  for (let step = 0; step < sweepsARun; step++) {
    const gone = await all(exchange.db, schedule.selectInvalid(instant(exchange.now), indicatorsAStep));
    if (gone.length === 0) return;
    const keys = gone.flatMap(({ body, tip_no, version, ordinal }) =>
      keysOf(JSON.parse(body) as Indicator).map((key) => [key, tip_no, version, ordinal] as const),
    );
    const rows = gone.map(({ tip_no, version, ordinal }) => [tip_no, version, ordinal] as const);
    await batch(exchange.db, schedule.deleteIndicators(keys, rows));
  }
}
