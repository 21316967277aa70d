/** Who is calling, as it is at this moment, in one row: a request begins with this statement. */
import type { Kind } from "../core/names.ts";
import { type SQL, sql } from "./database.ts";
import { keyLive } from "./keys.ts";
import { selectPlaces } from "./partners.ts";
import { readsFor } from "./purposes.ts";
import { type ShownToken, standing } from "./read-tokens.ts";

export interface CallerRow {
  kind: Kind;
  country: string;
  /** Separated by spaces. */
  scopes: string;
  dpop: number;
  /** JSON: tokens held and since which seq; own platforms and domains. */
  held: string;
  places: string;
}

/** Of partner row `p`. */
const callerColumns = (partner: string | SQL): SQL => sql`p.kind, p.country, p.scopes, p.dpop,
    (SELECT json_group_array(json_object('token', h.token, 'since', h.since)) FROM holds h WHERE h.partner = ${partner}) AS held,
    (SELECT json_group_array(s.place) FROM (${selectPlaces(partner)}) s) AS places`;

/** The row that a statement gives is there, and just this one. */
export const isSame = (select: SQL<CallerRow>, row: CallerRow): SQL =>
  sql`EXISTS (SELECT 1 FROM (${select}) c WHERE ${sql.join(
    Object.entries(row).map(([column, value]) => sql`c.${sql.identifier(column)} IS ${value}`),
    sql` AND `,
  )})`;

/** No row where the partner is suspended or the key is not live. `may_read`: it states no purpose, or the one stated counts. */
export const selectCaller = (partner: string, kid: string, purpose: string, now: string) => sql<
  CallerRow & { may_read: number }
>`
  SELECT ${callerColumns(partner)}, ${readsFor(sql`${purpose}`, now)} AS may_read
  FROM partner p WHERE p.slug = ${partner} AND p.suspended_at IS NULL AND ${keyLive(kid, now)}`;

/** The partner of a read token; no row where it may not be used at this moment, for whatever reason. */
export const selectReader = (shown: ShownToken, now: string) =>
  sql<
    CallerRow & { partner: string; read_token: string; purpose: string; expires_at: string }
  >`SELECT ${callerColumns(sql`p.slug`)}, r.partner, r.read_token, r.purpose, r.expires_at ${standing(shown, now)}`;
