/** What every TAXII operation is declared with: its media type, its errors, and the collection its path names. */
import * as z from "zod";
import { taxiiType } from "../api/answers/taxii-error.ts";
import type { AnswerPromise, Outcome, Request } from "../api/operation.ts";
import type { Slug } from "../core/problem.ts";
import { err, ok } from "../core/result.ts";
import { type Collection, collectionOf, type RootName, roots } from "./collections.ts";
import { judgeAccept } from "./media.ts";

export const common = { method: "GET", tag: "TAXII", access: "tips:read" } as const;
export const refusals: readonly Slug[] = ["not-acceptable"];

const rootPath = z.string().max(64).describe("`tips` or `embargoed`: with the tips under an embargo.");
const collectionPath = z.string().max(128).describe("The id of a collection, or its alias.");
const objectPath = z.string().max(128).describe("The id of a STIX object.");

export const atRoot = { root: rootPath };
export const atCollection = { ...atRoot, collection: collectionPath };
export const atObject = { ...atCollection, object: objectPath };

export const findRoot = async ({ at }: { at: { root: string } }): Promise<RootName | undefined> =>
  Object.hasOwn(roots, at.root) ? (at.root as RootName) : undefined;

export const findCollection = async ({
  exchange,
  caller,
  at,
}: Pick<Request, "exchange" | "caller"> & { at: { root: string; collection: string } }): Promise<
  Collection | undefined
> => collectionOf(exchange.url, at.root, at.collection, caller);

export const promise = (
  description: string,
  schema: z.ZodType,
  example: unknown,
  headers?: Record<string, string>,
): AnswerPromise => ({ description, schema, type: taxiiType, example, ...(headers && { headers }) });

/** The answer in TAXII's media type, for who accepts that. */
export function taxii({ context }: Pick<Request, "context">, body: unknown, headers?: Record<string, string>): Outcome {
  const refused = judgeAccept(context.req.header("accept"));
  return refused ? err(refused) : ok({ status: 200, type: taxiiType, body, ...(headers && { headers }) });
}
