/** The records of what was handed out. Written in the batch that reads it; append-only. */

import { instant } from "../core/time.ts";
import type { Caller } from "../exchange/exchange.ts";
import { type SQL, sql } from "./database.ts";
import { visible } from "./visibility.ts";

export type Door = "tip" | "list" | "feed" | "event" | "indicators" | "match";

export const recordAccess = (caller: Caller, door: Door, now: number): SQL => sql`
  INSERT INTO access (partner, at, door, purpose, kid) VALUES (${caller.partner}, ${instant(now)}, ${door}, ${caller.purpose}, ${caller.kid})`;

/**
 * One row for each tip the query names (`tip_no`) that the caller may see at this moment; none for its own. Starts with
 * `WITH held`, so it stands alone.
 */
export const recordTips = (caller: Caller, door: Door, now: number, held: SQL, tipNos: SQL): SQL => sql`
  INSERT OR IGNORE INTO access_tip (tip_no, partner, version, day, door, purpose)
  WITH ${held}
  SELECT t.tip_no, ${caller.partner}, t.version, ${instant(now).slice(0, 10)}, ${door}, ${caller.purpose}
  FROM (${tipNos}) n CROSS JOIN tip t ON t.tip_no = n.tip_no
  WHERE t.author <> ${caller.partner} AND ${visible(caller.partner, instant(now))}`;
