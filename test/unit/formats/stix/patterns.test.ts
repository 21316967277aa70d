import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patternOf } from "../../../../src/formats/stix/pattern.ts";
import { readPattern } from "../../../../src/formats/stix/read-pattern.ts";

const read = (pattern: string): string[] | string => {
  const found = readPattern(pattern);
  if (!found.ok) return found.error;
  return found.value.map((all) => all.map(({ object, property, text }) => `${object}:${property}=${text}`).join(" & "));
};

describe("patterns of the simple form are read", () => {
  test.each([
    ["[ipv4-addr:value = '198.51.100.1']", ["ipv4-addr:value=198.51.100.1"]],
    ["[ipv4-addr:value ISSUBSET '198.51.100.0/24']", ["ipv4-addr:value=198.51.100.0/24"]],
    ["[url:value='a' OR url:value = 'b']", ["url:value=a", "url:value=b"]],
    ["[url:value = 'a'] OR [domain-name:value = 'b']", ["url:value=a", "domain-name:value=b"]],
    ["([url:value = 'a'] OR ([url:value = 'b']))", ["url:value=a", "url:value=b"]],
    ["[domain-name:value IN ('a', 'b')]", ["domain-name:value=a", "domain-name:value=b"]],
    ["[file:hashes.'SHA-256' = 'a' AND file:size = 25]", ["file:hashes.SHA-256=a & file:size=25"]],
    [
      "[file:hashes.MD5 = 'a' OR file:hashes.MD5 = 'b' AND file:name = 'c']",
      ["file:hashes.MD5=a", "file:hashes.MD5=b & file:name=c"],
    ],
    [
      "[(file:hashes.MD5 = 'a' OR file:hashes.MD5 = 'b') AND file:name = 'c']",
      ["file:hashes.MD5=a & file:name=c", "file:hashes.MD5=b & file:name=c"],
    ],
    ["[url:value = 'it\\'s \\\\ here]']", ["url:value=it's \\ here]"]],
  ])("%s", (pattern, expected) => {
    expect(read(pattern)).toEqual(expected);
  });
});

describe("others are refused with a reason", () => {
  test.each([
    ["[a:b = '1'] AND [c:d = '2']", /ties observations together \(AND\)/],
    ["([a:b = '1'] FOLLOWEDBY [c:d = '2']) WITHIN 5 SECONDS", /FOLLOWEDBY/],
    ["[a:b = '1'] REPEATS 5 TIMES", /REPEATS/],
    ["[a:b LIKE '%x']", /compares by LIKE/],
    ["[a:b != 'x']", /compares by !=/],
    ["[a:b NOT = 'x']", /compares by NOT/],
    ["[NOT a:b = 'x']", /NOT/],
    ["[EXISTS a:b]", /EXISTS/],
    ["[network-traffic:protocols[*] = 'tcp']", /looks into a list/],
    ["[a:b = 'x", /does not end/],
    ["[a:b = 'x'", /Character 11/],
    ["[a:b = t'2020-01-01T00:00:00Z']", /not of the simple form/],
    ["alert tcp any any", /Character 1 /],
    ["", /Character 1 /],
    [`[a:b = '${"x".repeat(20_000)}']`, /20000 characters/],
    [`[${"(".repeat(20)}a:b = 'x'${")".repeat(20)}]`, /nest more than 16/],
    [`[${Array(12).fill("(a:b='1' OR a:b='2')").join(" AND ")}]`, /more than 1000 alternatives/],
    [`[${Array(60).fill("a:b='1'").join(" AND ")}]`, /more than 50 comparisons/],
  ])("%.60s", (pattern, reason) => {
    expect(read(pattern)).toMatch(reason);
  });
});

test("what is written is read again, whatever the text", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 4 }), (texts) => {
      const pattern = patternOf(texts.map((text) => ["x-a:b", text]));
      expect(readPattern(pattern)).toEqual({
        ok: true,
        value: [texts.map((text) => ({ object: "x-a", property: "b", text }))],
      });
    }),
  );
});

test("no text makes the reader throw, or takes it long", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "(",
    ")",
    "'",
    "\\",
    "a:b",
    "=",
    " OR ",
    " AND ",
    "'x'",
    "IN",
    ",",
    ".",
    "1",
    "é",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      expect(typeof readPattern(pieces.join("")).ok).toBe("boolean");
    }),
    { numRuns: 500 },
  );
  const long = ["[(", "'", "a:b ", " ", "1", "\\", "[a:b='1' OR "].map((one) => one.repeat(20_000 / one.length));
  const begun = performance.now();
  for (const text of long) readPattern(text);
  expect(performance.now() - begun).toBeLessThan(5_000);
});
