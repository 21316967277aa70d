/** Seeded mutations of JSON values, texts and requests: the same seed makes the same requests. */

export type Random = () => number;

/** Mulberry32: 32 bits of state, enough to choose mutations. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;

/** Values that have broken parsers, databases and people before. */
const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -0,
  2 ** 53,
  9007199254740991,
  "",
  " ",
  "null",
  "\u0000",
  "\ud800",
  "\u202e",
  "a".repeat(5_000),
  "💥".repeat(300),
  "' OR 1=1 --",
  "%00",
  "../../etc/passwd",
  "__proto__",
  "constructor",
  "toString",
  "1970-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999999+23:59",
  "2026-02-30",
  "http://[::1]:99999/",
  "xn--a",
  "٣",
  "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
  "partner:chirper",
  "group:election-cell",
  "everyone",
  "platforms",
  [],
  [[]],
  {},
  { "": "" },
  { __proto__: null },
  Array(200).fill("x"),
  Array(50).fill({ type: "domain" }),
];
const oddTexts = oddValues.filter((value): value is string => typeof value === "string");
const oddNames = ["x-extension", "__proto__", "constructor", "", "$where", "tip", "from", "a".repeat(300), "ключ"];

/** One to three changes somewhere in the value: members dropped, doubled, renamed, replaced by something odd. */
export function mutateJson(random: Random, value: unknown): unknown {
  const copy = structuredClone(value);
  const root = { value: copy };
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) mutateOnce(random, root);
  return root.value;
}

function mutateOnce(random: Random, root: { value: unknown }): void {
  let holder: Record<string, unknown> = root;
  let name = "value";
  // Down to a random place, rather deep than shallow.
  while (random() < 0.8) {
    const here = holder[name];
    if (typeof here !== "object" || here === null || Object.keys(here).length === 0) break;
    holder = here as Record<string, unknown>;
    name = pick(random, Object.keys(holder));
  }
  const chance = random();
  if (chance < 0.5) holder[name] = structuredClone(pick(random, oddValues));
  else if (chance < 0.65) delete holder[name];
  else if (chance < 0.75 && !Array.isArray(holder)) holder[pick(random, oddNames)] = holder[name];
  else if (chance < 0.85) holder[name] = [holder[name], structuredClone(holder[name])];
  else if (typeof holder[name] === "string") holder[name] = mutateText(random, holder[name] as string);
  else holder[name] = { [pick(random, oddNames)]: holder[name] };
}

/** A character changed, dropped or doubled, or something odd put in. */
export function mutateText(random: Random, text: string): string {
  const at = Math.floor(random() * (text.length + 1));
  const chance = random();
  if (chance < 0.3) return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
  if (chance < 0.5) return text.slice(0, at) + text.slice(at + 1);
  if (chance < 0.7) return text.slice(0, at) + pick(random, oddTexts) + text.slice(at);
  return text.slice(at) + text.slice(0, at);
}
