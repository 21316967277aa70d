import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Indicator } from "../../../../src/core/indicators/family.ts";
import { importReport } from "../../../../src/formats/report.ts";
import { bundleOf } from "../../../../src/formats/stix/bundle.ts";
import { objectsOf } from "../../../../src/formats/stix/indicator.ts";
import { revoked, revokedCampaign } from "../../../../src/formats/stix/revoked.ts";
import { definitions, type StixObject } from "../../../../src/formats/stix/shared-tip.ts";
import { toTips } from "../../../../src/formats/to-tips.ts";
import { markdown, reports, sample } from "../real-data.ts";
import { shared } from "./given.ts";
import { indicator } from "./indicators.ts";
import { absent, validator, withSchemas } from "./schemas.ts";

describe.skipIf(absent)(withSchemas("by the JSON schemas of STIX 2.1"), () => {
  const faults = absent ? () => [] : validator();
  const faultsOf = (objects: readonly StixObject[]) => objects.flatMap(faults);

  test("a tip with everything is a valid bundle, and so is one with nothing that is not required", () => {
    const { exchange, tip, version, from, issued_at, tlp, audience } = shared().document;
    const operation = { id: "7b0c9a7e-1111-4222-8333-444455556666", name: "cve" };
    const bare = { exchange, tip, version, from, issued_at, tlp, audience, operation, indicators: [] };
    for (const whole of [shared(), { ...shared(), document: bare }]) {
      for (const level of ["red", "amber+strict", "amber", "green", "clear"] as const) {
        const bundle = bundleOf({ ...whole, document: { ...whole.document, tlp: level } }, [
          { type: "account", platform: "x", id: "1", control: "operated" },
        ]);
        expect(faults({ ...bundle, type: "bundle" })).toEqual([]);
        expect(faultsOf(bundle.objects)).toEqual([]);
      }
    }
    expect(faultsOf(definitions)).toEqual([]);
  });

  test("what is not valid is said", () => {
    const [observable, indicator] = objectsOf(shared(), 0, { type: "domain", value: "a.example" });
    const { value: _value, ...rest } = observable!;
    expect(faultsOf([rest as StixObject, { ...indicator!, confidence: 101 }])).toHaveLength(2);
  });

  test("what is taken back is valid too", () => {
    expect(faultsOf([revoked(shared(), 3), revokedCampaign(shared())])).toEqual([]);
  });

  test("every indicator that a tip may hold, of any type, is valid", () => {
    const tip = shared();
    fc.assert(
      fc.property(indicator, fc.nat(9_999), (one, ordinal) => {
        expect(faultsOf(objectsOf(tip, ordinal, one))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("samples and published reports are valid, 15 indicators of each file and type", () => {
    const files = [
      ...[
        "harbour-lantern-accounts.csv",
        "harbour-lantern-leads.csv",
        "harbour-lantern-report.md",
        "quarter-report.csv",
      ].map(sample),
      ...reports,
      ...markdown,
    ];
    for (const file of files) {
      const made = toTips(importReport([file], { platform: "chirper" }), {
        exchange: "https://tipoff.example",
        from: "chirper",
        issued_at: "2026-11-23T13:40:00Z",
        tlp: "amber",
        operation: { id: "7b0c9a7e-1111-4222-8333-444455556666", name: file.name },
        tipId: () => "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
      });
      for (const { document } of made) {
        const some = fewOfEach(document.indicators, 15);
        const { objects } = bundleOf(shared({ ...document, indicators: [] } as never), some);
        expect(faultsOf(objects), file.name).toEqual([]);
      }
    }
  });
});

function fewOfEach(indicators: readonly Indicator[], most: number): Indicator[] {
  const counts = new Map<string, number>();
  return indicators.filter(({ type }) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return count <= most;
  });
}
