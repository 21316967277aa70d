/** An export as the library reads it: broken anywhere it is gone on with, and nothing of it is lost, doubled or half a row. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Connection } from "../../../src/client/connect.ts";
import { type ExportOptions, exportIndicators } from "../../../src/client/export.ts";
import { ExchangeProblem, Unreachable } from "../../../src/client/problem.ts";

const texts = ["plain", 'two\nlines, "quoted"', "Ünïcödé 😀", ""];
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
const rowsOf = {
  csv: texts.map((text, at) => `7,${at},${cell(text)}\r\n`),
  ndjson: texts.map((text, at) => `${JSON.stringify({ seq: 7, ordinal: at, note: text })}\n`),
};
const heading = { csv: "\uFEFFseq,ordinal,note\r\n", ndjson: "" };
const whole = (format: "csv" | "ndjson") => heading[format] + rowsOf[format].join("");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Answers as the exchange does; of the n-th download as many bytes as `breaks[n]` says come before it breaks. */
function exchange(format: "csv" | "ndjson", breaks: readonly number[]) {
  const asked: URLSearchParams[] = [];
  const connection = {
    profile: { url: "https://tipoff.example" },
    within: () => connection,
    open: async (path: string) => {
      const query = new URLSearchParams(path.split("?")[1]);
      asked.push(query);
      const behind = query.get("after")?.split(".").map(Number)[1];
      const text = behind === undefined ? whole(format) : rowsOf[format].slice(behind + 1).join("");
      const most = breaks[asked.length - 1];
      const bytes = new TextEncoder().encode(text).subarray(0, most);
      let at = 0;
      const body = new ReadableStream({
        pull(controller) {
          // In pieces of odd sizes, within rows and characters.
          if (at < bytes.length) controller.enqueue(bytes.slice(at, at + 7));
          else if (most === undefined) controller.close();
          else controller.error(new TypeError("terminated"));
          at += 7;
        },
      });
      return new Response(body);
    },
  } as unknown as Connection;
  return { connection, asked };
}

/** What came, and the error it ended with. */
async function read(connection: Connection, options: ExportOptions) {
  const parts: Uint8Array[] = [];
  const reading = (async () => {
    try {
      for await (const part of exportIndicators(connection, options)) parts.push(part);
    } catch (error) {
      return error;
    }
  })();
  await vi.advanceTimersByTimeAsync(300_000);
  const error = await reading;
  return { text: Buffer.concat(parts).toString("utf8"), error };
}

test.each(["csv", "ndjson"] as const)("broken at any byte, %s is the whole in the end", async (format) => {
  const { length } = Buffer.from(whole(format));
  for (let most = 0; most <= length; most++) {
    const { connection } = exchange(format, [most, 3]);
    expect(await read(connection, { format }), String(most)).toEqual({ text: whole(format), error: undefined });
  }
});

test("what is gone on with keeps to what was asked, but for when it began", async () => {
  const { connection, asked } = exchange("ndjson", [60]);
  await read(connection, { format: "ndjson", since: "2026-11-01", tlp: "green", embargoed: true });
  expect(asked.map(String)).toEqual([
    "format=ndjson&since=2026-11-01&embargoed=true&tlp=green",
    "format=ndjson&embargoed=true&tlp=green&after=7.0",
  ]);
});

test("where nothing more comes, it ends with an error behind whole rows, after so many tries", async () => {
  const { connection, asked } = exchange("csv", [50, 2, 2, 2, 2, 2, 2, 2]);
  const told: Error[] = [];
  const { text, error } = await read(connection, { format: "csv", trouble: (one) => told.push(one) });
  expect(text).toBe(heading.csv + rowsOf.csv[0]);
  expect(error).toBeInstanceOf(Unreachable);
  expect([asked.length, told.length]).toEqual([5, 4]);
});

test("a download that falls silent is given up, and gone on with", async () => {
  const { connection, asked } = exchange("csv", []);
  const answering = connection.open;
  let silent = true;
  connection.within = (({ signal }: { signal: AbortSignal }) => ({
    ...connection,
    open: async (path: string) => {
      if (!silent) return answering(path);
      silent = false;
      return new Response(
        new ReadableStream({
          start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
        }),
      );
    },
  })) as never;
  expect(await read(connection, { format: "csv" })).toEqual({ text: whole("csv"), error: undefined });
  expect(asked).toHaveLength(1);
});

test("a refusal is no break", async () => {
  const { connection } = exchange("csv", []);
  connection.open = async () => {
    throw new ExchangeProblem(403, "missing-scope", "Ask for a token with the scope tips:read.");
  };
  expect((await read(connection, { format: "csv" })).error).toMatchObject({ slug: "missing-scope" });
});

test("a workbook that breaks is not gone on with", async () => {
  const { connection, asked } = exchange("csv", [20]);
  expect((await read(connection, { format: "xlsx" })).error).toBeInstanceOf(Unreachable);
  expect(asked).toHaveLength(1);
});
