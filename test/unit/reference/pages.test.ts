/** The pages: made of the document, complete, and without anything that would reach another host. */
import { describe, expect, test } from "vitest";
import { limitReasons, limits } from "../../../src/core/limits.ts";
import { problems, type Slug } from "../../../src/core/problem.ts";
import { operations } from "../../../src/operations.ts";
import { docsPage } from "../../../src/reference/docs-page.ts";
import { makeDocument } from "../../../src/reference/document.ts";
import { referenceFiles } from "../../../src/reference/files.ts";
import { referenceOperations, thisExchange } from "../../../src/reference/operations.ts";
import { schemaTable } from "../../../src/reference/schema-table.ts";
import { landingPage, problemPage } from "../../../src/reference/small-pages.ts";

const url = "https://tipoff.example";
const document = makeDocument(operations, url);
const files = await referenceFiles(operations);
const docs = await docsPage(document);
const pages = [docs, await landingPage(url)];
for (const slug of Object.keys(problems) as Slug[]) pages.push(await problemPage(slug, document));

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

describe("the files", () => {
  const ask = async (id: string, exchange: string, assets: (file: string) => Response): Promise<any> => {
    const fetch = async (input: string) => assets(new URL(input).pathname.slice(1));
    const context = { req: { header: () => undefined }, env: { REFERENCE: { fetch } } };
    const declared = referenceOperations.find((each) => each.id === id)!;
    return declared.run({ context, exchange: { url: exchange }, at: { slug: "withdrawn" } } as never);
  };

  test("there is one for every operation of the reference, read once for an exchange, and naming it", async () => {
    const read: string[] = [];
    const assets = (file: string) => {
      read.push(file);
      return new Response(files[file]);
    };
    for (const exchange of [url, "http://127.0.0.1:8787"]) {
      for (const { id } of [...referenceOperations, ...referenceOperations]) {
        const { body } = (await ask(id, exchange, assets)).value;
        expect(body, id).toContain(exchange);
        expect(body, id).not.toContain(thisExchange);
      }
    }
    const each = ["docs.html", "index.html", "openapi.json", "problems/withdrawn.html"];
    expect(read.toSorted()).toEqual(each.flatMap((file) => [file, file]));
  });

  test("they make what the makers make for that exchange", async () => {
    const { body } = (await ask("readOpenapi", url, (file) => new Response(files[file]))).value;
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  test("one that is missing is a fault of ours, and looked for again", async () => {
    const other = "https://other.example";
    await expect(ask("readDocs", other, () => new Response("", { status: 404 }))).rejects.toThrow("docs.html");
    expect((await ask("readDocs", other, (file) => new Response(files[file]))).value.status).toBe(200);
  });
});

test("what a description holds is escaped", async () => {
  const described = { properties: { a: { type: "string", description: "<b> & `</code><script>`" } } };
  expect(String(await schemaTable(described))).toContain("&lt;b&gt; &amp; <code>&lt;/code&gt;&lt;script&gt;</code>");
});
