/** Objects of a collection, what is known of them, one of them, its versions (TAXII 2.1, sections 5.3, 5.4, 5.6 and 5.8). */
import * as z from "zod";
import { type Outcome, operation, type Request } from "../api/operation.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Collection } from "./collections.ts";
import { dateAt, firstMoment } from "./dates.ts";
import { collectionQuery, filterOf, limitOf, objectQuery, type Query, versionsQuery } from "./filters.ts";
import { findObject } from "./find-object.ts";
import { stixType } from "./media.ts";
import type { Added } from "./objects-of-sight.ts";
import { atCollection, atObject, common, findCollection, promise, refusals, taxii } from "./operation.ts";
import { fits, readCollection } from "./read-collection.ts";
import { example } from "./sample.ts";

const stixObject = z.looseObject({ type: z.string(), id: z.string(), spec_version: z.literal("2.1") });
const paged = { more: z.literal(true).optional(), next: z.string().optional() };
const envelope = z.strictObject({ ...paged, objects: z.array(stixObject).min(1).optional() }).meta({ id: "Envelope" });
const manifest = z
  .strictObject({
    ...paged,
    objects: z
      .array(
        z.strictObject({
          id: z.string(),
          date_added: z.string(),
          version: z.string(),
          media_type: z.literal(stixType),
        }),
      )
      .min(1)
      .optional(),
  })
  .meta({ id: "Manifest" });
const versions = z.strictObject({ ...paged, versions: z.array(z.string()).min(1).optional() }).meta({ id: "Versions" });

const dates = {
  "x-taxii-date-added-first": "When the first object was added to what you may read; of an empty answer, the next.",
  "x-taxii-date-added-last":
    "When the last object was: as `added_after` it gives what follows. Of an empty answer, where you are.",
};
const headersOf = (first: string, last: string) => ({
  "x-taxii-date-added-first": first,
  "x-taxii-date-added-last": last,
});

const answer = (
  request: Pick<Request, "context">,
  list: Record<string, readonly unknown[]>,
  { first, last, next }: { first: string; last: string; next?: string },
): Outcome => {
  const kept = Object.entries(list).filter(([, items]) => items.length > 0);
  return taxii(
    request,
    { ...(next !== undefined && { more: true, next }), ...Object.fromEntries(kept) },
    headersOf(first, last),
  );
};

export const listObjectsOperation = operation({
  ...common,
  id: "listTaxiiObjects",
  isOneReading: true,
  path: "/taxii2/{root}/collections/{collection}/objects/",
  summary: "Read the objects of a collection",
  description:
    "In the order in which you gained sight of their tips, and of what others said of them: sightings and opinions. Of a tip that you may read no more come its campaign, those of its indicators that you had and what you were told of it, `revoked` and without content.",
  at: atCollection,
  query: collectionQuery,
  answers: { 200: promise("A page of objects.", envelope, example.envelope, dates) },
  problems: refusals,
  find: (request) => findCollection(request),
  async run(request) {
    const { exchange, caller, found, query } = request;
    const page = await readCollection(exchange, caller, found, filterOf(query), pageOf(query));
    return page.ok ? answer(request, { objects: page.value.objects.map(({ object }) => object) }, page.value) : page;
  },
});

export const readManifestOperation = operation({
  ...common,
  id: "readTaxiiManifest",
  isOneReading: true,
  path: "/taxii2/{root}/collections/{collection}/manifest/",
  summary: "Read what there is in a collection",
  description: "The same pages as the objects themselves. A tip that is named here counts as handed to you.",
  at: atCollection,
  query: collectionQuery,
  answers: { 200: promise("A page of the manifest.", manifest, example.manifest, dates) },
  problems: refusals,
  find: (request) => findCollection(request),
  async run(request) {
    const { exchange, caller, found, query } = request;
    const page = await readCollection(exchange, caller, found, filterOf(query), pageOf(query));
    if (!page.ok) return page;
    const objects = page.value.objects.map(({ object, date_added, version }) => ({
      id: object.id,
      date_added,
      version,
      media_type: stixType,
    }));
    return answer(request, { objects }, page.value);
  },
});

const pageOf = (query: Query) => ({ limit: limitOf(query), ...(query.next !== undefined && { next: query.next }) });

/** The object that the path names, as far as it fits; undefined where there is none for the caller. */
async function oneOf(
  { exchange, caller, at, found }: Request<typeof atObject> & { found: Collection },
  query: Query,
): Promise<Result<{ added: Added[]; date: string } | undefined, Problem>> {
  if (query.next !== undefined) return err(problem("malformed-parameter", "One object is one page: leave out `next`."));
  const read = await findObject(exchange, caller, found, at.object);
  if (!read.ok || !read.value) return read as Result<undefined, Problem>;
  const filter = filterOf(query);
  return ok({
    added: fits(read.value, filter) ? [read.value] : [],
    date: dateAt(filter.added_after ?? firstMoment),
  });
}

export const readObjectOperation = operation({
  ...common,
  id: "readTaxiiObject",
  isOneReading: true,
  path: "/taxii2/{root}/collections/{collection}/objects/{object}/",
  summary: "Read an object",
  description: "Who asks for an observable asks for its value: authors are not told of it.",
  at: atObject,
  query: objectQuery,
  answers: { 200: promise("The object, where it fits.", envelope, example.object, dates) },
  problems: refusals,
  find: (request) => findCollection(request),
  async run(request) {
    const read = await oneOf(request, request.query);
    if (!read.ok || !read.value) return read as Outcome;
    const { added, date } = read.value;
    const at = added[0]?.date_added ?? date;
    return answer(request, { objects: added.map(({ object }) => object) }, { first: at, last: at });
  },
});

export const readVersionsOperation = operation({
  ...common,
  id: "readTaxiiVersions",
  isOneReading: true,
  path: "/taxii2/{root}/collections/{collection}/objects/{object}/versions/",
  summary: "Read the versions of an object",
  description: "There is one at a time: what was before is not handed out any more.",
  at: atObject,
  query: versionsQuery,
  answers: { 200: promise("Its version.", versions, example.versions, dates) },
  problems: refusals,
  find: (request) => findCollection(request),
  async run(request) {
    const read = await oneOf(request, request.query);
    if (!read.ok || !read.value) return read as Outcome;
    const { added, date } = read.value;
    const at = added[0]?.date_added ?? date;
    return answer(request, { versions: added.map(({ version }) => version) }, { first: at, last: at });
  },
});
