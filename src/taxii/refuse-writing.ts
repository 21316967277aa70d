/** Writing, which this door never does: `POST` and `DELETE` of objects (TAXII 2.1, sections 5.5 and 5.7), and states of writing. */

import * as z from "zod";
import { operation } from "../api/operation.ts";
import { problem } from "../core/problem.ts";
import { err, ok } from "../core/result.ts";
import { atCollection, atObject, atRoot, common, findCollection, findRoot } from "./operation.ts";

const refused = () =>
  err(
    problem(
      "read-only",
      "Nothing is written by TAXII: tips are signed by their author. Sign yours, send it to /v1/tips, withdraw it there.",
    ),
  );

export const addObjectsOperation = operation({
  ...common,
  id: "addTaxiiObjects",
  method: "POST",
  path: "/taxii2/{root}/collections/{collection}/objects/",
  summary: "Refused: tips are signed by their author",
  at: atCollection,
  answers: {},
  isRefused: true,
  problems: ["read-only"],
  find: (request) => findCollection(request),
  run: refused,
});

export const deleteObjectOperation = operation({
  ...common,
  id: "deleteTaxiiObject",
  method: "DELETE",
  path: "/taxii2/{root}/collections/{collection}/objects/{object}/",
  summary: "Refused: tips are withdrawn by their author",
  at: atObject,
  answers: {},
  isRefused: true,
  problems: ["read-only"],
  find: (request) => findCollection(request),
  run: refused,
});

/** Section 4.3: of a request that there never was. */
export const readStatusOperation = operation({
  ...common,
  id: "readTaxiiStatus",
  path: "/taxii2/{root}/status/{status}/",
  summary: "Not there: nothing is written by TAXII",
  at: { ...atRoot, status: z.string().max(128).describe("Of any request to add objects; there are none.") },
  answers: {},
  find: (request) => findRoot(request),
  run: () => ok(undefined),
});
