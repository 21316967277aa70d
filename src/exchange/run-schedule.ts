/**
 * What time brings, once a minute, in bounded steps that resume: `embargo_lifted`, `expiring`, `expired`, erasure, index rows
 * that can no longer match, recalls after a departure, reminders, ids no longer needed, a month's report. Each step is one
 * transaction.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { keysOf } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import { dayMs, instant } from "../core/time.ts";
import { all, batch, brokenGuard, guard, type RowOf, type SQL, type SQLWrapper } from "../store/database.ts";
import * as disputes from "../store/disputes.ts";
import { eraseFeedback } from "../store/feedback.ts";
import { deleteDays, forget, selectHeldTooLong } from "../store/held-tips.ts";
import * as recalls from "../store/recalls.ts";
import * as schedule from "../store/schedule.ts";
import type { Exchange } from "./exchange.ts";
import { reportMonth } from "./report-month.ts";

/** Tips of one kind told, in one transaction; tips and versions erased, and tips recalled for one departure, in one run. */
const toldARun = 1_000;
const tipsARun = 50;
const departuresARun = 5;
/** Indicators swept in one step, and steps in one run. */
const indicatorsAStep = 1_000;
const sweepsARun = 10;
/** Replaced versions of one tip erased in one run, each in a step of its own; in one step signed audiences, and feedback. */
const versionsARun = 10;
const audiencesAStep = 500;
const feedbackAStep = 5_000;
/** Statements that no tip's erasure may take: what is erased leaves the index in the same run. */
const keptForSweeps = 250;
/** Statements of one run before it leaves the rest to the next: D1 allows 1,000 an invocation. */
const statementsARun = 900;

/** One run: the exchange, and the statements it may still make. */
interface Run {
  exchange: Exchange;
  left: number;
}

/** Whatever fails does so by itself: the other steps are done, then the first failure is thrown. */
export async function runSchedule(exchange: Exchange): Promise<void> {
  const run = { exchange, left: statementsARun };
  const failures: unknown[] = [];
  const steps = [
    deleteStale,
    tellTimes,
    report,
    eraseContent,
    eraseHeld,
    sweepIndex,
    markUndecided,
    tellTakenBack,
    recallDepartures,
    remindOfCopies,
  ];
  for (const step of steps) {
    await step(run).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/** Before this run erases what the month counts. */
async function report(run: Run): Promise<void> {
  run.left -= await reportMonth(run.exchange);
}

const deleteStale = (run: Run): Promise<void> => {
  const { now } = run.exchange;
  return write(run, [...schedule.deleteStale(instant(now), instant(now - 30 * dayMs)), deleteDays(now)]);
};

async function read<Query extends SQLWrapper>(run: Run, query: Query): Promise<RowOf<Query>[]> {
  run.left--;
  return all(run.exchange.db, query);
}

async function write(run: Run, statements: readonly SQLWrapper[]): Promise<void> {
  run.left -= statements.length;
  await batch(run.exchange.db, statements);
}

/** Unless what was found due is not so any more, or the run has made its statements: then nothing is written. */
async function ifStill(run: Run, condition: SQL, statements: SQLWrapper[]): Promise<void> {
  if (run.left <= statements.length) return;
  try {
    await write(run, [guard("still_due", condition), ...statements]);
  } catch (error) {
    if (brokenGuard(error) !== "still_due") throw error;
  }
}

async function tellTimes(run: Run): Promise<void> {
  const now = instant(run.exchange.now);
  const soon = instant(run.exchange.now + limits.expiring_days * dayMs);
  for (const due of schedule.dueTimes(now, soon)) await write(run, schedule.tell(due, now, toldARun));
}

/** What an ended membership gave sight of: recalled by name, or told afresh where the partner still sees it otherwise. */
async function recallDepartures(run: Run): Promise<void> {
  const now = instant(run.exchange.now);
  for (const left of await read(run, schedule.selectDepartures(departuresARun))) {
    const tips = await read(run, schedule.selectLeftBehind(left, now, tipsARun));
    for (const tip of tips) {
      if (run.left < 10) return;
      if (tip.lost === 1) {
        await ifStill(run, schedule.lacksSight(left, tip.tip_no), schedule.recallFrom(left, tip.tip_no, now));
      }
      // What it still sees by another token may never have been read under the group's.
      else if (tip.sees === 1) await write(run, schedule.tellAfresh(left, tip.tip_no, now));
    }
    const next = tips.length < tipsARun ? undefined : tips.at(-1)!.tip_no + 1;
    await write(run, [schedule.advanceDeparture(left, next)]);
  }
}

/** Held tips that the steward did not let go. */
async function eraseHeld(run: Run): Promise<void> {
  for (const { held_no } of await read(run, selectHeldTooLong(instant(run.exchange.now), tipsARun))) {
    if (run.left > 10) await write(run, forget(held_no));
  }
}

/** Disputes that their tip's author has left undecided: told once, and marked so from then on. */
async function markUndecided(run: Run): Promise<void> {
  const { now } = run.exchange;
  const before = instant(now - limits.disputes.undecided_days * dayMs);
  for (const { tip_no } of await read(run, disputes.selectUndecided(before, tipsARun))) {
    await ifStill(run, disputes.isOverdue(tip_no, before), disputes.markUndecided(tip_no, before, instant(now)));
  }
}

/** Disputes that ended with the voices of a stolen key. */
async function tellTakenBack(run: Run): Promise<void> {
  const now = instant(run.exchange.now);
  for (const { tip_no } of await read(run, disputes.selectUntold(tipsARun)))
    await ifStill(run, disputes.isUntold(tip_no), disputes.tellTakenBack(tip_no, now));
}

/**
 * Rule 10: nothing lives forever. What has expired goes at once, what was withdrawn or replaced after a few days. A next version
 * begins the tip anew.
 */
async function eraseContent(run: Run): Promise<void> {
  const now = instant(run.exchange.now);
  const before = instant(run.exchange.now - limits.withdrawn_days * dayMs);
  for (const { tip_no } of await read(run, schedule.selectErasable(now, before, tipsARun))) {
    if (run.left < keptForSweeps) return;
    if (!(await eraseParts(run, tip_no))) continue;
    await ifStill(run, schedule.stillErasable(tip_no, now, before), schedule.erase(tip_no, now));
  }
  for (const { tip_no, version } of await read(run, schedule.selectReplaced(before, tipsARun))) {
    if (run.left < keptForSweeps) return;
    await write(run, schedule.eraseVersion(tip_no, version));
  }
}

/** Of a tip that is over what there may be without bound. Whether all of it is gone. */
async function eraseParts(run: Run, tipNo: number): Promise<boolean> {
  const replaced = await read(run, schedule.selectReplacedOf(tipNo, versionsARun + 1));
  for (const { version } of replaced.slice(0, versionsARun)) await write(run, schedule.eraseVersion(tipNo, version));
  const audiences = await read(run, schedule.eraseAudiences(tipNo, audiencesAStep));
  let said = 0;
  for (const part of eraseFeedback(tipNo, feedbackAStep)) said = Math.max(said, (await read(run, part)).length);
  return replaced.length <= versionsARun && audiences.length < audiencesAStep && said < feedbackAStep;
}

/** Who is late in saying what became of its copy: all of one tip by one event. */
async function remindOfCopies(run: Run): Promise<void> {
  const { now } = run.exchange;
  for (const { tip_no } of await read(run, recalls.selectReminders(now, tipsARun))) {
    if (run.left < 10) return;
    await write(run, recalls.remind(tip_no, now));
  }
}

/**
 * Indicators that no question may meet any more: of replaced versions, past validity, erased. Their keys are made again
 * from the canonical form, since the index has no second order.
 */
async function sweepIndex(run: Run): Promise<void> {
  for (let step = 0; step < sweepsARun && run.left > 30; step++) {
    const gone = await read(run, schedule.selectInvalid(instant(run.exchange.now), indicatorsAStep));
    if (gone.length === 0) return;
    const keys = gone.flatMap(({ body, tip_no, version, ordinal }) =>
      keysOf(JSON.parse(body) as Indicator).map((key) => [key, tip_no, version, ordinal] as const),
    );
    const rows = gone.map(({ tip_no, version, ordinal }) => [tip_no, version, ordinal] as const);
    await write(run, schedule.deleteIndicators(keys, rows));
  }
}
