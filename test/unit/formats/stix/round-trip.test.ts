import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Indicator } from "../../../../src/core/indicators/family.ts";
import { registry } from "../../../../src/core/indicators/registry.ts";
import { identityOf } from "../../../../src/formats/merge.ts";
import { importReport, type SourceFile } from "../../../../src/formats/report.ts";
import { objectsOf } from "../../../../src/formats/stix/indicator.ts";
import { observed } from "../../../../src/formats/stix/observable.ts";
import { readStix } from "../../../../src/formats/stix/read-stix.ts";
import { toTips } from "../../../../src/formats/to-tips.ts";
import { sites } from "../../indicators/given.ts";
import { absent, real, reports, sample } from "../real-data.ts";
import { document, exported, shared } from "./given.ts";
import { indicator } from "./indicators.ts";

const back = (indicators: readonly Indicator[]) => readStix(exported(indicators), { sites }).readings;

test("whatever indicator a tip holds comes back equal, alone", () => {
  const types = new Set<string>();
  fc.assert(
    fc.property(indicator, (one) => {
      types.add(one.type);
      expect(back([one])).toEqual([{ line: expect.any(Number), indicators: [one], measures: [], observations: [] }]);
    }),
    { numRuns: 600 },
  );
  expect([...types].sort()).toEqual([...registry.keys()].sort());
});

test("its type alone says how many objects an indicator makes, and each has its own id", () => {
  fc.assert(
    fc.property(indicator, fc.nat(9_999), (one, ordinal) => {
      const objects = objectsOf(shared(), ordinal, one);
      // Indicator and its relationship to the campaign; with an observable, also that and the relationship to it.
      expect(objects).toHaveLength(observed.has(one.type) ? 4 : 2);
      expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length);
    }),
  );
});

test("many indicators come back in their order, each once", () => {
  fc.assert(
    fc.property(fc.uniqueArray(indicator, { maxLength: 12, selector: identityOf }), (many) => {
      expect(importReport([{ name: "tip.json", text: exported(many) }], { sites }).indicators).toEqual(many);
    }),
    { numRuns: 60 },
  );
});

test("the operation comes back equal, as far as a new tip of it can be made", () => {
  const report = importReport([{ name: "tip.json", text: exported([]) }], { sites });
  const [made] = toTips(report, {
    exchange: document.exchange,
    from: "facepage",
    issued_at: "2026-11-25T00:00:00Z",
    tlp: report.tlp!,
    operation: { id: document.operation.id },
    tipId: () => "0199f3a0-7c11-7d2e-9b1a-000000000000",
  });
  const { procedures, ...operation } = document.operation;
  expect(made!.document.operation).toEqual({ ...operation, procedures: [...procedures!, "ook:1.2.8"] });
  expect(made!.document.tlp).toBe("amber+strict");
  expect(report.files[0]).toMatchObject({ rows: 0, unread: [], tlp: "amber+strict" });
  expect(report.files[0]!.statements![0]).toContain("Intelligence lead, not evidence.");
});

test("a bundle is known by what it holds, whatever it is called and however it is ordered", () => {
  const { type, id, objects } = JSON.parse(exported([{ type: "domain", value: "a.example" }]));
  for (const text of [
    { objects, id, type },
    { more: false, objects },
  ]) {
    const { indicators } = importReport([{ name: "x.txt", text: JSON.stringify(text, null, 1) }], { sites });
    expect(indicators).toEqual([{ type: "domain", value: "a.example" }]);
  }
  const ours = JSON.stringify({ indicators: [{ type: "phrase", value: '"objects": "type":"bundle"' }] });
  expect(importReport([{ name: "x.txt", text: ours }], { sites }).indicators).toHaveLength(1);
});

const whole = (file: SourceFile) => {
  const { indicators } = importReport([file], { sites, platform: "facepage" });
  const some = indicators.slice(0, 60);
  expect(importReport([{ name: "tip.json", text: exported(some) }], { sites }).indicators, file.name).toEqual(some);
};

test("what a sample's file holds comes back equal", () => {
  whole(sample("harbour-lantern-leads.csv"));
});

test.skipIf(absent)(real("what every third of the published reports holds comes back equal"), () => {
  for (const [at, file] of reports.entries()) if (at % 3 === 0) whole(file);
});
