/** Partners and their sites: the directory, and what a partner holds at this moment. */
import { among, changes, insertInto, json, literal, type SQL, sql } from "./database.ts";
import type { partner, site } from "./schema.ts";

export type PartnerRow = typeof partner.$inferSelect;
type Site = typeof site.$inferSelect;

export const selectPartner = (slug: string) => sql<PartnerRow>`SELECT * FROM partner WHERE slug = ${slug}`;

export const selectPartners = (after: string, limit: number) =>
  sql<PartnerRow>`SELECT * FROM partner WHERE slug > ${after} ORDER BY slug LIMIT ${literal(limit)}`;

export const selectSlugs = sql<{ slug: string }>`SELECT slug FROM partner ORDER BY slug`;

export const selectAnyPartner = sql<{ slug: string }>`SELECT slug FROM partner LIMIT 1`;

/** The kinds of those that exist. */
export const selectKinds = (slugs: readonly string[]) =>
  sql<Pick<PartnerRow, "slug" | "kind">>`SELECT slug, kind FROM partner WHERE slug ${among(slugs)}`;

export const insertPartner = (row: typeof partner.$inferInsert) => insertInto("partner", row);

export const updatePartner = (slug: string, change: Partial<PartnerRow>) =>
  sql`UPDATE partner SET ${changes(change)} WHERE slug = ${slug}`;

export const selectSites = sql<Pick<Site, "domain" | "platform">>`SELECT domain, platform FROM site`;

/** The partner's own places: its platforms, its domains, and what its domains stand for. */
export const selectPlaces = (slug: string | SQL) => sql<{ place: string }>`
  SELECT value AS place FROM partner, json_each(partner.platforms) WHERE slug = ${slug}
  UNION SELECT domain FROM site WHERE partner = ${slug} UNION SELECT platform FROM site WHERE partner = ${slug}`;

/** `sites`: domain and platform of each. */
export const replaceSites = (slug: string, sites: readonly (readonly [string, string])[]) => [
  sql`DELETE FROM site WHERE partner = ${slug}`,
  sql`INSERT INTO site (domain, platform, partner) SELECT value ->> 0, value ->> 1, ${slug} FROM json_each(${json(sites)})`,
];

/** The author may address every group named, judged inside the write batch. */
export const belongsTo = (slug: string, groups: readonly string[]): SQL => sql`NOT EXISTS (
  SELECT 1 FROM json_each(${json(groups)}) g
  WHERE NOT EXISTS (SELECT 1 FROM membership m WHERE m.partner = ${slug} AND m.group_slug = g.value))`;
