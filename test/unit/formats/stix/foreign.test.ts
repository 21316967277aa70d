/** Bundles that others made. */
import { describe, expect, test } from "vitest";
import { importReport } from "../../../../src/formats/report.ts";
import { sites } from "../../indicators/given.ts";

let count = 0;
const object = (type: string, members: object = {}) => ({
  type,
  spec_version: "2.1",
  id: `${type}--00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
  ...members,
});
const indicator = (pattern: string, members: object = {}) =>
  object("indicator", { pattern, pattern_type: "stix", valid_from: "2026-01-01T00:00:00Z", ...members });
const read = (objects: readonly object[], platform?: string) =>
  importReport([{ name: "bundle.json", text: JSON.stringify({ type: "bundle", id: "bundle--1", objects }) }], {
    sites,
    ...(platform && { platform }),
  });
const only = (...objects: object[]) => {
  const { indicators, files } = read(objects);
  return indicators[0] ?? files[0]!.unread[0]?.reason;
};

describe("observables become indicators", () => {
  test.each([
    [object("ipv4-addr", { value: "203.0.113.9" }), { type: "ip", value: "203.0.113.9/32" }],
    [object("ipv6-addr", { value: "2001:db8::/48" }), { type: "ip", value: "2001:db8::/48" }],
    [object("domain-name", { value: "Evil.Example" }), { type: "domain", value: "evil.example" }],
    [object("url", { value: "http://evil.example/a?utm_source=b" }), { type: "url", value: "https://evil.example/a" }],
    [
      object("url", { value: "https://x.com/quay" }),
      { type: "account", platform: "x", kind: "profile", handle: "quay", url: "https://x.com/quay" },
    ],
    [object("email-addr", { value: "A@evil.example", display_name: "A" }), { type: "email", value: "a@evil.example" }],
    [object("phone-number", { value: "+441632960000" }), { type: "phone", value: "+441632960000" }],
    [
      object("user-account", { account_type: "twitter", user_id: "1", account_login: "Quay", display_name: "Q" }),
      { type: "account", platform: "x", id: "1", handle: "quay", display_name: "Q" },
    ],
    [object("user-account", { account_login: "quay" }), { type: "account", platform: "*", handle: "quay" }],
    [
      object("file", { name: "a.exe", hashes: { "SHA-512": "00", SHA1: "AB".repeat(20) } }),
      { type: "hash", algorithm: "sha1", value: "ab".repeat(20), filename: "a.exe" },
    ],
  ])("%j", (one, expected) => {
    expect(only(one)).toEqual(expected);
  });

  test.each([
    [object("ipv4-addr", { value: "10.0.0.1" }), /private/],
    [object("user-account", { account_type: "unix", user_id: "0" }), /unix is on no platform/],
    [object("user-account", { user_id: "12345" }), /--platform/],
    [object("file", { name: "a.exe" }), /no hash/],
    [object("mutex", { name: "m" }), /no place in a tip for mutex "m"/],
    [object("malware", { name: "Imp" }), /no place in a tip for malware "Imp"/],
    [object("observed-data", { objects: { 0: { type: "url" } } }), /within observed-data/],
    [object("domain-name"), /says nothing/],
    [{ value: "1" }, /a type and an id/],
  ])("or are listed with the reason: %j", (one, reason) => {
    expect(only(one)).toMatch(reason);
  });
});

describe("indicators", () => {
  test("carry confidence, end, labels, kill chain and words", () => {
    const one = indicator("[domain-name:value = 'evil.example']", {
      name: "A landing page",
      description: "Seen in mail.",
      confidence: 0,
      lang: "en",
      valid_until: "2027-01-01T00:00:00.000Z",
      labels: ["phishing", "control:operated", "role:landing"],
      kill_chain_phases: [
        { kill_chain_name: "disarm", phase_name: "T0090" },
        { kill_chain_name: "mitre-attack", phase_name: "initial-access" },
      ],
    });
    expect(only(one)).toEqual({
      type: "domain",
      value: "evil.example",
      control: "operated",
      role: "landing",
      confidence: 0,
      lang: "en",
      valid_until: "2027-01-01T00:00:00.000Z",
      procedures: ["disarm:T0090"],
      note: "A landing page | Seen in mail. | Labels: phishing | Kill chain: mitre-attack:initial-access",
    });
  });

  test("that are malicious are not thereby the operation's own, and compromised ones are victims", () => {
    const types = (...indicator_types: string[]) =>
      only(indicator("[domain-name:value = 'a.example']", { indicator_types }));
    expect(types("malicious-activity")).toEqual({ type: "domain", value: "a.example" });
    expect(types("malicious-activity", "compromised")).toMatchObject({ control: "compromised" });
    expect(types("benign")).toMatchObject({ control: "third-party" });
  });

  test("lose what a tip would refuse, not their value", () => {
    const one = indicator("[domain-name:value = 'a.example']", {
      confidence: 500,
      lang: "?",
      labels: ["control:mine", 7],
    });
    expect(only(one)).toEqual({ type: "domain", value: "a.example" });
  });

  test("of one object give one indicator, and name what is left out", () => {
    const { indicators, files } = read([
      indicator(
        "[user-account:account_type = 'telegram' AND user-account:user_id = '12345' AND user-account:x_phone = '1' AND user-account:x_phone = '2']",
      ),
    ]);
    expect(indicators).toEqual([{ type: "account", platform: "telegram", id: "12345" }]);
    expect(files[0]!.ignored_columns).toEqual(["user-account:x_phone"]);
  });

  test.each([
    ["[domain-name:value = 'a.example' AND ipv4-addr:value = '203.0.113.9']", {}, /objects of several types/],
    ["[domain-name:value = 'a.example' AND domain-name:value = 'b.example']", {}, /two values at once/],
    ["[process:name = 'x']", {}, /no type of indicator for process/],
    ["title: x", { pattern_type: "sigma" }, /in sigma/],
    ["[domain-name:value = 'a.example']", { revoked: true }, /revoked/],
    ["[domain-name:value = 'localhost']", {}, /two labels/],
  ])("are listed with the reason: %s", (pattern, members, reason) => {
    expect(only(indicator(pattern, members))).toMatch(reason);
  });

  test("count in their newest version alone", () => {
    const first = indicator("[domain-name:value = 'a.example']", { modified: "2026-01-01T00:00:00.000Z" });
    const second = { ...first, pattern: "[domain-name:value = 'b.example']", modified: "2026-01-02T00:00:00.000Z" };
    const third = { ...first, revoked: true, modified: "2026-01-03T00:00:00Z" };
    expect(read([second, first]).indicators).toEqual([{ type: "domain", value: "b.example" }]);
    expect(read([second, third, first]).indicators).toEqual([]);
  });

  test("and the observable they are based on are one row and its duplicate", () => {
    const observable = object("domain-name", { value: "a.example" });
    const one = indicator("[domain-name:value = 'a.example']");
    const based = object("relationship", {
      relationship_type: "based-on",
      source_ref: one.id,
      target_ref: observable.id,
    });
    expect(read([one, observable, based]).files[0]).toMatchObject({ rows: 2, with_indicators: 1, duplicates: 1 });
  });
});

test("the one campaign is the operation, or else the one report; an only actor is its actor", () => {
  const campaign = object("campaign", {
    name: "Lantern",
    description: "Residents.",
    objective: "Votes",
    first_seen: "2026-06-01T00:00:00Z",
    last_seen: "never",
  });
  expect(read([campaign, object("report", { name: "Q3" }), object("intrusion-set", { name: "Quay" })])).toMatchObject({
    operation_name: "Lantern",
    summary: "Residents.",
    operation: { first_seen: "2026-06-01T00:00:00Z", actor: "Quay" },
    observations: [{ text: "Objective: Votes" }],
    files: [{ unread: [] }],
  });
  expect(read([object("report", { name: "Q3", description: "All of it." })])).toMatchObject({
    operation_name: "Q3",
    summary: "All of it.",
  });
});

test("of several campaigns each has its own indicators, and none is the file's", () => {
  const campaigns = ["Lantern", "Anchor"].map((name) => object("campaign", { name }));
  const one = indicator("[domain-name:value = 'a.example']");
  const indicates = object("relationship", {
    relationship_type: "indicates",
    source_ref: one.id,
    target_ref: campaigns[1]!.id,
  });
  const report = read([...campaigns, one, indicates]);
  expect(report.operation_name).toBeUndefined();
  expect(report.by_actor).toMatchObject([{ actor: { name: "Anchor" }, indicators: [{ value: "a.example" }] }]);
});

test("the strictest marking counts, of either edition of TLP", () => {
  const marked = (...ids: string[]) => object("domain-name", { value: "a.example", object_marking_refs: ids });
  const amber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
  const clear = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
  expect(read([marked(clear, amber)]).tlp).toBe("amber");
  expect(read([marked(clear), object("marking-definition", { definition: { tlp: "red" } })]).tlp).toBe("red");
  expect(read([marked()]).tlp).toBeUndefined();
});

test("what is not a bundle's form is said, and never throws", () => {
  const text = (value: unknown) =>
    importReport([{ name: "b.json", text: typeof value === "string" ? value : JSON.stringify(value) }]).files[0]!
      .unread[0]?.reason;
  expect(text({ type: "bundle" })).toContain("no list of objects");
  expect(text('{"type":"bundle","objects":[}')).toContain("not JSON");
  expect(text(`{"type":"bundle","objects":${"[".repeat(30)}${"]".repeat(30)}}`)).toContain("at most 24 deep");
  expect(text({ type: "bundle", objects: [1, null, [], "x"] })).toContain("a type and an id");
  for (const hostile of [null, 1, "x", [], {}, [null]]) {
    const members = {
      pattern: hostile,
      extensions: hostile,
      labels: hostile,
      kill_chain_phases: hostile,
      object_marking_refs: hostile,
      definition: hostile,
      name: hostile,
      value: hostile,
      hashes: hostile,
      aliases: hostile,
    };
    for (const type of [
      "indicator",
      "campaign",
      "marking-definition",
      "file",
      "user-account",
      "relationship",
      "report",
    ])
      expect(read([object(type, members)]).files).toHaveLength(1);
  }
});
