/**
 * What a stranger wrote is read in time that grows with its length: no text holds up an analyst's import, nor the exchange
 * that reads questions. Growth is compared, not time, so that a slow machine changes nothing.
 */
import { describe, expect, test } from "vitest";
import { readText } from "../../../src/core/indicators/guess.ts";
import { staticSites } from "../../../src/core/indicators/platforms.ts";
import { importReport } from "../../../src/formats/report.ts";

/** Repeated. Each is the beginning of something a reader looks for, or a class of characters some reader skips. */
const pieces = [
  ..." \n\u00a0,.;:|`*#_/-–@~([{}<'\"”»!aAÉ1漢\u200b",
  ...[
    "1,",
    "1.",
    "$1 ",
    "a1",
    "1k ",
    "no ",
    "about ",
    "$1 about ",
    "1 people followed ",
    "5 accounts and ",
    "1-",
    "::1",
  ],
  ...[
    "Aa ",
    "the Aa ",
    "the “ab ",
    "called Aa ",
    "The A-",
    "accounts on Aa ",
    "aÀ",
    "ÀÀ-targeting ",
    "targeted: ",
    "(a",
  ],
  ...["a.b ", "a,b", "a.b, ", "a.b\n", "\n\n", "\n \n", "a\n\n", "a\n \nb", ' "', '"" ', "“a", "|a", "|-", "` ", "a`"],
  ...[
    "hxxp://a[.]b ",
    "a[.]b/c ",
    "a [dot] ",
    "[ . ] ",
    " [",
    "[(",
    "[a](",
    "[a](b) ",
    "a (b) ",
    "a, hosted with ",
    "(@)",
  ],
  ...[
    "https://x.com/ab ",
    "https://www.linkedin.com/posts/_",
    "custom ",
    "redirects to ",
    "using ",
    "formerly a ",
    "@a@b.",
  ],
  ...[
    "/id1",
    "//",
    "a/",
    "a_",
    "a@",
    "@a ",
    "#a ",
    "# ",
    "a:",
    "::",
    "-a",
    "a.",
    ".html",
    "%0A",
    "US$",
    "registration date:",
  ],
];
/** In front of a run that only then is read by something. */
const heads = ["", "x", "ads ", "https://x.com/", "https://www.linkedin.com/posts/a", "@a@"];
const ends = ["", "\u0001y", " y", "/x"];

const filled = (head: string, piece: string, end: string, length: number): string =>
  head + piece.repeat(Math.ceil(length / piece.length)).slice(0, length) + end;

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const files: Record<string, [name: string, of: (text: string) => string]> = {
  "kill-chain": [
    "x.csv",
    (t) =>
      `Tactic,Technique,Procedure,Indicator,Comments\na,b,c,${quoted(t)},${quoted(t)}\na,b,1.2.8 P,${quoted(`${t} y`)}\n`,
  ],
  "typed rows": ["x.csv", (t) => `indicator_type,indicator_value,comment\ndomain,${quoted(t)},${quoted(t)}\n`],
  markdown: ["x.md", (t) => `# T\n\n${t}\n\n| Tactic | Indicator |\n|---|---|\n| a | ${t} |\n`],
  "account export": [
    "x.csv",
    (t) => `userid,user_screen_name,user_profile_description,account_creation_date\n1,${quoted(t)},,${quoted(t)}\n`,
  ],
  "our CSV": ["x.csv", (t) => `type,value,platform,handle,note\n,${quoted(t)},,,${quoted(t)}\n`],
  JSON: ["x.json", (t) => JSON.stringify({ indicators: [t, { type: "domain", value: t }], operation: { summary: t } })],
  lines: ["x.txt", (t) => `one.example\n${t}\n`],
};

/** Milliseconds of the quickest of some runs: what else the machine does only adds. */
function quickest(run: () => unknown, runs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let at = 0; at < runs; at++) {
    const began = performance.now();
    run();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/**
 * Four times the length takes some four times as long; quadratic reading takes sixteen. A doubt is measured again. What is
 * over within the slack is not compared.
 */
function growsLinearly(of: (length: number) => () => unknown, length: number): boolean {
  const [short, long] = [of(length), of(4 * length)];
  const slack = 15;
  const holds = (runs: number) => {
    const most = quickest(long, runs);
    return most <= slack || most <= 8 * quickest(short, runs) + slack;
  };
  return holds(1) || holds(3) || holds(8);
}

describe("a file of 80 KB is imported in some four times the time of one of 20 KB, whatever it repeats", () => {
  test.each(Object.entries(files))("%s", (_format, [name, of]) => {
    const slow = pieces.flatMap((piece) => {
      const import_ = (length: number) => {
        const text = of(filled(heads[1]!, piece, ends[1]!, length));
        return () => importReport([{ name, text }], { platform: "x" });
      };
      return growsLinearly(import_, 20_000) ? [] : [piece];
    });
    expect(slow).toEqual([]);
  });

  test("spending, and many columns beside many rows", () => {
    const cell = (piece: string) => (length: number) => {
      const text = `Tactic,Technique,Procedure,Indicator\na,b,c,${quoted(filled("ads ", piece, "", length))}\n`;
      return () => importReport([{ name: "x.csv", text }]);
    };
    const columns = (header: string, row: string) => (length: number) => {
      const text = header + ",a".repeat(length / 4) + `\n${row}`.repeat(length / 2 / (row.length + 1));
      return () => importReport([{ name: "x.csv", text }]);
    };
    for (const piece of ["1,", "$1 ", "1 USD ", "1.1", "about 1 "])
      expect(growsLinearly(cell(piece), 20_000), piece).toBe(true);
    for (const header of [
      "tactic,technique,procedure,indicator",
      "indicator_type,indicator_value,comment",
      "userid,user_screen_name",
      "value,note",
    ])
      expect(growsLinearly(columns(header, "a,b"), 20_000), header).toBe(true);
  });

  test("many values in one cell beside a long comment", () => {
    const of = (length: number) => {
      const values = Array.from({ length: length / 20 }, (_, at) => `a${at}.example`).join("\n");
      const text = `Tactic,Technique,Procedure,Indicator,Comments\na,b,c,${quoted(values)},${quoted("formerly abc ".repeat(length / 26))}\n`;
      return () => importReport([{ name: "x.csv", text }]);
    };
    expect(growsLinearly(of, 20_000)).toBe(true);
  });
});

test("a question of 4,000 characters is read in some four times the time of one of 1,000, whatever it repeats", () => {
  const slow = heads.flatMap((head) =>
    ends.flatMap((end) =>
      pieces.flatMap((piece) => {
        const read = (length: number) => {
          const text = filled(head, piece, end, length);
          // Often enough for a clock.
          return () => {
            for (let time = 0; time < 4; time++) readText(text, staticSites);
          };
        };
        return growsLinearly(read, 940) ? [] : [head + piece + end];
      }),
    ),
  );
  expect(slow).toEqual([]);
});
