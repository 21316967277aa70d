/** What the tests of STIX share: a tip with everything a tip can say, and the reading of what it became. */
import { sha256 } from "@noble/hashes/sha2.js";
import type { Indicator } from "../../../../src/core/indicators/family.ts";
import type { TipDocument } from "../../../../src/core/tip.ts";
import { bundleOf } from "../../../../src/formats/stix/bundle.ts";
import type { SharedTip } from "../../../../src/formats/stix/shared-tip.ts";

export const document: TipDocument = {
  exchange: "https://tipoff.example",
  tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
  version: 2,
  from: "chirper",
  issued_at: "2026-11-23T14:40:00+01:00",
  expires_at: "2027-11-23T00:00:00Z",
  tlp: "amber+strict",
  handling: ["human-review", "no-publication"],
  pap: "green",
  embargo: { until: "2026-11-23T15:00:00Z", no: ["publication", "user-notice"] },
  ask: { for: ["investigate", "preserve"], urgency: "urgent", respond_by: "2026-11-23T14:45:00Z" },
  contact: { team: "Threat intelligence", email: "ti@chirper.example" },
  basis: ["timing"],
  relates_to: [{ tip: "0199f3a0-0000-7d2e-9b1a-0f6f2f0f8a11", relation: "adds-to" }],
  references: [{ title: "Announcement", url: "https://chirper.example/news", sha256: "0f".repeat(32) }],
  operation: {
    id: "7b0c9a7e-1111-4222-8333-444455556666",
    name: "Harbour Lantern",
    aliases: ["Lantern's \\ network"],
    actor: "Somebody",
    summary: "Amplification network posing as local residents.",
    summary_lang: "en",
    first_seen: "2026-06-01",
    last_seen: "2026-11-20",
    origin: ["XA"],
    targets: ["XB"],
    languages: ["zh", "en"],
    assessment: { actor_type: "state", confidence: 70 },
    procedures: ["disarm:T0090", "ook:0.9.4"],
    measures: [{ what: "accounts", platform: "chirper", count: 936 }],
    observations: [{ procedure: "ook:1.2.8", text: "Posing as residents.", lang: "en" }],
    "x-weather": { fog: true },
  },
  audience: "A".repeat(43),
  indicators: [],
};

export const shared = (changes: Partial<TipDocument> = {}): SharedTip => {
  const whole = { ...document, ...changes };
  return {
    exchange: whole.exchange,
    tip: whole.tip,
    version: whole.version,
    from: { slug: "chirper", name: "Chirper", kind: "platform", contact: { email: "desk@chirper.example" } },
    created: "2026-11-23T13:40:01.000Z",
    modified: "2026-11-24T09:00:00.123Z",
    document: whole,
    through: "group:election-cell",
    digest: Buffer.from(sha256(new TextEncoder().encode(whole.tip))).toString("base64url"),
    seq: 17,
  };
};

export const exported = (indicators: readonly Indicator[], tip: SharedTip = shared()): string =>
  JSON.stringify(bundleOf(tip, indicators));
