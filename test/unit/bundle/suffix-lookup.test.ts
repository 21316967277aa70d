/** The Worker's form of the public suffix list answers as tldts does. */
import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import { icannRules, listed, privateRules, rulesOf } from "../../../scripts/suffix-list.ts";
import { suffixLookup } from "../../../src/bundle/suffix-lookup.ts";

type Lookup = ReturnType<typeof suffixLookup>;
const { default: theirs } = createRequire(import.meta.url)("tldts/dist/cjs/src/suffix-trie.js") as { default: Lookup };
const ours = suffixLookup(icannRules, privateRules);

const sections = [true, false].flatMap((allowIcannDomains) =>
  [true, false].map((allowPrivateDomains) => ({ allowIcannDomains, allowPrivateDomains })),
);

/** For each choice of sections; as one text, since there are many. */
const answers = (lookup: Lookup, host: string): string =>
  sections
    .map((asked) => {
      const found = { isIcann: null, isPrivate: null, publicSuffix: null };
      const exception = lookup(host, asked, found);
      return `${exception} ${found.isIcann} ${found.isPrivate} ${found.publicSuffix}`;
    })
    .join("; ");

const rules = [...rulesOf(listed, listed.rulesRoot), ...rulesOf(listed, listed.exceptionsRoot)].map(({ labels }) =>
  labels.toReversed().join("."),
);

test("at every rule, below it and beside it", () => {
  expect(rules.length).toBeGreaterThan(11_000);
  const differing = rules
    .flatMap((rule) => [rule, rule.replace("*", "any")])
    .flatMap((host) => [host, `a.${host}`, `b.a.${host}`, `x${host}`, `.${host}`, `${host}.zz`, `${host}.com`])
    .filter((host) => answers(ours, host) !== answers(theirs, host));
  expect(differing).toEqual([]);
});

test("for hosts of any labels of the list", () => {
  const label = fc.oneof(
    fc.constantFrom(
      ...new Set(
        rules
          .join(".")
          .split(".")
          .filter((name) => /^[ -~]*$/.test(name)),
      ),
    ),
    fc.constantFrom("www", "city", "a", "*", "!www", "", "constructor", "@a", "a(b)"),
  );
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 5 }), (labels) => {
      expect(answers(ours, labels.join("."))).toBe(answers(theirs, labels.join(".")));
    }),
    { numRuns: 3_000 },
  );
});
