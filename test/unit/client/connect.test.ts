import { afterEach, describe, expect, test, vi } from "vitest";
import { connect } from "../../../src/client/connect.ts";
import { match } from "../../../src/client/match.ts";
import { signRescope } from "../../../src/client/own-tip.ts";
import { Unreachable } from "../../../src/client/problem.ts";
import { newTipId, signTip } from "../../../src/client/tips.ts";
import { digest, sha256 } from "../../../src/core/envelope.ts";
import { aWorld, draft } from "./given.ts";

type Call = { path: string; body: string; authorization?: string };

/** Answers tokens by itself, numbered; the rest is the test's. */
function exchangeThat(
  answers: (call: Call, at: number) => Response,
  seconds = 300,
  mayAnswer?: Promise<void>,
): Call[] & { tokens: number; asked: URLSearchParams[] } {
  const calls = Object.assign([] as Call[], { tokens: 0, asked: [] as URLSearchParams[] });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { authorization } = (init?.headers ?? {}) as Record<string, string>;
    const call = { path: new URL(String(input)).pathname, body: String(init?.body ?? ""), authorization };
    if (call.path === "/oauth/token") {
      await mayAnswer;
      calls.asked.push(new URLSearchParams(call.body));
      const access_token = `t${++calls.tokens}`;
      return Response.json({ access_token, token_type: "DPoP", expires_in: seconds, scope: "" });
    }
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

  test("takes a page that is not JSON for something that stands in the exchange's way", async () => {
    const { connection } = await aWorld();
    exchangeThat(() => new Response("<h1>Sign in to the hotel's network</h1>"));
    await expect(connection.call("GET", "/v1/me")).rejects.toBeInstanceOf(Unreachable);
  });
});

describe("access tokens", () => {
  const fine = () => Response.json({});

  test("many calls at once share one request for a token, and later ones use the same", async () => {
    const { connection } = await aWorld();
    const calls = exchangeThat(fine);
    await Promise.all(Array.from({ length: 20 }, () => connection.call("GET", "/v1/me")));
    await connection.call("GET", "/v1/me");
    expect([calls.length, calls.tokens]).toEqual([21, 1]);
  });

  test("one that is about to expire is not used", async () => {
    const { connection } = await aWorld();
    const calls = exchangeThat(fine, 19);
    await connection.call("GET", "/v1/me");
    await connection.call("GET", "/v1/me");
    expect(calls.map((call) => call.authorization)).toEqual(["DPoP t1", "DPoP t2"]);
  });

  test("many calls whose token is refused ask for one other", async () => {
    const { connection } = await aWorld();
    const calls = exchangeThat(({ authorization }) =>
      authorization === "DPoP t1" ? new Response("{}", { status: 401 }) : fine(),
    );
    await Promise.all(Array.from({ length: 5 }, () => connection.call("GET", "/v1/me")));
    expect(calls.tokens).toBe(2);
  });

  test("an agency's purposes are seen to by one of their own, without a purpose; the others carry the profile's", async () => {
    const { connection } = await aWorld();
    const purpose = {
      type: "tipoff_purpose",
      legal_basis: "consent",
      case: "1",
      unit: "u",
      until: "2027-01-01",
    } as const;
    const agency = await connect({ ...connection.profile, purpose });
    const calls = exchangeThat(fine);
    for (const path of ["/v1/purposes", "/v1/tips", "/v1/purposes/x/end", "/v1/purposes?limit=1", "/v1/me"])
      await agency.call("GET", path);
    expect(calls.map((call) => call.authorization)).toEqual(
      ["t1", "t2", "t1", "t1", "t2"].map((text) => `DPoP ${text}`),
    );
    const said = calls.asked.map((form) => [form.get("scope"), form.get("authorization_details")]);
    expect(said).toEqual([
      ["purposes", null],
      [null, JSON.stringify([purpose])],
    ]);
  });

  test("one caller's aborted signal ends its wait for a token, and the others get theirs", async () => {
    const { connection } = await aWorld();
    let answerNow!: () => void;
    const mayAnswer = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    exchangeThat(fine, 300, mayAnswer);
    const controller = new AbortController();
    const [one, other] = [
      connection.within({ signal: controller.signal }).call("GET", "/v1/me"),
      connection.call("GET", "/v1/me"),
    ];
    controller.abort(new Error("enough"));
    await expect(one).rejects.toThrow("enough");
    answerNow();
    expect(await other).toEqual({});
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
      operation: { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11" },
      document: JSON.parse(Buffer.from(tip.payload, "base64url").toString()),
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
