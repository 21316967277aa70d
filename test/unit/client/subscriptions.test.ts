import { describe, expect, test } from "vitest";
import type { CallOptions, Connection } from "../../../src/client/connect.ts";
import * as client from "../../../src/client/subscriptions.ts";

type Call = [method: string, path: string, body?: unknown, options?: CallOptions];

/** Writes down the calls and answers each in turn; the last answer stays. */
function given(...answers: unknown[]): { connection: Connection; calls: Call[] } {
  const calls: Call[] = [];
  const call = async (...words: Call) => {
    calls.push(words);
    return answers[Math.min(calls.length, answers.length) - 1];
  };
  return { connection: { call } as unknown as Connection, calls };
}

const id = "5f0d2c1e-7a53-4b0e-9d7e-2f1f0a9c6b11";
const path = `/v1/subscriptions/${id}`;

describe("a lost answer", () => {
  test.each([
    ["prove", () => client.proveSubscription, [], `${path}/prove`, {}],
    ["prove by a text", () => client.proveSubscription, ["b1pJ"], `${path}/prove`, { code: "b1pJ" }],
    ["pause", () => client.pauseSubscription, [], `${path}/pause`, undefined],
    ["resume", () => client.resumeSubscription, [], `${path}/resume`, undefined],
    ["resend", () => client.resendEvent, ["evt_1_7"], `${path}/deliveries/evt_1_7/resend`, undefined],
    ["recover", () => client.recoverDeliveries, ["2026-11-20"], `${path}/recover`, { since: "2026-11-20" }],
  ] as const)("of %s is asked for again: it changes nothing", async (_deed, deed, words, at, body) => {
    const { connection, calls } = given({});
    await (deed() as (...words: unknown[]) => Promise<unknown>)(connection, id, ...words);
    expect(calls).toEqual([["POST", at, body, { repeatable: true }]]);
  });

  test("of what makes a secret, or sends samples, is not: it would be done twice", async () => {
    const { connection, calls } = given({ samples: [] });
    await client.makeSubscription(connection, { url: "https://facepage.example/" });
    await client.rotateSecret(connection, id, { drop_former: true });
    await client.sendSamples(connection, id, ["published"]);
    expect(calls).toEqual([
      ["POST", "/v1/subscriptions", { url: "https://facepage.example/" }],
      ["POST", `${path}/rotate`, { drop_former: true }],
      ["POST", `${path}/test`, { types: ["published"] }],
    ]);
  });
});

test("deliveries are read page by page, and no page that nobody wants", async () => {
  const page = (events: string[], next: string | null) => ({
    deliveries: events.map((event) => ({ event })),
    next,
    more: next !== null,
  });
  const { connection, calls } = given(page(["e5", "e4"], "c1"), page(["e3"], "c2"), page(["e2", "e1"], null));
  const read: string[] = [];
  for await (const { event } of client.listDeliveries(connection, id, { state: "exhausted" })) {
    read.push(event);
    if (event === "e3") expect(calls).toHaveLength(2);
  }
  expect(read).toEqual(["e5", "e4", "e3", "e2", "e1"]);
  expect(calls.map(([, at]) => at)).toEqual([
    `${path}/deliveries?state=exhausted&limit=100`,
    `${path}/deliveries?state=exhausted&limit=100&after=c1`,
    `${path}/deliveries?state=exhausted&limit=100&after=c2`,
  ]);
});

test("what is given as an id stays one part of the path", async () => {
  const { connection, calls } = given({});
  await client.readSubscription(connection, "../partners");
  await client.resendEvent(connection, id, "../../x");
  expect(calls.map(([, at]) => at)).toEqual([
    "/v1/subscriptions/..%2Fpartners",
    `${path}/deliveries/..%2F..%2Fx/resend`,
  ]);
});
