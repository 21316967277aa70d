/**
 * `/`, `/docs`, `/openapi.json`, `/problems/{slug}`: open, the same for everybody. Their texts are files made before the
 * Worker is bundled (files.ts); each is read from the static assets once in the life of a worker.
 */
import * as z from "zod";
import type { DoorContext } from "../api/door.ts";
import { type Operation, type Outcome, operation, type Reply, type Request } from "../api/operation.ts";
import { decode } from "../core/base64url.ts";
import { sha256 } from "../core/envelope.ts";
import { problems, type Slug } from "../core/problem.ts";
import { ok } from "../core/result.ts";

/** Stands in the files where the URL of the exchange that serves them will. */
export const thisExchange = "https://this-exchange.invalid";

interface Kept {
  text: string;
  headers: Record<string, string>;
}

export const page = { type: "text/html; charset=utf-8", headers: { etag: "Of the page; send it as `if-none-match`." } };
export const unchanged = { 304: { description: "What you have is current.", headers: page.headers } };
export const common = { method: "GET", tag: "Reference", access: "open" } as const;

export const referenceOperations: readonly Operation[] = [
  operation({
    ...common,
    id: "readLanding",
    path: "/",
    summary: "Where to begin",
    answers: { 200: { description: "A page.", ...page }, ...unchanged },
    run: (request) => serve(request, "index.html", page.type, pageHeaders),
  }),
  operation({
    ...common,
    id: "readDocs",
    path: "/docs",
    summary: "Read this reference",
    answers: {
      200: { description: "A page, without scripts and without requests to other hosts.", ...page },
      ...unchanged,
    },
    run: (request) => serve(request, "docs.html", page.type, pageHeaders),
  }),
  operation({
    ...common,
    id: "readOpenapi",
    path: "/openapi.json",
    summary: "Read this reference as OpenAPI 3.1",
    answers: {
      200: { description: "The document.", type: "application/json", headers: page.headers },
      ...unchanged,
    },
    run: (request) =>
      serve(request, "openapi.json", "application/json", async () => ({ "access-control-allow-origin": "*" })),
  }),
  operation({
    ...common,
    id: "readProblem",
    path: "/problems/{slug}",
    summary: "Read what a problem means",
    description: "What the `type` of a problem points to.",
    at: { slug: z.enum(Object.keys(problems) as [Slug]) },
    answers: { 200: { description: "A page.", ...page }, ...unchanged },
    run: (request) => serve(request, `problems/${request.at.slug}.html`, page.type, pageHeaders),
  }),
];

const kept = new Map<string, Kept>();

async function serve(
  { context, exchange }: Request,
  file: string,
  type: string,
  headersOf: (text: string) => Promise<Record<string, string>>,
): Promise<Outcome> {
  const id = `${exchange.url} ${file}`;
  let known = kept.get(id);
  if (!known) {
    // What is kept is the text, never a promise: the request it belongs to may be cancelled while others wait for it.
    known = await withHeaders(await readFile(context.env.REFERENCE, file, exchange.url), headersOf);
    kept.set(id, known);
  }
  return replyWith(context, type, known);
}

/** The file's text, where the exchange answers that serves it. */
export const readFile = async (assets: Fetcher, file: string, url: string): Promise<string> =>
  (await readAsset(assets, file)).replaceAll(thisExchange, url);

export const withHeaders = async (
  text: string,
  headersOf: (text: string) => Promise<Record<string, string>>,
): Promise<Kept> => {
  const etag = `"${(await sha256(text)).slice(0, 22)}"`;
  return { text, headers: { ...(await headersOf(text)), etag, "cache-control": "public, max-age=3600" } };
};

/** 304 for who has it. */
export function replyWith(context: DoorContext, type: string, { text, headers }: Kept): Outcome {
  const asked = context.req.header("if-none-match") ?? "";
  const reply: Reply = asked.includes(headers.etag!)
    ? { status: 304, headers }
    : { status: 200, type, headers, body: text };
  return ok(reply);
}

/** Assets know only paths; the host is nobody's. */
async function readAsset(assets: Fetcher, file: string): Promise<string> {
  const response = await assets.fetch(`https://assets.invalid/${file}`);
  if (response.ok) return response.text();
  await response.body?.cancel();
  throw new Error(`The asset ${file} answers ${response.status}.`);
}

/** A page may load nothing but its own style. */
export async function pageHeaders(text: string): Promise<Record<string, string>> {
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)![1]!;
  const hash = btoa(String.fromCharCode(...decode(await sha256(style))!));
  return {
    "content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
  };
}
