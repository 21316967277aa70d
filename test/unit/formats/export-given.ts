/** What the tests of exports share: a tip as it is exported, rows as a stream, and a stream's bytes. */
import * as fc from "fast-check";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import { canonicalise } from "../../../src/core/indicators/registry.ts";
import type { ExportedTip } from "../../../src/formats/columns.ts";
import { identityOf } from "../../../src/formats/merge.ts";
import { anything, sites } from "../indicators/given.ts";

export const tip: ExportedTip = {
  tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
  version: 2,
  from: "chirper",
  tlp: "amber",
  handling: ["human-review", "no-publication"],
  embargo: { until: "2026-11-23T15:00:00Z", no: ["publication", "user-notice"] },
  ask: { for: ["investigate", "preserve"], urgency: "urgent", preserve_until: "2027-02-01" },
  contact: { team: "Threat intelligence", email: "ti@chirper.example" },
  operation: { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern" },
  seq: 4711,
  accepted_at: "2026-11-23T13:40:01.000Z",
  through: "law-enforcement:XA",
  digest: "a".repeat(43),
  legal_process_url: "https://chirper.example/law-enforcement",
};

export async function* stream<Value>(values: Iterable<Value>): AsyncGenerator<Value> {
  yield* values;
}

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return Buffer.concat(found);
}
export const textOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(await bytesOf(chunks));

const text = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  fc.constantFrom("=1+1", " a;\t-b", "'@", "a\n=b", "_x0041_", " ", "1e5", "007", "[1]"),
);
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const day = fc.constantFrom("2026-06-01", "2026-06-01T12:00:00Z");
const common = fc.record({
  control: optional(fc.constantFrom("operated", "compromised", "unknown")),
  role: optional(fc.constantFrom("amplifier", "x-courier")),
  confidence: optional(fc.nat(100)),
  procedures: optional(fc.constantFrom(["ook:0.9.4"], ["ook:0.9.4", "disarm:T0090"])),
  persona: optional(text),
  first_seen: optional(day),
  last_seen: optional(day),
  reported_at: optional(day),
  targets: optional(fc.constantFrom(["XA"], ["XA", "XB"])),
  lang: optional(fc.constantFrom("en", "zh-Hant")),
  translation: optional(text),
  note: optional(text),
  basis: optional(fc.constantFrom(["timing"], ["timing", "content"])),
  valid_until: optional(day),
  "x-own": optional(fc.oneof(text, fc.nat(), fc.constantFrom([1, "a;=b"], { a: null, b: ["é"] }))),
});
/** Members of one type, each of which some test is to hold. */
const further: Record<string, fc.Arbitrary<object>> = {
  account: fc.record({
    display_name: optional(text),
    created_at: optional(day),
    followers: optional(fc.maxSafeNat()),
    status: optional(text),
  }),
  ip: fc.record({
    service: optional(fc.constantFrom("vpn", "hosting")),
    provider: optional(text),
    asn: optional(fc.integer({ min: 1, max: 4_294_967_295 })),
  }),
  hash: fc.record({ of: optional(text), filename: optional(text) }),
  domain: fc.record({ registered_at: optional(day), impersonates: optional(text) }),
  url: fc.record({ redirects_to: optional(fc.webUrl()) }),
  name: fc.record({ kind: optional(fc.constantFrom("persona", "brand")) }),
};
const written = anything.chain((members) =>
  fc
    .tuple(fc.constant(members), common, further[String(members.type)] ?? fc.constant({}))
    .map((all) => Object.assign({}, ...all)),
);

/** Canonical indicators of every type, each once. */
export function manyIndicators(count: number): Indicator[] {
  const found = new Map<string, Indicator>();
  for (const members of fc.sample(written, { numRuns: count, seed: 2019 })) {
    const parsed = canonicalise(JSON.parse(JSON.stringify(members)), sites);
    if (parsed.ok) found.set(identityOf(parsed.value.indicator), parsed.value.indicator);
  }
  return [...found.values()];
}
