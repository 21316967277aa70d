/** The landing page, the page each problem's `type` points to, and what stands around the public report. */
import { html, raw } from "hono/html";
import { limits } from "../core/limits.ts";
import { problems, type Slug } from "../core/problem.ts";
import type { OpenApi } from "./document.ts";
import { summary } from "./guide.ts";
import { pageOf } from "./layout.ts";
import { operationsOf } from "./operation-section.ts";
import { problemWords } from "./problem-words.ts";
import { block, prose } from "./prose.ts";
import { monthsHere } from "./transparency-page.ts";

export const landingPage = (url: string): Promise<string> =>
  pageOf(
    "Tipoff",
    html`<main id="content" class="frame"><h1>Tipoff</h1><p class="lead">${summary.split(". ").slice(0, 2).join(". ")}.</p>
<p>This exchange is <code>${url}</code>.</p>
<ul class="plain"><li><a href="/docs">The reference</a></li>
<li><a href="/transparency">What the exchange publishes of each month</a></li>
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

const { step, distinct } = limits.transparency;
const method = [
  `Of each month that is over. Each was counted once, when it was over, and stands as it is.`,
  `Figures are rounded, up or down, to multiples of ${step} (of indicators, coarser). A dash means: fewer than ${step}, or of too few to say. What is counted comes from at least ${distinct} of each: authors of tips; agencies, cases and tips of readings; and none of them makes up more than half. What is too few by itself is counted under "all other", where the same holds. There are no totals, since what is left out could be told from them.`,
  'A reading is a tip that was handed to a law-enforcement agency for a case, however often, as the answer to a question too. Those of which the author is not told yet, by a stated non-disclosure, are counted. A question that met nothing is not. The legal basis is as the agency stated it; kinds of an agency\'s own are "other".',
  "A refusal: an agency stated no purpose, or none that counts. Each agency counts three times a month at most.",
];

/** The months take the place of `monthsHere` when it is asked for. */
export const transparencyPage = (): Promise<string> =>
  pageOf(
    "Transparency: what this exchange publishes of each month",
    html`<main id="content" class="frame"><h1>Transparency</h1>
<p class="lead">What platforms, researchers and law enforcement did on this exchange, month by month, so that no single tip, partner or case can be made out.</p>
${method.map((paragraph) => html`<p>${paragraph}</p>`)}
<p>As JSON: <a href="/v1/transparency"><code>/v1/transparency</code></a>, also for earlier months.</p>
${raw(monthsHere)}</main>`,
  );
