/** `GET /taxii2/{root}/collections/` and one of them (TAXII 2.1, sections 5.1 and 5.2). */
import * as z from "zod";
import { operation } from "../api/operation.ts";
import { type Collection, collectionsOf } from "./collections.ts";
import { stixType } from "./media.ts";
import { atCollection, atRoot, common, findCollection, findRoot, promise, refusals, taxii } from "./operation.ts";

const collection = z
  .strictObject({
    id: z.uuid(),
    alias: z.string().describe("May stand in a URL for the id."),
    title: z.string(),
    description: z.string(),
    can_read: z.literal(true),
    can_write: z.literal(false),
    media_types: z.array(z.string()),
  })
  .meta({ id: "TaxiiCollection" });

const shown = ({ id, alias, title, description }: Collection): z.infer<typeof collection> => ({
  id,
  alias,
  title,
  description,
  can_read: true,
  can_write: false,
  media_types: [stixType],
});

const examples = collectionsOf("https://tipoff.example", "tips", {
  held: [{ token: "group:election-cell", since: 0 }],
}).map(shown);

export const listCollectionsOperation = operation({
  ...common,
  id: "listTaxiiCollections",
  path: "/taxii2/{root}/collections/",
  summary: "List the collections that are yours to read",
  description: "All you may read, one for each level of TLP, one for each of your groups.",
  at: atRoot,
  answers: {
    200: promise("The collections.", z.strictObject({ collections: z.array(collection) }), { collections: examples }),
  },
  problems: refusals,
  find: (request) => findRoot(request),
  run: (request) => {
    const { exchange, caller, found } = request;
    return taxii(request, { collections: collectionsOf(exchange.url, found, caller).map(shown) });
  },
});

export const readCollectionOperation = operation({
  ...common,
  id: "readTaxiiCollection",
  path: "/taxii2/{root}/collections/{collection}/",
  summary: "Read a collection",
  at: atCollection,
  answers: { 200: promise("The collection.", collection, examples[0]) },
  problems: refusals,
  find: (request) => findCollection(request),
  run: (request) => taxii(request, shown(request.found)),
});
