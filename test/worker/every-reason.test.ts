/** Bad input is refused whole, with every reason: one fault never hides another. */
import { beforeEach, expect, test } from "vitest";
import type { Member } from "./member.ts";
import { enrol, freshWorld } from "./world.ts";

let chirper: Member;

beforeEach(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform", { platforms: ["chirper"], domains: ["chirper.example"] });
});

const values = [
  { type: "domain", value: "bad domain" },
  { type: "ip", value: "999.9.9.9" },
  { type: "domain", value: "harbour-news.example" },
];
const badValues = ["/tip/indicators/0/value", "/tip/indicators/1/value"];

async function pointers(to: string[], change: object, scope: object = {}): Promise<string[]> {
  const { answer } = await chirper.submit(to, change as Record<string, unknown>, scope as Record<string, unknown>);
  expect(answer.status).toBe(422);
  const found = (answer.body.faults as { pointer: string }[]).map(({ pointer }) => pointer);
  expect(new Set(found).size, "no fault twice").toBe(found.length);
  return found.sort();
}

test("an unknown member hides no value", async () => {
  expect(await pointers(["platforms"], { indicators: values })).toEqual(badValues);
  expect(await pointers(["platforms"], { indicators: values, zap: 1 })).toEqual([...badValues, "/tip/zap"]);
});

test("members, values and audience are told together", async () => {
  const found = await pointers(
    ["platforms", "partner:nobody", "foo"],
    { indicators: values, zap: 1, tlp: "red", issued_at: "2099-01-01T00:00:00Z", exchange: "https://other.example" },
    { zip: 1, from: "chirper", version: 2 },
  );
  expect(found).toEqual(
    [
      ...badValues,
      "/audience/exchange",
      "/audience/to/0",
      "/audience/to/1",
      "/audience/to/2",
      "/audience/version",
      "/audience/zip",
      "/tip/exchange",
      "/tip/issued_at",
      "/tip/zap",
    ].sort(),
  );
});

test("a member of the wrong form hides neither unknown members nor values, and items are judged one by one", async () => {
  const indicators = [
    ...values,
    { type: "domain", value: "harbour-news.example", zap: 1, confidence: 200 },
    { type: "nonsense", value: "x" },
    7,
  ];
  expect(await pointers(["partner:nobody"], { indicators, tlp: "purple", one: 1, two: 2 })).toEqual([
    "/audience/to/0",
    ...badValues,
    "/tip/indicators/3/confidence",
    "/tip/indicators/3/zap",
    "/tip/indicators/4/type",
    "/tip/indicators/5",
    "/tip/one",
    "/tip/tlp",
    "/tip/two",
  ]);
});

test("a missing member is said in words, and no validator's own", async () => {
  const { answer } = await chirper.submit(["platforms"], {
    operation: { id: "no uuid", name: "" },
    tlp: "purple",
    expires_at: 7,
    indicators: undefined,
  });
  const details = Object.fromEntries(
    (answer.body.faults as { pointer: string; detail: string }[]).map(({ pointer, detail }) => [pointer, detail]),
  );
  expect(details).toEqual({
    "/tip/tlp": "This must be one of red, amber+strict, amber, green, clear.",
    "/tip/operation/id": "Use a lower-case UUID.",
    "/tip/operation/name": "This must not be empty.",
    "/tip/expires_at": "This must be a text.",
    "/tip/indicators": "This is missing.",
  });
});

test("a recipient of the wrong form hides no other", async () => {
  const found = await pointers(["foo"], {}, { to: ["foo", 7] });
  expect(found).toEqual(["/audience/to/0", "/audience/to/1"]);
});

test("rescoping tells unknown members, tokens and recipients together", async () => {
  const { id } = await chirper.submit(["platforms"]);
  const answer = await chirper.rescope(id, ["partner:nobody", "foo", "everyone"], { zap: 1 });
  expect(answer.status).toBe(422);
  expect((answer.body.faults as { pointer: string }[]).map(({ pointer }) => pointer).sort()).toEqual(
    ["/to/0", "/to/1", "/to/2", "/zap"].sort(),
  );
});
