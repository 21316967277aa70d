/**
 * Who goes on being refused without waiting as it is told to is answered late: over the connections it has it then cannot come
 * more often than once a second each, and what it gets for it costs the others little. In a worker's memory. An honest client
 * that asks many things at once is within what is answered at once.
 */
const answeredAtOnce = 20;
const late = 1_000;
/** Each a little later than the one before, so that they do not come back together. */
const apart = 15;
/** Answers held at a time for one; what comes beyond is not. */
const most = 200;

const told = new Map<string, { until: number; early: number; second: number; held: number }>();

/** `who` is refused and told to wait so long. */
export async function holdBack(who: string, seconds: number, now: number): Promise<void> {
  if (told.size > 1_000) for (const [known, { until }] of told) if (until <= now) told.delete(known);
  const before = told.get(who);
  const early = before && before.until > now ? before.early + 1 : 0;
  const second = Math.floor(now / 1_000);
  const held = before?.second === second ? before.held + 1 : 1;
  told.set(who, { until: now + Math.min(seconds, 60) * 1_000, early, second, held });
  if (early > answeredAtOnce && held <= most) await scheduler.wait(late + held * apart);
}
