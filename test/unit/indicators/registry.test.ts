import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Indicator } from "../../../src/core/indicators/family.ts";
import {
  canonicalAgain,
  canonicalise,
  indicatorSchema,
  judge,
  keysOf,
  labelOf,
  placesOf,
  probesOf,
  registry,
  validDaysOf,
} from "../../../src/core/indicators/registry.ts";
import { anything, canonical, nearlyPlain, sites } from "./given.ts";

const accepted = (run: (indicator: Indicator) => void) => {
  const types = new Set<string>();
  fc.assert(
    fc.property(anything, (members) => {
      const parsed = canonicalise(JSON.parse(JSON.stringify(members)), sites);
      if (!parsed.ok) return;
      types.add(parsed.value.indicator.type);
      run(parsed.value.indicator);
    }),
    { numRuns: 6_000, seed: 2019 },
  );
  expect(types.size).toBe(registry.size);
};

test("the short way to a canonical form gives what the long way does, member by member, of all that is taken", () => {
  let plain = 0;
  const compare = (written: Indicator) => {
    const parsed = canonicalise(written, sites);
    if (!parsed.ok) return;
    const again = canonicalAgain(written, sites);
    expect(again.ok && JSON.stringify(again.value)).toBe(JSON.stringify(parsed.value.indicator));
    if (registry.get(written.type)!.plainForm?.(written)) plain++;
  };
  fc.assert(
    fc.property(fc.oneof(anything, nearlyPlain), (members) => {
      const written = JSON.parse(JSON.stringify(members)) as Indicator;
      if (!indicatorSchema.safeParse(written).success) return;
      compare(written);
      const parsed = canonicalise(written, sites);
      if (parsed.ok) compare(JSON.parse(JSON.stringify(parsed.value.indicator)));
    }),
    { numRuns: 10_000, seed: 2026 },
  );
  expect(plain).toBeGreaterThan(2_000);
});

test("the canonical form of a canonical form is itself", () => {
  accepted((indicator) => expect(canonical(indicator)).toEqual(indicator));
});

test("an indicator's keys are among the probes of the same indicator as a question", () => {
  accepted((indicator) => {
    const keys = keysOf(indicator);
    expect(keys.length).toBeGreaterThan(0);
    const probes = new Set(probesOf(indicator, sites, { on_host: true }));
    expect(keys.filter((key) => !probes.has(key))).toEqual([]);
    expect(keys.every((key) => new TextEncoder().encode(key).length <= 72)).toBe(true);
  });
});

test("without on_host only a URL's host key is not probed", () => {
  accepted((indicator) => {
    const probes = new Set(probesOf(indicator, sites));
    expect(keysOf(indicator).filter((key) => !probes.has(key) && !/^uh[:#]/.test(key))).toEqual([]);
  });
});

test("every indicator matches itself exactly", () => {
  accepted((indicator) => {
    const verdict = judge(indicator, indicator, sites);
    expect(["exact", "former-handle"]).toContain(verdict?.how);
  });
});

test("every indicator has a label of one line, and places", () => {
  accepted((indicator) => {
    expect(labelOf(indicator).length).toBeGreaterThan(0);
    expect(placesOf(indicator, sites)).toBeInstanceOf(Array);
  });
});

test("addresses last 30 days, accounts and contacts 180, the rest two years", () => {
  const days = (type: string) => validDaysOf({ type });
  expect([days("ip"), days("account"), days("email"), days("domain"), days("hash")]).toEqual([30, 180, 180, 730, 730]);
});

test("the schema takes common members and extensions", () => {
  const written = {
    type: "ip",
    value: "203.0.113.0/24",
    control: "operated",
    confidence: 90,
    procedures: ["ook:0.9.4"],
    valid_until: "2026-12-20",
    "x-note": [1],
  };
  expect(indicatorSchema.parse(written)).toEqual(written);
});

test("the schema refuses unknown members, types and numbers out of bounds, each with its place", () => {
  const paths = (value: unknown) => indicatorSchema.safeParse(value).error?.issues.map((issue) => issue.path.join("/"));
  expect(paths({ type: "ip", value: "203.0.113.9", colour: "red" })).toEqual(["colour"]);
  expect(paths({ type: "planet", value: "x" })).toEqual(["type"]);
  expect(paths({ type: "domain", value: "a.example", confidence: 101 })).toEqual(["confidence"]);
  expect(paths({ type: "hash", algorithm: "crc32", value: "a".repeat(32) })).toEqual(["algorithm"]);
  expect(paths({ type: "account", platform: "x", handle: "a", followers: -1 })).toEqual(["followers"]);
  expect(paths({ type: "phrase", value: "a".repeat(2_001) })).toEqual(["value"]);
  expect(paths({ type: "ip", value: "203.0.113.9", __proto__x: 1 })).toEqual(["__proto__x"]);
});

test("what lies on a partner's own site is for that partner", () => {
  expect(placesOf(canonical({ type: "domain", value: "www.facepage.example" }), sites)).toEqual(["facepage"]);
  expect(placesOf(canonical({ type: "account", platform: "twitter.com", handle: "a" }), sites)).toEqual(["x"]);
  expect(placesOf(canonical({ type: "url", value: "https://deep.site.example/a" }), sites)).toEqual(["site.example"]);
  expect(placesOf(canonical({ type: "email", value: "a@mail.facepage.example" }), sites)).toEqual(["facepage"]);
});
