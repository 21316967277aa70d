/** `/`, `/docs`, `/openapi.json`, `/problems/{slug}`: open, the same for everybody, made once in the life of a worker. */
import * as z from "zod";
import { type Operation, type Outcome, operation, type Reply, type Request } from "../api/operation.ts";
import { sha256 } from "../core/envelope.ts";
import { problems, type Slug } from "../core/problem.ts";
import { ok } from "../core/result.ts";
import { docsPage } from "./docs-page.ts";
import { makeDocument, type OpenApi } from "./document.ts";
import type { Page } from "./layout.ts";
import { landingPage, problemPage } from "./small-pages.ts";

interface Kept {
  text: string;
  type: string;
  headers: Record<string, string>;
}

const page = { type: "text/html; charset=utf-8", headers: { etag: "Of the page; send it as `if-none-match`." } };
const unchanged = { 304: { description: "What you have is current.", headers: page.headers } };
const common = { method: "GET", tag: "Reference", access: "open" } as const;

export function referenceOperations(operations: () => readonly Operation[]): Operation[] {
  const documents = new Map<string, OpenApi>();
  const documentOf = (url: string): OpenApi => {
    const known = documents.get(url) ?? makeDocument(operations(), url);
    documents.set(url, known);
    return known;
  };
  const kept = new Map<string, Promise<Kept>>();
  const once = (name: string, make: () => Promise<Kept>): Promise<Kept> => {
    const known = kept.get(name) ?? make();
    kept.set(name, known);
    return known;
  };
  const serve = async (request: Request, name: string, make: (url: string) => Promise<Page>): Promise<Outcome> => {
    const { url } = request.exchange;
    return replyWith(request, await once(`${url} ${name}`, async () => keepPage(await make(url))));
  };
  return [
    operation({
      ...common,
      id: "readLanding",
      path: "/",
      summary: "Where to begin",
      answers: { 200: { description: "A page.", ...page }, ...unchanged },
      run: (request) => serve(request, "/", landingPage),
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
      run: (request) => serve(request, "/docs", (url) => docsPage(documentOf(url))),
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
      async run(request) {
        const { url } = request.exchange;
        const make = () =>
          keep(JSON.stringify(documentOf(url)), "application/json", { "access-control-allow-origin": "*" });
        return replyWith(request, await once(`${url} openapi`, make));
      },
    }),
    operation({
      ...common,
      id: "readProblem",
      path: "/problems/{slug}",
      summary: "Read what a problem means",
      description: "What the `type` of a problem points to.",
      at: { slug: z.enum(Object.keys(problems) as [Slug]) },
      answers: { 200: { description: "A page.", ...page }, ...unchanged },
      run: (request) => serve(request, request.at.slug, (url) => problemPage(request.at.slug as Slug, documentOf(url))),
    }),
  ];
}

const keepPage = ({ html, policy }: Page): Promise<Kept> =>
  keep(html, page.type, { "content-security-policy": policy, "referrer-policy": "no-referrer" });

async function keep(text: string, type: string, headers: Record<string, string>): Promise<Kept> {
  const etag = `"${(await sha256(text)).slice(0, 22)}"`;
  return { text, type, headers: { ...headers, etag, "cache-control": "public, max-age=3600" } };
}

function replyWith({ context }: Request, { text, type, headers }: Kept): Outcome {
  const asked = context.req.header("if-none-match") ?? "";
  const reply: Reply = asked.includes(headers.etag!)
    ? { status: 304, headers }
    : { status: 200, type, headers, body: text };
  return ok(reply);
}
