/** The sources that are bundled: they serve as the whole ones do, without what only the reference is made of. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { withoutReference } from "../../../scripts/without-reference.ts";
import type { Operation } from "../../../src/api/operation.ts";
import { operations } from "../../../src/operations.ts";

const root = path.join(import.meta.dirname, "../../..");
execFileSync(process.execPath, [path.join(root, "scripts/build-worker.ts")]);
const bundled: { operations: Operation[] } = await import(path.join(root, ".worker/operations.ts"));

/** What the schemas of a declaration make of its example and of what it refuses, word by word. */
const judged = ({ query, body }: Operation, example: unknown) => [
  ...[{}, { after: "?", limit: "0" }].map((value) => query?.safeParse(value)),
  ...[example, {}, { [String(Object.keys(Object(example))[0])]: 1 }].map((value) =>
    (body?.read ?? body?.schema)?.safeParse(value),
  ),
];

describe.each(operations.map((whole, at) => ({ whole, at, id: whole.id })))("$id", ({ whole, at }) => {
  const light = bundled.operations[at]!;

  test("serves what it declares", () => {
    const { summary, description, answers, problems, body, ...served } = whole;
    const { body: lightBody, ...lightServed } = light;
    expect(Object.keys(lightServed)).toEqual(Object.keys(served));
    const { id, method, path, access } = whole;
    expect(light).toMatchObject({ id, method, path, access });
    expect(Boolean(lightBody)).toBe(Boolean(body));
    expect(JSON.stringify(judged(light, body?.example))).toBe(JSON.stringify(judged(whole, body?.example)));
  });

  test("has nothing left that is only shown", () => {
    for (const name of ["summary", "description", "answers", "problems"]) expect(light).not.toHaveProperty(name);
  });
});

describe("of a source", () => {
  test.each([
    ['operation({ id: "a", summary: "s", run })', 'operation({ id: "a", run })'],
    ['operation({ summary: "s", ...common, answers: {}, })', "operation({ ...common, })"],
    ["operation({ body: { schema, example: { operation: { summary } } } })", "operation({ body: { schema, } })"],
    [
      'operation({ at: { of: z.string().describe("é 🙂").meta({ id: "b" }).min(1) } })',
      "operation({ at: { of: z.string().min(1) } })",
    ],
    ['operation({ answers: { 200: { schema: z.string().describe("s") } }, run })', "operation({ run })"],
  ])("%s is %s", (source, left) => {
    expect(withoutReference("a.ts", `${source};\n`).replace(/,\s*}/g, ", }")).toBe(`${left};\n`);
  });

  test("everything else stays as it is", () => {
    const source = 'const { summary } = answer({ summary: "s" });\nmeta({}); form.meta; z.describe();\n';
    expect(withoutReference("a.ts", source)).toContain('answer({ summary: "s" })');
    expect(withoutReference("a.ts", source)).toContain("meta({}); form.meta; z.describe();");
  });

  test("one that cannot be read is refused, with its name", () => {
    expect(() => withoutReference("broken.ts", "const = 1")).toThrow(/^broken\.ts cannot be read/);
  });
});
