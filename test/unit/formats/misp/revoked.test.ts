/** Taking back: what a reader was given is named again without its content, by ids that need none of it. */
import { expect, test } from "vitest";
import type { Indicator } from "../../../../src/core/indicators/family.ts";
import { partsOf } from "../../../../src/formats/misp/attribute.ts";
import { mispEvent } from "../../../../src/formats/misp/event.ts";
import { hashesOf } from "../../../../src/formats/misp/hashes.ts";
import { mostParts, revokedEvent } from "../../../../src/formats/misp/revoked.ts";
import { templates } from "../../../../src/formats/misp/templates.ts";
import { canonical } from "../../indicators/given.ts";
import { attributesOf, eventOf, indicatorsIn, numbered, reasonsIn, shared } from "./given.ts";

const indicators: Indicator[] = [
  canonical({ type: "account", platform: "x", id: "123456", handle: "harbour_voice", persona: "Ada Quay" }),
  canonical({ type: "domain", value: "harbour.example", note: "a brand site" }),
  canonical({
    type: "post",
    platform: "facebook",
    id: "987",
    author: "quay",
    url: "https://facebook.com/quay/posts/987",
  }),
];
const had = numbered(indicators).map(({ ordinal, indicator }) => ({ ordinal, parts: partsOf(indicator) }));
const later = "2026-12-01T09:00:00Z";

test("everything the reader had is deleted, under the same ids, and nothing else is there", () => {
  const given = eventOf(indicators);
  const revoked = revokedEvent(shared(), had, later);
  expect(revoked.Event.uuid).toBe(given.Event.uuid);
  const ids = (event: typeof given) => [
    ...attributesOf(event).map(({ uuid }) => uuid),
    ...event.Event.Object.map(({ uuid }) => uuid),
    ...event.Event.EventReport.map(({ uuid }) => uuid),
  ];
  expect(ids(revoked).sort()).toEqual(ids(given).sort());
  const each = [...attributesOf(revoked), ...revoked.Event.Object, ...revoked.Event.EventReport];
  expect(each.every(({ deleted, timestamp }) => deleted && timestamp === revoked.Event.timestamp)).toBe(true);
  expect(Number(revoked.Event.timestamp)).toBeGreaterThan(Number(given.Event.timestamp));
});

test("it holds no content: neither a value nor the operation, nor which type a thing was", () => {
  const text = JSON.stringify(revokedEvent(shared(), had, later));
  for (const content of [
    "123456",
    "harbour",
    "Ada",
    "brand",
    "987",
    "Lantern",
    "residents",
    "tlp",
    "twitter",
    "facebook",
  ])
    expect(text).not.toContain(content);
  expect(hashesOf(revokedEvent(shared(), had, later))).toEqual([]);
});

test("where the parts are no longer known, the ids of everything that was given are among those taken back", () => {
  const given = eventOf(indicators);
  const unknown = revokedEvent(
    shared(),
    had.map(({ ordinal }) => ({ ordinal })),
    later,
  );
  const taken = new Set([...attributesOf(unknown), ...unknown.Event.Object].map(({ uuid }) => uuid));
  const ids = [...attributesOf(given), ...given.Event.Object].map(({ uuid }) => uuid);
  expect(ids.filter((id) => !taken.has(id))).toEqual([]);
  expect(Math.max(...templates.map(({ relations }) => Object.keys(relations).length))).toBe(mostParts);
});

test("a later version takes back what the earlier one had and it has not", () => {
  const [account, domain] = indicators as [Indicator, Indicator];
  const shorter = canonical({ type: "account", platform: "x", handle: "harbour_voice" });
  // The account has lost a part, the post has become a domain.
  const event = mispEvent(shared({}, 2), numbered([shorter, domain, domain]), { before: had });
  const first = eventOf(indicators).Event;
  const deleted = (list: { uuid: string; deleted: boolean }[]) =>
    list.filter((each) => each.deleted).map(({ uuid }) => uuid);
  expect(deleted(event.Event.Object[0]!.Attribute)).toEqual([first.Object[0]!.Attribute[1]!.uuid]);
  expect(deleted(event.Event.Object)).toEqual([first.Object[1]!.uuid]);
  expect(deleted(event.Event.Attribute)).toEqual([]);
  expect(deleted(mispEvent(shared({}, 2), numbered([account]), { before: had }).Event.Attribute)).toEqual([
    first.Attribute[0]!.uuid,
  ]);
  expect(indicatorsIn(event)).toEqual([shorter, domain, domain]);
});

test("a deleted attribute is not read, and the reason is said", () => {
  const event = revokedEvent(shared(), had, later);
  expect(indicatorsIn(event)).toEqual([]);
  expect(new Set(reasonsIn(event))).toEqual(new Set(["It is deleted in the event."]));
});
