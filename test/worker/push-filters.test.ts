/** The filters of a subscription: what they let through, and that a tip's end is told whatever it was about. */
import { beforeEach, expect, test } from "vitest";
import { bound, subscribe, types, workEndpointsByHand } from "./endpoints.ts";
import type { Member } from "./member.ts";
import { enrol, freshWorld, group } from "./world.ts";

let chirper: Member;
let facepage: Member;

workEndpointsByHand();
beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"] });
  facepage = await enrol("facepage", "platform", { platforms: ["facepage"] });
});

const account = { type: "account", platform: "facepage", kind: "page", id: "100", control: "operated" };

const cases: [string, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>][] = [
  ["indicator_types", { indicator_types: ["account"] }, { indicators: [account] }, {}],
  ["platforms", { platforms: ["facepage"] }, { indicators: [account] }, {}],
  ["tlp", { tlp: ["green"] }, { tlp: "green" }, { tlp: "amber" }],
  [
    "operations",
    { operations: ["11111111-1111-4111-8111-111111111111"] },
    { operation: { id: "11111111-1111-4111-8111-111111111111", name: "Other" } },
    {},
  ],
  [
    "min_confidence",
    { min_confidence: 60 },
    {
      operation: {
        id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11",
        name: "x",
        assessment: { actor_type: "state", confidence: 60 },
      },
    },
    {
      operation: {
        id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11",
        name: "x",
        assessment: { actor_type: "state", confidence: 59 },
      },
    },
  ],
];
test.each(cases)(
  "%s: sends what fits, passes over the rest, and still tells of ends",
  async (_name, filters, fits, not) => {
    const { hook, pump } = bound(await subscribe(facepage, { filters }));
    const wanted = await chirper.submit(["platforms"], fits);
    const unwanted = await chirper.submit(["platforms"], not);
    await pump();
    expect(hook.messages.map((message) => message.data.tip)).toEqual([wanted.id]);
    await chirper.withdraw(unwanted.id);
    await pump();
    expect(types(hook)).toEqual(["published", "withdrawn"]);
  },
);

test("types, from, groups and own", async () => {
  const other = await enrol("birdsite", "platform");
  await group("cell", [chirper, facepage]);
  const byType = await subscribe(facepage, { filters: { types: ["withdrawn"] } });
  const byAuthor = await subscribe(facepage, { filters: { from: ["birdsite"] } });
  const byGroup = await subscribe(facepage, { filters: { groups: ["cell"] } });
  const notOwn = await subscribe(facepage, { filters: { own: false } });
  const all = await subscribe(facepage);
  const tips = [
    await chirper.submit(["platforms"]),
    await other.submit(["platforms"]),
    await chirper.submit(["group:cell"]),
    await facepage.submit(["platforms"]),
  ];
  await chirper.withdraw(tips[0]!.id);
  const subscribed = [byType, byAuthor, byGroup, notOwn, all];
  for (const each of subscribed) await each.pump();
  const [first, second, third, fourth] = tips.map((tip) => tip.id);
  expect(subscribed.map(({ hook }) => hook.messages.map((message) => message.data.tip))).toEqual([
    [first],
    [second],
    [third, first],
    [second, third, first],
    [second, third, fourth, first],
  ]);
});

test("a tip whose confidence is not stated is not taken for a doubtful one", async () => {
  const { hook, pump } = bound(await subscribe(facepage, { filters: { min_confidence: 90 } }));
  await chirper.submit(["platforms"]);
  await pump();
  expect(types(hook)).toEqual(["published"]);
});
