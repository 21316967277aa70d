/** A tip as one STIX bundle: what stands before its indicators, then each of them in the tip's order. An object stands once. */
import type { Indicator } from "../../core/indicators/family.ts";
import { headObjects } from "./head.ts";
import { objectsOf } from "./indicator.ts";
import type { SharedTip, StixBundle, StixObject } from "./shared-tip.ts";
import { uuidOfUrl } from "./uuid.ts";

/** The indicators are canonical, in the order of the document: their places are their ordinals. */
export function bundleOf(tip: SharedTip, indicators: readonly Indicator[]): StixBundle {
  const objects = new Map<string, StixObject>();
  for (const object of [
    ...headObjects(tip),
    ...indicators.flatMap((indicator, ordinal) => objectsOf(tip, ordinal, indicator)),
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
