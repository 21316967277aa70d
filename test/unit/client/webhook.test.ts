import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { challengeAnswer, verifyWebhook } from "../../../src/client/webhook.ts";
import { secretOf, signWebhook } from "../../../src/core/webhook.ts";

const secret = secretOf(new Uint8Array(32).fill(1));
const other = secretOf(new Uint8Array(24).fill(2));
const now = Date.parse("2026-11-23T13:40:05.900Z");
const event = {
  type: "published",
  timestamp: "2026-11-23T13:40:02.118Z",
  data: {
    id: "evt_1_4711",
    type: "published",
    at: "2026-11-23T13:40:02.118Z",
    tip: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
    version: 1,
    from: "chirper",
    for_you: { indicators: 14 },
    link: "https://tipoff.example/v1/tips/0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11",
  },
};
const challenge = {
  type: "challenge",
  timestamp: "2026-11-23T13:40:02.118Z",
  data: { subscription: "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a12", challenge: "Vb3x" },
};
const sent = async (message: unknown, secrets = [secret]) => {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  return { headers: { ...(await signWebhook(secrets, "msg_1", Math.floor(now / 1_000), body)) }, body };
};

describe("a message of the exchange", () => {
  test("is given as it was written, with its id", async () => {
    const value = { ...event, webhook_id: "msg_1" };
    expect(await verifyWebhook(await sent(event), secret, { now })).toEqual({ ok: true, value });
    const practice = { ...event, test: true };
    expect(await verifyWebhook(await sent(practice), secret, { now })).toMatchObject({ value: { test: true } });
  });

  test("verifies by Headers, by names in any case, and by lists of one", async () => {
    const { headers, body } = await sent(event);
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    for (const each of [new Headers(headers), upper, lists, { ...headers, host: "x", "set-cookie": undefined }])
      expect(await verifyWebhook({ headers: each, body }, secret, { now })).toMatchObject({ ok: true });
  });

  test("verifies while the secret is rotated, by the old one, the new one, and both", async () => {
    const both = await sent(event, [other, secret]);
    for (const secrets of [secret, other, [secret, other], [other, secret]])
      expect(await verifyWebhook(both, secrets, { now })).toMatchObject({ ok: true });
    expect(await verifyWebhook(await sent(event, [other]), [secret, other], { now })).toMatchObject({ ok: true });
  });

  test("verifies for five minutes, or as long as one says", async () => {
    const message = await sent(event);
    const at = (seconds: number, tolerance_seconds?: number) =>
      verifyWebhook(message, secret, { now: now + seconds * 1_000, tolerance_seconds });
    expect(await at(300)).toMatchObject({ ok: true });
    expect(await at(301)).toMatchObject({ ok: false, error: expect.stringContaining("301 s ago") });
    expect(await at(-301)).toMatchObject({ ok: false, error: expect.stringContaining("301 s ahead") });
    expect(await at(3_600, 3_600)).toMatchObject({ ok: true });
    expect(await at(0, Number.NaN)).toMatchObject({ ok: false });
    expect(await verifyWebhook(message, secret)).toMatchObject({ ok: false });
  });

  test("of a kind that is not known yet passes", async () => {
    const message = { type: "mended", timestamp: event.timestamp, data: {} };
    expect(await verifyWebhook(await sent(message), secret, { now })).toMatchObject({ value: message });
  });
});

describe("what is no message", () => {
  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without %s, or with two", async (name) => {
    const { headers, body } = await sent(event);
    const value = (headers as Record<string, string>)[name]!;
    for (const each of [{ [name]: undefined }, { [name]: [value, value] }, { [name.toUpperCase()]: value }])
      expect(await verifyWebhook({ headers: { ...headers, ...each }, body }, secret, { now })).toMatchObject({
        error: expect.stringContaining("once"),
      });
    const none = new Headers(headers);
    none.delete(name);
    expect(await verifyWebhook({ headers: none, body }, secret, { now })).toMatchObject({ ok: false });
  });

  test("changed: body, id, time, signature; or under another secret", async () => {
    const { headers, body } = await sent(event);
    const changed = (each: object, text = body) => ({ headers: { ...headers, ...each }, body: text });
    for (const request of [
      changed({}, body.replace("chirper", "chirpes")),
      changed({}, JSON.stringify(event, null, 1)),
      changed({ "webhook-id": "msg_2" }),
      changed({ "webhook-timestamp": String(Math.floor(now / 1_000) + 1) }),
      changed({ "webhook-signature": (await sent(challenge)).headers["webhook-signature"] }),
      await sent(event, [other]),
    ])
      expect(await verifyWebhook(request, secret, { now })).toMatchObject({ ok: false });
  });

  test.each(["", "null", "[]", "1", "{}", "not JSON", '{"type":"published","timestamp":"x","data":null}'])(
    "signed, and %j",
    async (text) => {
      expect(await verifyWebhook(await sent(text), secret, { now })).toMatchObject({
        error: expect.stringMatching(/^The message is signed, and /),
      });
    },
  );

  test.each([
    { ...challenge, type: "published" },
    { ...challenge, data: { subscription: "x" } },
    { ...challenge, data: { challenge: 1 } },
  ])("half a challenge", async (message) => {
    expect(await verifyWebhook(await sent(message), secret, { now })).toMatchObject({ ok: false });
  });

  test("nothing that is given makes it throw", async () => {
    const anything = fc.anything({ withNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(anything, anything, anything, async (request, secrets, options) => {
        const given = (options ?? undefined) as object;
        expect((await verifyWebhook(request as never, secrets as never, given)).ok).toBe(false);
      }),
    );
    const { headers, body } = await sent(event);
    await fc.assert(
      fc.asyncProperty(anything, anything, async (one, two) => {
        await verifyWebhook({ headers: { ...headers, "webhook-signature": one as never }, body }, secret);
        await verifyWebhook({ headers: one as never, body: two as never }, [secret]);
        await verifyWebhook({ headers, body }, one as never);
      }),
    );
  });
});

test("a challenge is answered with its own text, and nothing else is", async () => {
  const asked = await verifyWebhook(await sent(challenge), secret, { now });
  expect(asked.ok && challengeAnswer(asked.value)).toEqual({ challenge: "Vb3x" });
  const told = await verifyWebhook(await sent(event), secret, { now });
  expect(told.ok && challengeAnswer(told.value)).toBe(undefined);
});
