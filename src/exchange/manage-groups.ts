/** Groups and memberships. A membership counts from the seq at which it began; at its end sight ends, and recalls follow. */
import * as z from "zod";
import { limits } from "../core/limits.ts";
import { short, slug } from "../core/names.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { all, batch, first, isTaken, sql } from "../store/database.ts";
import { type PartnerRow, selectPartner } from "../store/partners.ts";
import type { Caller, Exchange } from "./exchange.ts";

export const groupSchema = z.strictObject({
  slug,
  name: short,
  mixed: z.boolean().default(false),
  open_roster: z.boolean().default(false),
});

interface GroupRow {
  slug: string;
  name: string;
  mixed: number;
  open_roster: number;
}
type View = Record<string, unknown>;

export async function makeGroup(
  exchange: Exchange,
  group: z.infer<typeof groupSchema>,
): Promise<Result<View, Problem>> {
  try {
    await batch(exchange.db, [
      sql`INSERT INTO sharing_group (slug, name, mixed, open_roster, made_at)
        VALUES (${group.slug}, ${group.name}, ${Number(group.mixed)}, ${Number(group.open_roster)}, ${instant(exchange.now)})`,
    ]);
  } catch (error) {
    if (isTaken(error)) return err(problem("taken", "That group's slug is taken."));
    throw error;
  }
  return ok({ ...group, members: [] });
}

/** The caller's groups, the steward's all; rosters for the steward, and for members where the roster is open. */
export async function listGroups(exchange: Exchange, caller: Caller, only?: string): Promise<View[]> {
  const steward = caller.scopes.includes("admin");
  const rows = await all<GroupRow>(
    exchange.db,
    steward
      ? sql`SELECT * FROM sharing_group WHERE ${only ?? null} IS NULL OR slug = ${only ?? null} ORDER BY slug LIMIT 1000`
      : sql`SELECT g.* FROM membership m JOIN sharing_group g ON g.slug = m.group_slug
          WHERE m.partner = ${caller.partner} AND (${only ?? null} IS NULL OR g.slug = ${only ?? null}) ORDER BY g.slug`,
  );
  const shown = rows.filter((row) => steward || row.open_roster === 1).map((row) => row.slug);
  const members = await all<{ group_slug: string; partner: string }>(
    exchange.db,
    sql`SELECT group_slug, partner FROM membership WHERE group_slug IN (SELECT value FROM json_each(${JSON.stringify(shown)})) ORDER BY group_slug, partner LIMIT 10000`,
  );
  return rows.map((row) => ({
    slug: row.slug,
    name: row.name,
    mixed: row.mixed === 1,
    open_roster: row.open_roster === 1,
    ...(shown.includes(row.slug) && {
      members: members.filter((member) => member.group_slug === row.slug).map((member) => member.partner),
    }),
  }));
}

export async function addMember(
  exchange: Exchange,
  group: string,
  partner: string,
): Promise<Result<View | undefined, Problem>> {
  const [row, member] = await Promise.all([
    first<GroupRow>(exchange.db, sql`SELECT * FROM sharing_group WHERE slug = ${group}`),
    first<PartnerRow>(exchange.db, selectPartner(partner)),
  ]);
  if (!row || !member) return ok(undefined);
  if (member.kind === "steward")
    return err(problem("group-closed", "The steward holds only its own name; it joins no group."));
  if (member.kind === "law_enforcement" && row.mixed === 0) {
    return err(
      problem("group-closed", "The group is closed to law enforcement; that never changes. Create a mixed one."),
    );
  }
  const held = await first<{ n: number }>(
    exchange.db,
    sql`SELECT count(*) AS n FROM membership WHERE partner = ${partner}`,
  );
  if (held!.n >= limits.groups_of_partner)
    return err(problem("group-closed", `A partner is in at most ${limits.groups_of_partner} groups.`));
  const [, rows] = await batch(exchange.db, [
    sql`INSERT OR IGNORE INTO membership (partner, group_slug, since, began_at)
      SELECT ${partner}, ${group}, coalesce((SELECT max(seq) FROM event), 0), ${instant(exchange.now)}`,
    sql`SELECT since FROM membership WHERE partner = ${partner} AND group_slug = ${group}`,
  ]);
  return ok({ group, partner, since: rows![0]!.since });
}

/** Sight ends with this batch; `run-schedule` recalls what it gave sight of. False: there was no such membership. */
export async function removeMember(exchange: Exchange, group: string, partner: string): Promise<boolean> {
  const [made] = await batch(exchange.db, [
    sql`INSERT INTO departure (partner, group_slug, since, ended_at, until_seq)
      SELECT partner, group_slug, since, ${instant(exchange.now)}, coalesce((SELECT max(seq) FROM event), 0)
      FROM membership WHERE partner = ${partner} AND group_slug = ${group} RETURNING departure_no`,
    sql`DELETE FROM membership WHERE partner = ${partner} AND group_slug = ${group}`,
  ]);
  return made!.length > 0;
}
