/** A tip on paper: everything is there, and nothing of it is more than text. */
import { expect, test } from "vitest";
import type { TipDocument } from "../../../src/core/tip.ts";
import { defangLabel } from "../../../src/formats/defang.ts";
import { type PrintedTip, printTip } from "../../../src/formats/print-tip.ts";
import { readValue } from "../../../src/formats/value.ts";
import { canonical, sites } from "../indicators/given.ts";
import { manyIndicators, tip } from "./export-given.ts";

const document: TipDocument = {
  ...tip,
  exchange: "https://tipoff.example",
  issued_at: "2026-11-23T13:40:00Z",
  audience: "b".repeat(43),
  relates_to: [{ tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a12", relation: "adds-to" }],
  references: [{ title: "Announcement", url: "https://chirper.example/news" }],
  operation: {
    id: tip.operation.id,
    name: "Harbour <Lantern>",
    summary: "They post from https://harbour-news.example/a.",
    measures: [{ what: "accounts", platform: "chirper", count: 936 }],
    observations: [{ procedure: "ook:1.2.8", text: "Posing as residents." }],
  },
  indicators: [
    {
      type: "account",
      platform: "x",
      kind: "profile",
      id: "1790000005915952762",
      handle: "ada",
      control: "operated",
      display_name: "\u202Eevil\u0000",
      "x-own": { a: "<i>" },
    },
    { type: "url", value: "https://harbour-news.example/<script>alert(1)</script>", control: "compromised" },
    { type: "email", value: "ops@harbour-news.example", note: "See http://evil.example/x" },
  ],
};
const input: PrintedTip = {
  exchange: "https://tipoff.example",
  reader: "cyber-unit",
  at: "2026-11-24T10:00:00Z",
  purpose: "case 12/26",
  document,
  accepted_at: tip.accepted_at,
  expires_at: "2028-11-22T00:00:00Z",
  seq: tip.seq,
  through: tip.through,
  digest: tip.digest,
  receipt: "e30.e30.sig",
  author: {
    name: "Chirper & Co",
    kind: "platform",
    country: "XB",
    legal_process_url: "https://chirper.example/law-enforcement",
  },
  accesses: [{ day: "2026-11-23", purpose: "case 12/26", door: "feed" }],
};
const page = printTip(input);

test.each([
  "TLP:AMBER",
  "Intelligence lead, not evidence",
  "Harbour &lt;Lantern&gt;",
  "Chirper &amp; Co",
  "through law-enforcement:XA",
  "No automated enforcement on this alone.",
  "Embargo until 2026-11-23 15:00:00 UTC",
  "no publication, no notice to users before then",
  "preserve records (a request, not legal process)",
  "Threat intelligence, ti@chirper.example",
  "To obtain records, serve legal process",
  "<code>https://chirper.example/law-enforcement</code>",
  "936 accounts on chirper",
  "Posing as residents.",
  "hxxps://chirper[.]example/news",
  "They post from hxxps://harbour-news[.]example/a.",
  "x:@ada",
  "id 1790000005915952762",
  "See hxxp://evil[.]example/x",
  tip.digest,
  "e30.e30.sig",
  "tipoff verify tip.json",
  "A tip can be corrected or taken back",
  "<td>2026-11-23</td><td>case 12/26</td><td>feed</td>",
])("it says %s", (words) => expect(page).toContain(words));

test("what others wrote is text: no element, no script, no link, nothing to fetch", () => {
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(page).not.toMatch(/<(?:script|a|img|link|iframe|object|form|svg|base)\b/i);
  expect(page).not.toMatch(/\s(?:href|src|on\w+|action|style)=/i);
  expect(page).not.toMatch(/url\(|@import|http-equiv/i);
});

test("letters that turn the order of others, and such as no page shows, are not there", () => {
  expect(page).toContain("�evil�");
  expect(page).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
  expect(page).not.toContain("\u0000");
});

test("the heading of the indicators is repeated on each page, and long values are wrapped, not cut", () => {
  expect(page).toContain("thead{display:table-header-group}");
  expect(page).toContain("<thead><tr><th");
  const value = `https://a.example/${"x".repeat(1_900)}`;
  expect(printTip({ ...input, document: { ...document, indicators: [{ type: "url", value }] } })).toContain(
    "x".repeat(1_900),
  );
});

test("without embargo, ask, contact and legal process it is a page all the same", () => {
  const { embargo: _e, ask: _a, contact: _c, handling: _h, references: _r, relates_to: _t, ...less } = document;
  const author = { name: "Chirper", kind: "platform", country: "XB" };
  const short = printTip({ ...input, author, accesses: [], document: { ...less, indicators: [], tlp: "clear" } });
  expect(short).toContain("has not said where it takes it");
  expect(short).toContain("None before this one.");
  expect(short).not.toMatch(/undefined|false|NaN|\[object/);
});

test("whom the directory names is asked where the tip names nobody", () => {
  const { contact: _none, ...less } = document;
  const author = { name: "Chirper", kind: "platform", country: "XB", contact: { email: "desk@chirper.example" } };
  const short = printTip({ ...input, author, document: less });
  expect(short).toContain("<dd>desk@chirper.example</dd>");
  expect(short).toContain("ask the contact above");
  const nobody = printTip({
    ...input,
    author: { ...author, contact: undefined },
    document: { ...less, ask: undefined },
  });
  expect(nobody).not.toContain("the contact above");
});

test("a digest is said to be a pseudonym, where there is one", () => {
  const printed = (indicators: TipDocument["indicators"]) =>
    printTip({ ...input, document: { ...document, indicators } }).includes("a pseudonym, not anonymity");
  expect(printed([{ type: "phone", digest: "A".repeat(43) }])).toBe(true);
  expect(printed(document.indicators)).toBe(false);
});

test("every member of every indicator is on it, and no undefined", () => {
  const indicators = manyIndicators(300);
  const all = printTip({ ...input, document: { ...document, indicators } });
  expect(all).not.toContain("undefined</");
  expect(all.match(/<tr><td class="no">/g)).toHaveLength(indicators.length);
});

test.each([
  { type: "url", value: "https://user.harbour-news.example:8443/a.b?c=d" },
  { type: "domain", value: "harbour-news.example" },
  { type: "ip", value: "203.0.113.0/24" },
  { type: "ip", value: "2001:db8::1" },
  { type: "email", value: "ops@harbour-news.example" },
])("defanged, $value is followed by nobody and read back equal", (members) => {
  const indicator = canonical(members);
  const label = defangLabel(indicator);
  expect(label).not.toMatch(/^https?:|[a-z0-9]\.[a-z]+(?:[:/]|$)/i);
  expect(readValue(label, sites)).toEqual(indicator);
});
