/** Partners and their sites: the directory, and what a partner holds at this moment. */
import { asc, eq, gt } from "drizzle-orm";
import { among, deleteFrom, insertInto, json, query, type SQL, sql, update } from "./database.ts";
import { holds, partner, site } from "./schema.ts";

export type PartnerRow = typeof partner.$inferSelect;

export const selectPartner = (slug: string) => query.select().from(partner).where(eq(partner.slug, slug));

export const selectPartners = (after: string, limit: number) =>
  query.select().from(partner).where(gt(partner.slug, after)).orderBy(asc(partner.slug)).limit(limit);

export const selectSlugs = query.select({ slug: partner.slug }).from(partner).orderBy(asc(partner.slug));

export const selectAnyPartner = query.select({ slug: partner.slug }).from(partner).limit(1);

/** The kinds of those that exist. */
export const selectKinds = (slugs: readonly string[]) =>
  query
    .select({ slug: partner.slug, kind: partner.kind })
    .from(partner)
    .where(sql`${partner.slug} ${among(slugs)}`);

export const insertPartner = (row: typeof partner.$inferInsert) => insertInto(partner).values(row);

export const updatePartner = (slug: string, change: Partial<PartnerRow>) =>
  update(partner).set(change).where(eq(partner.slug, slug));

export const selectHeld = (slug: string) =>
  query.select({ token: holds.token, since: holds.since }).from(holds).where(eq(holds.partner, slug));

export const selectSites = query.select({ domain: site.domain, platform: site.platform }).from(site);

/** The partner's own places: its platforms, its domains, and what its domains stand for. */
export const selectPlaces = (slug: string | SQL) => sql<{ place: string }>`
  SELECT value AS place FROM partner, json_each(partner.platforms) WHERE slug = ${slug}
  UNION SELECT domain FROM site WHERE partner = ${slug} UNION SELECT platform FROM site WHERE partner = ${slug}`;

/** `sites`: domain and platform of each. */
export const replaceSites = (slug: string, sites: readonly (readonly [string, string])[]) => [
  deleteFrom(site).where(eq(site.partner, slug)),
  sql`INSERT INTO site (domain, platform, partner) SELECT value ->> 0, value ->> 1, ${slug} FROM json_each(${json(sites)})`,
];

/** The author may address every group named, judged inside the write batch. */
export const belongsTo = (slug: string, groups: readonly string[]): SQL => sql`NOT EXISTS (
  SELECT 1 FROM json_each(${json(groups)}) g
  WHERE NOT EXISTS (SELECT 1 FROM membership m WHERE m.partner = ${slug} AND m.group_slug = g.value))`;
