/** Groups and memberships. A membership counts from the seq at which it began; at its end sight ends, and recalls follow. */
import * as z from "zod";
import { limits } from "../core/limits.ts";
import { short, slug } from "../core/names.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { instant } from "../core/time.ts";
import { all, batch, isTaken } from "../store/database.ts";
import * as store from "../store/groups.ts";
import { selectPartner } from "../store/partners.ts";
import type { Caller, Exchange } from "./exchange.ts";

export const groupSchema = z.strictObject({
  slug,
  name: short,
  mixed: z.boolean().default(false),
  open_roster: z.boolean().default(false),
});

type View = Record<string, unknown>;

export async function makeGroup(
  exchange: Exchange,
  group: z.infer<typeof groupSchema>,
): Promise<Result<View, Problem>> {
  const { slug, name, mixed, open_roster } = group;
  const made_at = instant(exchange.now);
  try {
    await batch(exchange.db, [
      store.insertGroup({ slug, name, mixed: Number(mixed), open_roster: Number(open_roster), made_at }),
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
  const found = await all(exchange.db, steward ? store.selectGroups : store.selectGroupsOf(caller.partner));
  const rows = only === undefined ? found : found.filter((row) => row.slug === only);
  const shown = rows.filter((row) => steward || row.open_roster === 1).map((row) => row.slug);
  const members = await all(exchange.db, store.selectMembers(shown));
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
  const [[row], [member], held] = await batch(exchange.db, [
    store.selectGroup(group),
    selectPartner(partner),
    store.selectGroupsOf(partner),
  ]);
  if (!row || !member) return ok(undefined);
  if (member.kind === "steward") {
    return err(problem("group-closed", "The steward holds only its own name; it joins no group."));
  }
  if (member.kind === "law_enforcement" && row.mixed === 0) {
    const detail = "The group is closed to law enforcement; that never changes. Create a mixed one.";
    return err(problem("group-closed", detail));
  }
  if (held.length >= limits.groups_of_partner) {
    return err(problem("group-closed", `A partner is in at most ${limits.groups_of_partner} groups.`));
  }
  const [, [membership]] = await batch(exchange.db, [
    store.beginMembership(partner, group, instant(exchange.now)),
    store.selectMembership(partner, group),
  ]);
  return ok({ group, partner, since: membership!.since });
}

/** Sight ends with this batch; `run-schedule` recalls what it gave sight of. False: there was no such membership. */
export async function removeMember(exchange: Exchange, group: string, partner: string): Promise<boolean> {
  const [made] = await batch(exchange.db, store.endMembership(partner, group, instant(exchange.now)));
  return made.length > 0;
}
