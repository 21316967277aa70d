/** What a MISP is served: an event, its entry in the manifest, its lines of hashes.csv. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { manifestEntry, mispEvent } from "../../../../src/formats/misp/event.ts";
import { hashesOf } from "../../../../src/formats/misp/hashes.ts";
import { canonical } from "../../indicators/given.ts";
import { attributesOf, eventOf, numbered, shared } from "./given.ts";

const account = (platform: string, kind: string | undefined, rest: object = { handle: "harbour_voice" }) =>
  canonical({ type: "account", platform, ...(kind && { kind }), ...rest });
const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("the event is the operation, marked as MISP's taxonomies spell it", () => {
  const { Event } = eventOf([], {
    handling: ["human-review"],
    embargo: { until: "2026-11-24T15:00:00Z", no: ["publication"] },
    operation: {
      id: "7b0c41e6-52a4-4c8e-9d1f-3a6f0e8b2c11",
      name: "Harbour Lantern",
      assessment: { actor_type: "state", confidence: 70 },
      procedures: ["disarm:T0090"],
    },
  });
  expect(Event).toMatchObject({
    info: "Harbour Lantern",
    date: "2026-11-23",
    timestamp: "1795441205",
    published: true,
    Orgc: { name: "Chirper", uuid: expect.stringMatching(uuidForm) },
  });
  expect(Event.Tag.map(({ name }) => name)).toEqual([
    "tlp:amber+strict",
    "PAP:GREEN",
    'tipoff:handling="human-review"',
    'tipoff:embargo="2026-11-24T15:00:00Z"',
    'tipoff:embargo-no="publication"',
    'tipoff:actor-type="state"',
    'estimative-language:confidence-in-analytic-judgment="high"',
    'tipoff:procedure="disarm:T0090"',
  ]);
});

test("confidence that is not stated has no tag", () => {
  const tags = eventOf([canonical({ type: "domain", value: "a.example" })]).Event;
  expect(JSON.stringify(tags)).not.toContain("estimative-language");
});

test("ids come from the tip and the ordinal, never from a value", () => {
  const ids = (value: string) => {
    const event = eventOf([canonical({ type: "domain", value }), account("x", "profile", { handle: value })]);
    return [
      event.Event.uuid,
      ...attributesOf(event).map(({ uuid }) => uuid),
      ...event.Event.Object.map(({ uuid }) => uuid),
    ];
  };
  expect(ids("a.example")).toEqual(ids("b.example"));
  expect(ids("a.example").every((id) => uuidForm.test(id))).toBe(true);
  expect(new Set(ids("a.example")).size).toBe(4);
});

test.each([
  ["x", "profile", "twitter-account"],
  ["x", undefined, "twitter-account"],
  ["facebook", "profile", "facebook-account"],
  ["facebook", "page", "facebook-page"],
  ["facebook", "group", "facebook-group"],
  ["instagram", "profile", "instagram-account"],
  ["telegram", "profile", "telegram-account"],
  ["telegram", "bot", "telegram-bot"],
  ["telegram", "channel", "user-account"],
  ["youtube", "channel", "youtube-channel"],
  ["reddit", "profile", "reddit-account"],
  ["reddit", "community", "reddit-subreddit"],
  ["github", "profile", "github-user"],
  ["chirper", "profile", "user-account"],
])("an account on %s of kind %s is the object %s", (platform, kind, name) => {
  const [object] = eventOf([account(platform, kind)]).Event.Object;
  expect(object?.name).toBe(name);
  expect(object?.Attribute.map(({ value }) => value)).toContain("harbour_voice");
});

test.each([
  [{ platform: "x", id: "1" }, "twitter-post"],
  [{ platform: "facebook", id: "1" }, "facebook-post"],
  [{ platform: "reddit", url: "https://www.reddit.com/r/a/comments/b1" }, "reddit-post"],
  [{ platform: "youtube", url: "https://www.youtube.com/watch?v=abcdefghijk" }, "youtube-video"],
  [{ platform: "odysee", url: "https://odysee.com/@a:1/b:2" }, "microblog"],
])("the post %j is the object %s", (members, name) => {
  expect(eventOf([canonical({ type: "post", ...members })]).Event.Object[0]?.name).toBe(name);
});

test.each([
  [{ type: "ip", value: "203.0.113.0/24" }, "ip-src", "203.0.113.0/24"],
  [{ type: "ip", value: "203.0.113.9", role: "c2" }, "ip-dst", "203.0.113.9"],
  [{ type: "email", value: "A@quay.example" }, "email-src", "a@quay.example"],
  [{ type: "phone", value: "+1 202 555 0101" }, "phone-number", "+12025550101"],
  [
    { type: "hash", algorithm: "md5", value: "a".repeat(32), filename: "a.exe" },
    "filename|md5",
    `a.exe|${"a".repeat(32)}`,
  ],
  [{ type: "hash", algorithm: "pdq", value: "f8".repeat(32) }, "other", "f8".repeat(32)],
  [
    { type: "wallet", chain: "btc", id: "1BoatSLRHtKNngkdXEeobR76b53LETtpyT" },
    "btc",
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
  ],
  [{ type: "app", store: "google-play", id: "com.quay.app" }, "mobile-application-id", "com.quay.app"],
  [{ type: "hashtag", value: "#Quay" }, "text", "#quay"],
])("%j is an attribute of type %s", (members, type, value) => {
  expect(eventOf([canonical(members)]).Event.Attribute).toMatchObject([{ type, value }]);
});

describe("what may be blocked by machine", () => {
  const flags = (members: object, tip: object = {}, seen: object = {}) =>
    attributesOf(eventOf([canonical({ type: "domain", value: "harbour.example", ...members })], tip, seen)).map(
      ({ to_ids }) => to_ids,
    );

  test("what the operation runs, and no more of an account than its names", () => {
    expect(flags({ control: "operated" })).toEqual([true]);
    const voice = { type: "account", platform: "x", id: "1", handle: "a", display_name: "Ada", value: undefined };
    expect(flags({ ...voice, control: "operated" })).toEqual([true, true, false]);
  });

  test.each(["compromised", "co-opted", "impersonated", "abused-service", "third-party", "unknown", undefined])(
    "not what is %s",
    (control) => expect(flags({ control })).toEqual([false]),
  );

  test.each(["vpn", "proxy", "tor", "cdn", "mobile"])("not a range that others use (%s)", (service) => {
    expect(flags({ type: "ip", value: "203.0.113.0/24", service, control: "operated" })).toEqual([false]);
  });

  test("not what is everyone's: a public resolver, a hashtag", () => {
    expect(flags({ type: "ip", value: "8.8.8.8", control: "operated" })).toEqual([false]);
    expect(flags({ type: "hashtag", value: "quay", control: "operated" })).toEqual([false]);
  });

  test("nothing of a tip for human review, on hold, or whose embargo forbids enforcement and is not over", () => {
    const operated = { control: "operated" };
    expect(flags(operated, { handling: ["human-review"] })).toEqual([false]);
    expect(flags(operated, { ask: { for: ["hold"] } })).toEqual([false]);
    const embargo = { until: "2026-11-24T15:00:00Z", no: ["enforcement"] };
    expect(flags(operated, { embargo }, { embargoed: true })).toEqual([false]);
    expect(flags(operated, { embargo })).toEqual([true]);
  });
});

test("accounts of one persona refer to each other", () => {
  const voices = [
    account("x", "profile", { id: "1", persona: "p1" }),
    account("facebook", "page", { id: "2", persona: "p1" }),
  ];
  const [first, second] = eventOf(voices).Event.Object;
  expect(first?.ObjectReference).toBeUndefined();
  expect(second?.ObjectReference).toMatchObject([{ object_uuid: second?.uuid, referenced_uuid: first?.uuid }]);
});

test("the manifest says of an event what a MISP decides by, and the same as the event", () => {
  const tip = shared();
  const entry = manifestEntry(tip);
  expect(Object.keys(entry)).toEqual(["Orgc", "Tag", "info", "date", "analysis", "threat_level_id", "timestamp"]);
  expect(mispEvent(tip, []).Event).toMatchObject(entry);
});

test("a reader who lost sight and regained it gets a newer event, or its MISP would keep the deleted one", () => {
  const regained = manifestEntry(shared(), { at: "2026-11-30T08:00:00Z" });
  expect(Number(regained.timestamp)).toBeGreaterThan(Number(manifestEntry(shared()).timestamp));
  expect(manifestEntry(shared(), { at: "2026-11-01T08:00:00Z" })).toEqual(manifestEntry(shared()));
});

test("hashes.csv has the MD5 of each value, of composite ones by part, and of nothing that would be met everywhere", () => {
  const hash = "b".repeat(64);
  const event = mispEvent(
    shared(),
    numbered([
      canonical({ type: "url", value: "https://Harbour.example/A" }),
      canonical({ type: "hash", algorithm: "sha256", value: hash, filename: "A.exe" }),
      account("x", "profile", { handle: "ada", followers: 7, display_name: "Maria" }),
    ]),
    { before: [{ ordinal: 9, parts: 0 }] },
  );
  expect(hashesOf(event)).toEqual(["https://harbour.example/A", "A.exe", hash, "ada"].map(md5));
});
