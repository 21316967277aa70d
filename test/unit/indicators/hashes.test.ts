import { expect, test } from "vitest";
import { judge, keysOf, probesOf } from "../../../src/core/indicators/registry.ts";
import { canonical, meet, refusal, sites, warnings } from "./given.ts";
import { random } from "./random.ts";

const pdq = (value: string) => ({ type: "hash", algorithm: "pdq", value });
const sample = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const bitsOf = (hex: string) => BigInt(`0x${hex}`);
const hexOf = (bits: bigint) => bits.toString(16).padStart(64, "0");
test("a hash has the length of its algorithm and is lower case", () => {
  expect(canonical({ type: "hash", algorithm: "md5", value: "D41D8CD98F00B204E9800998ECF8427E" }).value).toBe(
    "d41d8cd98f00b204e9800998ecf8427e",
  );
  expect(refusal({ type: "hash", algorithm: "sha1", value: "a".repeat(64) })).toBe("/value");
  expect(refusal({ type: "hash", algorithm: "sha256", value: "g".repeat(64) })).toBe("/value");
});

test("a SHA-256 and a PDQ of the same digits do not meet", () => {
  expect(meet({ type: "hash", algorithm: "sha256", value: sample }, pdq(sample))).toBeUndefined();
});

test("a PDQ hash has sixteen keys and 272 probes", () => {
  expect(keysOf(canonical(pdq(sample)))).toHaveLength(16);
  expect(keysOf(canonical(pdq(sample)))[1]).toBe("q1:f0ce");
  expect(probesOf(canonical(pdq(sample)), sites)).toHaveLength(272);
});

test("up to 31 bits apart is similar, with the distance; 32 is nothing", () => {
  // Spread as evenly as it goes: two bits in fifteen bands and one in the last, the worst that the index must find.
  let apart = bitsOf(sample);
  for (let bit = 0; bit < 31; bit++) apart ^= 1n << BigInt((bit % 16) * 16 + (bit >> 4));
  expect(meet(pdq(sample), pdq(hexOf(apart)))).toEqual({ how: "similar", distance: 31, context: false });
  expect(meet(pdq(sample), pdq(hexOf(apart ^ (1n << 241n))))).toBeUndefined();
  expect(meet(pdq(sample), pdq(sample))).toEqual({ how: "exact", distance: 0, context: false });
});

test("a picture without features is a warning", () => {
  expect(warnings(pdq("0".repeat(64)))).toBe(1);
  expect(warnings(pdq(sample))).toBe(0);
});

test("among 10,000 hashes the index finds every pair within 31 bits, and no other", () => {
  const next = random(31);
  const fresh = () =>
    Array.from({ length: 8 }, () =>
      next(2 ** 32)
        .toString(16)
        .padStart(8, "0"),
    ).join("");
  const all: bigint[] = Array.from({ length: 9_000 }, () => bitsOf(fresh()));
  // A thousand near copies: half of them 0 to 40 bits away anyhow, half 31 bits away as far from every band as can be.
  for (let at = 0; at < 500; at++) {
    let copy = all[next(9_000)]!;
    for (let flips = next(41); flips > 0; flips--) copy ^= 1n << BigInt(next(256));
    all.push(copy);
  }
  for (let at = 0; at < 500; at++) {
    let copy = all[next(9_000)]!;
    const spared = next(16);
    for (let band = 0; band < 16; band++) {
      const bit = next(16);
      copy ^= 1n << BigInt(band * 16 + bit);
      if (band !== spared) copy ^= 1n << BigInt(band * 16 + ((bit + 1 + next(15)) % 16));
    }
    all.push(copy);
  }
  const held = all.map((bits) => canonical(pdq(hexOf(bits))));
  const index = new Map<string, number[]>();
  held.forEach((indicator, at) => {
    for (const key of keysOf(indicator)) {
      const list = index.get(key);
      if (list) list.push(at);
      else index.set(key, [at]);
    }
  });
  const words = all.map((bits) =>
    Uint32Array.from({ length: 8 }, (_, at) => Number((bits >> BigInt(at * 32)) & 0xffffffffn)),
  );
  const ones = Uint8Array.from({ length: 65_536 }, (_, number) => number.toString(2).replaceAll("0", "").length);
  const apart = (a: Uint32Array, b: Uint32Array) => {
    let sum = 0;
    for (let at = 0; at < 8 && sum <= 31; at++) {
      const differ = (a[at]! ^ b[at]!) >>> 0;
      sum += ones[differ & 0xffff]! + ones[differ >>> 16]!;
    }
    return sum;
  };
  let pairs = 0;
  for (let question = 0; question < 10_000; question++) {
    const expected: number[] = [];
    for (let at = 0; at < 10_000; at++) if (apart(words[question]!, words[at]!) <= 31) expected.push(at);
    const reached = new Set(probesOf(held[question]!, sites).flatMap((key) => index.get(key) ?? []));
    const found = [...reached].filter((at) => judge(held[question]!, held[at]!, sites) !== undefined);
    expect(found.sort((a, b) => a - b)).toEqual(expected);
    pairs += expected.length;
  }
  expect(pairs).toBeGreaterThan(11_000);
}, 60_000);
