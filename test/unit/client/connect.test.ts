import { afterEach, describe, expect, test, vi } from "vitest";
import { Unreachable } from "../../../src/client/problem.ts";
import { match } from "../../../src/client/read.ts";
import { newTipId, signRescope, signTip } from "../../../src/client/tips.ts";
import { digest, sha256 } from "../../../src/core/envelope.ts";
import { aWorld, draft } from "./given.ts";

type Call = { path: string; body: string };

/** Answers tokens by itself; the rest is the test's. */
function exchangeThat(answers: (call: Call, at: number) => Response): Call[] {
  const calls: Call[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const call = { path: new URL(String(input)).pathname, body: String(init?.body ?? "") };
    if (call.path === "/oauth/token")
      return Response.json({ access_token: "t", token_type: "DPoP", expires_in: 300, scope: "" });
    calls.push(call);
    return answers(call, calls.length);
  });
  return calls;
}

afterEach(() => void vi.restoreAllMocks());

const unanswered = (): Response => {
  throw new TypeError("connection reset");
};

describe("a connection", () => {
  test("repeats a signed tip whose answer was lost, byte for byte", async () => {
    const { connection, tip, audience } = await aWorld();
    const calls = exchangeThat((_call, at) => (at === 1 ? unanswered() : Response.json({ tip: "x" })));
    await connection.call("POST", "/v1/tips", { tip, audience });
    expect(calls).toHaveLength(2);
    expect(calls[1]!.body).toBe(calls[0]!.body);
  });

  test.each(["/v1/partners", "/v1/partners/chirper/invitations", "/v1/keys"])(
    "does not repeat POST %s, which might be done twice",
    async (path) => {
      const { connection } = await aWorld();
      const calls = exchangeThat(unanswered);
      await expect(connection.call("POST", path, {})).rejects.toBeInstanceOf(Unreachable);
      expect(calls).toHaveLength(1);
    },
  );

  test("asks for a token once more on 401, then gives the problem", async () => {
    const { connection } = await aWorld();
    const calls = exchangeThat(() =>
      Response.json({ type: "https://tipoff.example/problems/unauthenticated", detail: "No." }, { status: 401 }),
    );
    await expect(connection.call("GET", "/v1/me")).rejects.toMatchObject({
      status: 401,
      slug: "unauthenticated",
      message: "No.",
    });
    expect(calls).toHaveLength(2);
  });

  test("gives a problem where something between answers in HTML", async () => {
    const { connection } = await aWorld();
    exchangeThat(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await expect(connection.call("GET", "/v1/me")).rejects.toMatchObject({ status: 502, slug: "unknown" });
  });
});

describe("matching", () => {
  test("asks what is too large in halves, and answers by position", async () => {
    const { connection } = await aWorld();
    exchangeThat(({ body }) => {
      const { questions } = JSON.parse(body) as { questions: string[] };
      if (questions.length > 3) return Response.json({ type: "x/too-large", detail: "60,000 probes" }, { status: 413 });
      return Response.json({ answers: questions.map((asked) => ({ read_as: { asked }, hits: [], context: [] })) });
    });
    const asked = Array.from({ length: 10 }, (_, at) => `q${at}`);
    expect((await match(connection, asked)).map((answer) => answer.read_as!.asked)).toEqual(asked);
  });
});

describe("signing", () => {
  const read = (payload: string) => JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;

  test("a tip carries the digest of its audience's decoded payload; the first revision has no previous", async () => {
    const { tip, audience } = await aWorld();
    expect(read(tip.payload).audience).toBe(await sha256(Buffer.from(audience.payload, "base64url")));
    expect(read(audience.payload)).toMatchObject({
      revision: 1,
      previous: null,
      to: ["platforms"],
      except: [],
      tip: read(tip.payload).tip,
    });
  });

  test("salts are 16 bytes and never the same", async () => {
    const { connection, audience } = await aWorld();
    const other = await signTip(connection, draft, { to: ["platforms"] });
    const [one, two] = [audience, other.audience].map((signed) =>
      Buffer.from(read(signed.payload).salt as string, "base64url"),
    );
    expect(one).toHaveLength(16);
    expect(one).not.toEqual(two);
  });

  test("a rescoping goes on from the current audience", async () => {
    const { connection, tip, audience } = await aWorld();
    const current = {
      tip: read(tip.payload).tip as string,
      version: 1,
      revision: 1,
      digest: await digest(tip),
      audience_digest: await digest(audience),
      document: {},
    };
    const next = await signRescope(connection, current, { to: ["research"], except: ["observatory"] });
    expect(read(next.payload)).toMatchObject({
      revision: 2,
      previous: await digest(audience),
      to: ["research"],
      except: ["observatory"],
    });
  });

  test("ids are version 7 and sort by time", () => {
    const [one, two] = [newTipId(1_700_000_000_000), newTipId(1_700_000_000_001)];
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(one < two).toBe(true);
  });
});
