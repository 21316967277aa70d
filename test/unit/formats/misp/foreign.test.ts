/** Other people's events: what our types allow is read, the rest says why not. */
import { expect, test } from "vitest";
import { readMisp } from "../../../../src/formats/misp/read.ts";
import { importReport } from "../../../../src/formats/report.ts";
import { sites } from "../../indicators/given.ts";
import { indicatorsIn, readBack, reasonsIn } from "./given.ts";

const event = (attributes: object[], objects: object[] = [], rest: object = {}) => ({
  Event: {
    info: "OSINT - Quay",
    uuid: "5f0c41e6-52a4-4c8e-9d1f-3a6f0e8b2c11",
    Attribute: attributes,
    Object: objects,
    ...rest,
  },
});
const attribute = (type: string, value: string, rest: object = {}) => ({
  type,
  category: "Other",
  value,
  to_ids: true,
  ...rest,
});
const object = (name: string, relations: Record<string, string>, rest: object = {}) => ({
  name,
  Attribute: Object.entries(relations).map(([object_relation, value]) => ({ type: "text", object_relation, value })),
  ...rest,
});

test.each([
  ["ip-dst", "203.0.113.7", [{ type: "ip", value: "203.0.113.7/32" }]],
  ["ip-src", "203.0.113.0/24", [{ type: "ip", value: "203.0.113.0/24" }]],
  ["ip-dst|port", "203.0.113.7|443", [{ type: "ip", value: "203.0.113.7/32" }]],
  [
    "domain|ip",
    "quay.example|203.0.113.7",
    [
      { type: "domain", value: "quay.example" },
      { type: "ip", value: "203.0.113.7/32" },
    ],
  ],
  ["hostname", "www.quay.example", [{ type: "domain", value: "www.quay.example" }]],
  ["url", "http://quay.example/profile/ada", [{ type: "url", value: "https://quay.example/profile/ada" }]],
  ["url", "https://x.com/ada", [{ type: "account", platform: "x", handle: "ada", url: "https://x.com/ada" }]],
  [
    "filename|sha256",
    `a.exe|${"A".repeat(64)}`,
    [{ type: "hash", algorithm: "sha256", value: "a".repeat(64), filename: "a.exe" }],
  ],
  ["email-dst", "ada@quay.example", [{ type: "email", value: "ada@quay.example" }]],
  ["whois-registrant-phone", "+12025550101", [{ type: "phone", value: "+12025550101" }]],
  ["xmr", "4Abc", [{ type: "wallet", chain: "monero", id: "4Abc" }]],
  ["mobile-application-id", "com.quay.app", [{ type: "app", store: "google-play", id: "com.quay.app" }]],
  ["twitter-id", "@Ada", [{ type: "account", platform: "x", handle: "ada" }]],
  ["github-username", "ada", [{ type: "account", platform: "github", handle: "ada" }]],
])("%s %s", (type, value, expected) => {
  expect(indicatorsIn(event([attribute(type, value)]))).toMatchObject(expected);
});

test("that it may be blocked does not say whose it is; a comment may", () => {
  const [silent, said] = indicatorsIn(
    event([attribute("domain", "a.example"), attribute("domain", "b.example", { comment: "compromised site, C2" })]),
  );
  expect(silent).toEqual({ type: "domain", value: "a.example" });
  expect(said).toMatchObject({ control: "compromised", note: "compromised site, C2" });
});

test("times and confidence that MISP keeps are kept", () => {
  const found = indicatorsIn(
    event([
      attribute("domain", "a.example", {
        first_seen: "2026-06-01T00:00:00.000000+00:00",
        last_seen: "2026-06-02T10:00:00.000000+00:00",
        Tag: [{ name: 'misp:confidence-level="usually-confident"' }],
      }),
    ]),
  );
  expect(found).toMatchObject([
    { first_seen: "2026-06-01", last_seen: "2026-06-02T10:00:00.000000+00:00", confidence: 75 },
  ]);
});

test("what our types do not allow is unread with its reason; text is prose", () => {
  const found = event([
    attribute("yara", "rule a {}"),
    attribute("link", "https://report.example/"),
    attribute("target-email", "ada@victim.example"),
    attribute("domain", "not a domain"),
    attribute("sha512", "a".repeat(128)),
    attribute("domain", "gone.example", { deleted: true }),
    attribute("text", "They posed as residents."),
  ]);
  expect(reasonsIn(found)).toEqual([
    "There is no type of ours for yara.",
    "A link is a reference, not an indicator.",
    "This names a target, not the operation.",
    "value: This is not a domain name.",
    "There is no type of ours for sha512.",
    "It is deleted in the event.",
    undefined,
  ]);
  expect(readBack(found).readings.at(-1)?.observations).toEqual([{ text: "They posed as residents." }]);
});

test("objects of social media are accounts and posts, however they are filled in", () => {
  const found = event(
    [],
    [
      object("twitter-account", {
        id: "77",
        name: "Ada",
        followers: "12",
        "joined-date": "2026-05-30T00:00:00.000000+0000",
      }),
      object("facebook-page", { "page-name": "Quay News", url: "https://www.facebook.com/quaynews" }),
      object("facebook-page", { "page-id": "quaynews" }),
      object("youtube-channel", { "channel-name": "Quay News", link: "https://www.youtube.com/@quaynews" }),
      object("user-account", { "account-type": "vk", username: "ada" }),
      object("microblog", { type: "Twitter", url: "https://x.com/ada/status/12345", post: "Hello" }),
    ],
  );
  expect(indicatorsIn(found)).toMatchObject([
    { type: "account", platform: "x", id: "77", handle: "ada", followers: 12, created_at: "2026-05-30" },
    { type: "account", platform: "facebook", kind: "page", handle: "quaynews", display_name: "Quay News" },
    { type: "account", platform: "facebook", kind: "page", handle: "quaynews" },
    { type: "account", platform: "youtube", handle: "quaynews", display_name: "Quay News" },
    { type: "account", platform: "vk", handle: "ada" },
    { type: "post", platform: "x", id: "12345", author: "ada" },
  ]);
});

test("an account of a machine is none on a platform, and a post without a place is prose", () => {
  const found = event(
    [],
    [object("user-account", { "account-type": "unix", username: "root" }), object("microblog", { post: "Hello" })],
  );
  expect(indicatorsIn(found)).toEqual([]);
  expect(reasonsIn(found)[0]).toContain("platform");
  expect(readBack(found).readings[1]?.observations).toEqual([{ text: "Hello" }]);
});

test("of other objects each attribute that has a type is read, with the file's name", () => {
  const file = {
    name: "file",
    Attribute: [attribute("filename", "a.exe"), attribute("md5", "a".repeat(32)), attribute("sha512", "b".repeat(128))],
  };
  const found = event([], [file, { name: "x509", Attribute: [attribute("x509-fingerprint-sha1", "a".repeat(40))] }]);
  expect(indicatorsIn(found)).toEqual([{ type: "hash", algorithm: "md5", value: "a".repeat(32), filename: "a.exe" }]);
  expect(reasonsIn(found)[1]).toBe("Nothing in the object x509 is of a type of ours.");
});

test.each([
  ["an event", (one: object) => one],
  ["a list", (one: object) => [one, one]],
  ["an answer", (one: object) => ({ response: [one] })],
  ["an answer of attributes", () => ({ response: { Attribute: [attribute("domain", "a.example")] } })],
])("%s is told from our own JSON by what it holds, and its marks are shown", (_name, wrap) => {
  const one = event([attribute("domain", "a.example")], [], { Tag: [{ name: "tlp:red" }, { name: "type:OSINT" }] });
  const text = JSON.stringify(wrap(one), null, 2);
  const { files, indicators } = importReport([{ name: "whatever.json", text }]);
  expect(indicators).toEqual([{ type: "domain", value: "a.example" }]);
  if (text.includes("tlp:red")) expect(files[0]?.tlp).toBe("red");
});

test.each([
  ["not JSON", '{"Event": {'],
  ["too deep", `{"Event": {"Attribute": ${"[".repeat(20)}${"]".repeat(20)}}}`],
  ["a member twice", '{"Event": {"info": "a", "info": "b"}}'],
  [
    "lists where objects belong",
    '{"Event": {"Attribute": [[], 1, null, "a"], "Object": [{"Attribute": [3], "name": []}]}}',
  ],
  [
    "a comment of ours that lies",
    '{"Event": {"Attribute": [{"type": "domain", "value": "a.example", "comment": "tipoff: planet\\n__proto__: {}"}]}}',
  ],
])("%s is unread with a reason, never a fault of ours", (_name, text) => {
  const { readings } = readMisp(text, { sites });
  expect(readings.flatMap(({ indicators }) => indicators)).toEqual([]);
  expect(readings.every(({ reason }) => reason !== undefined && reason !== "")).toBe(true);
});
