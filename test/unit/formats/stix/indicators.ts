/** Any canonical indicator a tip may hold, with any of the members that all may carry. */
import * as fc from "fast-check";
import type { Indicator } from "../../../../src/core/indicators/family.ts";
import { canonicalise, indicatorSchema } from "../../../../src/core/indicators/registry.ts";
import { parseStrict } from "../../../../src/core/strict-json.ts";
import { anything, sites } from "../../indicators/given.ts";

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const day = fc.constantFrom(
  "2026-06-01",
  "0000-01-01",
  "9999-12-31T23:59:59.999999999Z",
  "2026-11-23T14:40:00+05:30",
  "2026-02-28T00:00:00.5Z",
  "1969-12-31",
);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });

/** What any indicator may carry besides. */
const common = fc.record({
  control: optional(
    fc.constantFrom("operated", "compromised", "co-opted", "impersonated", "abused-service", "third-party", "unknown"),
  ),
  role: optional(fc.constantFrom("c2", "x-courier")),
  confidence: optional(fc.nat(100)),
  procedures: optional(fc.array(fc.constantFrom("ook:0.9.4", "disarm:T0090.001", "x-a-b:Z"), { maxLength: 3 })),
  persona: optional(text),
  first_seen: optional(day),
  last_seen: optional(day),
  reported_at: optional(day),
  valid_until: optional(day),
  targets: optional(fc.array(fc.constantFrom("XA", "XB"), { maxLength: 2 })),
  lang: optional(fc.constantFrom("en", "zh-Hant-TW")),
  translation: optional(text),
  note: optional(text),
  basis: optional(fc.constant(["timing"])),
  "x-more": optional(
    fc
      .json({ maxDepth: 2 })
      // A signed document holds no others.
      .filter((text) => parseStrict(new TextEncoder().encode(text)).ok)
      .map((text) => JSON.parse(text) as unknown),
  ),
});

const own: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  account: fc.record({
    display_name: optional(text),
    created_at: optional(day),
    followers: optional(fc.nat()),
    status: optional(text),
  }),
  ip: fc.record({ service: optional(fc.constantFrom("vpn", "cdn")), asn: optional(fc.constant(64_500)) }),
  hash: fc.record({ of: optional(text), filename: optional(text) }),
  name: fc.record({ kind: optional(fc.constantFrom("persona", "brand", "organisation")) }),
  domain: fc.record({ registered_at: optional(day), impersonates: optional(text) }),
  url: fc.record({ redirects_to: optional(fc.webUrl()) }),
};
/** Forms that the other generator does not make. */
const more = fc.constantFrom<Record<string, unknown>>(
  { type: "phone", digest: "ab".repeat(32) },
  { type: "email", digest: "cd".repeat(32) },
  { type: "phrase", value: "it's \\ a \\' trap]" },
  { type: "name", digest: "0f".repeat(32) },
  { type: "hashtag", value: "#Lantern" },
  { type: "post", platform: "telegram", id: "77", author: "quay" },
  { type: "wallet", chain: "btc", id: "1BoatSLRHtKNngkdXEeobR76b53LETtpyT" },
);

export const indicator: fc.Arbitrary<Indicator> = fc
  .oneof({ weight: 6, arbitrary: anything }, { weight: 1, arbitrary: more })
  .chain((members) => fc.tuple(fc.constant(members), common, own[String(members.type)] ?? fc.constant({})))
  .map((parts) => Object.assign({}, ...parts) as Record<string, unknown>)
  .map((members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Indicator)
  .map((members) => {
    const parsed = indicatorSchema.safeParse(members).success ? canonicalise(members, sites) : undefined;
    return parsed?.ok ? parsed.value.indicator : undefined;
  })
  // In canonical form a text may be longer than a tip may write it.
  .filter((found): found is Indicator => found !== undefined && indicatorSchema.safeParse(found).success);
