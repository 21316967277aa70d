/** RFC 3339 instants and days as documents and tables hold them. */

/** An instant as the tables keep it: UTC with milliseconds, so that text sorts as time. */
export const instant = (ms: number): string => new Date(ms).toISOString();

/** The day of an instant, YYYY-MM-DD in UTC. */
export const dayOf = (ms: number): string => instant(ms).slice(0, 10);

export const dayMs = 86_400_000;

/** Milliseconds of an RFC 3339 date-time or of a day (its start, UTC); undefined where it is neither or no real date. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}([T]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  // Date.parse takes 30 February for 2 March.
  const real = new Date(Date.UTC(year!, month! - 1, day));
  return real.getUTCMonth() === month! - 1 && real.getUTCDate() === day ? ms : undefined;
}
