/**
 * Our own JSON: a tip document, a list of indicators, `{ "indicators": [...] }`, or an object a line as an export writes them. The
 * line of an item is its place in the list.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { err, type Result } from "../core/result.ts";
import { parseStrict } from "../core/strict-json.ts";
import {
  type Contents,
  type Context,
  contents,
  type Measure,
  type Observation,
  type Reading,
  unread,
} from "./reading.ts";
import { canonical, faultsOf, readValue } from "./value.ts";

export function readJson(text: string, context: Context): Contents {
  const lines = linesOf(text);
  if (lines) {
    const read = lines.map((line, at) => {
      const one = parsed(line);
      return one.ok ? readItem(withinLine(one.value), at + 1, context) : unread(at + 1, one.error);
    });
    return contents(read);
  }
  const whole = parsed(text.replace(/^\uFEFF/, ""));
  if (!whole.ok) return contents([unread(1, whole.error)]);
  const document = whole.value as { indicators?: unknown; operation?: Record<string, unknown> };
  const items = Array.isArray(whole.value) ? (whole.value as unknown[]) : document?.indicators;
  if (!Array.isArray(items)) return contents([unread(1, "This is neither a tip, nor a list of indicators.")]);
  const readings = items.map((item, at) => readItem(item, at + 1, context));
  const operation = document?.operation;
  return {
    readings,
    ...(typeof operation?.name === "string" ? { operation_name: operation.name } : {}),
    ...(typeof operation?.summary === "string" ? { summary: operation.summary } : {}),
    measures: Array.isArray(operation?.measures) ? (operation.measures as Measure[]) : [],
    observations: Array.isArray(operation?.observations) ? (operation.observations as Observation[]) : [],
  };
}

/** Strict: a number past 2^53 is an id that has already lost its last digits. */
function parsed(text: string): Result<unknown, string> {
  const found = parseStrict(new TextEncoder().encode(text));
  return found.ok ? found : err(found.error.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join(" "));
}

/** The lines of a text each of which is an object; one alone only where it is an export's. */
function linesOf(text: string): string[] | undefined {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const each = lines.every((line) => line.startsWith("{") && line.endsWith("}"));
  return each && (lines.length > 1 || /,"indicator":\{"type":/.test(lines[0] ?? "")) ? lines : undefined;
}

const withinLine = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "indicator" in value ? value.indicator : value;

function readItem(item: unknown, line: number, context: Context): Reading {
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
}
