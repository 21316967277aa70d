/** Strict JSON: the short way, for what is written as programs write it, finds what the long way finds. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseStrict } from "../../src/core/strict-json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
/** With white space between, so that it is never what would be written again. */
const long = (value: unknown) => parseStrict(bytes(JSON.stringify(value, null, 1)));

test("a value is judged alike however it is written", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(2 ** 53, 1e300, -1e21),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\ud800", '\\"', "\\\\", "a\\ud800", "1e5", ",1e5", "__proto__"),
  );
  const value = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, number, text, fc.boolean(), fc.constant(null), tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 4 }),
    object: fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  })).value;
  fc.assert(
    fc.property(value, (one) => {
      const text = JSON.stringify(one);
      fc.pre(text !== "{}" && text !== "[]" && /[{[]/.test(text));
      expect(parseStrict(bytes(text)).ok).toBe(long(one).ok);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['{"a":1,"a":1}', "/a", "stands twice"],
  ['{"a":{"b":1,"b":2}}', "/a/b", "stands twice"],
  ['{"a":9007199254740992}', "/a", "exact"],
  ['{"a":1e300}', "/a", "exact"],
  ['{"a":1e+300}', "/a", "exact"],
  ["9007199254740992", "", "exact"],
  ['["\\ud800"]', "/0", "lone surrogate"],
  ['{"\\ud800":1}', "", "lone surrogate"],
])("%s is refused", (text, pointer, detail) => {
  const parsed = parseStrict(bytes(text));
  expect(parsed).toMatchObject({ ok: false, error: [{ pointer, detail: expect.stringContaining(detail) }] });
});

test.each(['"', "\\", '"[[[[[[', '\\"{{{{'])("brackets and quotes in a string (%s) are not depth", (inside) => {
  const value = { a: [inside.repeat(20), { b: inside }] };
  expect(parseStrict(bytes(JSON.stringify(value)), 4)).toEqual({ ok: true, value });
  expect(parseStrict(bytes(JSON.stringify([[[[[inside]]]]])), 4).ok).toBe(false);
});
