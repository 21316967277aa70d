/** The suffix list is tldts' own, and so are the answers. */
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { parse } from "tldts";
import { expect, test } from "vitest";
import { suffixListText } from "../../../scripts/suffix-list.ts";
import { icannRules, privateRules } from "../../../src/core/indicators/suffix-list.ts";
import { parseHost } from "../../../src/core/indicators/suffixes.ts";

const theirs = (text: string) => parse(text, { allowPrivateDomains: true });
const labels = [...new Set(`${icannRules}${privateRules}`.match(/[^,()[\s!]+/g))];

/** Every rule as a host, "*" as it stands. */
function* rulesOf(text: string): Generator<string> {
  const right: string[] = [];
  for (const [, name, open] of text.matchAll(/!?([^,()[\s!]+)([([]?)|\)/g)) {
    if (name === undefined) right.pop();
    else {
      yield [name, ...right].join(".");
      if (open) right.unshift(name);
    }
  }
}

test("the file is what the script makes of the list in tldts", () => {
  const file = path.join(import.meta.dirname, "../../../src/core/indicators/suffix-list.ts");
  expect(readFileSync(file, "utf8")).toBe(suffixListText());
});

test("at every rule, below it and beside it, the answer is that of tldts", () => {
  let count = 0;
  for (const rule of [...rulesOf(icannRules), ...rulesOf(privateRules)]) {
    count++;
    const host = rule.replaceAll("*", "any");
    for (const text of [rule, host, `a.${host}`, `b.a.${host}`, `x${host}`, `www.${host}`, `${host}.zz`, `${host}.com`])
      expect(parseHost(text), text).toEqual(theirs(text));
  }
  expect(count).toBeGreaterThan(11_000);
});

test("so it is for hosts of any labels of the list", () => {
  const label = fc.oneof(
    fc.constantFrom(...labels),
    fc.constantFrom("www", "city", "a", "*", "!www", "", "constructor"),
  );
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 5 }), (parts) => {
      expect(parseHost(parts.join("."))).toEqual(theirs(parts.join(".")));
    }),
    { numRuns: 20_000 },
  );
});

test("and for what is no host", () => {
  const odd = [
    "",
    ".",
    "..",
    "com",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "a b.com",
    "https://u@www.ck:80/x?y#z",
    "EXAMPLE.Co.UK.",
    "-a.com",
  ];
  for (const text of odd) expect(parseHost(text), text).toEqual(theirs(text));
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseHost(text)).toEqual(theirs(text));
    }),
    { numRuns: 5_000 },
  );
});
