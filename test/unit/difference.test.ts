import { expect, test } from "vitest";
import { countsOf, differenceOf } from "../../src/core/difference.ts";

const body = (indicator: Record<string, unknown>): string => JSON.stringify(indicator);
const domain = (value: string, more = {}) => body({ type: "domain", value, ...more });
const account = (id: string, more = {}) => body({ type: "account", platform: "x", kind: "profile", id, ...more });
const picture = (value: string) => body({ type: "hash", algorithm: "pdq", value });

test("what stands there word for word is kept, wherever it stands now", () => {
  const difference = differenceOf([domain("a.example"), account("1")], [account("1"), domain("a.example")]);
  expect(difference).toEqual({
    added: [],
    changed: [],
    removed: [],
    kept: [
      [1, 0],
      [0, 1],
    ],
  });
});

test("the same thing told otherwise is changed; another thing is added, one gone removed", () => {
  const before = [account("1", { handle: "old" }), domain("a.example"), domain("b.example")];
  const after = [domain("c.example"), account("1", { handle: "new" }), domain("b.example")];
  const difference = differenceOf(before, after);
  expect(difference).toEqual({ added: [0], changed: [[0, 1]], removed: [1], kept: [[2, 2]] });
  expect(countsOf(difference)).toEqual({ added: 1, changed: 1, removed: 1 });
});

test("several alike are paired in order, what is left over is added or removed", () => {
  const same = domain("a.example");
  expect(differenceOf([same, same, same], [same, same]).removed).toEqual([2]);
  const noted = (note: string) => domain("a.example", { note });
  expect(differenceOf([noted("1"), noted("2")], [noted("3"), noted("4"), noted("5")])).toEqual({
    added: [2],
    changed: [
      [0, 0],
      [1, 1],
    ],
    removed: [],
    kept: [],
  });
});

test("an unchanged one is not taken for the changed form of another that is alike", () => {
  const plain = domain("a.example");
  expect(
    differenceOf([domain("a.example", { note: "n" }), plain], [plain, domain("a.example", { note: "m" })]),
  ).toEqual({ added: [], changed: [[0, 1]], removed: [], kept: [[1, 0]] });
});

test("two pictures that share a band of bits are two pictures", () => {
  const one = picture("f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22");
  const other = picture("f8f8ffffe0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22");
  expect(differenceOf([one], [other])).toEqual({ added: [0], changed: [], removed: [0], kept: [] });
});

test("what is not known any more is neither kept nor changed", () => {
  const difference = differenceOf([undefined, domain("b.example")], [domain("a.example"), domain("b.example")]);
  expect(difference).toEqual({ added: [0], changed: [], removed: [0], kept: [[1, 1]] });
});

test("every place of both versions is told once", () => {
  const random = (seed: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let seed = 0; seed < 50; seed++) {
    const next = random(seed);
    const some = () =>
      Array.from({ length: Math.floor(next() * 30) }, () =>
        domain(`d${Math.floor(next() * 8)}.example`, { confidence: Math.floor(next() * 3) }),
      );
    const before = some();
    const after = some();
    const { added, changed, removed, kept } = differenceOf(before, after);
    const sorted = (places: number[]) => places.sort((a, b) => a - b);
    expect(sorted([...removed, ...[...changed, ...kept].map(([old]) => old)])).toEqual([...before.keys()]);
    expect(sorted([...added, ...[...changed, ...kept].map(([, now]) => now)])).toEqual([...after.keys()]);
    for (const [old, now] of kept) expect(after[now]).toBe(before[old]);
    for (const [old, now] of changed) expect(after[now]).not.toBe(before[old]);
  }
});
