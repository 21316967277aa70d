/**
 * STIX 2.1 bundles and TAXII envelopes (objects under `objects`). Rows are the indicators, the observables that no indicator
 * of ours is based on, and whatever else the file says that a tip has no place for: that is listed with its reason. What
 * only holds the others together (identities, markings, the campaign) is no row. The line of a row is its place in the list.
 */
import { parseStrict } from "../../core/strict-json.ts";
import { type Contents, type Context, contents, type Reading, unread } from "../reading.ts";
import { canonical, faultsOf } from "../value.ts";
import { readCampaigns } from "./read-campaign.ts";
import { dataOf, type ReadIndicators, readIndicator } from "./read-indicator.ts";
import { readMarkings } from "./read-markings.ts";
import { equalitiesOf, isObservable, readEqualities } from "./read-observable.ts";

type Objects = Record<string, unknown>[];

const mostObjects = 100_000;
/** A tip's 16 levels, and those that a bundle puts around them. */
const deepest = 24;

/** A bundle, or what a TAXII server answers with. */
export function isStix(value: unknown): boolean {
  const { type, objects, indicators } = (value ?? {}) as Record<string, unknown>;
  return type === "bundle" || (type === undefined && Array.isArray(objects) && indicators === undefined);
}

export function readStix(text: string, context: Context): Contents {
  const parsed = parseStrict(new TextEncoder().encode(text.replace(/^\uFEFF/, "")), deepest);
  if (!parsed.ok)
    return contents([unread(1, parsed.error.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join(" "))]);
  const { objects: listed } = parsed.value as { objects?: unknown };
  if (!isStix(parsed.value) || !Array.isArray(listed))
    return contents([unread(1, "This bundle has no list of objects.")]);
  if (listed.length > mostObjects)
    return contents([unread(1, `A bundle of more than ${mostObjects} objects is not read: divide it.`)]);
  const objects = listed.map((item): Record<string, unknown> => (isObject(item) ? item : {}));
  const current = newest(objects);
  const standing = [...current.values()].filter(({ revoked }) => revoked !== true);
  const operation = readCampaigns(standing);
  const ignored = new Set<string>();
  const read = new Map<unknown, ReturnType<typeof readIndicator>>();
  for (const object of standing) if (object.type === "indicator") read.set(object.id, readIndicator(object, context));
  const known = new Set(basedOn(standing, read));

  const readings = objects.flatMap((object, at): Reading[] => {
    const line = at + 1;
    if (typeof object.type !== "string" || typeof object.id !== "string")
      return [unread(line, "An object of STIX has a type and an id.")];
    // An older version of something, or the same once more.
    if (current.get(object.id) !== object) return [];
    if ((structural.has(object.type) && object.objects === undefined) || operation.read.has(object.type)) return [];
    if (object.type === "observed-data" && object.objects !== undefined)
      return [unread(line, "Observables that lie within observed-data (STIX 2.0) are not read.")];
    if (object.revoked === true) return [unread(line, "Whoever made this has revoked it.")];
    if (object.type === "indicator") {
      const found = read.get(object.id)!;
      if (!found.ok) return [unread(line, found.error)];
      for (const name of found.value.ignored) ignored.add(name);
      const actor = operation.actors.get(object.id);
      return [{ ...row(line, found.value.indicators), ...(actor && { actor }) }];
    }
    if (isObservable(object.type)) return known.has(object.id) ? [] : [observable(line, object, context, ignored)];
    return [unread(line, `There is no place in a tip for ${object.type}${nameOf(object)}.`)];
  });
  return {
    readings,
    ...operation.said,
    ...readMarkings(standing),
    ...(ignored.size > 0 && { ignored_columns: [...ignored] }),
  };
}

const isObject = (item: unknown): item is Record<string, unknown> =>
  typeof item === "object" && item !== null && !Array.isArray(item);

/** What holds the rest together, and says nothing itself that a tip could. */
const structural = new Set([
  "identity",
  "marking-definition",
  "extension-definition",
  "relationship",
  "observed-data",
  "language-content",
]);

const nameOf = ({ name }: Record<string, unknown>): string =>
  typeof name === "string" ? ` "${name.slice(0, 80)}"` : "";

/** Of each id the version modified last (STIX 2.1, section 3.6); of several alike the first. */
function newest(objects: Objects): Map<unknown, Record<string, unknown>> {
  const found = new Map<unknown, Record<string, unknown>>();
  for (const object of objects) {
    const before = found.get(object.id);
    if (object.id !== undefined && (!before || timeOf(object) > timeOf(before))) found.set(object.id, object);
  }
  return found;
}
const timeOf = ({ modified }: Record<string, unknown>): number => Date.parse(String(modified)) || 0;

const row = (line: number, indicators: ReadIndicators["indicators"]): Reading => ({
  line,
  indicators,
  measures: [],
  observations: [],
});

/** The observables of our own indicators. Others' may be based on more than their pattern says. */
function* basedOn(objects: Objects, read: ReadonlyMap<unknown, ReturnType<typeof readIndicator>>): Iterable<unknown> {
  for (const { type, relationship_type, source_ref, target_ref } of objects) {
    const source = type === "relationship" && relationship_type === "based-on" ? read.get(source_ref) : undefined;
    if (source?.ok && source.value.ours) yield target_ref;
  }
}

function observable(line: number, object: Record<string, unknown>, context: Context, ignored: Set<string>): Reading {
  const equalities = equalitiesOf(object);
  if (equalities.length === 0) return unread(line, `This ${object.type} says nothing.`);
  const read = readEqualities(equalities, context);
  if (!read.ok) return unread(line, read.error);
  for (const name of read.value.ignored) ignored.add(name);
  const { kind, url } = dataOf(object) ?? {};
  const indicators = [];
  for (const members of read.value.members) {
    const whole =
      members.type === "account" ? { ...members, ...(kind ? { kind } : {}), ...(url ? { url } : {}) } : members;
    const indicator = canonical(whole, context.sites);
    if (!indicator) return unread(line, faultsOf(whole, context.sites));
    indicators.push(indicator);
  }
  return row(line, indicators);
}
