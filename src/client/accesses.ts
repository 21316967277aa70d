/** Records of what the exchange handed out: to whom one's own tips went, and what one was handed oneself. And what it publishes. */
import type { Kind } from "../core/names.ts";
import type { Report } from "../core/transparency.ts";
import type { Connection } from "./connect.ts";
import { rowsOf } from "./pages.ts";
import { queryOf } from "./send.ts";

/** A partner was handed one's tip on that day (`/openapi.json`, schema `Handed`). */
export interface Handed {
  /** YYYY-MM-DD, in UTC. */
  day: string;
  partner: string;
  kind: Kind;
  /** Of law enforcement, with the kinds of legal basis it stated; its case is its own. */
  country?: string;
  legal_bases?: string[];
}

/**
 * To whom one's own tip was handed, the newest day first, page by page as they are wanted; also after the tip's end. Not who
 * only asked a question that it answered; what law enforcement reads under a stated non-disclosure when that has ended. Throws
 * ExchangeProblem 404 where the tip is not there or another's.
 *
 * @example
 * ```js
 * for await (const { day, partner, legal_bases } of listTipAccesses(exchange, id)) console.log(day, partner, legal_bases);
 * ```
 */
export const listTipAccesses = (connection: Connection, tip: string): AsyncGenerator<Handed, void, undefined> =>
  rowsOf(connection, `/v1/tips/${tip}/accesses`, "accesses");

/** A record that a partner was handed a tip: one for each day, door and purpose (schema `Access`). */
export interface Access {
  day: string;
  partner: string;
  tip: string;
  version: number;
  /** How: `list`, `tip`, `feed`, `event`, `indicators`, `match`, `webhook` …; doors are added. */
  door: string;
  /** Of law enforcement, as what follows; case and unit are told to the agency alone. */
  country?: string;
  purpose?: string;
  legal_basis?: string;
  case?: string;
  unit?: string;
}

export interface AccessFilter {
  tip?: string;
  /** Days, YYYY-MM-DD, both included. */
  since?: string;
  until?: string;
  /** For the steward. */
  partner?: string;
}

/**
 * What one was handed oneself, the newest day first; to the steward, what every partner was. Throws as `call` does.
 *
 * @example
 * ```js
 * for await (const { day, tip, door } of listAccesses(exchange, { since: "2026-11-01" })) console.log(day, tip, door);
 * ```
 */
export const listAccesses = (
  connection: Connection,
  filter: AccessFilter = {},
): AsyncGenerator<Access, void, undefined> => rowsOf(connection, "/v1/accesses", "accesses", { ...filter });

/** What is published of a month (schema `TransparencyReport`); figures are rounded, and null where too few to say. */
export type MonthReport = Report & { made_at: string };

/**
 * What the exchange publishes of each month that is over, the newest first: for everybody. Throws as `call` does.
 *
 * @example
 * ```js
 * for (const { month, tips } of await readTransparency(exchange)) console.log(month, tips ?? "too few to say");
 * ```
 */
export async function readTransparency(connection: Connection): Promise<MonthReport[]> {
  const months: MonthReport[] = [];
  for (let before = ""; ; before = months.at(-1)!.month) {
    const page = await connection.call<{ months: MonthReport[]; more: boolean }>(
      "GET",
      `/v1/transparency?${queryOf({ before })}`,
    );
    months.push(...page.months);
    if (!page.more || page.months.length === 0) return months;
  }
}
