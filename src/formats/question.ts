/** An indicator of a file as a question: what names it, without what is known of it. */
import type { Indicator } from "../core/indicators/family.ts";

const naming = "type platform kind id handle former_handles value digest algorithm url store chain".split(" ");

export const questionOf = (indicator: Indicator): Indicator =>
  Object.fromEntries(
    naming.flatMap((name) => (indicator[name] === undefined ? [] : [[name, indicator[name]]])),
  ) as Indicator;
