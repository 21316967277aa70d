/** Sharing groups and memberships, which count from a seq; what ended waits as a departure until its recalls are out. */
import { among, insertInto, type SQL, sql } from "./database.ts";
import type { membership, sharing_group } from "./schema.ts";

export type GroupRow = typeof sharing_group.$inferSelect;
type Membership = typeof membership.$inferSelect;

export const insertGroup = (row: GroupRow) => insertInto("sharing_group", row);

export const selectGroup = (slug: string) => sql<GroupRow>`SELECT * FROM sharing_group WHERE slug = ${slug}`;

export const selectGroups = sql<GroupRow>`SELECT * FROM sharing_group ORDER BY slug LIMIT 1000`;

export const selectGroupsOf = (partner: string) => sql<GroupRow>`
  SELECT g.* FROM membership m JOIN sharing_group g ON g.slug = m.group_slug WHERE m.partner = ${partner} ORDER BY g.slug`;

export const selectMembers = (groups: readonly string[]) => sql<Pick<Membership, "group_slug" | "partner">>`
  SELECT group_slug, partner FROM membership WHERE group_slug ${among(groups)} ORDER BY group_slug, partner LIMIT 10000`;

/** The last seq so far; 0 before the first event. */
const seqNow: SQL = sql`coalesce((SELECT max(seq) FROM event), 0)`;

export const beginMembership = (partner: string, group: string, now: string): SQL => sql`
  INSERT OR IGNORE INTO membership (partner, group_slug, since, began_at) SELECT ${partner}, ${group}, ${seqNow}, ${now}`;

export const selectMembership = (partner: string, group: string) =>
  sql<Membership>`SELECT * FROM membership WHERE partner = ${partner} AND group_slug = ${group}`;

/** Sight ends with this batch. The first statement gives a row where there was such a membership. */
export const endMembership = (partner: string, group: string, now: string) =>
  [
    sql<{ departure_no: number }>`INSERT INTO departure (partner, group_slug, since, ended_at, until_seq)
      SELECT partner, group_slug, since, ${now}, ${seqNow} FROM membership
      WHERE partner = ${partner} AND group_slug = ${group} RETURNING departure_no`,
    sql`DELETE FROM membership WHERE partner = ${partner} AND group_slug = ${group}`,
  ] as const;
