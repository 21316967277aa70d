/**
 * What a new version changes of the one that is current. Read before the batch that writes it, which is guarded: where another
 * version has come meanwhile, nothing is written.
 */
import type { IndicatorRow } from "../core/derive-tip.ts";
import { type Difference, differenceOf } from "../core/difference.ts";
import { readPayload } from "../core/envelope.ts";
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { canonicalise } from "../core/indicators/registry.ts";
import { all } from "../store/database.ts";
import { selectBodies } from "../store/indicators.ts";
import { selectText, type TipRow } from "../store/tips.ts";
import type { Exchange } from "./exchange.ts";

/** Undefined where the version before was erased: then it is not known what it had. */
export async function compareWith(
  exchange: Exchange,
  current: TipRow,
  rows: readonly IndicatorRow[],
  sites: Sites,
): Promise<Difference | undefined> {
  if (current.erased_at) return undefined;
  const before: (string | undefined)[] = new Array(current.indicators).fill(undefined);
  const kept = await all(exchange.db, selectBodies(current.tip_no, current.version));
  for (const { ordinal, body } of kept) before[ordinal] = body;
  // What was swept as past its validity is made again from the signed document.
  if (kept.length < before.length) {
    const written = indicatorsIn(await all(exchange.db, selectText(current.tip_no, current.version)));
    for (const [ordinal, indicator] of written.entries()) before[ordinal] ??= bodyOf(indicator, sites);
  }
  const after: (string | undefined)[] = [];
  for (const [ordinal, , , , body] of rows) after[ordinal] = body;
  return differenceOf(before, after);
}

/** As its author wrote them; none where the document is not kept any more. */
export const indicatorsIn = (pieces: readonly { text: string }[]): Indicator[] =>
  pieces.length === 0
    ? []
    : (readPayload(pieces.map(({ text }) => text).join("")) as { indicators: Indicator[] }).indicators;

/** Undefined where today's rules would refuse it. */
function bodyOf(indicator: Indicator, sites: Sites): string | undefined {
  const parsed = canonicalise(indicator, sites);
  return parsed.ok ? JSON.stringify(parsed.value.indicator) : undefined;
}
