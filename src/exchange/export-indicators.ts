/**
 * Everything one may see, a row for each indicator, in the order in which the reader gained sight of the tips. Guarantees: as
 * `stream-sights.ts`; what is resumed behind a row goes on with the next one.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { ok, type Result } from "../core/result.ts";
import type { SightRow } from "../store/sight-rows.ts";
import type { Caller, Exchange } from "./exchange.ts";
import type { Place, SightOptions } from "./read-sights.ts";
import { type SightStream, type Streaming, streamSights } from "./stream-sights.ts";

export type ExportOptions = Pick<SightOptions, "embargoed" | "group" | "tlp">;

export interface ExportRow {
  sight: SightRow;
  marks: ReadonlyMap<number, number>;
  ordinal: number;
  indicator: Indicator;
}

export interface Export {
  rows(): AsyncGenerator<ExportRow, void, undefined>;
  connection: SightStream["connection"];
}

export async function exportIndicators(
  exchange: Exchange,
  caller: Caller,
  from: Place,
  options: ExportOptions,
  judge: Streaming["judge"],
): Promise<Result<Export, Problem>> {
  const opened = await streamSights(exchange, caller, {
    door: "export",
    from,
    options: {
      ...options,
      most: limits.export.page_indicators,
      units: { tip: 0, indicator: 1 },
      ends: false,
      documents: false,
    },
    judge,
  });
  if (!opened.ok) return opened;
  const { sights, connection } = opened.value;
  async function* rows(): AsyncGenerator<ExportRow, void, undefined> {
    for await (const { row, indicators, marks } of sights()) {
      for (const { ordinal, indicator } of indicators) yield { sight: row, marks, ordinal, indicator };
    }
  }
  return ok({ rows, connection });
}
