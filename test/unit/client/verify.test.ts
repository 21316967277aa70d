import { describe, expect, test } from "vitest";
import { verifyTip } from "../../../src/client/verify.ts";
import { sign } from "../../../src/core/envelope.ts";
import { aWorld } from "./given.ts";

const retired = { state: "retired", retired_at: "2026-11-20T12:00:00.000Z" };

describe("verifying a tip offline", () => {
  test.each(["EdDSA", "ES256"] as const)("a tip under an active %s key verifies without a receipt", async (alg) => {
    const world = await aWorld(alg);
    expect(await verifyTip(world.tip, world.keys())).toMatchObject({ ok: true, value: { from: "chirper" } });
  });

  test("a changed payload does not verify", async () => {
    const world = await aWorld();
    const text = Buffer.from(world.tip.payload, "base64url").toString().replace("Harbour", "Harbous");
    expect(
      await verifyTip({ ...world.tip, payload: Buffer.from(text).toString("base64url") }, world.keys()),
    ).toMatchObject({ ok: false });
  });

  test("another partner's key does not verify it", async () => {
    const [world, other] = [await aWorld(), await aWorld()];
    expect(await verifyTip(world.tip, other.keys())).toMatchObject({ ok: false });
  });

  test("a key set of another exchange does not verify it", async () => {
    const world = await aWorld();
    expect(await verifyTip(world.tip, { ...world.keys(), exchange: "https://other.example" })).toMatchObject({
      ok: false,
    });
  });

  test("an audience is not taken for a tip", async () => {
    const world = await aWorld();
    expect(await verifyTip(world.audience, world.keys())).toMatchObject({ ok: false });
  });
});

test.each(["null", "[]", "1", "{}"])("a document that is %s is no tip, and no exception", async (text) => {
  const world = await aWorld();
  const signed = await sign(JSON.parse(text), "tip+jws", {
    key: world.connection.key,
    kid: world.connection.profile.kid,
    alg: "EdDSA",
  });
  expect(await verifyTip(signed, world.keys())).toMatchObject({ ok: false });
});

const hostile = { toString: "x", valueOf: null };
const members = { exchange: "https://tipoff.example", from: "chirper", tip: "a", version: 1 };
test.each([
  ["a tip that cannot be written as text", { ...members, tip: hostile }],
  ["an author that cannot", { ...members, from: hostile }],
  ["an exchange that cannot", { ...members, exchange: hostile }],
  ["a version that cannot", { ...members, version: hostile }],
])("a signed document with %s is an answer, not an exception", async (_what, document) => {
  const world = await aWorld();
  const { key, profile } = world.connection;
  const signed = await sign(document, "tip+jws", { key, kid: profile.kid, alg: "EdDSA" });
  for (const receipt of [undefined, await world.receipt("2026-11-20T11:00:00Z"), "a.b.c", hostile as never])
    expect(await verifyTip(signed, world.keys(), receipt)).toMatchObject({ ok: false });
});

test.each([
  ["[", "]"],
  ['{"a":', "}"],
  ['[{"a":', "}]"],
])("a document of %s 100,000 deep is an answer, not an exception", async (open, close) => {
  const world = await aWorld();
  const text = `{"x-deep":${open.repeat(100_000)}1${close.repeat(100_000)}}`;
  const payload = Buffer.from(text).toString("base64url");
  expect(await verifyTip({ ...world.tip, payload }, world.keys())).toMatchObject({
    ok: false,
    error: expect.stringContaining("16 deep"),
  });
});

test.each([
  null,
  {},
  { exchange: "https://tipoff.example", partners: null, jwks: { keys: [] } },
  { exchange: "https://tipoff.example", partners: { chirper: {} }, jwks: { keys: [] } },
  { exchange: "https://tipoff.example", partners: { chirper: [null, {}] }, jwks: {} },
  { exchange: "https://tipoff.example", partners: { chirper: [null] }, jwks: { keys: [null] } },
])("a key set that is none is an answer, not an exception: %j", async (keys) => {
  const world = await aWorld();
  const receipt = await world.receipt("2026-11-20T11:00:00Z");
  expect(await verifyTip(world.tip, keys as never, receipt)).toMatchObject({ ok: false });
});

test("a key without its JWK, or that ended at no time, is an answer, not an exception", async () => {
  const world = await aWorld();
  const receipt = await world.receipt("2026-11-20T11:00:00Z");
  const ended = { ...retired, retired_at: hostile as never };
  for (const keys of [world.keys({ jwk: undefined as never }), world.keys({ jwk: null as never }), world.keys(ended)])
    expect(await verifyTip(world.tip, keys, receipt)).toMatchObject({ ok: false });
});

test("a key set with a damaged key is an answer, not an exception", async () => {
  const world = await aWorld();
  expect(await verifyTip(world.tip, world.keys({ jwk: { kty: "OKP", crv: "Ed25519", x: "AA" } }))).toMatchObject({
    ok: false,
    error: expect.stringContaining("damaged"),
  });
});

describe("a tip under a key that is no longer active", () => {
  test("needs its receipt", async () => {
    const world = await aWorld();
    expect(await verifyTip(world.tip, world.keys(retired))).toMatchObject({
      ok: false,
      error: expect.stringContaining("receipt"),
    });
  });

  test("verifies where it was accepted before the key was retired, though it was issued after", async () => {
    const world = await aWorld();
    expect(
      await verifyTip(world.tip, world.keys(retired), await world.receipt("2026-11-20T11:59:59.999Z")),
    ).toMatchObject({ ok: true });
  });

  test("does not verify where it was accepted at or after that", async () => {
    const world = await aWorld();
    expect(
      await verifyTip(world.tip, world.keys(retired), await world.receipt("2026-11-20T12:00:00.000Z")),
    ).toMatchObject({ ok: false });
  });

  test("instants are compared, not their spelling", async () => {
    const world = await aWorld();
    const stolen = { state: "compromised", compromised_since: "2026-11-20T14:00:00+02:00" };
    expect(
      await verifyTip(world.tip, world.keys(stolen), await world.receipt("2026-11-20T13:00:00.000Z")),
    ).toMatchObject({ ok: false });
    expect(
      await verifyTip(world.tip, world.keys(stolen), await world.receipt("2026-11-20T11:00:00.000Z")),
    ).toMatchObject({ ok: true });
  });

  test("of retirement and compromise the earlier counts", async () => {
    const world = await aWorld();
    const both = {
      state: "compromised",
      retired_at: "2026-11-20T12:00:00.000Z",
      compromised_since: "2026-11-21T12:00:00.000Z",
    };
    expect(await verifyTip(world.tip, world.keys(both), await world.receipt("2026-11-21T00:00:00.000Z"))).toMatchObject(
      { ok: false },
    );
  });

  test("an accepted_at that is no time does not help it", async () => {
    const world = await aWorld();
    expect(await verifyTip(world.tip, world.keys(retired), await world.receipt("1"))).toMatchObject({ ok: false });
  });
});

describe("a receipt", () => {
  test("of another document is refused", async () => {
    const world = await aWorld();
    const receipt = await world.receipt("2026-11-20T11:00:00.000Z", { digest: "A".repeat(43) });
    expect(await verifyTip(world.tip, world.keys(), receipt)).toMatchObject({
      ok: false,
      error: expect.stringContaining("another document"),
    });
  });

  test("by another exchange's key is refused, also where the key is active", async () => {
    const [world, other] = [await aWorld(), await aWorld()];
    expect(await verifyTip(world.tip, world.keys(), await other.receipt("2026-11-20T11:00:00.000Z"))).toMatchObject({
      ok: false,
    });
  });
});
