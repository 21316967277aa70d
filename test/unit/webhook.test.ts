/** Standard Webhooks: the library's own vectors, two libraries that are not ours, and everything that must not verify. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { describe, expect, test } from "vitest";
import { checkWebhook, secretOf, signText, signWebhook } from "../../src/core/webhook.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const other = secretOf(new Uint8Array(32).fill(7));
const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const body = '{"test": 2432232314}';
const now = 1_614_265_330;
const signed = await signWebhook([secret], id, now, body);
const check = (headers: object, given = body, at = now, secrets: string[] = [secret]) =>
  checkWebhook(secrets, { ...signed, ...headers }, given, at);
const signature = signed["webhook-signature"];

describe("vectors", () => {
  test("the libraries' own", () => {
    expect(signed).toEqual({
      "webhook-id": id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("the specification's example, beside a signature of another version", async () => {
    const hmac = createHmac("sha256", Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64"));
    const payload =
      '{"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"1f81eb52-5198-4599-803e-771906343485"}}';
    hmac.update(`msg_2KWPBgLlAfxdpx2AI54pPJ85f4W.1674087231.${payload}`);
    const asymmetric = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
    const headers = {
      "webhook-id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
      "webhook-timestamp": "1674087231",
      "webhook-signature": `${asymmetric} v1,${hmac.digest("base64")}`,
    };
    expect(await checkWebhook([secret], headers, payload, 1_674_087_231)).toEqual({ ok: true, value: true });
  });

  test("several signatures, unknown versions among them", async () => {
    const wrong = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
    const list = [wrong, wrong.replace("v1", "v2"), "", "nonsense", signature, wrong].join(" ");
    expect(await check({ "webhook-signature": list })).toMatchObject({ ok: true });
  });
});

describe.each([
  ["standardwebhooks", Webhook],
  ["svix", Svix],
])("%s", (_, Library) => {
  const text = fc.string({ unit: "grapheme" });
  const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 });

  test("verifies what is signed here, any text under any of the secrets", async () => {
    await fc.assert(
      fc.asyncProperty(text, bytes, bytes, async (note, one, two) => {
        const payload = JSON.stringify({ type: "published", data: { note } });
        const secrets = [secretOf(one), secretOf(two)];
        const headers = { ...(await signWebhook(secrets, "evt_1_4711", Math.floor(Date.now() / 1_000), payload)) };
        for (const each of secrets) expect(() => new Library(each).verify(payload, headers)).not.toThrow();
        expect(() => new Library(other).verify(payload, headers)).toThrow();
        expect(() => new Library(secretOf(one)).verify(`${payload} `, headers)).toThrow();
      }),
      { numRuns: 50 },
    );
  });

  test("signs what verifies here", async () => {
    await fc.assert(
      fc.asyncProperty(text, bytes, async (note, one) => {
        const payload = JSON.stringify({ note });
        const headers = {
          "webhook-id": "evt_1_4711",
          "webhook-timestamp": String(now),
          "webhook-signature": new Library(secretOf(one)).sign("evt_1_4711", new Date(now * 1_000), payload),
        };
        expect(await checkWebhook([other, secretOf(one)], headers, payload, now)).toMatchObject({ ok: true });
        expect(await checkWebhook([other], headers, payload, now)).toMatchObject({ ok: false });
      }),
      { numRuns: 50 },
    );
  });
});

describe("what does not verify", () => {
  test.each([
    ["another body", {}, `${body} `],
    ["another id", { "webhook-id": "msg_other" }, body],
    ["an id that takes a piece of the body", { "webhook-id": `${id}.${now}`, "webhook-timestamp": "1" }, body],
    ["another time", { "webhook-timestamp": String(now + 1) }, body],
    ["the time spelt otherwise", { "webhook-timestamp": `0${now}` }, body],
    ["a time that is none", { "webhook-timestamp": "hello" }, body],
    ["a time with a fraction", { "webhook-timestamp": `${now}.0` }, body],
    ["no id", { "webhook-id": "" }, body],
    ["no time", { "webhook-timestamp": "" }, body],
    ["no signature", { "webhook-signature": "" }, body],
    ["a signature without a version", { "webhook-signature": signature.slice(3) }, body],
    ["a signature of another version", { "webhook-signature": signature.replace("v1", "v1a") }, body],
    ["half a signature", { "webhook-signature": signature.slice(0, 8) }, body],
    ["an empty signature", { "webhook-signature": "v1," }, body],
    ["a signature in base64url", { "webhook-signature": signature.replaceAll("+", "-") }, body],
    ["a signature spelt otherwise", { "webhook-signature": signature.replace("OE=", "OF=") }, body],
    ["a signature divided by commas", { "webhook-signature": `v1,x, ${signature},` }, body],
    [
      "a right one behind ten wrong ones",
      { "webhook-signature": `${`v1,${"A".repeat(43)}= `.repeat(10)}${signature}` },
      body,
    ],
  ])("%s", async (_, headers, given) => {
    expect(await check(headers, given)).toMatchObject({ ok: false, error: expect.stringMatching(/\.$/) });
  });

  test("id, time and body divided otherwise than they were signed", async () => {
    const whole = await signWebhook([secret], "msg", now, `${now + 1}.{}`);
    const divided = { ...whole, "webhook-id": `msg.${now}`, "webhook-timestamp": String(now + 1) };
    expect(await checkWebhook([secret], whole, `${now + 1}.{}`, now)).toMatchObject({ ok: true });
    expect(await checkWebhook([secret], divided, "{}", now)).toMatchObject({ ok: false });
  });

  test("more than five minutes ago or ahead", async () => {
    for (const [seconds, good] of [
      [300, true],
      [301, false],
      [-300, true],
      [-301, false],
      [Number.NaN, false],
    ] as const)
      expect([seconds, (await check({}, body, now + seconds)).ok]).toEqual([seconds, good]);
  });

  test("under another secret, or under none", async () => {
    expect(await check({}, body, now, [other])).toMatchObject({ error: expect.stringContaining("another secret") });
    expect(await check({}, body, now, [])).toMatchObject({ error: expect.stringContaining("whsec_") });
  });

  test("under a secret that is none, which is said before anything else is believed", async () => {
    for (const wrong of [
      "",
      "whsec_",
      "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_c2hvcnQ=",
      `${secret}=`,
      `${secret}A`,
    ])
      expect(await check({}, body, now, [secret, wrong])).toMatchObject({ error: expect.stringContaining("whsec_") });
    expect(await check({}, body, now, [secretOf(new Uint8Array(65))])).toMatchObject({ ok: false });
  });
});

test("while a secret is rotated, who has the old one and who has the new one verify", async () => {
  const both = await signWebhook([other, secret], id, now, body);
  expect(both["webhook-signature"].split(" ")).toEqual([await signText(other, `${id}.${now}.${body}`), signature]);
  for (const secrets of [[secret], [other], [secret, other]])
    expect(await checkWebhook(secrets, both, body, now)).toMatchObject({ ok: true });
});

test("nothing is signed that could be divided otherwise, or under no secret", async () => {
  await expect(signWebhook([secret], "evt.1", now, body)).rejects.toThrow("full stops");
  await expect(signWebhook([secret], "", now, body)).rejects.toThrow("id");
  await expect(signWebhook([secret], id, now + 0.5, body)).rejects.toThrow("whole seconds");
  await expect(signWebhook([], id, now, body)).rejects.toThrow("secret");
  await expect(signWebhook(["whsec_AAAA"], id, now, body)).rejects.toThrow("whsec_");
});
