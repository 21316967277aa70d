/**
 * Counts, for the public report, that an agency was refused for want of a purpose that counts. Nobody is named in what is counted;
 * an agency counts once in a third of a month, so that no one of them can make much of a figure. Only of who is known to be it.
 */
import { sha256 } from "../core/envelope.ts";
import { dayMs, dayOf, instant } from "../core/time.ts";
import { batch, isTaken } from "../store/database.ts";
import { useOnce } from "../store/quotas.ts";
import { countRefusal, type Refused } from "../store/transparency.ts";
import type { Exchange } from "./exchange.ts";

export async function refusedForPurpose({ db, now }: Exchange, agency: string, reason: Refused): Promise<void> {
  const [month, day] = [dayOf(now).slice(0, 7), Number(dayOf(now).slice(8))];
  const third = Math.min(Math.floor((day - 1) / 10), 2);
  const once = `refused:${await sha256(`${agency} ${month} ${third}`)}`;
  try {
    await batch(db, [useOnce(once, instant(now + 12 * dayMs)), countRefusal(month, reason)]);
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
}
