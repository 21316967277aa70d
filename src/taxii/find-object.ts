/**
 * Objects by their ids: each a direct read. Ids of our own objects lead back to the tip, of what was said of
 * it too, those of observables through what is kept of all tips', those of partners through the directory. What is not there and what is not the caller's are the same work.
 */
import { tlps } from "../core/audience.ts";
import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { findCarrier, findNewestBy, findNewestWordBy, listSlugs } from "../exchange/carriers.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import { findMarked, findWord } from "../exchange/find-sight.ts";
import { readSight, type Sight, type SightOf } from "../exchange/read-sights.ts";
import { type ObjectId, readObjectId } from "../formats/stix/ids.ts";
import { tlpIds, tlpMarking } from "../formats/stix/markings.ts";
import { observed } from "../formats/stix/observable.ts";
import { uuidOfUrl } from "../formats/stix/uuid.ts";
import { readWordId } from "../formats/stix/word-ids.ts";
import type { Collection } from "./collections.ts";
import { dateAt, readMoment } from "./dates.ts";
import { keeping } from "./keep-observables.ts";
import { type Added, objectsOfSight } from "./objects-of-sight.ts";
import { wordObjectsAtMost } from "./words-of-sight.ts";

const observableTypes = new Set([
  "user-account",
  "ipv4-addr",
  "ipv6-addr",
  "file",
  "domain-name",
  "url",
  "email-addr",
  ...[...observed].map((type) => `x-tipoff-${type}`),
]);
export const isObservable = (type: string): boolean => observableTypes.has(type);

type Found = Result<Added | undefined, Problem>;

interface Asked {
  exchange: Exchange;
  caller: Caller;
  collection: Collection;
  options: SightOf;
}

/** Undefined: not there, or not the caller's. `isRecorded`: it goes on with a request whose access is. */
export async function findObject(
  exchange: Exchange,
  caller: Caller,
  collection: Collection,
  id: string,
  isRecorded = false,
): Promise<Found> {
  const { embargoed, group, tlp } = collection;
  const part = { embargoed, ...(group !== undefined && { group }), ...(tlp && { tlp }) };
  const asked = { exchange, caller, collection, options: { ...part, ends: true, documents: false, isRecorded } };
  const type = id.slice(0, id.indexOf("--"));
  const marking = tlps.find((level) => tlpIds[level] === id);
  if (marking) return ok(!tlp || tlp === marking ? markingAdded(marking) : undefined);
  const own = readObjectId(id);
  if (own) return pick(caller, exchange, await readOwn(asked, own, id), id);
  const said = readWordId(id);
  if (said) {
    const tip = (await findMarked(exchange, said)) ?? "";
    return pick(caller, exchange, await readWord(asked, tip, await findWord(exchange, caller, tip, said)), id);
  }
  if (type === "identity") {
    const partner = await partnerOf(exchange, id);
    const found = await findNewestBy(exchange, caller, partner, part);
    if (found) return pick(caller, exchange, await readHead(asked, found.tip), id);
    const word = await findNewestWordBy(exchange, caller, partner, part);
    return pick(caller, exchange, await readWord(asked, word?.tip ?? "", word), id);
  }
  if (!isObservable(type)) return ok(undefined);
  const carrier = await findCarrier(exchange, caller, id, part, keeping(caller));
  if (!carrier.ok) return carrier;
  const { tip, ordinal } = carrier.value ?? { tip: "", ordinal: 0 };
  // Who names an observable asks for its value: that is recorded as a question is, of which no author is told.
  return pick(caller, exchange, await readIndicator(asked, tip, ordinal, "match"), id);
}

const readHead = ({ exchange, caller, options }: Asked, tip: string) =>
  readSight(exchange, caller, "taxii", tip, { ...options, documents: true, units: { tip: 0, indicator: 0, word: 0 } });

const readIndicator = (
  { exchange, caller, options }: Asked,
  tip: string,
  ordinal: number,
  door: "taxii" | "match" = "taxii",
) => readSight(exchange, caller, door, tip, { ...options, ordinal, most: 1, units: { tip: 0, indicator: 1, word: 0 } });

/** A tip that has no such word is not read. */
const readWord = ({ exchange, caller, options }: Asked, tip: string, word: SightOf["word"]) =>
  readSight(exchange, caller, "taxii", word ? tip : "", {
    ...options,
    ...(word && { word }),
    most: wordObjectsAtMost,
    units: { tip: 0, indicator: 0, word: wordObjectsAtMost },
  });

/**
 * Tips by who read them and what the ids of their objects begin with, in the life of a worker. What others read spares nobody a
 * round trip: else by that it is told that they read it.
 */
const tips = new Map<string, string>();
const tipsAtMost = 10_000;

async function readOwn(asked: Asked, own: ObjectId, id: string): Promise<Sight | undefined> {
  const { kind, ordinal } = own;
  const mine = `${asked.caller.partner} ${id.slice(id.indexOf("--"), -4)}`;
  const tip = tips.get(mine) ?? (await findMarked(asked.exchange, own)) ?? "";
  const sight = await (kind === "campaign" || kind === "statement"
    ? readHead(asked, tip)
    : readIndicator(asked, tip, ordinal));
  if (sight) {
    if (tips.size >= tipsAtMost) tips.clear();
    tips.set(mine, tip);
  }
  return sight;
}

/** The object, where the sight has it: an id may be near another's. */
async function pick(caller: Caller, exchange: Exchange, sight: Sight | undefined, id: string): Promise<Found> {
  if (!sight) return ok(undefined);
  if (sight.characters > limits.large.answer_bytes) {
    const busy = await caller.work.begin(sight.characters / 2);
    if (busy) return err(busy);
  }
  return ok(objectsOfSight(exchange.url, sight).find(({ object }) => object.id === id));
}

/** Slugs never change and are never used again, so what is once known of an identity's id stays. */
const partners = new Map<string, string>();

async function partnerOf(exchange: Exchange, id: string): Promise<string> {
  const nameOf = (identity: string) => `${exchange.url} ${identity}`;
  if (!partners.has(nameOf(id))) {
    for (const slug of await listSlugs(exchange)) {
      partners.set(nameOf(`identity--${uuidOfUrl(`${exchange.url}/partners/${slug}`)}`), slug);
    }
  }
  return partners.get(nameOf(id)) ?? "";
}

/** The same everywhere, so it is in every collection, since before the first tip. */
function markingAdded(tlp: (typeof tlps)[number]): Added {
  const object = tlpMarking(tlp);
  const created = object.created as string;
  return { object, version: created, date_added: dateAt(readMoment(created)!) };
}

/** Those of the ids that fit, in the order in which they were added; a page of them begins at the one of that number. */
export async function readListed(
  exchange: Exchange,
  caller: Caller,
  collection: Collection,
  { ids, fits }: { ids: readonly string[]; fits(added: Added): boolean },
  { limit, from }: { limit: number; from: number },
): Promise<Result<{ objects: Added[]; goOn?: { seq: number; ordinal: number; index: number } }, Problem>> {
  const objects: Added[] = [];
  for (const [at, id] of ids.entries()) {
    await caller.work.breathe();
    const found = await findObject(exchange, caller, collection, id, at > 0);
    if (!found.ok) return found;
    if (found.value && fits(found.value)) objects.push(found.value);
  }
  objects.sort((one, other) => (one.date_added < other.date_added ? -1 : 1));
  const more = objects.length > from + limit;
  return ok({
    objects: objects.slice(from, from + limit),
    ...(more && { goOn: { seq: from + limit, ordinal: -1, index: 0 } }),
  });
}
