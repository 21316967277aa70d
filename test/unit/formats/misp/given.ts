/** What the tests of MISP share: a tip as one reader is shown it, indicators as partners write them, and the way back. */
import * as fc from "fast-check";
import type { Indicator } from "../../../../src/core/indicators/family.ts";
import type { TipDocument } from "../../../../src/core/tip.ts";
import { mispEvent, type Seen } from "../../../../src/formats/misp/event.ts";
import type { MispEvent } from "../../../../src/formats/misp/format.ts";
import { readMisp } from "../../../../src/formats/misp/read.ts";
import type { SharedTip } from "../../../../src/formats/misp/shared-tip.ts";
import { sites } from "../../indicators/given.ts";

export const tipId = "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11";

export function shared(members: Partial<TipDocument> = {}, version = 1): SharedTip {
  const document = {
    exchange: "https://tipoff.example",
    tip: tipId,
    version,
    from: "chirper",
    issued_at: "2026-11-23T13:40:00Z",
    tlp: "amber+strict",
    pap: "green",
    operation: { id: "7b0c41e6-52a4-4c8e-9d1f-3a6f0e8b2c11", name: "Harbour Lantern", summary: "Posing as residents." },
    audience: "a".repeat(43),
    indicators: [],
    ...members,
  } as TipDocument;
  return {
    exchange: document.exchange,
    tip: tipId,
    version,
    from: { slug: "chirper", name: "Chirper", kind: "platform" },
    created: "2026-11-23T13:40:05.000Z",
    modified: `2026-11-23T13:4${version - 1}:05.250Z`,
    document,
    through: "group:election-cell",
    digest: "d".repeat(43),
    seq: 7,
  };
}

export const numbered = (indicators: readonly Indicator[]) =>
  indicators.map((indicator, ordinal) => ({ ordinal, indicator }));

export const eventOf = (indicators: readonly Indicator[], members: Partial<TipDocument> = {}, seen: Seen = {}) =>
  mispEvent(shared(members), numbered(indicators), seen);

/** All attributes, those of objects too. */
export const attributesOf = ({ Event }: MispEvent) => [
  ...Event.Attribute,
  ...Event.Object.flatMap((object) => object.Attribute),
];

export const readBack = (event: unknown) => readMisp(JSON.stringify(event), { sites });
export const indicatorsIn = (event: unknown) => readBack(event).readings.flatMap(({ indicators }) => indicators);
export const reasonsIn = (event: unknown) => readBack(event).readings.map(({ reason }) => reason);

const prose = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  fc.constantFrom(
    "12",
    "true",
    '"a"',
    "[a]",
    " a ",
    "a\nnote: b",
    "note: a",
    "\u2028",
    "tipoff: ip",
    "2026-01-01",
    "{",
  ),
);
const day = fc.constantFrom("2026-06-01", "2026-06-01T10:00:00Z", "2026-05-30T00:00:00Z", "2025-12-31");
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** The members every indicator may carry, and extensions. */
export const commonMembers = fc.record({
  control: optional(fc.constantFrom("operated", "compromised", "third-party", "unknown")),
  role: optional(fc.constantFrom("amplifier", "c2", "x-odd")),
  confidence: optional(fc.nat(100)),
  procedures: optional(fc.uniqueArray(fc.constantFrom("ook:0.9.4", "disarm:T0090", "x-a:1"), { maxLength: 3 })),
  persona: optional(prose),
  first_seen: optional(day),
  last_seen: optional(day),
  reported_at: optional(day),
  targets: optional(fc.constant(["XA", "XB"])),
  lang: optional(fc.constant("zh-Hant")),
  translation: optional(prose),
  note: optional(prose),
  basis: optional(fc.constant(["timing"])),
  valid_until: optional(day),
  "x-case: a\nb": optional(fc.jsonValue({ maxDepth: 2 })),
});

/** What only some types carry. */
export const memberOf: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  account: fc.record({
    display_name: optional(prose),
    followers: optional(fc.nat()),
    created_at: optional(day),
    status: optional(prose),
    kind: optional(
      fc.constantFrom("profile", "page", "group", "channel", "community", "event", "ad-account", "bot", "blog"),
    ),
  }),
  ip: fc.record({ service: optional(fc.constantFrom("vpn", "hosting")), asn: optional(fc.constant(64_500)) }),
  hash: fc.record({ filename: optional(prose), of: optional(fc.constant("image")) }),
  url: fc.record({ redirects_to: optional(fc.constant("https://landing.example/")) }),
  domain: fc.record({ registered_at: optional(day), impersonates: optional(fc.constant("news.example")) }),
  name: fc.record({ kind: optional(fc.constantFrom("persona", "brand", "organisation")) }),
};
