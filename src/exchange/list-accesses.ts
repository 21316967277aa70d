/**
 * The records of what was handed out, to whom they concern. A tip's author: which partner on which day, of law enforcement also
 * country and kinds of legal basis; never that a question was answered, never case or unit. A partner: its own, whole. The
 * steward: everybody's, without cases and units, which are the agencies' own, and of its own tips what their author is told.
 */
import type { Problem } from "../core/problem.ts";
import { ok, type Result } from "../core/result.ts";
import {
  type AccessFilter,
  type AccessPlace,
  type AccessRow,
  beforeAll,
  firstPlace,
  type HandedRow,
  selectAccesses,
  selectHanded,
} from "../store/accesses.ts";
import { all, batch } from "../store/database.ts";
import type { TipRow } from "../store/tips.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Caller, Exchange } from "./exchange.ts";
import type { Page } from "./list-tips.ts";

interface Asked {
  limit: number;
  after?: string;
}

/**
 * To whom the author's tip was handed, the newest day first. A place is that of a row that was shown, and a page is full
 * where there is more: what is not told of changes neither.
 */
export async function listHanded(
  exchange: Exchange,
  caller: Caller,
  { tip_no }: TipRow,
  { limit, after }: Asked,
): Promise<Result<Page<Record<string, unknown>>, Problem>> {
  const place = after ? await readCursor<string>(exchange, caller, "handed", after, 2) : ok([beforeAll, ""]);
  if (!place.ok) return place;
  const [day, partner] = place.value as [string, string];
  const rows = await all(exchange.db, selectHanded(tip_no, day, partner, limit + 1, exchange.now));
  const nextBehind = (row: HandedRow) => writeCursor(exchange, caller, "handed", [row.day, row.partner]);
  return ok(await pageOf(rows, limit, handed, nextBehind));
}

const handed = ({ day, partner, kind, country, legal_bases }: HandedRow): Record<string, unknown> => ({
  day,
  partner,
  kind,
  ...(kind === "law_enforcement" && { country, legal_bases: (JSON.parse(legal_bases) as string[]).sort() }),
});

/** `everybody`: the steward asks; else the filter's partner is the caller. */
export async function listAccesses(
  exchange: Exchange,
  caller: Caller,
  filter: AccessFilter & Asked,
  everybody: boolean,
): Promise<Result<Page<Record<string, unknown>>, Problem>> {
  const { limit, after, ...asked } = filter;
  const place = after ? await readCursor<string | number>(exchange, caller, "accesses", after, parts.length) : ok([]);
  if (!place.ok) return place;
  const behind = after
    ? (Object.fromEntries(parts.map((part, at) => [part, place.value[at]])) as unknown as AccessPlace)
    : firstPlace;
  const of = everybody ? asked : { ...asked, partner: caller.partner };
  const select = (more: AccessFilter) =>
    selectAccesses(caller.partner, { ...of, ...more }, behind, limit + 1, exchange.now);
  // Of everybody's: the rest of the partner's the page before ended with, then the others'.
  const rest = of.partner || of.tip ? [] : [select({ partner: behind.partner })];
  const rows = (await batch(exchange.db, [...rest, select({})])).flat().slice(0, limit + 1);
  const nextBehind = (row: AccessRow) =>
    writeCursor(
      exchange,
      caller,
      "accesses",
      parts.map((part) => row[part]),
    );
  return ok(await pageOf(rows, limit, (row) => accessOf(row, row.partner === caller.partner), nextBehind));
}

const parts = ["partner", "tip_no", "day", "version", "door", "purpose"] as const;

const accessOf = (row: AccessRow, own: boolean): Record<string, unknown> => ({
  day: row.day,
  partner: row.partner,
  tip: row.tip,
  version: row.version,
  door: row.door,
  ...(row.kind === "law_enforcement" && {
    country: row.country,
    ...(row.legal_basis && { purpose: row.purpose, legal_basis: row.legal_basis }),
    ...(own && row.legal_basis && { case: row.case_reference, unit: row.unit }),
  }),
});

async function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  shown: (row: Row) => Record<string, unknown>,
  nextBehind: (last: Row) => Promise<string>,
): Promise<Page<Record<string, unknown>>> {
  const page = rows.slice(0, limit);
  const more = rows.length > page.length;
  return { items: page.map(shown), next: more ? await nextBehind(page.at(-1)!) : null, more };
}
