import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { ExchangeProblem, Unreachable } from "../../../src/client/problem.ts";
import { orAborted, problemOf, type Sending, send, sendingOf } from "../../../src/client/send.ts";

type Reply = Response | Error;

/** Answers in turn; waits take no time and are written down. */
function given(
  replies: Reply[],
  options: Partial<Sending> = {},
): { sending: Sending; waits: number[]; sent: number[] } {
  const waits: number[] = [];
  const sent: number[] = [];
  const answer = async (): Promise<Response> => {
    const reply = replies[Math.min(sent.length, replies.length - 1)]!;
    sent.push(Date.now());
    if (reply instanceof Error) throw reply;
    return reply.clone();
  };
  const pause = async (ms: number) => void waits.push(ms);
  return { sending: { ...sendingOf({ fetch: answer }), pause, random: () => 1, ...options }, waits, sent };
}

const url = "https://tipoff.example/v1/feed";
const empty = async () => ({});
const lost = new TypeError("connection reset");
const busy = (status: number, headers: Record<string, string> = {}) => new Response("{}", { status, headers });

describe("what is safe to repeat", () => {
  test("is repeated after lost connections and passing trouble, with growing waits", async () => {
    const { sending, waits } = given([lost, busy(502), busy(503), Response.json({ done: true })]);
    expect(await send(sending, url, empty, { repeatable: true })).toMatchObject({ status: 200, text: '{"done":true}' });
    expect(waits).toEqual([400, 800, 1_600]);
  });

  test("waits as long as Retry-After says, in seconds or until a time", async () => {
    const soon = new Date(Date.now() + 3_500).toUTCString();
    const { sending, waits } = given([
      busy(503, { "retry-after": "2" }),
      busy(429, { "retry-after": soon }),
      Response.json({}),
    ]);
    await send(sending, url, empty, { repeatable: true });
    expect(waits[0]).toBe(2_000);
    expect([2_000, 3_000, 4_000]).toContain(waits[1]);
  });

  test("is given up at once where the exchange asks for more patience than there is, and says when to go on", async () => {
    const { sending, waits } = given([busy(429, { "retry-after": "3600" })]);
    const answer = await send(sending, url, empty, { repeatable: true });
    expect(waits).toEqual([]);
    expect(problemOf(answer)).toMatchObject({ status: 429, retry_after: 3_600 });
  });

  test("is tried `attempts` times, each with a request of its own", async () => {
    const { sending, sent } = given([lost], { attempts: 3 });
    let made = 0;
    const make = async () => ({ headers: { dpop: `proof ${made++}` } });
    await expect(send(sending, url, make, { repeatable: true })).rejects.toMatchObject({
      name: "Unreachable",
      message: "https://tipoff.example cannot be reached",
      cause: lost,
    });
    expect([sent.length, made]).toEqual([3, 3]);
  });
});

describe("what is not safe to repeat", () => {
  test.each([
    ["a lost connection", lost],
    ["503", busy(503)],
  ])("is sent once for all of %s", async (_what, reply) => {
    const { sending, sent } = given([reply]);
    await send(sending, url, empty, { repeatable: false }).catch(() => undefined);
    expect(sent).toHaveLength(1);
  });

  test("is repeated after 429, for which nothing was done", async () => {
    const { sending, sent } = given([busy(429), Response.json({})]);
    expect(await send(sending, url, empty, { repeatable: false })).toMatchObject({ status: 200 });
    expect(sent).toHaveLength(2);
  });
});

describe("an end", () => {
  /** An exchange that never answers. */
  const silent = ((_url: unknown, init: RequestInit) =>
    new Promise((_, reject) =>
      init.signal!.addEventListener("abort", () => reject(init.signal!.reason)),
    )) as typeof fetch;

  test("comes to an attempt that takes longer than its timeout", async () => {
    const { sending } = given([], { fetch: silent, timeout: 20, attempts: 1 });
    const error = await send(sending, url, empty, { repeatable: true }).catch((thrown: Unreachable) => thrown);
    expect(error).toBeInstanceOf(Unreachable);
    expect((error as Unreachable).cause).toMatchObject({ name: "TimeoutError" });
  });

  test("comes to a request when its signal is aborted, with the signal's reason, and nothing is tried again", async () => {
    const controller = new AbortController();
    let sent = 0;
    const counted: typeof fetch = (...words) => {
      sent++;
      return silent(...words);
    };
    const { sending } = given([], { fetch: counted });
    const running = send(sending, url, empty, { repeatable: true, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 10);
    await expect(running).rejects.toThrow("enough");
    expect(sent).toBe(1);
    await expect(send(sending, url, empty, { repeatable: true, signal: controller.signal })).rejects.toThrow("enough");
    expect(sent).toBe(1);
  });

  test("comes to one who waits, while what is waited for goes on", async () => {
    let finish!: (value: string) => void;
    const shared = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const waiting = orAborted(shared, AbortSignal.abort(new Error("enough")));
    await expect(waiting).rejects.toThrow("enough");
    finish("done");
    expect(await orAborted(shared, new AbortController().signal)).toBe("done");
  });
});

describe("a problem", () => {
  const headers = new Headers({ "x-request-id": "r-1" });

  test("carries slug, faults and request id", () => {
    const faults = [{ pointer: "/tip", detail: "No." }];
    const text = JSON.stringify({
      type: "https://tipoff.example/problems/invalid-document",
      detail: "Mend it.",
      faults,
    });
    const problem = problemOf({ status: 422, headers, text });
    expect(problem).toBeInstanceOf(ExchangeProblem);
    expect(problem).toMatchObject({ slug: "invalid-document", message: "Mend it.", faults, request_id: "r-1" });
  });

  test("of the token endpoint is OAuth's error", () => {
    const text = JSON.stringify({ error: "invalid_client", error_description: "Check iss." });
    expect(problemOf({ status: 401, headers, text })).toMatchObject({ slug: "invalid_client", message: "Check iss." });
  });

  test.each(["<h1>Bad gateway</h1>", "null", "[]", '"no"'])("is made of %s, which states none", (text) => {
    expect(problemOf({ status: 502, headers, text })).toMatchObject({ slug: "unknown", message: "HTTP 502" });
  });
});

test.each([301, 302, 303, 307, 308])("a redirect by %i takes nothing that was sent elsewhere", async (status) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (request.url === "/elsewhere") response.end("{}");
    else response.writeHead(status, { location: "/elsewhere" }).end("moved");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  try {
    const signed = async () => ({ method: "POST", body: "an assertion" });
    await expect(send(sendingOf({}), `${origin}/oauth/token`, signed, { repeatable: true })).rejects.toMatchObject({
      name: "Unreachable",
      message: `${origin} redirects to /elsewhere`,
      redirects_to: "/elsewhere",
    });
  } finally {
    server.close();
  }
  // Nor is it repeated: the next answer would be the same.
  expect(seen).toEqual(["POST /oauth/token"]);
});

test("a redirect of which a browser shows nothing is one all the same", async () => {
  const hidden = Object.defineProperties(new Response(), { type: { value: "opaqueredirect" }, status: { value: 0 } });
  await expect(send(sendingOf({ fetch: async () => hidden }), url, empty, { repeatable: true })).rejects.toMatchObject({
    name: "Unreachable",
    redirects_to: "an unknown place",
  });
});
