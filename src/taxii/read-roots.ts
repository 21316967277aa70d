/** `GET /taxii2/` and `GET /taxii2/{root}/`: what is served here (TAXII 2.1, sections 4.1 and 4.2). */
import * as z from "zod";
import { taxiiType } from "../api/answers/taxii-error.ts";
import { operation } from "../api/operation.ts";
import { limits } from "../core/limits.ts";
import { roots } from "./collections.ts";
import { atRoot, common, findRoot, promise, refusals, taxii } from "./operation.ts";

/** Relative, as section 4.1.1 has it: right by whichever address the exchange is reached. */
const urls = Object.keys(roots).map((root) => `/taxii2/${root}/`);

const discovery = {
  title: "Tipoff",
  description:
    "Tips of an exchange about coordinated operations, as STIX 2.1, for reading. Tips are signed by their authors: they are sent to /v1/tips.",
  default: urls[0]!,
  api_roots: urls,
};

export const readDiscoveryOperation = operation({
  ...common,
  id: "readTaxii",
  path: "/taxii2/",
  summary: "Discover the API roots",
  answers: {
    200: promise(
      "The discovery resource.",
      z.strictObject({
        title: z.string(),
        description: z.string(),
        default: z.string(),
        api_roots: z.array(z.string()),
      }),
      discovery,
    ),
  },
  problems: refusals,
  run: (request) => taxii(request, discovery),
});

const rootOf = (root: keyof typeof roots) => ({
  title: roots[root].title,
  description: roots[root].description,
  versions: [taxiiType],
  max_content_length: limits.document_bytes,
});

export const readRootOperation = operation({
  ...common,
  id: "readTaxiiRoot",
  path: "/taxii2/{root}/",
  summary: "Read an API root",
  at: atRoot,
  answers: {
    200: promise(
      "The API root.",
      z.strictObject({
        title: z.string(),
        description: z.string(),
        versions: z.array(z.string()),
        max_content_length: z.int(),
      }),
      rootOf("tips"),
    ),
  },
  problems: refusals,
  find: (request) => findRoot(request),
  run: (request) => taxii(request, rootOf(request.found)),
});
