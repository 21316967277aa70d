/** RFC 3339 instants and days as documents and tables hold them. */

/** An instant as the tables keep it: UTC with milliseconds, so that text sorts as time. */
export const instant = (ms: number): string => new Date(ms).toISOString();

/** The day of an instant, YYYY-MM-DD in UTC. */
export const dayOf = (ms: number): string => instant(ms).slice(0, 10);

export const dayMs = 86_400_000;

const first = Date.parse("0000-01-01T00:00:00.000Z");
const last = Date.parse("9999-12-31T23:59:59.999Z");

/** Milliseconds of an RFC 3339 date-time or of a day (its start, UTC); undefined where it is neither or no real date. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}([T]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  // Date.parse takes 30 February for 2 March, and month 0 for something else.
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  const ms = Date.parse(text);
  // An offset must not lead out of the years that sort as text.
  return ms >= first && ms <= last ? ms : undefined;
}

/** Days of a month, 1 to 12 (RFC 3339, appendix C: every fourth year is a leap year but for three centuries in four). */
function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
