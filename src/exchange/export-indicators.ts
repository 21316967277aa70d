/**
 * Everything one may see, a row for each indicator, in the order in which the reader gained sight of the tips: as long as it
 * takes, page after page, the reader judged anew before each. Guarantees: the rows of a page are judged, recorded and read in
 * one batch, before any of them is handed on; what is resumed behind a row goes on with the next one.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { SightRow } from "../store/sights.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { type Place, readSights, type SightOptions, type Sights } from "./read-sights.ts";
import { type Place as Connection, takePlace } from "./waiting.ts";

export type ExportOptions = Pick<SightOptions, "embargoed" | "group" | "tlp">;

export interface ExportRow {
  sight: SightRow;
  ordinal: number;
  indicator: Indicator;
}

export interface Export {
  rows(): AsyncGenerator<ExportRow, void, undefined>;
  /** Given up, it ends at its next page. */
  connection: Connection;
}

/** Refused before anything is sent where the first page is; later on the export breaks off, so that it is not taken for whole. */
export async function exportIndicators(
  exchange: Exchange,
  caller: Caller,
  from: Place,
  options: ExportOptions,
  judge: (later: Exchange) => Promise<Result<Caller, Problem>>,
): Promise<Result<Export, Problem>> {
  const refused = caller.work.allowed();
  if (refused) return err(refused);
  const connection = takePlace(caller.partner, exchange.now);
  if (!connection) return err({ ...problem("rate", "Your other connections wait already."), retry_after: 5 });
  const read = (reader: Caller, place: Place) =>
    readSights({ ...exchange, now: Date.now() }, reader, "export", place, {
      ...options,
      most: limits.export.page_indicators,
      units: { tip: 0, indicator: 1 },
      ends: false,
      documents: false,
    });
  const first = await read(caller, from);

  async function* rows(): AsyncGenerator<ExportRow, void, undefined> {
    let page = first;
    try {
      for (let read_pages = 1; ; read_pages++) {
        connection!.until = Date.now() + limits.answer_seconds * 1_000;
        yield* rowsOf(page);
        if (!page.more) return;
        if (connection!.isOver || read_pages >= limits.export.pages)
          throw new Error("The export breaks off here; it can be resumed.");
        const judged = await judge({ ...exchange, now: Date.now() });
        if (!judged.ok) throw new Error("The reader is no more what it was.");
        page = await read(judged.value, page.next);
      }
    } finally {
      connection!.isOver = true;
      caller.work.leave();
    }
  }
  return ok({ rows, connection });
}

function* rowsOf({ sights }: Sights): Generator<ExportRow, void, undefined> {
  for (const { row, indicators } of sights) {
    for (const { ordinal, indicator } of indicators) yield { sight: row, ordinal, indicator };
  }
}
