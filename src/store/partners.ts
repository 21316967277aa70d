/** Partners, their keys, invitations, groups and sites. */
import { type SQL, sql } from "./database.ts";

export interface PartnerRow {
  slug: string;
  name: string;
  kind: string;
  country: string;
  platforms: string;
  domains: string;
  contact: string | null;
  scopes: string;
  dpop: number;
  attestation: string | null;
  attested_at: string | null;
  enrolled_at: string;
  suspended_at: string | null;
}

export interface KeyRow {
  kid: string;
  partner: string;
  jwk: string;
  state: "active" | "cancelled" | "retired" | "compromised";
  added_at: string;
  active_from: string;
  introduced_by: string | null;
  retired_at: string | null;
  compromised_since: string | null;
}

export const selectPartner = (slug: string): SQL => sql`SELECT * FROM partner WHERE slug = ${slug}`;

export const selectPartners = (after: string, limit: number): SQL =>
  sql`SELECT * FROM partner WHERE slug > ${after} ORDER BY slug LIMIT ${limit}`;

export const selectKeysOf = (partner: string): SQL =>
  sql`SELECT * FROM partner_key WHERE partner = ${partner} ORDER BY added_at, kid LIMIT 1000`;

export const selectKey = (kid: string): SQL => sql`SELECT * FROM partner_key WHERE kid = ${kid}`;

/** A key that may sign and ask for tokens now. Named `k`. */
export const keyLive = (kid: string, now: string): SQL => sql`EXISTS (
  SELECT 1 FROM partner_key k JOIN partner p ON p.slug = k.partner
  WHERE k.kid = ${kid} AND k.state = 'active' AND k.active_from <= ${now} AND p.suspended_at IS NULL)`;

export const selectHeld = (partner: string): SQL => sql`SELECT token FROM holds WHERE partner = ${partner}`;

export const selectSites = sql`SELECT domain, platform FROM site`;

/** The partner's own places: its platforms, its domains, and what its domains stand for. */
export const selectPlaces = (partner: string): SQL => sql`
  SELECT value AS place FROM partner, json_each(partner.platforms) WHERE slug = ${partner}
  UNION SELECT domain FROM site WHERE partner = ${partner} UNION SELECT platform FROM site WHERE partner = ${partner}`;

export const insertKey = (
  key: { kid: string; partner: string; jwk: unknown; active_from: string; introduced_by: string | null },
  now: string,
): SQL => sql`
  INSERT INTO partner_key (kid, partner, jwk, state, added_at, active_from, introduced_by)
  VALUES (${key.kid}, ${key.partner}, ${JSON.stringify(key.jwk)}, 'active', ${now}, ${key.active_from}, ${key.introduced_by})`;
