/** TAXII clients of the tests: one request, and the two ways by which widespread clients read a collection. */
import type { Answer } from "./http.ts";
import type { Member } from "./member.ts";

export const taxiiType = "application/taxii+json;version=2.1";
export const all = "/taxii2/tips/collections/all/";

export const get = (member: Member, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  member.call("GET", path, undefined, { accept: taxiiType, ...headers });

export interface Given {
  id: string;
  type: string;
  [name: string]: any;
}

const pagesAtMost = 2_000;

/** Follows `next`; as a client that keeps to what it got, it never asks for more than the page before had. */
export async function follow(member: Member, path = `${all}objects/`, query = ""): Promise<Given[]> {
  const found: Given[] = [];
  let next = "";
  for (let page = 0; page < pagesAtMost; page++) {
    const { status, body } = await get(member, `${path}?${query}${next && `&next=${next}`}`);
    if (status !== 200) throw new Error(`${path}?${query}: ${status} ${JSON.stringify(body)}`);
    found.push(...(body.objects ?? []));
    if (!body.more) return found;
    next = body.next;
  }
  throw new Error("No end of pages.");
}

/** Ignores `next`, and goes on behind the date of the last object; from where it got to. */
export async function poll(
  member: Member,
  { path = `${all}objects/`, after, limit }: { path?: string; after?: string; limit: number },
): Promise<{ objects: Given[]; last: string }> {
  const objects: Given[] = [];
  let last = after;
  for (let page = 0; page < pagesAtMost; page++) {
    const { status, body, headers } = await get(member, `${path}?limit=${limit}${last ? `&added_after=${last}` : ""}`);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    objects.push(...(body.objects ?? []));
    last = headers.get("x-taxii-date-added-last")!;
    if (!body.more) return { objects, last };
  }
  throw new Error("No end of pages.");
}

/** What a tool has that keeps the latest version of each object by its id. */
export function kept(objects: readonly Given[], before: ReadonlyMap<string, Given> = new Map()): Map<string, Given> {
  const held = new Map(before);
  for (const object of objects) {
    const known = held.get(object.id);
    if (!known || !(known.modified > object.modified)) held.set(object.id, object);
  }
  return held;
}
