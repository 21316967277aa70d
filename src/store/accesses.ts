/**
 * The records of what was handed out. Written in the batch that reads it; append-only, and kept when the tip's content is
 * erased. Read by those they are of, by the tip's author as far as that is its business, and by the steward.
 */
import { limits } from "../core/limits.ts";
import type { Kind } from "../core/names.ts";
import { dayMs, instant } from "../core/time.ts";
import { among, json, literal, type SQL, sql } from "./database.ts";
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
  | "print"
  | "feedback";

/**
 * Doors at which the reader asks for a value it has: that a tip answered is nobody's business (rule 3), so its author is not
 * told of it. A door that finds tips by a value records under one of these, whatever else it is.
 */
const askedAt: readonly Door[] = ["match"];

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

export const recordAccess = (reader: Reader, door: Door, now: number): SQL =>
  recordAccessWhere(reader, door, now, sql`1`);

/** Where the condition holds: that there is something to be handed out. */
export const recordAccessWhere = (
  { partner, purpose, kid }: Reader,
  door: Door,
  now: number,
  condition: SQL,
): SQL => sql`
  INSERT INTO access (partner, at, door, purpose, kid)
  SELECT ${partner}, ${instant(now)}, ${door}, ${purpose}, ${kid} WHERE ${condition}`;

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

/** Purpose row `u` states no non-disclosure, or it has ended, by its own word or by the limit. */
const isDisclosed = (now: number): SQL => sql`((u.purpose IS NOT NULL AND u.non_disclosure IS NULL)
  OR strftime('%Y-%m-%dT%H:%M:%fZ', u.non_disclosure ->> '$.until') <= ${instant(now)}
  OR u.made_at <= ${instant(now - limits.non_disclosure_days * dayMs)})`;

/**
 * Of a record, row `a` with its purpose `u`: its tip's author may be told of it at this moment. Not of what was asked, and not
 * of what is read under a non-disclosure before that has ended. What cannot be judged is not told.
 */
export const forAuthor = (now: number): SQL =>
  sql`a.door NOT ${among(askedAt)} AND (a.purpose = '' OR ${isDisclosed(now)})`;

/** Who reads by this purpose may be known to authors at this moment. */
export const selectDisclosed = (purpose: string, now: number) =>
  sql<{ disclosed: number }>`SELECT ${isDisclosed(now)} AS disclosed FROM purpose u WHERE u.purpose = ${purpose}`;

export interface HandedRow {
  day: string;
  partner: string;
  kind: Kind;
  country: string;
  /** JSON; in no order. */
  legal_bases: string;
}

/** The place before the first row, where the newest comes first. */
export const beforeAll = "~";

/** To whom a tip was handed, as its author is told: each day and partner once, behind a place. */
export const selectHanded = (tipNo: number, day: string, partner: string, limit: number, now: number) => sql<HandedRow>`
  SELECT a.day, a.partner, p.kind, p.country,
    json_group_array(DISTINCT u.legal_basis) FILTER (WHERE u.legal_basis IS NOT NULL) AS legal_bases
  FROM access_tip a CROSS JOIN partner p ON p.slug = a.partner LEFT JOIN purpose u ON u.purpose = a.purpose
  WHERE a.tip_no = ${tipNo} AND (a.day, a.partner) < (${day}, ${partner}) AND ${forAuthor(now)}
  GROUP BY a.day, a.partner ORDER BY a.day DESC, a.partner DESC LIMIT ${literal(limit)}`;

export interface AccessRow {
  tip_no: number;
  tip: string;
  partner: string;
  version: number;
  day: string;
  door: string;
  purpose: string;
  kind: Kind;
  country: string;
  legal_basis: string | null;
  case_reference: string | null;
  unit: string | null;
}

export interface AccessFilter {
  /** Undefined: every partner's. */
  partner?: string;
  tip?: string;
  /** Days, both included. */
  since?: string;
  until?: string;
}

/** A row's place in the list. */
export type AccessPlace = Pick<AccessRow, "partner" | "tip_no" | "day" | "version" | "door" | "purpose">;

/** Before every row. */
export const firstPlace: AccessPlace = {
  partner: beforeAll,
  tip_no: Number.MAX_SAFE_INTEGER,
  day: beforeAll,
  version: 0,
  door: "",
  purpose: "",
};

/** Columns of the index in which a list's rows are read, each descending. */
const orders = {
  of_tip: ["day", "partner", "version", "door", "purpose"],
  of_partner: ["day", "tip_no", "version", "door", "purpose"],
  of_all: ["partner", "day", "tip_no", "version", "door", "purpose"],
} as const;

/**
 * Records behind a place, the newest day first; where neither tip nor partner is named, one partner after the other, behind the
 * place's partner. The steward too is told of its own tips no more than their author is.
 */
export function selectAccesses(me: string, filter: AccessFilter, after: AccessPlace, limit: number, now: number) {
  const { partner, tip, since = "", until = beforeAll } = filter;
  const order = orders[partner ? "of_partner" : tip ? "of_tip" : "of_all"];
  // Of a partner's own records alone, also where a tip is named: how many others have it must not be told by the time it takes.
  const ofTip = partner ? sql`+a.tip_no = (SELECT n.tip_no FROM tip n WHERE n.tip = ${tip})` : sql`t.tip = ${tip}`;
  const from =
    order === orders.of_tip
      ? sql`tip t CROSS JOIN access_tip a ON a.tip_no = t.tip_no CROSS JOIN partner p ON p.slug = a.partner`
      : sql`partner p CROSS JOIN access_tip a ON a.partner = p.slug CROSS JOIN tip t ON t.tip_no = a.tip_no`;
  const column = (name: (typeof order)[number]) =>
    order === orders.of_all && name === "partner" ? sql`p.slug` : sql`a.${sql.identifier(name)}`;
  const list = (parts: SQL[]) => sql.join(parts, sql`, `);
  const behind =
    order === orders.of_all
      ? sql`p.slug < ${after.partner}`
      : sql`(${list(order.map(column))}) < (${list(order.map((name) => sql`${after[name]}`))})`;
  return sql<AccessRow>`
    SELECT a.tip_no, t.tip, a.partner, a.version, a.day, a.door, a.purpose, p.kind, p.country,
      u.legal_basis, u.case_reference, u.unit
    FROM ${from} LEFT JOIN purpose u ON u.purpose = a.purpose
    WHERE ${behind} AND a.day >= ${since} AND a.day <= ${until} AND (t.author <> ${me} OR (${forAuthor(now)}))
      ${tip ? sql`AND ${ofTip}` : sql``} ${partner ? sql`AND p.slug = ${partner}` : sql``}
    ORDER BY ${list(order.map((name) => sql`${column(name)} DESC`))} LIMIT ${literal(limit)}`;
}
