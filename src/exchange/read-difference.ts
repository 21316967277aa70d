/** What a tip's current version changed of the one before, page by page; recorded as a reading of its indicators. */
import { countsOf, type Difference } from "../core/difference.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { canonicalise } from "../core/indicators/registry.ts";
import { limits } from "../core/limits.ts";
import { markMembers } from "../core/marks.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { recordAccess, recordTips } from "../store/accesses.ts";
import { batch, first } from "../store/database.ts";
import { selectAt, selectDifference, selectTextBefore } from "../store/differences.ts";
import { tipNumberOf } from "../store/tips.ts";
import { indicatorsIn } from "./compare-versions.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { sitesOf } from "./sites.ts";

/** One change by its places: in the current version, and in the one before. */
type Change = ["changed" | "added" | "removed", number | undefined, number | undefined];

const changesOf = ({ changed, added, removed }: Difference): Change[] => [
  ...changed.map(([old, now]): Change => ["changed", now, old]),
  ...added.map((now): Change => ["added", now, undefined]),
  ...removed.map((old): Change => ["removed", undefined, old]),
];

/** Undefined: not there or not the caller's. */
export async function readDifference(
  exchange: Exchange,
  caller: Caller,
  tip: string,
  { limit, after }: { limit: number; after?: string },
): Promise<Result<Record<string, unknown> | undefined, Problem>> {
  const { now } = exchange;
  // Nothing of this is handed out before the batch below judges and records it.
  const found = await first(exchange.db, selectDifference(caller, tip, now));
  const difference: Difference | undefined = JSON.parse(found?.difference ?? "null") ?? undefined;
  const begun = await beginAt(exchange, caller, after, found?.version ?? 0);
  if (!begun.ok) return begun;
  const changes = difference ? changesOf(difference) : [];
  const page = changes.slice(begun.value, begun.value + limit);
  const wantsBefore = page.some(([, , old]) => old !== undefined);
  const busy =
    found?.bytes && wantsBefore ? await caller.work.begin(Math.max(found.bytes, limits.large.answer_bytes)) : undefined;
  if (busy) return err(busy);
  const sites = await sitesOf(exchange);
  const [[row], bodies, pieces] = await batch(exchange.db, [
    selectDifference(caller, tip, now),
    selectAt(
      caller,
      tip,
      page.flatMap(([, place]) => place ?? []),
      now,
    ),
    ...(wantsBefore ? [selectTextBefore(caller, tip, now)] : [selectAt(caller, tip, [], now)]),
    recordTips(caller, "indicators", now, tipNumberOf(tip)),
    recordAccess(caller, "indicators", now),
  ]);
  if (!row) return ok(undefined);
  if (row.version !== found?.version) return err(movedOn);
  const current = new Map(bodies.map(({ ordinal, body }) => [ordinal, JSON.parse(body) as Indicator]));
  const marks = new Map(bodies.map(({ ordinal, mark }) => [ordinal, mark]));
  const before = indicatorsIn(pieces as { text: string }[]);
  const formerly = (place: number): Indicator | undefined => {
    const written = before[place];
    const parsed = written && canonicalise(written, sites);
    return parsed?.ok ? parsed.value.indicator : written;
  };
  const end = begun.value + page.length;
  const more = end < changes.length;
  return ok({
    tip: row.tip,
    version: row.version,
    from: row.from,
    through: row.through,
    tlp: row.tlp,
    handling: JSON.parse(row.handling ?? "[]"),
    ...(row.embargo && { embargo: JSON.parse(row.embargo) }),
    ...(difference && { difference: countsOf(difference) }),
    changes: page.map(([change, place, old]) => ({
      change,
      ...(place !== undefined && { ...at(place, current.get(place)), ...markMembers(marks.get(place) ?? 0) }),
      ...(old !== undefined && { before: at(old, formerly(old)) }),
    })),
    next: more ? await writeCursor(exchange, caller, "difference", [row.version, end]) : null,
    more,
  });
}

const at = (ordinal: number, indicator: Indicator | undefined) => ({ ordinal, ...(indicator && { indicator }) });

const movedOn = problem("version-conflict", "The tip has a newer version: read its difference from the start.");

async function beginAt(
  exchange: Exchange,
  caller: Caller,
  after: string | undefined,
  version: number,
): Promise<Result<number, Problem>> {
  if (!after) return ok(0);
  const cursor = await readCursor(exchange, caller, "difference", after, 2);
  if (!cursor.ok) return cursor;
  const [of, place] = cursor.value as [number, number];
  return of === version || version === 0 ? ok(place) : err(movedOn);
}
