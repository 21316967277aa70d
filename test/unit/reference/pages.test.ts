/** The pages: made of the document, complete, and without anything that would reach another host. */
import { expect, test } from "vitest";
import { limitReasons, limits } from "../../../src/core/limits.ts";
import { problems, type Slug } from "../../../src/core/problem.ts";
import { operations } from "../../../src/operations.ts";
import { docsPage } from "../../../src/reference/docs-page.ts";
import { makeDocument } from "../../../src/reference/document.ts";
import { referenceOperations } from "../../../src/reference/operations.ts";
import { schemaTable } from "../../../src/reference/schema-table.ts";
import { landingPage, problemPage } from "../../../src/reference/small-pages.ts";

const url = "https://tipoff.example";
const document = makeDocument(operations, url);
const docs = (await docsPage(document)).html;
const pages = [docs, (await landingPage(url)).html];
for (const slug of Object.keys(problems) as Slug[]) pages.push((await problemPage(slug, document)).html);

const attributes = (page: string, name: string) =>
  [...page.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value]) => value!);

test("no page has a script, a frame, a form or a link to another host", () => {
  for (const page of pages) {
    expect(page).not.toMatch(/<(script|iframe|form|img|object|embed|base)\b|@import|url\(|\sstyle=|\son\w+=/i);
    expect(attributes(page, "src")).toEqual([]);
    for (const href of attributes(page, "href")) expect(href).toMatch(/^(#|\/(?!\/)|data:,$)/);
  }
});

test("every link within the reference, and from a problem into it, leads somewhere; no id stands twice", () => {
  const ids = attributes(docs, "id");
  expect(new Set(ids).size).toBe(ids.length);
  const links = pages
    .flatMap((page) => attributes(page, "href"))
    .flatMap((href) => /^(?:\/docs)?#(.+)$/.exec(href)?.[1] ?? []);
  expect(links.length).toBeGreaterThan(300);
  for (const link of links) expect(ids).toContain(link);
});

test("every operation, schema, problem and limit is there", () => {
  for (const { id, path } of operations) {
    expect(docs).toContain(`<h3 id="${id}">`);
    expect(docs).toContain(`<code class="path">${path}</code>`);
  }
  for (const id of Object.keys(document.components.schemas)) expect(docs).toContain(`<h3 id="schema-${id}">`);
  for (const slug of Object.keys(problems)) expect(docs).toContain(`<h3 id="problem-${slug}">`);
  for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
    expect(docs).toContain(`<code>${name}</code>`);
    expect(docs).toContain(limitReasons[name].split(/[`'"&]/)[0]);
  }
});

test("documents and pages are made once, however often and at once they are asked for", async () => {
  let made = 0;
  const served = referenceOperations(() => {
    made++;
    return operations;
  });
  const ask = (id: string, at = {}) => {
    const context = { req: { header: () => undefined } };
    return served.find((each) => each.id === id)!.run({ context, exchange: { url }, at } as never);
  };
  const asked = ["readDocs", "readOpenapi", "readLanding"].flatMap((id) => [ask(id), ask(id)]);
  const [first, second] = (await Promise.all(asked)) as any[];
  await ask("readProblem", { slug: "withdrawn" });
  expect(second.value.body).toBe(first.value.body);
  expect(made).toBe(1);
});

test("what a description holds is escaped", async () => {
  const described = { properties: { a: { type: "string", description: "<b> & `</code><script>`" } } };
  expect(String(await schemaTable(described))).toContain("&lt;b&gt; &amp; <code>&lt;/code&gt;&lt;script&gt;</code>");
});
