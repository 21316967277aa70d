/**
 * The time of an event, and of all in it, in seconds as MISP has it. A MISP takes an event only where its time is greater than
 * that of the one it has, and two versions may come within one second.
 */

/**
 * A sight's second while that lasts, and the next one ever after. So whatever was handed out of an earlier sight has a lesser
 * time than the last one has in the end: it was handed out within that sight's second, at the latest. Who fetched an event
 * within its very second fetches it once more.
 */
export function eventTime(sightAt: string, now: number): string {
  const second = Math.floor(Date.parse(sightAt) / 1_000);
  return new Date((Math.floor(now / 1_000) > second ? second + 1 : second) * 1_000).toISOString();
}
