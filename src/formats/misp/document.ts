/** A stranger's MISP JSON taken apart: one event, a list of them, or the answer of a search. Nothing of it is believed yet. */

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** MISP writes numbers and flags as text or as themselves. */
export const textOf = (value: unknown): string =>
  typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
export const isDeleted = ({ deleted }: Json): boolean => deleted === true || deleted === 1 || deleted === "1";

/** How a file begins that holds such JSON; nothing else does. */
export const looksLikeMisp = (start: string): boolean =>
  /^(?:\{\s*"response"\s*:\s*)?(?:\[\s*)?\{\s*"(?:Event"\s*:\s*\{|Attribute"\s*:\s*\[)/.test(start);

/** Undefined where there is no event in it. What was searched as attributes is one without a name. */
export function eventsOf(parsed: unknown): Json[] | undefined {
  const whole = isObject(parsed) && parsed.response !== undefined ? parsed.response : parsed;
  const items = Array.isArray(whole) ? whole : [whole];
  const events = items.flatMap((item) => {
    if (!isObject(item)) return [];
    if (isObject(item.Event)) return [item.Event];
    return Array.isArray(item.Attribute) ? [item] : [];
  });
  return events.length > 0 ? events : undefined;
}

export const tagsOf = ({ Tag }: Json): string[] =>
  listOf(Tag)
    .map(({ name }) => textOf(name))
    // They are shown on a terminal.
    .filter((name) => /^[\x20-\x7e]{1,200}$/.test(name));

/** A day where MISP has its first instant in UTC, as `event.ts` writes days; else as it stands. */
export function timeOf(value: unknown): string | undefined {
  const text = textOf(value);
  const day = /^(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?\+00:?00$/.exec(text)?.[1];
  return day ?? (text === "" ? undefined : text);
}
