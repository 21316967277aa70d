import { expect, test } from "vitest";
import { keysOf, labelOf, probesOf } from "../../../src/core/indicators/registry.ts";
import { canonical, meet, refusal, sites, warnings } from "./given.ts";
import { random } from "./random.ts";

const ip = (value: string, rest: object = {}) => ({ type: "ip", value, ...rest });

test.each([
  ["198.51.100.7", "198.51.100.7/32"],
  ["198.51.100.7/24", "198.51.100.0/24"],
  ["::ffff:198.51.100.7", "198.51.100.7/32"],
  ["::FFFF:198.51.100.7/120", "198.51.100.0/24"],
  ["2001:0DB8:0:0::1", "2001:db8::1/128"],
  ["2001:db8:ffff::/33", "2001:db8:8000::/33"],
])("%s is %s", (written, value) => expect(canonical(ip(written)).value).toBe(value));

test.each([
  "10.1.2.3",
  "127.0.0.1",
  "169.254.1.1",
  "172.16.9.9",
  "192.168.0.0/16",
  "192.0.0.0/8",
  "224.0.0.1",
  "0.0.0.0",
  "::",
  "::1",
  "fe80::1",
  "fc00::1",
  "ff02::1",
  "::ffff:10.0.0.1",
  "8.0.0.0/7",
  "2a00::/18",
  "8.8.8.8/33",
  "010.1.1.1",
  "8.8.8",
  "1",
  "fe80::1%eth0",
  "8.8.8.8/",
  "x",
])("%s is refused", (written) => expect(refusal(ip(written))).toBe("/value"));

test("host bits and documentation ranges are warnings", () => {
  expect(warnings(ip("8.8.8.8/24"))).toBe(1);
  expect(warnings(ip("203.0.113.0/24"))).toBe(1);
  expect(warnings(ip("8.8.8.0/24"))).toBe(0);
});

test("one key an indicator, and a probe for each length in use", () => {
  expect(keysOf(canonical(ip("203.0.113.0/24")))).toEqual(["i4:24:cb007100"]);
  expect(probesOf(canonical(ip("203.0.113.9")), sites)).toHaveLength(25);
  expect(probesOf(canonical(ip("2001:db8::1")), sites)).toHaveLength(110);
  expect(probesOf(canonical(ip("203.0.113.9")), sites, { prefixes: ["4/24", "6/48"] })).toEqual(["i4:24:cb007100"]);
});

test("a range that is everyone's is context, by range and by address", () => {
  expect(meet(ip("203.0.113.9"), ip("203.0.113.0/24", { service: "vpn" }))).toEqual({ how: "in-range", context: true });
  expect(meet(ip("203.0.113.9"), ip("203.0.113.9", { service: "tor" }))).toEqual({ how: "exact", context: true });
  expect(meet(ip("203.0.113.9"), ip("203.0.113.0/24", { service: "hosting" }))).toEqual({
    how: "in-range",
    context: false,
  });
});

test("a range asked for is not met by what is smaller", () => {
  expect(meet(ip("203.0.113.0/24"), ip("203.0.113.9"))).toBeUndefined();
  expect(meet(ip("203.0.113.0/25"), ip("203.0.113.0/24"))?.how).toBe("in-range");
});

test("a single address is labelled without its length", () => {
  expect(["203.0.113.9", "2001:db8::1", "2001:db8::/32"].map((each) => labelOf(canonical(ip(each))))).toEqual([
    "203.0.113.9",
    "2001:db8::1",
    "2001:db8::/32",
  ]);
});

test.each([4, 6])("addresses in nested v%d ranges are found as brute force finds them", (family) => {
  const next = random(family);
  const bits = family === 4 ? 32 : 128;
  const shortest = family === 4 ? 8 : 19;
  const base = family === 4 ? 0xcb007000n : 0x20010db8n << 96n;
  const near = () => {
    // Close together, so that ranges nest: only some bits differ.
    let value = base;
    for (let flips = next(4); flips > 0; flips--) value ^= 1n << BigInt(next(bits - shortest));
    return value;
  };
  const write = (value: bigint, length: number) => {
    const groups = (size: number, count: number) =>
      Array.from(
        { length: count },
        (_, at) => (value >> BigInt(size * (count - 1 - at))) & ((1n << BigInt(size)) - 1n),
      );
    return family === 4
      ? `${groups(8, 4).join(".")}/${length}`
      : `${groups(16, 8)
          .map((each) => each.toString(16))
          .join(":")}/${length}`;
  };
  const ranges = Array.from({ length: 300 }, () => ({ value: near(), length: shortest + next(bits - shortest + 1) }));
  const index = new Map<string, number[]>();
  ranges.forEach(({ value, length }, at) => {
    for (const key of keysOf(canonical(ip(write(value, length))))) index.set(key, [...(index.get(key) ?? []), at]);
  });
  let hits = 0;
  for (let round = 0; round < 300; round++) {
    const value = near();
    const found = probesOf(canonical(ip(write(value, bits))), sites).flatMap((key) => index.get(key) ?? []);
    const expected = ranges.flatMap((range, at) =>
      range.value >> BigInt(bits - range.length) === value >> BigInt(bits - range.length) ? [at] : [],
    );
    expect(found.sort((a, b) => a - b)).toEqual(expected);
    hits += expected.length;
  }
  expect(hits).toBeGreaterThan(1_000);
});
