/** The landing page, and the page each problem's `type` points to. */
import { html } from "hono/html";
import { problems, type Slug } from "../core/problem.ts";
import type { OpenApi } from "./document.ts";
import { summary } from "./guide.ts";
import { pageOf } from "./layout.ts";
import { operationsOf } from "./operation-section.ts";
import { problemWords } from "./problem-words.ts";
import { block, prose } from "./prose.ts";

export const landingPage = (url: string): Promise<string> =>
  pageOf(
    "Tipoff",
    html`<main id="content" class="frame"><h1>Tipoff</h1><p class="lead">${summary.split(". ").slice(0, 2).join(". ")}.</p>
<p>This exchange is <code>${url}</code>.</p>
<ul class="plain"><li><a href="/docs">The reference</a></li>
<li><a href="/openapi.json">OpenAPI 3.1</a></li>
<li><a href="/.well-known/oauth-authorization-server">Metadata for OAuth clients</a></li>
<li><a href="/.well-known/jwks.json">The exchange's public keys</a></li></ul></main>`,
  );

export function problemPage(slug: Slug, document: OpenApi): Promise<string> {
  const { status, title } = problems[slug];
  const from = operationsOf(document).filter(({ declared }) =>
    Object.values(declared.responses).some((each) => each.content?.["application/problem+json"]?.examples?.[slug]),
  );
  return pageOf(
    `${title}: a problem of Tipoff`,
    html`<main id="content" class="frame"><h1>${title}</h1>
<p class="route"><code class="method">${status}</code> <code class="path">${document.servers[0]!.url}/problems/${slug}</code></p>
<h2>What to do</h2><p>${prose(problemWords[slug].remedy)}</p>
<h2>Example</h2>${block(JSON.stringify(document.components.examples[slug]!.value, null, 2))}
<h2>Where it comes from</h2><ul class="plain">${from.map(
      ({ method, path, declared }) => html`<li><a href="/docs#${declared.operationId}">${declared.summary}</a>
<code>${method} ${path}</code></li>`,
    )}</ul>
<p><a href="/docs#problems">All problems</a></p></main>`,
  );
}
