/** What is read quickly is what the readers of all questions and all files read. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readText } from "../../../src/core/indicators/guess.ts";
import { readPlainCsv } from "../../../src/formats/plain-csv.ts";
import { questionOf } from "../../../src/formats/question.ts";
import { readTable, tableOf } from "../../../src/formats/table.ts";
import { quickRows, quickText } from "../../../src/mirror/quick-questions.ts";
import { sites } from "../indicators/given.ts";

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-fA-F]{${digits}}$`));
const domain = fc.oneof(
  fc.domain(),
  fc.stringMatching(/^[a-zA-Z0-9.-]{1,30}\.[a-z]{2,10}$/),
  fc.constantFrom(
    "a.example",
    "A.B.Blogspot.com",
    "co.uk",
    "x.co.uk",
    "-a.com",
    "a..com",
    "xn--mnchen-3ya.de",
    "1.2.3.4",
  ),
);
const value = fc.oneof(
  domain,
  hex(32),
  hex(40),
  hex(64),
  hex(33),
  fc.ipV4(),
  fc.webUrl(),
  fc.emailAddress(),
  fc.string(),
);

test("a text", () => {
  let quick = 0;
  fc.assert(
    fc.property(value, (text) => {
      const found = quickText(text, sites);
      if (!found) return;
      quick++;
      expect(found).toEqual(readText(text, sites));
    }),
    { numRuns: 3_000 },
  );
  expect(quick).toBeGreaterThan(1_000);
});

const handle = fc.oneof(
  fc.stringMatching(/^@?[a-zA-Z0-9_.]{1,20}$/),
  fc.constantFrom("'@a", "@", "a b", "none", "https://x.com/a", "ﬀ", "a/b", "-"),
);
const id = fc.oneof(fc.stringMatching(/^[0-9]{1,20}$/), fc.constantFrom("1e20", "1.5E+9", "abc", "n/a", "0"));
const cell = (of: fc.Arbitrary<string>) => fc.oneof(of, fc.constant(""), fc.constant(" "));
const columns: Record<string, fc.Arbitrary<string>> = {
  handle: cell(handle),
  "User ID": cell(id),
  platform: cell(fc.constantFrom("x", "Twitter", "facepage.example", "https://vk.com/", "nowhere", "…")),
  value: cell(value),
  note: cell(fc.constantFrom("a pdq hash", "words", "x".repeat(300))),
  display_name: cell(fc.string()),
  email: cell(fc.emailAddress()),
  kind: cell(fc.constantFrom("page", "nonsense")),
  other: cell(fc.string()),
};

test("a row of a table", () => {
  let quick = 0;
  const table = fc
    .subarray(Object.keys(columns), { minLength: 1 })
    .chain((titles) => fc.tuple(fc.constant(titles), fc.tuple(...titles.map((title) => columns[title]!))));
  fc.assert(
    fc.property(table, fc.constantFrom(undefined, "x", "facepage"), ([titles, cells], platform) => {
      const found = quickRows(titles, platform, sites)?.({ line: 2, cells });
      if (!found) return;
      quick++;
      const whole = { ...tableOf([{ line: 1, cells: titles }], []), rows: [{ line: 2, cells }] };
      const { readings } = readPlainCsv(whole, { sites, ...(platform && { platform }) });
      expect(readings[0]!.indicators.map(questionOf)).toEqual([found]);
    }),
    { numRuns: 5_000 },
  );
  expect(quick).toBeGreaterThan(200);
});

describe("a table without quotes", () => {
  test("is divided as the parser divides it", () => {
    const text = fc
      .array(fc.stringMatching(/^[a-c,; \t\n\r]{0,12}$/), { maxLength: 8 })
      .map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, (rows) => {
        // A quoted cell in the last row brings the parser in for all.
        const [plain, parsed] = [readTable(`a,b\n${rows}`), readTable(`a,b\n${rows}\n"z",z\n`)];
        expect(parsed.rows.slice(0, -1)).toEqual(plain.rows);
      }),
      { numRuns: 1_000 },
    );
  });
});
