/** The whole reference on one page, made from the OpenAPI document. */
import { html } from "hono/html";
import { examples } from "../api/examples.ts";
import { decoded } from "../api/tips/sample.ts";
import { limitReasons, limits } from "../core/limits.ts";
import { problems, type Slug } from "../core/problem.ts";
import type { JsonSchema } from "./components.ts";
import type { OpenApi } from "./document.ts";
import { scopeMeanings, sections, summary } from "./guide.ts";
import { type Html, pageOf } from "./layout.ts";
import { type Listed, operationSection, operationsOf } from "./operation-section.ts";
import { problemWords } from "./problem-words.ts";
import { example, prose } from "./prose.ts";
import { schemaTable } from "./schema-table.ts";

export function docsPage(document: OpenApi): Promise<string> {
  const url = document.servers[0]!.url;
  const all = operationsOf(document);
  const parts = document.tags.map((tag) => ({
    ...tag,
    id: tag.name.toLowerCase().replaceAll(" ", "-"),
    listed: all.filter(({ declared }) => declared.tags[0] === tag.name),
  }));
  return pageOf(
    "Tipoff: the reference",
    html`<div class="frame wide">
${contents(parts)}
<main id="content">
<h1>Tipoff: the reference</h1>
<p class="lead">${summary}</p>
<p>This exchange is <code>${url}</code>. The page is made from <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1),
which is made from the schemas that validate.</p>
${sections.map(guideSection)}
${parts.map(
  ({ id, name, description, listed }) => html`<section><h2 id="${id}">${name}</h2><p>${description}</p>
${listed.map((each) => operationSection(each, url))}</section>`,
)}
<section><h2 id="schemas">Schemas</h2>
${Object.entries(document.components.schemas).map(([id, schema]) => schemaSection(id, schema))}</section>
<section><h2 id="problems">Problems</h2>
<p>The <code>type</code> of a problem is its address: <code>${url}/problems/&lt;slug&gt;</code>.</p>
${(Object.keys(problems) as Slug[]).map((slug) => problemSection(slug, document))}</section>
${limitsSection}
</main></div>`,
  );
}

interface Part {
  id: string;
  name: string;
  listed: Listed[];
}

const contents = (parts: readonly Part[]): Html => html`<nav class="toc" aria-label="Contents"><ol>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
${parts.map(
  ({ id, name, listed }) => html`<li><a href="#${id}">${name}</a><ol>
${listed.map(({ declared }) => html`<li><a href="#${declared.operationId}">${declared.summary}</a></li>`)}</ol></li>`,
)}
<li><a href="#schemas">Schemas</a></li><li><a href="#problems">Problems</a></li><li><a href="#limits">Limits</a></li>
</ol></nav>`;

const guideSection = ({ id, title, steps, paragraphs }: (typeof sections)[number]): Html => html`<section>
<h2 id="${id}">${title}</h2>
${steps ? html`<ol class="plain">${steps.map((each) => html`<li>${prose(each)}</li>`)}</ol>` : ""}
${paragraphs.map((each) => html`<p>${prose(each)}</p>`)}
${aside[id] ?? ""}</section>`;

/** What a section shows besides its words. */
const aside: Record<string, Html> = {
  "signing-in-how": html`${example(decoded({ payload: examples.assertion.split(".")[1]! }), "The claims of an assertion")}
<table><thead><tr><th scope="col">Scope</th><th scope="col">What it allows</th></tr></thead><tbody>
${Object.entries(scopeMeanings).map(
  ([scope, meaning]) => html`<tr><td class="name"><code>${scope}</code></td><td>${meaning}</td></tr>`,
)}</tbody></table>`,
  signed: html`<p>The examples are signed by these keys. Verify them; they are good for nothing else.</p>
${example(examples.keys, "The sample keys: chirper's, the exchange's, and one that is added")}`,
};

const schemaSection = (id: string, schema: JsonSchema): Html => html`<section>
<h3 id="schema-${id}">${id}</h3>
${schema.description ? html`<p>${prose(schema.description)}</p>` : ""}
${schemaTable(schema)}
${schema.examples ? example(schema.examples[0]) : ""}</section>`;

const problemSection = (slug: Slug, document: OpenApi): Html => html`<section>
<h3 id="problem-${slug}">${problems[slug].title}</h3>
<p class="route"><code class="method">${problems[slug].status}</code> <code class="path">${slug}</code></p>
<p>${prose(problemWords[slug].remedy)}</p>
${example(document.components.examples[slug]!.value)}</section>`;

const amount = (value: number): string => value.toLocaleString("en-US");
const amounts = (value: number | Record<string, number>): Html =>
  typeof value === "number"
    ? html`${amount(value)}`
    : html`${Object.entries(value).map(([part, each]) => html`${part} ${amount(each)}<br>`)}`;

const limitsSection = html`<section><h2 id="limits">Limits</h2>
<p>Besides, the requests of a minute are bounded for each address and each partner, as the exchange is deployed; beyond
that the answer is 429 <a href="#problem-rate">rate</a>.</p><table>
<thead><tr><th scope="col">Limit</th><th scope="col">Value</th><th scope="col">What it counts, and why</th></tr></thead><tbody>
${Object.entries(limits).map(
  ([name, value]) => html`<tr><td class="name"><code>${name}</code></td><td class="number">${amounts(value)}</td>
<td>${prose(limitReasons[name as keyof typeof limits])}</td></tr>`,
)}</tbody></table></section>`;
