/** Our own JSON: a tip document, a list of indicators, or `{ "indicators": [...] }`. The line of an item is its place in the list. */
import type { Indicator } from "../core/indicators/family.ts";
import { parseStrict } from "../core/strict-json.ts";
import { type Contents, type Context, contents, type Measure, type Observation, unread } from "./reading.ts";
import { canonical, faultsOf, readValue } from "./value.ts";

export function readJson(text: string, context: Context): Contents {
  // Strict: a number past 2^53 is an id that has already lost its last digits.
  const parsed = parseStrict(new TextEncoder().encode(text.replace(/^\uFEFF/, "")));
  if (!parsed.ok)
    return contents([unread(1, parsed.error.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join(" "))]);
  const document = parsed.value as { indicators?: unknown; operation?: Record<string, unknown> };
  const items = Array.isArray(parsed.value) ? (parsed.value as unknown[]) : document?.indicators;
  if (!Array.isArray(items)) return contents([unread(1, "This is neither a tip, nor a list of indicators.")]);
  const readings = items.map((item, at) => {
    const line = at + 1;
    if (typeof item === "string") {
      const read = readValue(item, context.sites);
      return read
        ? { line, indicators: [read], measures: [], observations: [] }
        : unread(line, "No value was recognised.");
    }
    if (typeof item !== "object" || item === null || typeof (item as Indicator).type !== "string")
      return unread(line, "An indicator is an object with a type.");
    const indicator = canonical(item as Indicator, context.sites);
    return indicator
      ? { line, indicators: [indicator], measures: [], observations: [] }
      : unread(line, faultsOf(item as Indicator, context.sites));
  });
  const operation = document?.operation;
  return {
    readings,
    ...(typeof operation?.name === "string" ? { operation_name: operation.name } : {}),
    ...(typeof operation?.summary === "string" ? { summary: operation.summary } : {}),
    measures: Array.isArray(operation?.measures) ? (operation.measures as Measure[]) : [],
    observations: Array.isArray(operation?.observations) ? (operation.observations as Observation[]) : [],
  };
}
