/** The OpenAPI document: valid, complete, and true to the routes, the schemas and the table of problems. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { problemSchema } from "../../../src/api/answers/problem.ts";
import { honoPath } from "../../../src/api/operation.ts";
import { app } from "../../../src/app.ts";
import { registry } from "../../../src/core/indicators/registry.ts";
import { problems, type Slug } from "../../../src/core/problem.ts";
import { operations } from "../../../src/operations.ts";
import { makeDocument } from "../../../src/reference/document.ts";
import { problemWords } from "../../../src/reference/problem-words.ts";

const document = makeDocument(operations, "https://tipoff.example");
const plain = JSON.parse(JSON.stringify(document));

/** Every value under a key of that name, anywhere. */
function* valuesOf(key: string, value: unknown): Generator<any> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === key) yield inner;
    yield* valuesOf(key, inner);
  }
}

test("is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(plain))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
});

test("describes every route of the app, and nothing else", () => {
  const routes = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${honoPath(path)}`),
  );
  expect(routes.toSorted()).toEqual(described.toSorted());
  expect(new Set(routes).size).toBe(routes.length);
});

test("the app has no handler for all methods but its one middleware", () => {
  expect(app.routes.filter(({ method }) => method === "ALL").map(({ path }) => path)).toEqual(["/*"]);
});

test("every reference leads somewhere", () => {
  const refs = new Set<string>(valuesOf("$ref", plain));
  expect(refs.size).toBeGreaterThan(60);
  for (const ref of refs) {
    const found = ref
      .slice(2)
      .split("/")
      .reduce((at, part) => at?.[part], plain);
    expect(found, ref).toBeDefined();
  }
});

test("operation ids are unique, and every parameter of a path is described", () => {
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  for (const { path, at = {} } of operations) {
    expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(Object.keys(at));
  }
});

test("a scope that is needed is a scope that can be asked for", () => {
  const { scopes } = plain.components.securitySchemes.oauth2.flows.clientCredentials;
  for (const { id, access } of operations) {
    if (access !== "open" && access !== "any") expect(Object.keys(scopes), id).toContain(access);
  }
});

test("tips, indicators and their extensions are described strictly", () => {
  const { TipDocument, DomainIndicator, Indicator } = document.components.schemas;
  expect(TipDocument).toMatchObject({ additionalProperties: false, patternProperties: { "^x-.{0,62}$": {} } });
  expect(TipDocument!.required).toEqual(
    expect.arrayContaining(["exchange", "tip", "version", "from", "issued_at", "tlp", "audience", "indicators"]),
  );
  expect(DomainIndicator).toMatchObject({ additionalProperties: false, patternProperties: { "^x-.{0,62}$": {} } });
  expect(Indicator!.oneOf).toHaveLength(registry.size);
});

describe.each(operations.map((operation) => [operation.id, operation] as const))("%s", (_id, { body, answers }) => {
  test("has examples, and they fit", () => {
    if (body) {
      expect(body.schema.safeParse(body.example).error?.issues ?? []).toEqual([]);
      // What the deed judges for itself is at least let through.
      expect((body.read ?? body.schema).safeParse(body.example).error?.issues ?? []).toEqual([]);
    }
    for (const [status, { schema, each, example, also }] of Object.entries(answers)) {
      if (schema) expect(schema.safeParse(example).error?.issues ?? [], status).toEqual([]);
      if (each) {
        const [, data] = /^data: (.*)$/m.exec(example as string)!;
        expect(each.safeParse(JSON.parse(data!)).error?.issues ?? [], status).toEqual([]);
      }
      if (also) expect(also.schema.safeParse(also.example).error?.issues ?? [], status).toEqual([]);
    }
  });
});

test.each(Object.keys(problems) as Slug[])(
  "the problem %s has an example, a remedy, and operations that answer with it",
  (slug) => {
    expect(problemWords[slug].remedy.length).toBeGreaterThan(20);
    const { value } = document.components.examples[slug]!;
    expect(problemSchema.parse(value)).toMatchObject({ type: `https://tipoff.example/problems/${slug}` });
    const shown = [...valuesOf("examples", document.paths)].filter((each) => slug in each);
    expect(shown.length).toBeGreaterThan(0);
  },
);
