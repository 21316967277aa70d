/**
 * What one may see as a file, as it comes. Guarantees: a CSV or NDJSON transfer that breaks is gone on with behind its last
 * whole row, and only whole rows are handed on; a stream that ends without an error was whole. Each tip in it is recorded.
 */
import type { Tlp } from "../core/audience.ts";
import { streamOf } from "../formats/chunks.ts";
import type { Connection } from "./connect.ts";
import { passes } from "./feed-page.ts";
import { ExchangeProblem, Unreachable } from "./problem.ts";
import { pause, queryOf } from "./send.ts";
import { type RowPlace, WholeRows } from "./whole-rows.ts";

export interface ExportOptions {
  format: "xlsx" | "csv" | "ndjson";
  /** Only tips that you gained sight of after that time: RFC 3339, or a day. */
  since?: string;
  /** Also tips under an embargo: what it forbids binds you. */
  embargoed?: boolean;
  /** Only tips that reach you through this group. */
  group?: string;
  tlp?: Tlp;
  /** Behind that row of an earlier export; not for xlsx. */
  after?: RowPlace;
  /** Told of each break, before it is gone on with. */
  trouble?: (error: Error) => void;
}

/** In a row without a whole row between them. */
const triesAtMost = 5;
/** Milliseconds without a byte after which a transfer is given up. */
const silence = 60_000;

/**
 * The rows of `/v1/export`, one for each indicator. Throws ExchangeProblem as it is read where the exchange refuses, and
 * Unreachable where it broke off for good: then what came before is whole rows, but not all of them.
 *
 * @example
 * ```js
 * const rows = exportIndicators(exchange, { format: "csv", since: "2026-11-01" });
 * await writeFile("tips.csv", rows);
 * ```
 */
export function exportIndicators(connection: Connection, options: ExportOptions): ReadableStream<Uint8Array> {
  const { format } = options;
  return streamOf(format === "xlsx" ? transfer(connection, options) : resumed(connection, { ...options, format }));
}

async function* resumed(
  connection: Connection,
  options: ExportOptions & { format: "csv" | "ndjson" },
): AsyncGenerator<Uint8Array, void, undefined> {
  const rows = new WholeRows(options.format, options.after);
  let hasBegun = false;
  for (let failed = 0; ; ) {
    const { since, ...rest } = options;
    const from = rows.place ? { ...rest, after: rows.place } : options;
    // Asked for from its beginning a second time, it begins with the heading again.
    let heading = options.format === "csv" && !rows.place && hasBegun;
    rows.forget();
    try {
      for await (const piece of transfer(connection, from)) {
        const whole = rows.take(piece);
        if (whole.length === 0) continue;
        failed = 0;
        hasBegun = true;
        yield heading ? whole.subarray(whole.indexOf(0x0a) + 1) : whole;
        heading = false;
      }
      if (!rows.isWithin) return;
      throw new Unreachable(connection.profile.url, new Error("It ended within a row."));
    } catch (error) {
      connection.signal?.throwIfAborted();
      if (!passes(error) || ++failed >= triesAtMost) throw error;
      options.trouble?.(error);
      const asked = error instanceof ExchangeProblem ? error.retry_after : undefined;
      await pause((asked ?? Math.min(10, 2 ** (failed - 1)) * (0.5 + Math.random() / 2)) * 1_000, connection.signal);
    }
  }
}

/** One download, until its end or its break. */
async function* transfer(
  connection: Connection,
  { format, since, embargoed, group, tlp, after }: ExportOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const behind = after && `${after.seq}.${after.ordinal}`;
  const query = queryOf({ format, since, embargoed, group, tlp, after: behind });
  const ends = new AbortController();
  const stop = () => ends.abort(connection.signal?.reason);
  connection.signal?.addEventListener("abort", stop);
  let late: ReturnType<typeof setTimeout> | undefined;
  try {
    const response = await connection.within({ signal: ends.signal }).open(`/v1/export?${query}`);
    const reader = response.body!.getReader();
    for (;;) {
      late = setTimeout(() => ends.abort(new Error("Nothing came any more.")), silence);
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new Unreachable(connection.profile.url, error);
      });
      clearTimeout(late);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(late);
    connection.signal?.removeEventListener("abort", stop);
    // Whoever reads no further needs no more of it.
    ends.abort();
  }
}
