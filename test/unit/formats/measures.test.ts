import { expect, test } from "vitest";
import { readMeasures } from "../../../src/formats/prose.ts";
import { procedureOf } from "../../../src/formats/taxonomy.ts";

test("a count alone is of the procedure's platform", () => {
  expect(readMeasures("4,789 accounts", "ook:0.9.1")).toEqual([
    { what: "accounts", platform: "facebook", count: 4789 },
  ]);
  expect(readMeasures("1 Groups", "ook:0.9.1")).toEqual([{ what: "groups", platform: "facebook", count: 1 }]);
});

test("the platform that the text names comes first", () => {
  expect(readMeasures("936 Chirper accounts", "ook:0.9.4")).toEqual([
    { what: "accounts", platform: "chirper", count: 936 },
  ]);
  expect(readMeasures("63 fake accounts", "ook:0.9.2")).toEqual([
    { what: "accounts", platform: "instagram", count: 63 },
  ]);
});

test("a count over two platforms is of neither", () => {
  expect(readMeasures("About 110 accounts on Facebook and Instagram", "ook:0.9.1")).toEqual([
    { what: "accounts", count: 110, approximate: true },
  ]);
});

test("followers and members are told apart", () => {
  expect(readMeasures("About 1.9 million accounts followed one or more of these Pages", "ook:7.2.2")).toEqual([
    { what: "followers", platform: "facebook", count: 1_900_000, approximate: true },
  ]);
  expect(readMeasures("around 1,200 accounts joined this Group", "ook:7.2.3")).toEqual([
    { what: "members", platform: "facebook", count: 1200, approximate: true },
  ]);
  expect(readMeasures("No accounts followed these Instagram accounts.", "ook:7.2.4")).toEqual([
    { what: "followers", platform: "instagram", count: 0 },
  ]);
});

test("spending is read with its currency and in millions", () => {
  expect(readMeasures("Around $1.2 million in spending for ads on Facebook, paid for mostly in dongs.")).toEqual([
    { what: "ad-spend", amount: 1_200_000, currency: "USD", approximate: true },
  ]);
  expect(readMeasures("About 20 USD in spending for ads")).toEqual([
    { what: "ad-spend", amount: 20, currency: "USD", approximate: true },
  ]);
  expect(readMeasures("They spent €300 on ads")).toEqual([{ what: "ad-spend", amount: 300, currency: "EUR" }]);
});

test("a sentence of several counts gives each", () => {
  expect(readMeasures("We removed 4 Facebook accounts, 12 Pages, and 21 Instagram accounts.")).toEqual([
    { what: "accounts", platform: "facebook", count: 4 },
    { what: "pages", platform: "facebook", count: 12 },
    { what: "accounts", platform: "instagram", count: 21 },
  ]);
});

test("procedures are known by number in every spelling", () => {
  const spellings = [
    "0.9.4 Acquiring X / Twitter accounts",
    "0.9.4",
    " 0.9.4 Acquiring X/Twitter accounts ",
    "ook:0.9.4",
    "0.9.4.0 Acquiring",
  ];
  expect(new Set(spellings.map((text) => procedureOf(text)))).toEqual(new Set(["ook:0.9.4"]));
  expect(procedureOf("", "1.2 Posing as non-existent person")).toBe("ook:1.2");
  expect(procedureOf("", "", "0. Acquiring assets")).toBe("ook:0");
  expect(procedureOf("Posing", undefined)).toBeUndefined();
});
