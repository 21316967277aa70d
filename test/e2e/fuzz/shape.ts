/** From a route's material to a request that is mutated in one of the places a hostile partner can reach. */
import type { Connection } from "../../../src/client/connect.ts";
import type { Authorize } from "./authorize.ts";
import type { Material } from "./material.ts";
import { mutateJson, mutateText, pick, type Random } from "./mutate.ts";
import { signAll } from "./requests.ts";

export interface Shaped {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

const places = ["nothing", "document", "body", "text", "query", "path", "header", "method"] as const;
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];
const headers: readonly [string, readonly string[]][] = [
  [
    "content-type",
    ["text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary=x", "x", "application/jose+json"],
  ],
  ["accept", ["text/html", "application/jose+json", "*/*;q=0", "application/json;q=1e9", ","]],
  ["authorization", ["Bearer", "Bearer a.b.c", "DPoP x", "Basic Og==", "Bearer ".repeat(200)]],
  ["dpop", ["a.b.c", "e30.e30.e30", ",", "x".repeat(5_000)]],
  ["content-length", ["0", "99999999"]],
  ["cf-connecting-ip", ["::", "x".repeat(300)]],
];

export async function shape(
  random: Random,
  route: string,
  given: Material,
  caller: Connection | undefined,
  authorize: Authorize,
): Promise<Shaped> {
  const place = pick(random, places);
  let [method] = route.split(" ") as [string];
  if (place === "method") method = pick(random, methods);
  let path = given.path;
  if (place === "path") path = `/${encodeURI(mutateText(random, path.slice(1)).toWellFormed()).replaceAll("#", "%23")}`;
  const query = { ...given.query };
  // A query is seldom asked whole, so that single parameters are met too.
  for (const name of Object.keys(query)) if (random() < 0.4) delete query[name];
  if (place === "query") {
    const name = pick(random, [...Object.keys(given.query ?? {}), "limit", "after", "unknown"]);
    query[name] = mutateText(random, query[name] ?? "1");
  }
  const parameters = new URLSearchParams(query).toString();
  const made: Shaped = {
    method,
    path: path + (parameters && `?${parameters}`),
    headers: await authorize(method, path),
  };
  if (method !== "GET" && method !== "HEAD") {
    const body = await bodyOf(random, place, given, caller);
    if (body !== undefined) {
      made.body = body;
      made.headers["content-type"] =
        given.form === undefined ? "application/json" : "application/x-www-form-urlencoded";
    }
  }
  if (place === "header") {
    const [name, values] = pick(random, headers);
    if (name !== "content-length") made.headers[name] = pick(random, values);
  }
  return made;
}

async function bodyOf(
  random: Random,
  place: string,
  given: Material,
  caller: Connection | undefined,
): Promise<string | undefined> {
  if (given.form !== undefined)
    return place === "body" || place === "text" ? mutateText(random, given.form) : given.form;
  let body = given.body;
  if (given.documents && caller) {
    const name = pick(random, Object.keys(given.documents));
    const documents = { ...given.documents };
    if (place === "document") documents[name] = mutateJson(random, documents[name]);
    body = await signAll(caller, documents, !("tip" in given.documents));
  }
  if (body === undefined) return undefined;
  if (place === "body") body = mutateJson(random, body);
  const text = JSON.stringify(body) ?? "";
  return place === "text" ? mutateText(random, text) : text;
}
