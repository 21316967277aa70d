/** A tip as one STIX bundle: what stands before its indicators, then each of them in the tip's order. An object stands once. */
import type { Indicator } from "../../core/indicators/family.ts";
import type { SharedTip } from "../shared-tip.ts";
import type { StixBundle, StixObject } from "./extension.ts";
import { headObjects } from "./head.ts";
import { objectsOf } from "./indicator.ts";
import { uuidOfUrl } from "./uuid.ts";

/**
 * The indicators are canonical, in the order of the document: those that are no longer valid may be left out. `more`: objects
 * behind them.
 */
export function bundleOf(
  tip: SharedTip,
  indicators: readonly { ordinal: number; indicator: Indicator }[],
  more: readonly StixObject[] = [],
): StixBundle {
  const objects = new Map<string, StixObject>();
  for (const object of [
    ...headObjects(tip),
    ...indicators.flatMap(({ ordinal, indicator }) => objectsOf(tip, ordinal, indicator)),
    ...more,
  ]) {
    // Two indicators may be based on one observable.
    if (!objects.has(object.id)) objects.set(object.id, object);
  }
  return {
    type: "bundle",
    id: `bundle--${uuidOfUrl(`${tip.exchange}/v1/tips/${tip.tip}?version=${tip.version}`)}`,
    objects: [...objects.values()],
  };
}
