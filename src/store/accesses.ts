/** The records of what was handed out. Written in the batch that reads it; append-only. */
import { instant } from "../core/time.ts";
import { insertInto, json, type SQL, sql } from "./database.ts";
import { access } from "./schema.ts";
import { held, visible } from "./visibility.ts";

export type Door =
  | "tip"
  | "list"
  | "feed"
  | "event"
  | "indicators"
  | "match"
  | "webhook"
  | "taxii"
  | "misp"
  | "export"
  | "print";

/** Who reads, as records name it. */
export interface Reader {
  partner: string;
  /** The key that asked for the token. */
  kid: string;
  /** The purpose row the token is bound to; "" for all but law enforcement. */
  purpose: string;
  /** Own platforms and registered domains, as `tip_place` holds them. */
  places: readonly string[];
}

export const recordAccess = ({ partner, purpose, kid }: Reader, door: Door, now: number) =>
  insertInto(access).values({ partner, at: instant(now), door, purpose, kid });

/** One row for each tip the query names (`tip_no`) that the reader may see at this moment; none for its own. */
export const recordTips = ({ partner, purpose }: Reader, door: Door, now: number, tipNos: SQL): SQL => sql`
  INSERT OR IGNORE INTO access_tip (tip_no, partner, version, day, door, purpose)
  WITH ${held(partner)}
  SELECT t.tip_no, ${partner}, t.version, ${instant(now).slice(0, 10)}, ${door}, ${purpose}
  FROM (${tipNos}) n CROSS JOIN tip t ON t.tip_no = n.tip_no
  WHERE t.author <> ${partner} AND ${visible(partner, instant(now))}`;

/** Tips by number, as `recordTips` takes them. */
export const tipNumbers = (numbers: readonly number[]): SQL =>
  sql`SELECT value AS tip_no FROM json_each(${json(numbers)})`;
