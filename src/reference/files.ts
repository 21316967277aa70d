/**
 * The reference as files: made before the Worker is bundled (scripts/build-reference.ts), so that neither the makers nor
 * their words are in the bundle. They are the same for every exchange: `thisExchange` stands where its URL will.
 */
import type { Operation } from "../api/operation.ts";
import { problems, type Slug } from "../core/problem.ts";
import { docsPage } from "./docs-page.ts";
import { makeDocument } from "./document.ts";
import { thisExchange } from "./operations.ts";
import { landingPage, problemPage, transparencyPage } from "./small-pages.ts";

/** Their text by name. */
export async function referenceFiles(operations: readonly Operation[]): Promise<Record<string, string>> {
  const document = makeDocument(operations, thisExchange);
  const files: Record<string, string> = {
    "openapi.json": JSON.stringify(document),
    "docs.html": await docsPage(document),
    "index.html": await landingPage(thisExchange),
    "transparency.html": await transparencyPage(),
  };
  for (const slug of Object.keys(problems) as Slug[])
    files[`problems/${slug}.html`] = await problemPage(slug, document);
  return files;
}
