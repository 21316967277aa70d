/** Who is calling, as it is at this moment, in one row: a request begins with this statement. */
import type { Kind } from "../core/names.ts";
import { type SQL, sql } from "./database.ts";
import { keyLive } from "./keys.ts";
import { selectPlaces } from "./partners.ts";

export interface CallerRow {
  kind: Kind;
  country: string;
  /** Separated by spaces. */
  scopes: string;
  dpop: number;
  /** JSON: tokens held and since which seq; own platforms and domains. */
  held: string;
  places: string;
  /** Of the purpose stated, where it is the partner's. */
  purpose_until: string | null;
}

/** No row where the partner is suspended or the key is not live. */
export const selectCaller = (partner: string, kid: string, purpose: string, now: string): SQL<CallerRow> => sql`
  SELECT p.kind, p.country, p.scopes, p.dpop,
    (SELECT json_group_array(json_object('token', h.token, 'since', h.since)) FROM holds h WHERE h.partner = ${partner}) AS held,
    (SELECT json_group_array(s.place) FROM (${selectPlaces(partner)}) s) AS places,
    (SELECT u.until FROM purpose u WHERE u.purpose = ${purpose} AND u.partner = ${partner}) AS purpose_until
  FROM partner p WHERE p.slug = ${partner} AND p.suspended_at IS NULL AND ${keyLive(kid, now)}`;
