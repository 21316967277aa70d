import { describe, expect, test } from "vitest";
import type { Connection } from "../../../src/client/connect.ts";
import { type FeedOptions, feed } from "../../../src/client/feed.ts";
import { ExchangeProblem, Unreachable } from "../../../src/client/problem.ts";

/** An exchange of seven events whose cursors name the last one read; every third page is empty and says there is more. */
function exchangeOf(total: number, trouble: (at: number) => Error | undefined = () => undefined) {
  const asked: string[] = [];
  const call = async (_method: string, path: string) => {
    const query = new URL(path, "https://tipoff.example").searchParams;
    asked.push(query.get("after") ?? "");
    const fault = trouble(asked.length);
    if (fault) throw fault;
    const after = Number(query.get("after")?.slice(1) ?? 0);
    const end = asked.length % 3 === 0 ? after : Math.min(after + Number(query.get("limit") ?? 100), total);
    const events = Array.from({ length: end - after }, (_, at) => ({ id: `e${after + at + 1}`, type: "published" }));
    return { events, next: `c${end}`, more: end < total };
  };
  return { connection: { call } as unknown as Connection, asked };
}

async function read(connection: Connection, options: FeedOptions, dealt: string[], crashAt?: number): Promise<string> {
  let kept = options.after ?? "";
  for await (const event of feed(connection, options)) {
    if (dealt.length === crashAt) return kept;
    dealt.push(event.id);
    kept = event.cursor;
  }
  return kept;
}

const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `e${from + at}`);

describe("the feed", () => {
  test("gives every event once, over empty pages too, and the last one's cursor goes on behind it", async () => {
    const { connection } = exchangeOf(7);
    const dealt: string[] = [];
    expect(await read(connection, { page: 3 }, dealt)).toBe("c7");
    expect(dealt).toEqual(ids(1, 7));
    expect(await read(connection, { after: "c7" }, dealt)).toBe("c7");
    expect(dealt).toEqual(ids(1, 7));
  });

  test.each([0, 1, 2, 3, 4, 5, 6])(
    "loses nothing where the reader crashes after %i events; a page may come again",
    async (crash) => {
      const { connection } = exchangeOf(7);
      const dealt: string[] = [];
      const kept = await read(connection, { page: 3 }, dealt, crash);
      const again: string[] = [];
      await read(connection, { after: kept, page: 3 }, again);
      expect([...new Set([...dealt, ...again])]).toEqual(ids(1, 7));
      expect(dealt.length + again.length).toBeLessThan(7 + 3);
    },
  );

  test("ends with the problem where the cursor is old", async () => {
    const { connection } = exchangeOf(1, () => new ExchangeProblem(410, "old-cursor", "Begin again."));
    await expect(read(connection, { after: "c1", follow: 1 }, [])).rejects.toMatchObject({ slug: "old-cursor" });
  });

  test("without follow an exchange that does not answer is an error", async () => {
    const { connection } = exchangeOf(1, () => new Unreachable("https://tipoff.example", undefined));
    await expect(read(connection, {}, [])).rejects.toBeInstanceOf(Unreachable);
  });

  test("followed, it goes on where it was after trouble, which is told, until the signal", async () => {
    const busy = new ExchangeProblem(503, "unavailable", "Later.", { retry_after: 0.01 });
    const { connection, asked } = exchangeOf(7, (at) => (at === 2 ? busy : undefined));
    const controller = new AbortController();
    const told: unknown[] = [];
    const dealt: string[] = [];
    const following = async () => {
      const bounded = { ...connection, signal: controller.signal };
      for await (const event of feed(bounded, { page: 4, follow: 1, trouble: (error) => told.push(error) })) {
        dealt.push(event.id);
        if (event.id === "e7") setTimeout(() => controller.abort(new Error("enough")), 20);
      }
    };
    await expect(following()).rejects.toThrow("enough");
    expect(dealt).toEqual(ids(1, 7));
    expect(told).toEqual([busy]);
    expect(asked.slice(0, 3)).toEqual(["", "c4", "c4"]);
  });
});
