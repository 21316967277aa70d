/** tip -> MISP -> tip: what was exported comes back equal, whatever its type and whoever wrote it. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Indicator } from "../../../../src/core/indicators/family.ts";
import { canonicalise, indicatorSchema, registry } from "../../../../src/core/indicators/registry.ts";
import { importReport } from "../../../../src/formats/report.ts";
import { anything, canonical, sites } from "../../indicators/given.ts";
import { sample } from "../real-data.ts";
import { attributesOf, commonMembers, eventOf, indicatorsIn, memberOf, readBack } from "./given.ts";

/** In canonical form, as the exchange keeps it; undefined where a tip would refuse it. */
function accepted(members: Record<string, unknown>): Indicator | undefined {
  const shaped = indicatorSchema.safeParse(JSON.parse(JSON.stringify(members)));
  const parsed = shaped.success ? canonicalise(shaped.data, sites) : undefined;
  return parsed?.ok ? parsed.value.indicator : undefined;
}

const indicator = fc
  .tuple(anything, commonMembers)
  .chain(([members, common]) =>
    (memberOf[String(members.type)] ?? fc.constant({})).map((own) => accepted({ ...members, ...own, ...common })),
  );

test("indicators of every type come back equal, with every member", () => {
  const types = new Set<string>();
  fc.assert(
    fc.property(fc.array(indicator, { minLength: 1, maxLength: 12 }), (found) => {
      const indicators = found.filter((each) => each !== undefined);
      for (const { type } of indicators) types.add(type);
      expect(indicatorsIn(eventOf(indicators))).toEqual(indicators);
    }),
    { numRuns: 250, seed: 2019 },
  );
  expect(types.size).toBe(registry.size);
});

test("an event that went through a MISP still comes back as the indicators it was", () => {
  const indicators = [
    canonical({ type: "account", platform: "x", id: "1", created_at: "2026-05-30", followers: 3, control: "operated" }),
    canonical({ type: "domain", value: "harbour.example", first_seen: "2026-06-01", confidence: 90 }),
  ];
  const { Event } = eventOf(indicators);
  // MISP keeps what it knows, numbers and flags as text, times in its own form.
  const kept = (each: Record<string, unknown>): Record<string, unknown> => ({
    ...each,
    id: "12",
    deleted: "0",
    ...(each.first_seen !== undefined && { first_seen: "2026-06-01T00:00:00.000000+00:00" }),
    ...(each.type === "datetime" && { value: "2026-05-30T00:00:00.000000+0000" }),
    ...(Array.isArray(each.Attribute) && { Attribute: each.Attribute.map(kept) }),
  });
  const through = {
    Attribute: Event.Attribute.map((each) => kept({ ...each })),
    Object: Event.Object.map((each) => kept({ ...each })),
  };
  expect(indicatorsIn({ response: [{ Event: { ...Event, ...through } }] })).toEqual(indicators);
});

describe("a tip as a whole", () => {
  const operation = {
    id: "7b0c41e6-52a4-4c8e-9d1f-3a6f0e8b2c11",
    name: "Harbour Lantern",
    summary: "Posing as residents.\n```json\n{}\n```",
    measures: [{ what: "accounts", platform: "chirper", count: 936 }],
    observations: [{ procedure: "ook:1.2.8", text: "Posing as residents.", lang: "en" }],
  };

  test("its operation comes back: name, summary, measures, observations", () => {
    const read = readBack(eventOf([], { operation }));
    expect(read).toMatchObject({
      operation_name: operation.name,
      summary: operation.summary,
      measures: operation.measures,
      observations: operation.observations,
    });
    expect(read.tlp).toBe("amber+strict");
  });

  test("an imported sample comes back through the importer, told apart from our own JSON by what it holds", () => {
    const { indicators } = importReport([sample("harbour-lantern-accounts.csv")], { platform: "chirper" });
    const text = JSON.stringify(eventOf(indicators, { operation }));
    const again = importReport([{ name: "event.json", text }]);
    expect(indicators.length).toBeGreaterThan(900);
    expect(again.indicators).toEqual(indicators);
    expect(again.files[0]).toMatchObject({ unread: [], duplicates: 0 });
    expect(again.operation_name).toBe("Harbour Lantern");
  });
});

test("every attribute is one that MISP takes: a value, a type of its category, an id of its own", () => {
  const categories: Record<string, RegExp> = {
    "Network activity": /^(?:domain|url|ip-src|ip-dst)$/,
    "Payload delivery": /^(?:(?:filename\|)?(?:md5|sha1|sha256)|mobile-application-id)$/,
    "Social network": /^(?:email-src|text|other|github-username)$/,
    "Financial fraud": /^(?:btc|xmr|other)$/,
    "External analysis": /^link$/,
    Other: /^(?:text|other|datetime|phone-number)$/,
  };
  fc.assert(
    fc.property(fc.array(indicator, { maxLength: 12 }), (found) => {
      const attributes = attributesOf(eventOf(found.filter((each) => each !== undefined)));
      for (const { type, category, value } of attributes) {
        expect(type).toMatch(categories[category]!);
        expect(value).not.toBe("");
        if (type.includes("|")) expect(value.split("|")).toHaveLength(2);
      }
      expect(new Set(attributes.map(({ uuid }) => uuid)).size).toBe(attributes.length);
    }),
    { numRuns: 60, seed: 7 },
  );
});
