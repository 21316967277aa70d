/** What tools are told of a tip. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Indicator } from "../../../../src/core/indicators/family.ts";
import { bundleOf } from "../../../../src/formats/stix/bundle.ts";
import { extensionId } from "../../../../src/formats/stix/extension.ts";
import { headCount, headObjects } from "../../../../src/formats/stix/head.ts";
import { idOf } from "../../../../src/formats/stix/ids.ts";
import { objectsOf } from "../../../../src/formats/stix/indicator.ts";
import { revoked, revokedCampaign } from "../../../../src/formats/stix/revoked.ts";
import { canonical } from "../../indicators/given.ts";
import { document, numbered, shared } from "./given.ts";
import { indicator } from "./indicators.ts";

const tip = shared();
const objects = (members: Record<string, unknown>) => objectsOf(tip, 3, canonical(members));
const made = (members: Record<string, unknown>) => objects(members).find(({ type }) => type === "indicator")!;

test("before the indicators stand identity, TLP 2.0, statement and campaign", () => {
  const head = headObjects(tip);
  expect(head).toHaveLength(headCount);
  expect(head).toMatchObject([
    { type: "identity", name: "Chirper", contact_information: "desk@chirper.example" },
    { id: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", name: "TLP:AMBER+STRICT" },
    { definition_type: "statement", created: "2026-11-23T13:40:00.000Z" },
    {
      name: "Harbour Lantern",
      description: "Amplification network posing as local residents.",
      first_seen: "2026-06-01T00:00:00.000Z",
      last_seen: "2026-11-20T00:00:00.000Z",
      confidence: 70,
      created: tip.created,
      modified: tip.modified,
    },
  ]);
  expect(head[3]!.external_references).toEqual([
    { source_name: "tipoff", external_id: tip.tip, url: `https://tipoff.example/v1/tips/${tip.tip}` },
    { source_name: "tipoff-operation", external_id: document.operation.id },
    {
      source_name: "tipoff-reference",
      description: "Announcement",
      url: "https://chirper.example/news",
      hashes: { "SHA-256": "0f".repeat(32) },
    },
  ]);
});

test("the statement says embargo, handling and what is asked, in words", () => {
  const { definition } = headObjects(tip)[2] as unknown as { definition: { statement: string } };
  for (const words of [
    "Intelligence lead, not evidence. TLP:AMBER+STRICT. Only for the organisation that received it. PAP:GREEN.",
    "Embargo: no publication, no user notice before 2026-11-23T15:00:00Z.",
    "No automated enforcement on this alone: a person must review it. Not for publication.",
    "Asked for: investigate, preserve (a request, not legal process), urgent, answer by 2026-11-23T14:45:00Z.",
    "Contact: Threat intelligence, ti@chirper.example.",
    `Tip ${tip.tip}, version 2, signed by chirper`,
  ])
    expect(definition.statement).toContain(words);
});

test("another version has another statement, since markings have no versions, and every object else the same id", () => {
  const ids = (version: number) =>
    bundleOf({ ...tip, version }, numbered([canonical({ type: "ip", value: "203.0.113.9" })])).objects;
  const [one, two] = [ids(1), ids(2)];
  expect(one.filter(({ id }, at) => id !== two[at]!.id).map(({ type }) => type)).toEqual(["marking-definition"]);
});

test("all but identity and markings bear both markings and who says it", () => {
  for (const object of bundleOf(tip, numbered([canonical({ type: "domain", value: "a.example" })])).objects.slice(3)) {
    expect(object.object_marking_refs, object.id).toEqual(
      headObjects(tip)
        .slice(1, 3)
        .map(({ id }) => id),
    );
    if (object.type !== "domain-name") expect(object.created_by_ref).toBe(headObjects(tip)[0]!.id);
  }
});

describe("patterns", () => {
  test.each<[Record<string, unknown>, string]>([
    [{ type: "ip", value: "203.0.113.0/24" }, "[ipv4-addr:value = '203.0.113.0/24']"],
    [{ type: "ip", value: "203.0.113.9" }, "[ipv4-addr:value = '203.0.113.9']"],
    [{ type: "ip", value: "2001:db8::/48" }, "[ipv6-addr:value = '2001:db8::/48']"],
    [
      { type: "account", platform: "x", id: "1", handle: "quay" },
      "[user-account:account_type = 'twitter' AND user-account:user_id = '1']",
    ],
    [
      { type: "account", platform: "facepage", handle: "quay" },
      "[user-account:account_type = 'facepage' AND user-account:account_login = 'quay']",
    ],
    [{ type: "account", platform: "*", handle: "o'quay" }, "[user-account:account_login = 'o\\'quay']"],
    [{ type: "hash", algorithm: "sha256", value: "0f".repeat(32) }, `[file:hashes.'SHA-256' = '${"0f".repeat(32)}']`],
    [{ type: "hash", algorithm: "pdq", value: "0f".repeat(32) }, `[file:hashes.x_pdq = '${"0f".repeat(32)}']`],
    [{ type: "email", value: "a@evil.example" }, "[email-addr:value = 'a@evil.example']"],
    [
      { type: "post", platform: "x", id: "7", url: "https://x.com/a/status/7" },
      "[url:value = 'https://x.com/a/status/7']",
    ],
    [{ type: "post", platform: "x", id: "7" }, "[x-tipoff-post:platform = 'x' AND x-tipoff-post:post_id = '7']"],
    [
      { type: "app", store: "google-play", id: "com.a.b" },
      "[x-tipoff-app:store = 'google-play' AND x-tipoff-app:app_id = 'com.a.b']",
    ],
    [{ type: "phrase", value: "back\\slash" }, "[x-tipoff-phrase:value = 'back\\\\slash']"],
  ])("%j", (members, pattern) => {
    expect(made(members).pattern).toBe(pattern);
  });
});

test("what is stated stands where STIX has a place for it, and nothing is made up", () => {
  const plain = made({ type: "domain", value: "a.example" });
  expect(plain).toMatchObject({ indicator_types: ["unknown"], labels: ["control:unknown", "human-review"] });
  for (const name of ["confidence", "lang", "description", "kill_chain_phases"]) expect(plain).not.toHaveProperty(name);
  expect(
    made({
      type: "ip",
      value: "203.0.113.9",
      service: "vpn",
      control: "operated",
      role: "c2",
      confidence: 0,
      lang: "zh",
      note: "Seen.",
      procedures: ["ook:0.9.4", "disarm:T0090"],
      first_seen: "2026-11-01",
      valid_until: "2026-12-20",
      persona: "p1",
    }),
  ).toMatchObject({
    indicator_types: ["malicious-activity", "anonymization"],
    labels: ["control:operated", "role:c2", "human-review"],
    confidence: 0,
    lang: "zh",
    description: "Seen.",
    kill_chain_phases: [
      { kill_chain_name: "ook", phase_name: "0.9.4" },
      { kill_chain_name: "disarm", phase_name: "T0090" },
    ],
    valid_from: "2026-11-01T00:00:00.000Z",
    valid_until: "2026-12-20T00:00:00.000Z",
    extensions: { [extensionId]: { indicator: { type: "ip", service: "vpn", persona: "p1" } } },
  });
});

test("what nothing may be done on by itself is labelled so: all but operated, and all of a tip that asks for it", () => {
  const labelled = (handling: ("human-review" | "no-publication")[], control?: string) => {
    const members = canonical({ type: "domain", value: "a.example", ...(control && { control }) });
    const { labels } = objectsOf({ ...tip, document: { ...document, handling } }, 3, members).find(
      ({ type }) => type === "indicator",
    )!;
    return (labels as string[]).includes("human-review");
  };
  expect(labelled(["human-review"], "operated")).toBe(true);
  expect(labelled(["no-publication"], "operated")).toBe(false);
  for (const control of [undefined, "third-party", "unknown"]) expect(labelled([], control)).toBe(true);
});

test("an indicator without an end ends when the index lets go of it, or the tip", () => {
  expect(made({ type: "ip", value: "203.0.113.9" }).valid_until).toBe("2026-12-24T09:00:00.123Z");
  expect(made({ type: "domain", value: "a.example" }).valid_until).toBe("2027-11-23T00:00:00.000Z");
});

test("every indicator begins before it ends, whatever times its author wrote, and all times are times", () => {
  fc.assert(
    fc.property(indicator, (one: Indicator) => {
      const { valid_from, valid_until } = objectsOf(tip, 0, one).find(({ type }) => type === "indicator")!;
      expect(Date.parse(String(valid_from))).toBeLessThan(Date.parse(String(valid_until)));
      expect(`${valid_from} ${valid_until}`).toMatch(/^[1-9]\d{3}-\S+\.\d{3}Z [1-9]\d{3}-\S+\.\d{3}Z$/);
    }),
    { numRuns: 200 },
  );
});

test("a digest stays a digest: nothing of the address it stands for is made an observable", () => {
  const digest = "ab".repeat(32);
  expect(objects({ type: "email", digest }).map(({ type }) => type)).toEqual([
    "x-tipoff-email",
    "indicator",
    "relationship",
    "relationship",
  ]);
});

test("two indicators based on one observable have it once", () => {
  const domain = { type: "domain", value: "a.example" };
  const { objects } = bundleOf(tip, numbered([domain, { ...domain, note: "again" }]));
  expect(objects.filter(({ type }) => type === "domain-name")).toHaveLength(1);
  expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length);
});

test("what is taken back keeps its id and nothing that was said", () => {
  const { exchange, tip: id, created } = tip;
  const past = { exchange, tip: id, created, modified: "2026-12-01T00:00:00.000Z" };
  expect(revoked(past, 3)).toEqual({
    type: "indicator",
    spec_version: "2.1",
    id: made({ type: "domain", value: "a.example" }).id,
    created,
    modified: past.modified,
    revoked: true,
    pattern: `[x-tipoff-revoked:value = '${idOf("indicator", id, 3)}']`,
    pattern_type: "stix",
    pattern_version: "2.1",
    valid_from: created,
  });
  expect(revokedCampaign(past)).toMatchObject({
    id: idOf("campaign", id, 0),
    revoked: true,
    name: `revoked ${idOf("campaign", id, 0)}`,
  });
  expect(Object.keys(revokedCampaign(past))).toHaveLength(7);
});
