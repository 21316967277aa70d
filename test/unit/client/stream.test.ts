import { describe, expect, test } from "vitest";
import type { Connection } from "../../../src/client/connect.ts";
import { type FeedOptions, feed } from "../../../src/client/feed.ts";
import { ExchangeProblem, Unreachable } from "../../../src/client/problem.ts";
import { follow, type Patience } from "../../../src/client/stream.ts";

const quick: Patience = { first: 60, silence: 80, again: 100_000, between: 1, poll: 1 };
const event = (n: number, more = {}) =>
  `id: c${n}\nevent: published\ndata: ${JSON.stringify({ id: `e${n}`, ...more })}\n\n`;
const bytes = (text: string) => new TextEncoder().encode(text);

/** What a stream does in turn: bytes or a text, a pause in milliseconds, an error that breaks it; then it ends, or is left open. */
type Piece = string | Uint8Array | number | Error | "open";

/** Each opening gets the next script; `call` answers long polls. */
function exchangeOf(
  scripts: (Piece[] | Response | Error)[],
  call: (query: URLSearchParams) => unknown = () => Promise.reject(new Error("no poll was expected")),
  signal?: AbortSignal,
) {
  const opened: { after: string | undefined; query: string; closed: boolean }[] = [];
  const polled: string[] = [];
  const connectionWith = (bound: AbortSignal | undefined): Connection => {
    const open: Connection["open"] = async (path, headers = {}) => {
      const mine = { after: headers["last-event-id"], query: path.split("?")[1] ?? "", closed: false };
      opened.push(mine);
      const script = scripts[opened.length - 1];
      if (!script) return new Promise((_, reject) => bound!.addEventListener("abort", () => reject(bound!.reason)));
      if (script instanceof Error) throw script;
      if (script instanceof Response) return script;
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          bound?.addEventListener("abort", () => {
            mine.closed = true;
            try {
              controller.error(bound.reason);
            } catch {}
          });
          for (const piece of script) {
            if (mine.closed) return;
            if (piece === "open") return;
            if (piece instanceof Error) return controller.error(piece);
            if (typeof piece === "number") await new Promise((resolve) => setTimeout(resolve, piece));
            else controller.enqueue(typeof piece === "string" ? bytes(piece) : piece);
          }
          controller.close();
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    return {
      signal: bound,
      profile: { url: "https://tipoff.example" },
      open,
      call: async (_method: string, path: string) => {
        polled.push(path);
        return call(new URL(path, "https://tipoff.example").searchParams);
      },
      within: (bounds: { signal?: AbortSignal }) => connectionWith(bounds.signal ?? bound),
    } as unknown as Connection;
  };
  return { connection: connectionWith(signal), opened, polled };
}

async function read(connection: Connection, most: number, options: Partial<FeedOptions> = {}, patience = quick) {
  const told: string[] = [];
  const troubles: unknown[] = [];
  const given = { follow: true as const, trouble: (error: unknown) => troubles.push(error), ...options };
  for await (const each of follow(connection, given, patience)) {
    told.push(`${each.id}@${each.cursor}`);
    if (told.length === most) break;
  }
  return { told, troubles };
}
const expected = (...numbers: number[]) => numbers.map((n) => `e${n}@c${n}`);
const refusal = (status: number) => new ExchangeProblem(status, "x", "No.");

describe("a stream", () => {
  test("gives each event with the cursor behind it, however its bytes are divided, and passes over comments", async () => {
    const whole = bytes(`:\n\n${event(1)}${event(2, { name: "häfen 🚢" })}:\n\n${event(3)}`);
    for (const size of [1, 2, 3, 7, 1_000]) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size));
      const { connection } = exchangeOf([[...pieces, "open"]]);
      expect((await read(connection, 3)).told).toEqual(expected(1, 2, 3));
    }
    const { connection } = exchangeOf([[whole, "open"]]);
    for await (const each of feed(connection, { follow: true }))
      if (each.id === "e2") {
        expect(each).toEqual({ id: "e2", name: "häfen 🚢", cursor: "c2" });
        break;
      }
  });

  test("that ended is opened again behind its last event, which is no trouble", async () => {
    const { connection, opened } = exchangeOf([[":\n\n", event(1), event(2)], [":\n\n"], [event(3), "open"]]);
    const { told, troubles } = await read(connection, 3, { after: "c0", documents: true });
    expect(told).toEqual(expected(1, 2, 3));
    expect(opened.map(({ after }) => after)).toEqual(["c0", "c2", "c2"]);
    expect(opened[0]!.query).toBe("documents=true");
    expect(troubles).toEqual([]);
  });

  test("that broke inside an event gives it once, whole, from the next one", async () => {
    const half = event(2).slice(0, 20);
    const { connection, opened } = exchangeOf([
      [event(1), half, 20, new TypeError("terminated")],
      [event(2), "open"],
    ]);
    const { told, troubles } = await read(connection, 2);
    expect(told).toEqual(expected(1, 2));
    expect(opened[1]!.after).toBe("c1");
    expect(troubles).toEqual([expect.any(Unreachable)]);
  });

  test("on which nothing comes any more is given up and opened again", async () => {
    const { connection, opened } = exchangeOf([
      [event(1), "open"],
      [event(2), "open"],
    ]);
    const { told, troubles } = await read(connection, 2);
    expect(told).toEqual(expected(1, 2));
    expect(opened[0]!.closed).toBe(true);
    expect(troubles).toEqual([expect.any(Unreachable)]);
  });

  test("lives on comments", async () => {
    const beats = Array.from({ length: 6 }, () => [40, ":\n\n"]).flat();
    const { connection, opened, polled } = exchangeOf([[":\n\n", ...beats, event(1), "open"]]);
    expect((await read(connection, 1)).told).toEqual(expected(1));
    expect([opened.length, polled.length]).toEqual([1, 0]);
  });

  test("is not given up while the reader deals with an event", async () => {
    const { connection, opened } = exchangeOf([[event(1) + event(2), event(3), "open"]]);
    const told: string[] = [];
    for await (const each of follow(connection, { follow: true }, quick)) {
      told.push(each.id);
      await new Promise((resolve) => setTimeout(resolve, quick.silence * 2));
      if (told.length === 3) break;
    }
    expect(told).toEqual(["e1", "e2", "e3"]);
    expect(opened).toHaveLength(1);
  });

  test.each([refusal(429), refusal(503), new Unreachable("https://tipoff.example", undefined)])(
    "that cannot be opened for now is tried again, %o",
    async (trouble) => {
      const { connection, polled } = exchangeOf([trouble, [event(1), "open"]]);
      const { told, troubles } = await read(connection, 1);
      expect(told).toEqual(expected(1));
      expect(troubles).toEqual([trouble]);
      expect(polled).toEqual([]);
    },
  );

  test.each([400, 401, 403, 410])("that is refused with %i is the caller's to mend", async (status) => {
    const { connection } = exchangeOf([refusal(status)]);
    await expect(read(connection, 1)).rejects.toMatchObject({ status });
  });

  test("ends with break, and with the connection's signal by its reason", async () => {
    const one = exchangeOf([[event(1), "open"]]);
    await read(one.connection, 1);
    expect(one.opened[0]!.closed).toBe(true);
    const stop = new AbortController();
    const two = exchangeOf([[event(1), ...Array(50).fill([20, ":\n\n"]).flat()]], undefined, stop.signal);
    setTimeout(() => stop.abort(new Error("enough")), 50);
    await expect(read(two.connection, 2)).rejects.toThrow("enough");
    expect(two.opened[0]!.closed).toBe(true);
    expect(two.opened).toHaveLength(1);
    await expect(read(two.connection, 1)).rejects.toThrow("enough");
    expect(two.opened).toHaveLength(1);
  });
});

describe("where no stream gets through", () => {
  /** Two events a page, up to five. */
  const pages = (query: URLSearchParams) => {
    const after = Number(query.get("after")?.slice(1) ?? 0);
    const end = Math.min(after + 2, 5);
    const events = Array.from({ length: end - after }, (_, at) => ({ id: `e${after + at + 1}` }));
    return { events, next: `c${end}`, more: end < 5 };
  };
  const html = new Response("<h1>The hotel's network</h1>", { headers: { "content-type": "text/html" } });

  test.each([
    ["none is there (404)", refusal(404)],
    ["it is not acceptable (406)", refusal(406)],
    ["something else answers", html],
    ["its first byte is kept back", ["open"] as Piece[]],
    ["its headers are kept back", new Unreachable("https://tipoff.example", new DOMException("late", "TimeoutError"))],
  ])("because %s, requests wait for the next event instead", async (_why, first) => {
    const { connection, opened, polled } = exchangeOf([first], pages);
    const { told, troubles } = await read(connection, 5);
    expect(told.map((one) => one.slice(0, 2))).toEqual(["e1", "e2", "e3", "e4", "e5"]);
    expect(told.at(-1)).toBe("e5@c5");
    expect(polled[0]).toBe("/v1/feed?wait=25");
    expect(polled[1]).toBe("/v1/feed?after=c2&wait=25");
    expect([opened.length, troubles.length]).toEqual([1, 0]);
  });

  test("it goes on behind what the stream told, and tries the stream again after a while", async () => {
    const { connection, opened, polled } = exchangeOf([[event(1)], refusal(404), [event(5), "open"]], async (query) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return query.get("after") === "c1"
        ? { events: [{ id: "e4" }], next: "c4", more: false }
        : { events: [], next: "c4", more: false };
    });
    const { told } = await read(connection, 3, {}, { ...quick, again: 60 });
    expect(told).toEqual(expected(1, 4, 5));
    expect(opened.map(({ after }) => after)).toEqual([undefined, "c1", "c4"]);
    expect(polled[0]).toBe("/v1/feed?after=c1&wait=25");
  });

  test("an exchange that does not know how to wait is asked now and then", async () => {
    const { connection, polled } = exchangeOf([refusal(404)], (query) => {
      if (query.has("wait")) throw refusal(400);
      return pages(query);
    });
    expect((await read(connection, 5)).told).toHaveLength(5);
    expect(polled.slice(0, 2)).toEqual(["/v1/feed?wait=25", "/v1/feed?"]);
  });

  test("a cursor that is none is still refused", async () => {
    const { connection } = exchangeOf([refusal(404)], () => Promise.reject(refusal(400)));
    await expect(read(connection, 1)).rejects.toMatchObject({ status: 400 });
  });
});
