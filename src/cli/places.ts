/**
 * Indicators of a tip as people name them: by their places in it (0,3-7), or by what they are: a value, handle, id, or what
 * `tip show` shows. Nothing is guessed: what is not there, or there more than once, is refused before anything is sent.
 */
import type { Connection } from "../client/connect.ts";
import { ExchangeProblem } from "../client/problem.ts";
import { readTip } from "../client/read-tip.ts";
import type { Indicator } from "../core/indicators/family.ts";
import { labelOf } from "../core/indicators/registry.ts";
import { Refused, UsageError } from "./terminal.ts";

/** Places, and where something was named by what it is, the version they are of. */
export interface Places {
  ordinals: number[];
  version?: number;
}

const span = /^(\d{1,5})(?:-(\d{1,5}))?$/;

function spanOf(part: string): number[] | undefined {
  const [, from, to = from] = span.exec(part) ?? [];
  if (from === undefined) return;
  if (Number(to) < Number(from)) throw new UsageError(`${part} runs backwards: name places as in 0,3-7.`);
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => Number(from) + at);
}

/** "0,3-7" and values alike. The tip is read only where there is something to look up in it. */
export async function placesIn(connection: Connection, tip: string, parts: readonly string[]): Promise<Places> {
  const spans = parts.map((part) => spanOf(part) ?? part);
  const named = spans.some((part) => typeof part === "string");
  const found = named ? await readTip(connection, tip) : undefined;
  if (found && !found.document) throw new Refused(`The content of tip ${tip} is gone: name places.`);
  const ordinals = spans.flatMap((part) =>
    typeof part === "string" ? placeOf(part, found!.document.indicators, tip) : part,
  );
  return { ordinals: [...new Set(ordinals)].sort((a, b) => a - b), ...(found && { version: found.version }) };
}

function placeOf(text: string, indicators: readonly Indicator[], tip: string): number {
  const wanted = text.toLowerCase();
  const places = indicators.flatMap((indicator, place) => (namesOf(indicator).includes(wanted) ? [place] : []));
  if (places.length > 1)
    throw new Refused(`${text} is more than one indicator of the tip: name one of ${places.join(", ")}.`);
  if (places.length === 0)
    throw new Refused(`${text} is no indicator of the tip. Its indicators and their places: tipoff tip show ${tip}`);
  return places[0]!;
}

function namesOf(indicator: Indicator): string[] {
  const { value, id, handle, url } = indicator as unknown as Record<string, unknown>;
  return [labelOf(indicator), value, id, handle, handle && `@${handle}`, url]
    .filter((name): name is string => typeof name === "string")
    .map((name) => name.toLowerCase());
}

/** What stands at the places of a version, to show beside them; nothing where it can no longer be read. */
export async function labelsOf(
  connection: Connection,
  tip: string,
): Promise<(place: number, version: number) => string> {
  try {
    const found = await readTip(connection, tip);
    const indicators = found.document?.indicators ?? [];
    return (place, version) => {
      const indicator = version === found.version ? indicators[place] : undefined;
      return indicator ? labelOf(indicator) : "";
    };
  } catch (error) {
    if (error instanceof ExchangeProblem) return () => "";
    throw error;
  }
}
