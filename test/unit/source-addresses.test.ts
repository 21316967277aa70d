/** Source addresses: one spelling for each range, and an address is in a range exactly where the range is around it. */
import { expect, test } from "vitest";
import { rangesAround, readSourceRange } from "../../src/core/source-addresses.ts";

const read = (text: string) => {
  const result = readSourceRange(text);
  return result.ok ? result.value : undefined;
};

test.each([
  ["203.0.113.7", "203.0.113.7/32"],
  [" 203.0.113.0/24 ", "203.0.113.0/24"],
  ["10.1.0.0/16", "10.1.0.0/16"],
  ["::ffff:203.0.113.7", "203.0.113.7/32"],
  ["::ffff:203.0.113.0/120", "203.0.113.0/24"],
  ["2001:DB8:0::1", "2001:db8::1/128"],
  ["2001:db8::/32", "2001:db8::/32"],
  ["2001:db8:0:8000::/48", undefined],
  ["2001:db8:8000::/33", "2001:db8:8000::/33"],
  ["203.0.113.7/24", undefined],
  ["10.0.0.0/15", undefined],
  ["2001:db8::/31", undefined],
  ["::ffff:0:0/96", undefined],
  ["203.0.113.7/33", undefined],
  ["203.0.113.7/", undefined],
  ["203.0.113.7/24/24", undefined],
  ["203.0.113", undefined],
  ["0313.0.0.1", undefined],
  ["example.org", undefined],
  ["", undefined],
])("%s is kept as %s", (text, kept) => {
  expect(read(text)).toBe(kept);
});

test("an address is in its ranges and in no other", () => {
  const inside = (address: string, range: string) => rangesAround(address).includes(read(range)!);
  expect(inside("203.0.113.7", "203.0.113.0/29")).toBe(true);
  expect(inside("203.0.113.8", "203.0.113.0/29")).toBe(false);
  expect(inside("::ffff:203.0.113.7", "203.0.0.0/16")).toBe(true);
  expect(inside("2001:db8:8000::1", "2001:db8:8000::/33")).toBe(true);
  expect(inside("2001:db8:7fff::1", "2001:db8:8000::/33")).toBe(false);
  expect(rangesAround("203.0.113.7")).toHaveLength(17);
});

test("what is no address is in no range", () => {
  for (const text of [undefined, "", "x", "203.0.113.7, 198.51.100.1", "203.0.113.7:443", "203.0.113.0/24"])
    expect(rangesAround(text), String(text)).toEqual([]);
});
