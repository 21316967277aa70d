/**
 * Which operation a bundle is about: its one campaign, or else its one report or grouping. Where there are several campaigns
 * each is whom its indicators name (`--split-by comment`), and none is the bundle's.
 */
import type { Actor } from "../actor.ts";
import { readOperation } from "../operation.ts";
import { dataOf } from "./read-indicator.ts";

type Objects = readonly Record<string, unknown>[];

export interface ReadOperation {
  said: ReturnType<typeof readOperation>;
  /** Types that are read by this, and need no row. */
  read: ReadonlySet<string>;
  /** By the indicator's id. */
  actors: ReadonlyMap<unknown, Actor>;
}

export function readCampaigns(objects: Objects): ReadOperation {
  const of = (...types: string[]) =>
    objects.filter(({ type, name }) => types.includes(String(type)) && typeof name === "string");
  const campaigns = of("campaign");
  const heading = campaigns.length === 1 ? campaigns[0] : onlyOne(of("report", "grouping"));
  const group = onlyOne(of("intrusion-set", "threat-actor"));
  const stated = heading ? statedOf(heading) : {};
  const actor = group && stated.actor === undefined ? { actor: String(group.name).slice(0, 256) } : {};
  return {
    said: readOperation({ ...actor, ...stated }),
    read: new Set([
      "campaign",
      ...(heading ? ["report", "grouping"] : []),
      ...(group ? ["intrusion-set", "threat-actor"] : []),
    ]),
    actors: campaigns.length > 1 ? actorsOf(campaigns, objects) : new Map(),
  };
}

const onlyOne = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

/** The operation's members: those of the campaign, and what our extension has besides. */
function statedOf(heading: Record<string, unknown>): Record<string, unknown> {
  const { name, description, lang, aliases, first_seen, last_seen, objective } = heading;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const purpose = text(objective);
  const members = {
    name: text(name)?.slice(0, 256),
    summary: text(description),
    summary_lang: text(description) && lang,
    aliases,
    first_seen,
    last_seen,
    observations: purpose && [{ text: `Objective: ${purpose}`.slice(0, 8_000) }],
    ...(dataOf(heading)?.operation as Record<string, unknown> | undefined),
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function actorsOf(campaigns: Objects, objects: Objects): Map<unknown, Actor> {
  const names = new Map(campaigns.map(({ id, name }) => [id, String(name).slice(0, 256)]));
  const found = new Map<unknown, Actor>();
  for (const { type, relationship_type, source_ref, target_ref } of objects) {
    const name = type === "relationship" && relationship_type === "indicates" ? names.get(target_ref) : undefined;
    if (name !== undefined && !found.has(source_ref))
      found.set(source_ref, { key: `campaign ${name}`, name, named: false });
  }
  return found;
}
