/**
 * Pages of a collection. Guarantees: the same objects in the same order whatever a page holds, none twice and none left out,
 * by `next` and by the date of the last one alike; a page holds no more than was asked for.
 */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant, parseTime } from "../core/time.ts";
import { readCursor, writeCursor } from "../exchange/cursor.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import { beginning, type Place, placeAfter, readSights, type Sight } from "../exchange/read-sights.ts";
import type { Collection } from "./collections.ts";
import { dateAt, dateOf, firstMoment, type Moment, readMoment, shareOf, spotAfter } from "./dates.ts";
import type { Filter } from "./filters.ts";
import { isObservable, readListed } from "./find-object.ts";
import { type Added, objectsOfSight, type Placed } from "./objects-of-sight.ts";
import { wordObjectsAtMost } from "./words-of-sight.ts";

export interface ObjectsPage {
  objects: Added[];
  next?: string;
  /** Of the first and the last object; of an empty page, that of the last one before. */
  first: string;
  last: string;
}

/** Where a page begins: in a sight, behind so many of the objects of its spot. */
interface Start extends Place {
  index: number;
}

/** Batches for one page: filters may pass over what they read. */
const reads = 6;

export async function readCollection(
  exchange: Exchange,
  caller: Caller,
  collection: Collection,
  asked: Filter,
  { limit, next }: { limit: number; next?: string },
): Promise<Result<ObjectsPage, Problem>> {
  const bound = await boundTo(collection, asked);
  const cursor = next === undefined ? undefined : await readNext(exchange, caller, next, bound);
  if (cursor && !cursor.ok) return cursor;
  const { added_after: _before, ...others } = asked;
  const filter: Filter = cursor ? others : asked;
  const before = cursor?.value.last ?? filter.added_after ?? firstMoment;
  // Who has to leave others their share is given what small requests are: a client that reads on has no use for a refusal.
  const isLarge = limit > smallPage && (await caller.work.begin(limit * objectBytes)) === undefined;
  const most = isLarge ? limit : Math.min(limit, smallPage);
  const start = cursor?.value.start;
  const found: Result<Found<Added>, Problem> = filter.ids
    ? await readListed(
        exchange,
        caller,
        collection,
        { ids: filter.ids, fits: (added) => fits(added, filter) },
        { limit: most, from: start?.seq ?? 0 },
      )
    : await readPage(exchange, caller, collection, filter, { limit: most, ...(start && { start }) });
  if (!found.ok) return found;
  const { objects, goOn } = found.value;
  const last = objects.at(-1)?.date_added ?? dateAt(before);
  return ok({
    objects,
    ...(goOn && { next: await writeNext(exchange, caller, goOn, bound, last) }),
    first: objects[0]?.date_added ?? last,
    last,
  });
}

/** What an object takes on average. */
const objectBytes = 650;
/** Objects of a page that takes no turn. */
const smallPage = Math.floor(limits.large.answer_bytes / objectBytes);

interface Found<Object extends Added> {
  objects: Object[];
  /** Absent where there is no more. */
  goOn?: Start;
}

async function readPage(
  exchange: Exchange,
  caller: Caller,
  collection: Collection,
  filter: Filter,
  { limit, start }: { limit: number; start?: Start },
): Promise<Result<Found<Placed>, Problem>> {
  const units = unitsOf(filter.types);
  const least = units.tip + Math.max(units.indicator, units.word);
  if (filter.isEmpty || least === 0 || filter.versions?.length === 0) return ok({ objects: [] });
  const objects: Placed[] = [];
  let at = start ?? (await startAfter(exchange, filter.added_after));
  let goOn: Start | undefined;
  for (let round = 0; round < reads; round++) {
    const left = limit - objects.length;
    // What room there is left for less than a tip's beginning and an indicator stays empty, but on the smallest pages.
    if (left < least && objects.length > 0) break;
    const { sights, ...read } = await readSights(exchange, caller, "taxii", at, {
      // Filters may pass over much: where nothing was found yet, twice as much is looked at each time.
      most: Math.max(left, least) * (objects.length === 0 ? 2 ** round : 1),
      units,
      embargoed: collection.embargoed,
      ends: true,
      documents: units.tip > 0,
      one: left < least,
      isRecorded: round > 0,
      ...(collection.group !== undefined && { group: collection.group }),
      ...(collection.tlp && { tlp: collection.tlp }),
      ...(filter.versions && { times: filter.versions.map(instant) }),
    });
    const busy = await takeTurn(caller, sights);
    if (busy) return err(busy);
    const jump = round === 0 && !start && filter.added_after ? jumpOf(sights[0], at, filter.added_after) : undefined;
    if (jump) {
      at = jump;
      continue;
    }
    const begun = at;
    goOn = read.more ? { ...read.next, index: 0 } : undefined;
    at = { ...read.next, index: 0 };
    const fitting = sights
      .flatMap((sight) => objectsOfSight(exchange.url, sight))
      .filter((added) => !isBefore(added, begun) && fits(added, filter));
    const cut = fitting[left];
    objects.push(...fitting.slice(0, left));
    if (cut) goOn = { seq: cut.row.sight_seq, ...cut.spot };
    if (!goOn || cut) break;
  }
  return ok(goOn ? endAtDate(objects, goOn) : { objects });
}

/** A document that is large takes its turn before it is decoded. */
async function takeTurn(caller: Caller, sights: readonly Sight[]): Promise<Problem | undefined> {
  const characters = sights.reduce((sum, sight) => sum + sight.characters, 0);
  return characters > limits.large.answer_bytes ? caller.work.begin(characters / 2) : undefined;
}

/** Objects of a tip's beginning, of an indicator and of a word that are of the types asked for: how much of a page they take at most. */
export function unitsOf(types: ReadonlySet<string> | undefined): { tip: number; indicator: number; word: number } {
  if (!types) return { tip: 4, indicator: 4, word: wordObjectsAtMost };
  const has = (type: string, times = 1) => (types.has(type) ? times : 0);
  return {
    tip: has("identity") + has("marking-definition", 2) + has("campaign"),
    indicator: has("indicator") + has("relationship", 2) + ([...types].some(isObservable) ? 1 : 0),
    word: has("identity") + has("sighting") + has("opinion"),
  };
}

export const fits = (
  { object, version, date_added }: Added,
  { types, versions, added_after, isEmpty }: Filter,
): boolean =>
  !isEmpty &&
  (!types || types.has(object.type)) &&
  (!versions || versions.includes(parseTime(version)!)) &&
  (!added_after || date_added > dateAt(added_after));

const isBefore = ({ row, spot }: Placed, start: Start): boolean =>
  row.sight_seq === start.seq && spot.ordinal === start.ordinal && spot.index < start.index;

async function startAfter(exchange: Exchange, moment: Moment | undefined): Promise<Start> {
  return { ...(moment ? await placeAfter(exchange, moment.at) : beginning), index: 0 };
}

/** The time asked for lies in the first tip: where to go on in it. */
function jumpOf(sight: Sight | undefined, at: Start, { at: time, micros }: Moment): Start | undefined {
  if (!sight || sight.row.at !== time || at.ordinal >= 0 || micros === 0) return undefined;
  const spot = spotAfter(sight.row.whole, micros);
  return spot.ordinal < 0 ? undefined : { seq: sight.row.sight_seq, ...spot };
}

/** A page that goes on ends where a date does, as far as it holds more than one: what is after a date is then whole. */
function endAtDate(objects: Placed[], goOn: Start): Found<Placed> {
  const last = objects.at(-1);
  if (!last || last.row.sight_seq !== goOn.seq || shareOf(last.row.whole) === 1) return { objects, goOn };
  const following = dateOf(last.row.at, last.row.whole, goOn);
  const cut = objects.findIndex(({ date_added }) => date_added === following);
  if (cut <= 0) return { objects, goOn };
  return { objects: objects.slice(0, cut), goOn: { seq: goOn.seq, ...objects[cut]!.spot } };
}

/**
 * What a `next` is of, as a number: with other filters it is another's. `added_after` is none of these: where `next` leads is
 * behind it, and a widespread client leaves it out there, or sends the time of its last run beside a `next` from before.
 */
async function boundTo({ id }: Collection, { ids, types, versions }: Filter): Promise<number> {
  const text = JSON.stringify([id, ids, types && [...types].sort(), versions]);
  const known = bounds.get(text);
  if (known !== undefined) return known;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const bound = new DataView(hash.buffer).getUint32(0);
  if (text.length > 200) return bound;
  if (bounds.size >= 1_000) bounds.clear();
  bounds.set(text, bound);
  return bound;
}

/** Of what clients ask page after page. */
const bounds = new Map<string, number>();

const microsOf = ({ at, micros }: Moment): number => parseTime(at)! * 1_000 + micros;

const writeNext = (exchange: Exchange, caller: Caller, { seq, ordinal, index }: Start, bound: number, last: string) =>
  writeCursor(exchange, caller, "taxii", [seq, ordinal, index, bound, microsOf(readMoment(last)!)]);

async function readNext(
  exchange: Exchange,
  caller: Caller,
  next: string,
  bound: number,
): Promise<Result<{ start: Start; last: Moment }, Problem>> {
  const cursor = await readCursor(exchange, caller, "taxii", next, 5);
  const [seq, ordinal, index, of, micros] = (cursor.ok ? cursor.value : []) as [number, number, number, number, number];
  if (of !== bound) {
    return err(
      problem("malformed-parameter", "Pass `next` as the page before gave it, with the same filters; or begin again.", [
        { pointer: "/next", detail: "Not of this collection with these filters, or from before a restore." },
      ]),
    );
  }
  return ok({
    start: { seq, ordinal, index },
    last: { at: instant(Math.floor(micros / 1_000)), micros: micros % 1_000 },
  });
}
